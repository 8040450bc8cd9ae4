import { type ChannelModel, connect } from 'amqplib'
import { stoppedError, unreachableError } from '../shared/errors.ts'
import { amqpError } from './errors.ts'
import type { AmqpSettings } from './settings.ts'

export interface BrokerConnection {
  model: ChannelModel
  /** Why it ended; undefined: it stands. */
  lost?: Error
}

const CLOSE_MS_MAX = 1_000

/** Opens a connection; ends with the signal, and with the time-out where the broker does not answer. */
export async function openConnection(
  { url, caCertificate, timeoutMs }: AmqpSettings,
  name: string,
  signal: AbortSignal,
): Promise<BrokerConnection> {
  if (signal.aborted) throw stoppedError()
  const opening = connect(url, {
    timeout: timeoutMs,
    noDelay: true,
    clientProperties: { connection_name: name },
    ...(caCertificate === undefined ? {} : { ca: [Buffer.from(caCertificate)] }),
  })
  const model = await inTime(opening, timeoutMs, signal).catch((error: unknown) => {
    // A handshake that hangs may still end well, when nobody wants it any more.
    opening.then(endConnection, () => undefined)
    throw amqpError(error)
  })
  const connection: BrokerConnection = { model }
  // An error that nobody listens to would end the process.
  model.on('error', (error: Error) => (connection.lost ??= error))
  model.on('close', () => (connection.lost ??= new Error('the connection was closed')))
  return connection
}

/** The result of `work`, or in time `connector.unreachable`, or `connector.stopped`. */
export function inTime<T>(work: Promise<T>, timeoutMs: number, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const end = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', stop)
    }
    const stop = (): void => {
      end()
      reject(stoppedError())
    }
    const timer = setTimeout(() => {
      end()
      reject(unreachableError('The broker does not answer.'))
    }, timeoutMs)
    signal.addEventListener('abort', stop)
    if (signal.aborted) stop()
    work.finally(end).then(resolve, reject)
  })
}

/** Never rejects, and takes a second at most. */
export async function endConnection(model: ChannelModel): Promise<void> {
  try {
    await inTime(model.close(), CLOSE_MS_MAX, new AbortController().signal)
  } catch {
    // amqplib has no public way to end a connection whose peer does not answer.
    const { stream } = model.connection as unknown as { stream?: { destroy?: () => void } }
    stream?.destroy?.()
  }
}
