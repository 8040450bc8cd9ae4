import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import type { Server } from 'node:https'
import { HubError } from '../../contracts/hub-error.ts'

/** Files in PEM: the certificate with those that it rests on, and its private key. */
export interface TlsFiles {
  certificate: string
  key: string
}

export interface TlsMaterial {
  cert: Buffer
  key: Buffer
}

/** Certificates are renewed under the same name; looked at this often. */
const LOOK_MS = 60_000

/** Throws `settings.tls` of the family `config` where a file can not be read, or the two do not belong together. */
export function readTls({ certificate, key }: TlsFiles): TlsMaterial {
  const material = { cert: read(certificate), key: read(key) }
  let fits: boolean
  try {
    fits = new X509Certificate(material.cert).checkPrivateKey(createPrivateKey(material.key))
  } catch (cause) {
    throw wrongTls('One of the files is no certificate or no private key in PEM.', cause)
  }
  if (!fits) throw wrongTls('The private key is not that of the certificate.')
  return material
}

/** Takes new files into use as they come, for connections from then on; wrong ones are told, and the old ones go on. */
export function followTls(
  server: Server,
  files: TlsFiles,
  onError: (error: unknown) => void,
  lookMs = LOOK_MS,
): () => void {
  let seen = stampOf(files)
  const timer = setInterval(() => {
    const stamp = stampOf(files)
    if (stamp === seen) return
    try {
      server.setSecureContext(readTls(files))
      seen = stamp
    } catch (error) {
      onError(error)
    }
  }, lookMs)
  return () => {
    clearInterval(timer)
  }
}

function stampOf({ certificate, key }: TlsFiles): string {
  const stamp = (file: string): string => {
    const stat = statSync(file, { throwIfNoEntry: false })
    return stat === undefined ? 'gone' : `${stat.mtimeMs} ${stat.size} ${stat.ino}`
  }
  return `${stamp(certificate)}, ${stamp(key)}`
}

function read(file: string): Buffer {
  try {
    return readFileSync(file)
  } catch (cause) {
    throw wrongTls(`The file ${file} can not be read.`, cause)
  }
}

function wrongTls(message: string, cause?: unknown): HubError {
  return new HubError({
    code: 'settings.tls',
    family: 'config',
    message: `TLS can not be served: ${message}`,
    fix: 'OMNIHUB_TLS_CERT and OMNIHUB_TLS_KEY name files in PEM that belong together.',
    cause,
  })
}
