import { FREE_PREFIXES, type SettingRow, SETTINGS } from './settings-table.ts'

const ROWS: readonly SettingRow[] = Object.values(SETTINGS)
const HELP_WIDTH = 100

/** What `omnihub --help` says about settings. */
export function settingsHelp(): string {
  const width = Math.max(...ROWS.map((row) => row.env.length)) + 4
  const lines = ROWS.map((row) => {
    const [first = '', ...rest] = wrap(`${plain(row.description)} (${plain(valuesOf(row))})`, HELP_WIDTH - width)
    return [`  ${row.env.padEnd(width - 2)}${first}`, ...rest.map((line) => ' '.repeat(width) + line)].join('\n')
  })
  return ['Settings, by environment or from the file that <NAME>_FILE names:', ...lines, ''].join('\n')
}

/** docs/operators/settings.md. */
export function settingsPage(): string {
  const rows = ROWS.map((row) => `| \`${row.env}\` | ${row.description} | ${valuesOf(row)} |`)
  return [
    '# Settings',
    '',
    '<!-- Made from hub/app/settings-table.ts by `npm run docs`; change it there. -->',
    '',
    'The hub reads its settings from the environment. Each may also come from a file: `<NAME>_FILE` names it, as container',
    'platforms hand out secrets. A variable that is set to nothing counts as absent. A name that begins with `OMNIHUB_` and',
    'is no setting, or a value that is wrong, stops the start with a message that says what to change. Free for what',
    `config/systems/<name>.yaml refers to are ${FREE_PREFIXES.map((prefix) => `\`${prefix}...\``).join(' and ')}.`,
    '',
    '| setting | what it does | values |',
    '|---|---|---|',
    ...rows,
    '',
    'Secrets are never printed, logged or shown.',
    '',
  ].join('\n')
}

function valuesOf(row: SettingRow): string {
  const parts = [kindOf(row)]
  if (row.secret === true) parts.push('secret')
  if (row.default !== undefined) parts.push(`default \`${String(row.default)}\``)
  return parts.join('; ')
}

function kindOf(row: SettingRow): string {
  switch (row.type) {
    case 'integer':
      return `${row.minimum} to ${row.maximum}`
    case 'boolean':
      return '`on` or `off`'
    case 'choice':
      return (row.choices ?? []).map((choice) => `\`${choice}\``).join(', ')
    case 'url':
      return (row.schemes ?? []).map((scheme) => `\`${scheme}://\``).join(' or ')
    case 'path':
      return 'a path'
    case 'text':
      return row.minLength === undefined ? 'a text' : `a text of at least ${row.minLength} characters`
  }
}

function plain(markdown: string): string {
  return markdown.replaceAll('`', '')
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const line = lines.at(-1)
    if (line === undefined || line.length + 1 + word.length > width) lines.push(word)
    else lines[lines.length - 1] = `${line} ${word}`
  }
  return lines
}
