import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { HubError } from '../contracts/hub-error.ts'
import { mintKey } from './api-key.ts'

export const ADMIN_KEY_FILE = 'admin-key'

export interface AdminKey {
  key: string
  /** True at the first run: the caller prints it once. */
  made: boolean
  /** Where it is kept; undefined for a key from the settings, which is not written anywhere. */
  file: string | undefined
}

/** The key of OMNIHUB_ADMIN_KEY, else the one kept in the data folder, else a new one, kept there with mode 0600. */
export function ensureAdminKey(dataDir: string, fromSettings: string | undefined): AdminKey {
  if (fromSettings !== undefined) return { key: fromSettings, made: false, file: undefined }
  const file = join(dataDir, ADMIN_KEY_FILE)
  const kept = readKept(file)
  if (kept !== undefined) return { key: kept, made: false, file }
  const { key } = mintKey()
  mkdirSync(dataDir, { recursive: true })
  try {
    // `wx`: of two processes that start at once on one folder, one writes and the other reads what was written.
    writeFileSync(file, `${key}\n`, { mode: 0o600, flag: 'wx' })
  } catch (error) {
    const other = (error as NodeJS.ErrnoException).code === 'EEXIST' ? readKept(file) : undefined
    if (other === undefined) throw unusable(file, error)
    return { key: other, made: false, file }
  }
  return { key, made: true, file }
}

function readKept(file: string): string | undefined {
  let text: string
  try {
    text = readFileSync(file, 'utf8').trim()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw unusable(file, error)
  }
  if (text.length < 8) throw unusable(file, new Error('The file holds no key.'))
  // A copy or a restore may have widened its rights.
  chmodSync(file, 0o600)
  return text
}

function unusable(file: string, cause: unknown): HubError {
  return new HubError({
    code: 'auth.admin-key.unusable',
    family: 'config',
    message: `The admin key in ${file} can not be read or written.`,
    fix: 'Make the data folder writable, delete the file to have a new key made, or set OMNIHUB_ADMIN_KEY.',
    internal: cause instanceof Error ? cause.message : String(cause),
    cause,
  })
}
