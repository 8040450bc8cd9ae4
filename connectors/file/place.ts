export interface FileFacts {
  /** Relative to the place's folder. */
  path: string
  name: string
  size: number
  /** ms since 1970; whole seconds over SFTP. */
  modified: number
}

/**
 * A folder with files, near or far. Paths are relative to it, with `/`. Errors are HubErrors; `connector.file-missing` is
 * the one that callers tell apart.
 */
export interface FilePlace {
  /** `OpenSSH_9.2p1`, `local files`, ... */
  describe(): Promise<string>
  /** The plain files of a folder; null: there is no such folder. */
  list(folder: string): Promise<FileFacts[] | null>
  /** The names of the folders in the place's folder, sorted; hidden ones left out. */
  folders(): Promise<string[]>
  /** Its bytes at the reader's pace; to be read to the end, or left with `return`. */
  read(path: string): Promise<AsyncIterable<Buffer>>
  /** Whole content of a small file; null: there is none. */
  text(path: string): Promise<string | null>
  /** Complete or not at all: under another name first, then renamed over what may be there. Makes the folder. */
  write(path: string, content: string): Promise<void>
  append(path: string, content: string): Promise<void>
  /** Makes the folder of `to`; replaces what is there. */
  move(from: string, to: string): Promise<void>
  /** No error where there is none. */
  remove(path: string): Promise<void>
  close(): Promise<void>
}

/** Ending of files that are still being written; they are never read. */
export const PART = '.part'

export function parentOf(path: string): string {
  return path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : ''
}

export function joinPath(...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join('/')
}
