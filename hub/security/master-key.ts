import { chmodSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { HubError } from '../contracts/hub-error.ts'
import { type MasterKey, mintMasterKey, parseMasterKey } from './secret-box.ts'

export const MASTER_KEY_FILE = 'master-key'

export interface MasterKeys {
  current: MasterKey
  former: MasterKey[]
  /** The file that holds the current one; undefined where it comes from the settings. */
  file: string | undefined
  /** It was made just now, so nothing can have been sealed with it before. */
  made: boolean
}

/**
 * The key of OMNIHUB_MASTER_KEY, else the one in the data folder, else a new one, kept there with mode 0600; and those of
 * OMNIHUB_MASTER_KEYS_OLD, which open what was sealed before. Throws `secrets.master-key.*` (config).
 */
export function ensureMasterKeys(dataDir: string, current: string | undefined, former: string | undefined): MasterKeys {
  const others = (former ?? '')
    .split(',')
    .map((text) => text.trim())
    .filter((text) => text !== '')
    .map((text) => parseMasterKey(text) ?? wrong('OMNIHUB_MASTER_KEYS_OLD'))
  if (current !== undefined) {
    const key = parseMasterKey(current) ?? wrong('OMNIHUB_MASTER_KEY')
    return { current: key, former: others, file: undefined, made: false }
  }
  const file = join(dataDir, MASTER_KEY_FILE)
  const kept = readKept(file)
  if (kept !== undefined) return { current: kept, former: others, file, made: false }
  mkdirSync(dataDir, { recursive: true })
  try {
    writeOnce(file, `${mintMasterKey()}\n`)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw unusable(file, error)
  }
  const made = readKept(file)
  if (made === undefined) throw unusable(file, new Error('The file is gone again.'))
  return { current: made, former: others, file, made: true }
}

/** Of two processes that start at once on one folder, one has its key there, whole, and the other reads that. */
function writeOnce(file: string, text: string): void {
  const draft = `${file}.${process.pid}.tmp`
  try {
    writeFileSync(draft, text, { mode: 0o600 })
    // A link, unlike a renaming, fails where the name is taken.
    linkSync(draft, file)
  } finally {
    rmSync(draft, { force: true })
  }
}

/** Keys that nothing was ever sealed with, for a hub whose database goes with it. */
export function newMasterKeys(): MasterKeys {
  const current = parseMasterKey(mintMasterKey()) ?? wrong('OMNIHUB_MASTER_KEY')
  return { current, former: [], file: undefined, made: true }
}

function readKept(file: string): MasterKey | undefined {
  let text: string
  try {
    text = readFileSync(file, 'utf8').trim()
    // A copy or a restore may have widened its rights.
    chmodSync(file, 0o600)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw unusable(file, error)
  }
  const key = parseMasterKey(text)
  if (key === undefined) throw unusable(file, new Error('The file holds no key.'))
  return key
}

function wrong(setting: string): never {
  throw new HubError({
    code: 'secrets.master-key.invalid',
    family: 'config',
    message: `${setting} holds something that is no master key.`,
    fix: 'A master key is 32 random bytes in base64 or hexadecimal: `openssl rand -base64 32` makes one.',
  })
}

function unusable(file: string, cause: unknown): HubError {
  return new HubError({
    code: 'secrets.master-key.unusable',
    family: 'config',
    message: `The master key in ${file} can not be read or written.`,
    fix: 'Make the data folder readable and writable for the hub, restore the file, or set OMNIHUB_MASTER_KEY.',
    internal: cause instanceof Error ? cause.message : String(cause),
    cause,
  })
}
