import { createReadStream } from 'node:fs'
import { appendFile, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { settingsError } from '../shared/errors.ts'
import { isMissingFile, localError } from './errors.ts'
import { type FileFacts, type FilePlace, joinPath, parentOf, PART } from './place.ts'

const READ_BYTES = 256 * 1024

/** A folder on this machine, or on a disk that is mounted on it. */
export class LocalPlace implements FilePlace {
  readonly #folder: string
  readonly #call: () => Promise<void>

  constructor(folder: string, call: () => Promise<void>) {
    this.#folder = folder
    this.#call = call
  }

  async describe(): Promise<string> {
    const found = await this.#try('', () => stat(this.#folder)).catch((error: unknown) => {
      if (isMissingFile(error)) throw settingsError('There is no such folder.', { where: '/settings/folder' })
      throw error
    })
    if (!found.isDirectory()) throw settingsError('The folder is a file.', { where: '/settings/folder' })
    return `files, Node ${process.version}`
  }

  async list(folder: string): Promise<FileFacts[] | null> {
    try {
      return await this.#try(folder, async () => {
        const entries = await readdir(this.#full(folder), { withFileTypes: true })
        const files = entries.filter((entry) => entry.isFile() || entry.isSymbolicLink())
        const facts = await Promise.all(files.map(({ name }) => this.#facts(folder, name)))
        return facts.filter((each) => each !== null)
      })
    } catch (error) {
      if (isMissingFile(error)) return null
      throw error
    }
  }

  folders(): Promise<string[]> {
    return this.#try('', async () => {
      const entries = await readdir(this.#folder, { withFileTypes: true })
      const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name)
      return names.filter((name) => !name.startsWith('.')).sort()
    })
  }

  /** null: not a plain file, or gone since the folder was listed. */
  async #facts(folder: string, name: string): Promise<FileFacts | null> {
    const path = joinPath(folder, name)
    const found = await stat(this.#full(path)).catch(() => null)
    return found?.isFile() === true ? { path, name, size: found.size, modified: Math.floor(found.mtimeMs) } : null
  }

  read(path: string): Promise<AsyncIterable<Buffer>> {
    return this.#try(path, async () => {
      const file = await open(this.#full(path))
      return createReadStream('', { fd: file, highWaterMark: READ_BYTES })
    })
  }

  async text(path: string): Promise<string | null> {
    try {
      return await this.#try(path, () => readFile(this.#full(path), 'utf8'))
    } catch (error) {
      if (isMissingFile(error)) return null
      throw error
    }
  }

  write(path: string, content: string): Promise<void> {
    return this.#try(path, async () => {
      await mkdir(this.#full(parentOf(path)), { recursive: true })
      const part = this.#full(path + PART)
      const file = await open(part, 'w')
      try {
        await file.writeFile(content)
        await file.sync()
      } finally {
        await file.close()
      }
      await rename(part, this.#full(path))
    })
  }

  append(path: string, content: string): Promise<void> {
    return this.#try(path, async () => {
      await mkdir(this.#full(parentOf(path)), { recursive: true })
      await appendFile(this.#full(path), content, { flush: true })
    })
  }

  move(from: string, to: string): Promise<void> {
    return this.#try(from, async () => {
      await mkdir(this.#full(parentOf(to)), { recursive: true })
      await rename(this.#full(from), this.#full(to))
    })
  }

  remove(path: string): Promise<void> {
    return this.#try(path, () => rm(this.#full(path), { force: true }))
  }

  close(): Promise<void> {
    return Promise.resolve()
  }

  #full(path: string): string {
    return join(this.#folder, path)
  }

  async #try<T>(path: string, work: () => Promise<T>): Promise<T> {
    await this.#call()
    try {
      return await work()
    } catch (error) {
      throw localError(error, path === '' ? 'the folder' : path)
    }
  }
}
