import { HubError } from '../../hub/contracts/hub-error.ts'
import {
  authError,
  busyError,
  forbiddenError,
  rejectedError,
  settingsError,
  unexpectedError,
  unreachableError,
} from '../shared/errors.ts'

const FILE_MISSING = 'connector.file-missing'

/** Whether the file is not there, or not any more. */
export function isMissingFile(error: unknown): boolean {
  return error instanceof HubError && error.code === FILE_MISSING
}

/** The file was there a moment ago: somebody took it away. */
export function missingFileError(path: string): HubError {
  return new HubError({
    code: FILE_MISSING,
    family: 'retry',
    message: `The file ${path} is not there any more.`,
    fix: 'Let only the hub move or remove files that it has not read yet.',
  })
}

/** By the errno of the operating system, for files on this machine. */
export function localError(error: unknown, path: string): HubError {
  const code = (error as { code?: string }).code ?? ''
  const details = { internal: String(error), cause: error }
  if (code === 'ENOENT') return missingFileError(path)
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') {
    return forbiddenError(`The hub may not use ${path} as it must.`, details)
  }
  if (code === 'ENOTDIR' || code === 'EISDIR') return settingsError(`${path} is no folder.`, details)
  if (code === 'ENOSPC' || code === 'EDQUOT') return busyError(`There is no room left to write ${path}.`, details)
  if (code === 'ENAMETOOLONG' || code === 'EINVAL')
    return rejectedError(`${path} can't be the name of a file.`, details)
  if (code === 'EMFILE' || code === 'ENFILE' || code === 'EBUSY') return busyError('Too many files are open.', details)
  if (code === 'EIO' || code === 'ESTALE' || code === 'ETIMEDOUT') return unreachableError('The disk fails.', details)
  return unexpectedError(`${path} can't be used (${code || 'unknown error'}).`, details)
}

// SSH_FX codes of draft-ietf-secsh-filexfer-02, section 7: what OpenSSH answers with.
const NO_SUCH_FILE = 2
const PERMISSION_DENIED = 3
const FAILURE = 4
const NO_CONNECTION = 6
const CONNECTION_LOST = 7
const UNSUPPORTED = 8

/** By the status of the SFTP protocol, or what the SSH library says of the connection. */
export function sftpError(error: unknown, path: string): HubError {
  if (error instanceof HubError) return error
  const { code, level } = error as { code?: number | string; level?: string }
  const details = { internal: String(error), cause: error }
  if (level === 'client-authentication') return authError('The SFTP server refused the account.', details)
  if (level === 'agent' || level === 'protocol') return unreachableError('The SFTP server broke off.', details)
  if (code === NO_SUCH_FILE) return missingFileError(path)
  if (code === PERMISSION_DENIED) return forbiddenError(`The account may not use ${path} as it must.`, details)
  if (code === FAILURE) return busyError(`The SFTP server could not do what it was asked with ${path}.`, details)
  if (code === UNSUPPORTED) {
    return settingsError('The SFTP server lacks posix-rename@openssh.com, which whole files need.', details)
  }
  if (code === NO_CONNECTION || code === CONNECTION_LOST || typeof code === 'string' || level !== undefined) {
    return unreachableError('The SFTP server is not reached.', details)
  }
  return unreachableError('The connection to the SFTP server broke.', details)
}
