/** Files that a person names on the command line: read within bounds, refused with words that help. */
import { type FileHandle, link, mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { isUtf8 } from 'node:buffer'
import { HubError } from '../../../contracts/hub-error.ts'
import type { Io } from './io.ts'

/** A document that a person wrote is never larger. */
export const DOCUMENT_BYTES_MAX = 4 * 1024 * 1024
const BYTE_ORDER_MARK = '\uFEFF'

export function pathOf(io: Io, path: string): string {
  return resolve(io.cwd, path)
}

/** Opens a file for reading; `name` is what the person wrote. */
export async function openFile(io: Io, name: string): Promise<FileHandle> {
  try {
    const file = await open(pathOf(io, name), 'r')
    const isFolder = (await file.stat()).isDirectory()
    if (!isFolder) return file
    await file.close()
  } catch (error) {
    throw unreadable(name, error)
  }
  throw new HubError({
    code: 'cli.file.is-folder',
    family: 'reject',
    message: `${name} is a folder, and a file is needed.`,
    where: name,
    fix: 'Name a file in it.',
  })
}

/** The whole file as text. Throws where it is missing, a folder, too large, or no UTF-8 text. */
export async function readTextFile(io: Io, name: string, bytesMax = DOCUMENT_BYTES_MAX): Promise<string> {
  const bytes = await readBytes(io, name, bytesMax)
  return textOf(bytes, name)
}

/** Reads no more than it may: the size of a pipe or a device is not known before. */
async function readBytes(io: Io, name: string, bytesMax: number): Promise<Buffer> {
  const file = await openFile(io, name)
  const chunks: Buffer[] = []
  let length = 0
  try {
    for await (const chunk of file.createReadStream({ autoClose: false, highWaterMark: 1024 * 1024 })) {
      length += (chunk as Buffer).length
      if (length > bytesMax) throw tooLarge(name, bytesMax)
      chunks.push(chunk as Buffer)
    }
  } catch (error) {
    throw error instanceof HubError ? error : unreadable(name, error)
  } finally {
    await file.close().catch(() => undefined)
  }
  return Buffer.concat(chunks)
}

export function textOf(bytes: Buffer, name: string): string {
  if (bytes.includes(0) || !isUtf8(bytes)) {
    throw new HubError({
      code: 'cli.file.binary',
      family: 'reject',
      message: `${name} is not a text in UTF-8.`,
      where: name,
      fix: 'Name a text file; one in another encoding can be converted: iconv -f LATIN1 -t UTF-8.',
    })
  }
  const text = bytes.toString('utf8')
  return text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text
}

export function tooLarge(name: string, bytesMax: number): HubError {
  return new HubError({
    code: 'cli.file.too-large',
    family: 'reject',
    message: `${name} has more than ${Math.round(bytesMax / 1024 / 1024)} MiB.`,
    where: name,
    fix: 'Check that it is the right file; records can be given as NDJSON, one a line, of any number.',
  })
}

function unreadable(name: string, error: unknown): HubError {
  const reason = (error as NodeJS.ErrnoException).code ?? 'unknown'
  if (reason === 'ENOENT' || reason === 'ENOTDIR') {
    return new HubError({
      code: 'cli.file.missing',
      family: 'reject',
      message: `There is no file ${name}.`,
      where: name,
      fix: 'Check the path; it is taken from the folder that you are in.',
      cause: error,
    })
  }
  return new HubError({
    code: 'cli.file.unreadable',
    family: 'reject',
    message: `${name} can not be read (${reason}).`,
    where: name,
    fix: 'Check its rights.',
    cause: error,
  })
}

export interface WriteOptions {
  /** Replaces a file that is there. */
  force: boolean
  mode?: number
}

/** Writes a whole file or none: a reader never sees half of it, and without `force` nothing is replaced. */
export async function writeTextFile(io: Io, name: string, text: string, options: WriteOptions): Promise<void> {
  const path = pathOf(io, name)
  const draft = `${path}.${process.pid}.tmp`
  try {
    await mkdir(dirname(path), { recursive: true })
    const file = await open(draft, 'wx', options.mode ?? 0o644)
    await file.writeFile(text).finally(() => file.close())
    // A link, unlike a renaming, fails where the name is taken.
    if (options.force) await rename(draft, path)
    else await link(draft, path)
  } catch (error) {
    const { code, syscall } = error as NodeJS.ErrnoException
    throw code === 'EEXIST' && syscall === 'link' ? exists(name) : unwritable(name, error)
  } finally {
    await rm(draft, { force: true }).catch(() => undefined)
  }
}

export function exists(name: string): HubError {
  return new HubError({
    code: 'cli.file.exists',
    family: 'reject',
    message: `${name} is there already, and was left as it is.`,
    where: name,
    fix: 'Name another file, or replace this one with --force.',
  })
}

export function unwritable(name: string, error: unknown): HubError {
  return new HubError({
    code: 'cli.file.unwritable',
    family: 'reject',
    message: `${name} can not be written (${(error as NodeJS.ErrnoException).code ?? 'unknown'}).`,
    where: name,
    fix: 'Check the path and the rights of its folder.',
    cause: error,
  })
}
