import { HubError } from '../contracts/hub-error.ts'
import { nearestName } from '../mapping/document/config-error.ts'
import { readFileSync } from 'node:fs'
import { FREE_PREFIXES, type SettingRow, SETTINGS, type Settings } from './settings-table.ts'

type Environment = Readonly<Record<string, string | undefined>>
type Fault = { name: string; fault: string; fix: string }

const FILE_SUFFIX = '_FILE'

/**
 * The settings from an environment. An unknown name or a wrong value throws one HubError of the family `config` that
 * lists each fault with its fix; a secret's value is never in it. A variable that is set to nothing counts as absent,
 * as compose files and charts write it.
 */
export function readSettings(env: Environment): Settings {
  const faults: Fault[] = unknownNames(env)
  const settings: Record<string, unknown> = {}
  for (const [name, row] of Object.entries<SettingRow>(SETTINGS)) {
    const text = rawValue(row, env, faults)
    settings[name] = text === undefined ? row.default : parseValue(row, text, faults)
  }
  if (faults.length > 0) throw settingsError(faults)
  return settings as unknown as Settings
}

function unknownNames(env: Environment): Fault[] {
  const known = Object.values<SettingRow>(SETTINGS).flatMap((row) => [row.env, row.env + FILE_SUFFIX])
  const unknown = Object.keys(env).filter(
    (name) =>
      name.startsWith('OMNIHUB_') && !known.includes(name) && !FREE_PREFIXES.some((prefix) => name.startsWith(prefix)),
  )
  return unknown.map((name) => {
    const nearest = nearestName(name, known)
    const fix =
      nearest === undefined
        ? 'Remove it; `omnihub --help` lists the settings.'
        : `Did you mean ${nearest}? Rename or remove it.`
    return { name, fault: 'is not a setting of the hub', fix }
  })
}

function rawValue(row: SettingRow, env: Environment, faults: Fault[]): string | undefined {
  const direct = env[row.env] || undefined
  const file = env[row.env + FILE_SUFFIX] || undefined
  if (file === undefined) return direct
  const name = row.env + FILE_SUFFIX
  if (direct !== undefined) {
    faults.push({ name, fault: `is set beside ${row.env}`, fix: 'Keep one of the two.' })
    return undefined
  }
  try {
    // An editor or `echo` ends the file with a line break that is no part of the value.
    const text = readFileSync(file, 'utf8').replace(/\r?\n$/, '')
    if (text !== '') return text
    faults.push({ name, fault: 'names an empty file', fix: `Write the value of ${row.env} into it.` })
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? 'unreadable'
    faults.push({
      name,
      fault: `names a file that can not be read (${reason})`,
      fix: 'Correct the path or its rights.',
    })
  }
  return undefined
}

const BOOLEANS: ReadonlyMap<string, boolean> = new Map(
  Object.entries({
    true: true,
    on: true,
    yes: true,
    1: true,
    false: false,
    off: false,
    no: false,
    0: false,
  }),
)

function parseValue(row: SettingRow, text: string, faults: Fault[]): unknown {
  const wrong = (fault: string, fix: string): undefined => {
    faults.push({
      name: row.env,
      fault: row.secret === true ? fault : `${fault}: ${JSON.stringify(text.slice(0, 80))}`,
      fix,
    })
    return undefined
  }
  switch (row.type) {
    case 'integer': {
      const { minimum = 0, maximum = Number.MAX_SAFE_INTEGER } = row
      const value = /^\d{1,15}$/.test(text.trim()) ? Number(text) : NaN
      if (value >= minimum && value <= maximum) return value
      return wrong('is not a whole number in its range', `Set it to a number from ${minimum} to ${maximum}.`)
    }
    case 'boolean':
      return BOOLEANS.get(text.trim().toLowerCase()) ?? wrong('is neither on nor off', 'Set it to `on` or `off`.')
    case 'choice': {
      const choices = row.choices ?? []
      const value = text.trim().toLowerCase()
      return choices.includes(value) ? value : wrong('is none of its values', `Set it to one of ${choices.join(', ')}.`)
    }
    case 'url':
      return checkUrl(row, text.trim(), wrong)
    case 'path':
    case 'text': {
      const { minLength = 1 } = row
      // eslint reads control characters in a pattern as a slip; a loop over code units says the same.
      const printable = [...text].every((character) => character >= ' ' && character !== '\u007f')
      if (text.trim() === text && printable && text.length >= minLength) return text
      return wrong(
        'is not a printable text without spaces around it',
        `Set it to a text of at least ${minLength} characters.`,
      )
    }
  }
}

function checkUrl(row: SettingRow, text: string, wrong: (fault: string, fix: string) => undefined): string | undefined {
  const schemes = row.schemes ?? []
  const scheme = URL.canParse(text) ? new URL(text).protocol.slice(0, -1) : ''
  if (schemes.includes(scheme)) return text
  return wrong('is not a URL that the hub can use', `Write it as ${schemes[0]}://user:password@host:port/name.`)
}

function settingsError(faults: readonly Fault[]): HubError {
  const lines = faults.map(({ name, fault, fix }) => `${name} ${fault}. ${fix}`)
  return new HubError({
    code: 'settings.invalid',
    family: 'config',
    message: `The settings are wrong:\n  ${lines.join('\n  ')}`,
    fix: 'Correct the environment and start again; `omnihub --help` and docs/operators/settings.md list every setting.',
    facts: { errors: faults },
  })
}
