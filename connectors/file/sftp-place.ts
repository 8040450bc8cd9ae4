import { createHash } from 'node:crypto'
import type { Readable } from 'node:stream'
import ssh2, { type Client, type SFTPWrapper } from 'ssh2'
import type { HubError } from '../../hub/contracts/hub-error.ts'
import { authError, settingsError, stoppedError, unreachableError } from '../shared/errors.ts'
import { isMissingFile, sftpError } from './errors.ts'
import { type FileFacts, type FilePlace, joinPath, parentOf, PART } from './place.ts'
import type { SftpSettings } from './settings.ts'

interface Connection {
  client: Client
  sftp: SFTPWrapper
  /** Why it broke; undefined: it stands. */
  broken?: unknown
}

export interface SftpOptions {
  settings: SftpSettings
  folder: string
  signal: AbortSignal
  call(): Promise<void>
}

const KEEP_ALIVE_MS = 5_000
const READ_BYTES = 256 * 1024
const TEXT_BYTES_MAX = 16 * 1024 * 1024
const FILE_TYPE_BITS = 0o170000
const PLAIN_FILE = 0o100000
const FOLDER = 0o040000

/** A folder on an SFTP server; one connection, opened when it is needed and anew when it broke. */
export class SftpPlace implements FilePlace {
  readonly #options: SftpOptions
  #connecting: Promise<Connection> | undefined
  #server = 'SFTP server'

  constructor(options: SftpOptions) {
    this.#options = options
  }

  async describe(): Promise<string> {
    const { folder } = this.#options
    const attributes = await this.#ask<{ mode: number }>('', (sftp, done) => {
      sftp.stat(folder, done)
    }).catch((error: unknown) => {
      if (isMissingFile(error)) throw settingsError('There is no such folder.', { where: '/settings/folder' })
      throw error
    })
    if ((attributes.mode & FILE_TYPE_BITS) === PLAIN_FILE) {
      throw settingsError('The folder is a file.', { where: '/settings/folder' })
    }
    return this.#server
  }

  async list(folder: string): Promise<FileFacts[] | null> {
    try {
      const entries = await this.#ask<ssh2.FileEntry[]>(folder, (sftp, done) => {
        sftp.readdir(this.#full(folder), done)
      })
      return entries
        .filter(({ attrs }) => (attrs.mode & FILE_TYPE_BITS) === PLAIN_FILE)
        .map(({ filename, attrs }) => ({
          path: joinPath(folder, filename),
          name: filename,
          size: attrs.size,
          modified: attrs.mtime * 1_000,
        }))
    } catch (error) {
      if (isMissingFile(error)) return null
      throw error
    }
  }

  async folders(): Promise<string[]> {
    const entries = await this.#ask<ssh2.FileEntry[]>('', (sftp, done) => {
      sftp.readdir(this.#full(''), done)
    })
    const folders = entries.filter(({ attrs }) => (attrs.mode & FILE_TYPE_BITS) === FOLDER)
    return folders
      .map(({ filename }) => filename)
      .filter((name) => !name.startsWith('.'))
      .sort()
  }

  async read(path: string): Promise<AsyncIterable<Buffer>> {
    await this.#options.call()
    const connection = await this.#connection()
    const stream = connection.sftp.createReadStream(this.#full(path), { highWaterMark: READ_BYTES })
    // The library tells of a broken line also when nobody reads any more; that must not end the process.
    stream.on('error', () => undefined)
    const pieces = this.#pieces(connection, stream, path)
    // The first piece shows whether there is such a file at all.
    const first = await pieces.next()
    return (async function* () {
      try {
        if (first.done !== true) yield first.value
        yield* pieces
      } finally {
        stream.destroy()
      }
    })()
  }

  async *#pieces({ client }: Connection, stream: Readable, path: string): AsyncGenerator<Buffer> {
    const { settings, signal } = this.#options
    const iterator = (stream as AsyncIterable<Buffer>)[Symbol.asyncIterator]()
    const end = (error: HubError): void => void stream.destroy(error)
    const stop = (): void => {
      end(stoppedError())
    }
    const lost = (): void => {
      end(unreachableError('The connection to the SFTP server broke.'))
    }
    signal.addEventListener('abort', stop)
    client.once('close', lost)
    try {
      for (;;) {
        if (signal.aborted) stop()
        // Runs only while a piece is waited for: a slow reader is no fault of the server.
        const timer = setTimeout(() => {
          end(unreachableError('The SFTP server does not answer.'))
          client.destroy()
        }, settings.timeoutMs)
        const piece = await iterator.next().finally(() => {
          clearTimeout(timer)
        })
        if (piece.done === true) return
        yield piece.value
      }
    } catch (error) {
      throw sftpError(error, path)
    } finally {
      signal.removeEventListener('abort', stop)
      client.removeListener('close', lost)
      stream.destroy()
    }
  }

  async text(path: string): Promise<string | null> {
    try {
      const content = await this.#ask<Buffer>(path, (sftp, done) => {
        sftp.readFile(this.#full(path), done)
      })
      return content.toString('utf8', 0, TEXT_BYTES_MAX)
    } catch (error) {
      if (isMissingFile(error)) return null
      throw error
    }
  }

  async write(path: string, content: string): Promise<void> {
    await this.#makeFolder(parentOf(path))
    await this.#done(path, (sftp, done) => {
      sftp.writeFile(this.#full(path + PART), content, done)
    })
    await this.#rename(path + PART, path)
  }

  async append(path: string, content: string): Promise<void> {
    await this.#makeFolder(parentOf(path))
    await this.#done(path, (sftp, done) => {
      sftp.appendFile(this.#full(path), content, done)
    })
  }

  async move(from: string, to: string): Promise<void> {
    await this.#makeFolder(parentOf(to))
    await this.#rename(from, to)
  }

  async remove(path: string): Promise<void> {
    await this.#done(path, (sftp, done) => {
      sftp.unlink(this.#full(path), done)
    }).catch((error: unknown) => {
      if (!isMissingFile(error)) throw error
    })
  }

  async close(): Promise<void> {
    const connecting = this.#connecting
    this.#connecting = undefined
    const connection = await connecting?.catch(() => undefined)
    connection?.client.destroy()
  }

  /** SFTP's own rename refuses to replace a file; OpenSSH's extension does it in one step. */
  #rename(from: string, to: string): Promise<void> {
    return this.#done(from, (sftp, done) => {
      sftp.ext_openssh_rename(this.#full(from), this.#full(to), done)
    })
  }

  async #makeFolder(folder: string): Promise<void> {
    const parts = folder.split('/').filter((part) => part !== '')
    for (const place of parts.keys()) {
      const path = parts.slice(0, place + 1).join('/')
      if ((await this.list(path)) !== null) continue
      await this.#done(path, (sftp, done) => {
        sftp.mkdir(this.#full(path), done)
      }).catch(async (error: unknown) => {
        // Another process may have been faster.
        if ((await this.list(path)) === null) throw error
      })
    }
  }

  #full(path: string): string {
    return joinPath(this.#options.folder.replace(/\/$/, ''), path)
  }

  #done(path: string, act: (sftp: SFTPWrapper, done: (error?: unknown) => void) => void): Promise<void> {
    return this.#ask<undefined>(path, (sftp, done) => {
      act(sftp, (error) => {
        done(error, undefined)
      })
    })
  }

  /** One request; told in time even where the server has fallen silent. */
  async #ask<T>(path: string, act: (sftp: SFTPWrapper, done: (error: unknown, result: T) => void) => void): Promise<T> {
    const { settings, signal, call } = this.#options
    await call()
    const { sftp, client } = await this.#connection()
    return new Promise<T>((resolve, reject) => {
      const end = (): void => {
        clearTimeout(timer)
        signal.removeEventListener('abort', stop)
        client.removeListener('close', lost)
      }
      const fail = (error: unknown): void => {
        end()
        reject(sftpError(error, path === '' ? 'the folder' : path))
      }
      const stop = (): void => {
        fail(stoppedError())
      }
      const lost = (): void => {
        fail(unreachableError('The connection to the SFTP server broke.'))
      }
      const timer = setTimeout(() => {
        client.destroy()
        fail(unreachableError('The SFTP server does not answer.'))
      }, settings.timeoutMs)
      signal.addEventListener('abort', stop)
      client.once('close', lost)
      if (signal.aborted) {
        stop()
        return
      }
      try {
        act(sftp, (error, result) => {
          if (error) {
            fail(error)
            return
          }
          end()
          resolve(result)
        })
      } catch (error) {
        fail(error)
      }
    })
  }

  async #connection(): Promise<Connection> {
    this.#connecting ??= this.#connect()
    const connecting = this.#connecting
    try {
      const connection = await connecting
      if (connection.broken === undefined) return connection
    } catch (error) {
      if (this.#connecting === connecting) this.#connecting = undefined
      throw error
    }
    if (this.#connecting === connecting) this.#connecting = undefined
    return this.#connection()
  }

  #connect(): Promise<Connection> {
    const { settings, signal } = this.#options
    const { host, port, user, password, privateKey, passphrase, hostKey, timeoutMs } = settings
    if (signal.aborted) return Promise.reject(stoppedError())
    return new Promise<Connection>((resolve, reject) => {
      const client = new ssh2.Client()
      let wrongHost: HubError | undefined
      const timer = setTimeout(() => {
        fail(unreachableError('The SFTP server does not answer.'))
      }, timeoutMs)
      const end = (): void => {
        clearTimeout(timer)
        signal.removeEventListener('abort', stop)
      }
      const fail = (error: unknown): void => {
        end()
        client.destroy()
        reject(wrongHost ?? sftpError(error, 'the folder'))
      }
      const stop = (): void => {
        fail(stoppedError())
      }
      signal.addEventListener('abort', stop)
      // Each request waits for the answer to the one before: packets held back would cost 40 ms each.
      client.once('connect', () => client.setNoDelay(true))
      client.on('error', fail)
      client.once('close', () => {
        fail(unreachableError('The SFTP server broke off.'))
      })
      client.once('ready', () => {
        client.sftp((error, sftp) => {
          if (error) {
            fail(error)
            return
          }
          end()
          const connection: Connection = { client, sftp }
          client.removeListener('error', fail)
          // An error that nobody listens to would end the process.
          client.on('error', (broken: unknown) => (connection.broken = broken))
          client.once('close', () => (connection.broken ??= true))
          resolve(connection)
        })
      })
      const hostVerifier = (key: Buffer): boolean => {
        const seen = `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`
        if (seen !== hostKey) wrongHost = strangeHost(seen)
        return seen === hostKey
      }
      try {
        client.connect({
          host,
          port,
          username: user,
          ...(password === undefined ? {} : { password }),
          ...(privateKey === undefined ? {} : { privateKey }),
          ...(passphrase === undefined ? {} : { passphrase }),
          hostVerifier,
          readyTimeout: timeoutMs,
          keepaliveInterval: KEEP_ALIVE_MS,
          ident: 'Omnihub',
        })
        client.once('handshake', () => {
          const { _remoteVer: version } = client as Client & { _remoteVer?: string }
          this.#server = version ?? this.#server
        })
      } catch {
        // The library's text would quote the key.
        fail(authError('The private key can not be used: it is in no known form, or its passphrase is wrong.'))
      }
    })
  }
}

function strangeHost(seen: string): HubError {
  return settingsError(`The SFTP server shows another key than "hostKey": ${seen}.`, {
    where: '/settings/hostKey',
    fix: 'Ask the owner of the server whether this is its key; if so, put it there.',
  })
}
