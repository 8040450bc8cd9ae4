import { LogicalReplicationService, type Pgoutput, PgoutputPlugin } from 'pg-logical-replication'
import { unexpectedError, unreachableError } from '../shared/errors.ts'
import { EventQueue } from '../shared/event-queue.ts'
import { lsnNumber, lsnText } from '../shared/sequence.ts'
import { clientConfig } from './database.ts'
import { postgresError } from './errors.ts'
import type { PostgresSettings } from './settings.ts'
import type { LogNames } from './slot.ts'

export type LogEvent = { lsn: string; message: Pgoutput.Message } | { lsn: string; message: 'heartbeat' }

const EVENTS_BUFFERED_MAX = 2000
const PING_MS = 5000
const SILENCE_MAX_MS = 30_000
/** Above any answer of a healthy server, below its own wal_sender_timeout (60 s), which would end us. */
const TICK_MS = 500

/** All values stay the server's text; the plug-in's own parsers would lose microseconds and digits. */
class TextPlugin extends PgoutputPlugin {
  readonly #onError: (error: Error) => void

  constructor(publication: string, onError: (error: Error) => void) {
    super({ protoVersion: 1, publicationNames: [publication], messages: true })
    this.#onError = onError
  }

  override parse(buffer: Buffer): Pgoutput.Message {
    try {
      const message = super.parse(buffer) as Pgoutput.Message
      // The relation is the very object by which the parser reads the tuples that follow.
      if (message.tag === 'relation') for (const column of message.columns) column.parser = (text: unknown) => text
      return message
    } catch (error) {
      // Thrown from here, inside the socket's event, it would end the process.
      this.#onError(unexpectedError('The log has a message that is not understood.', { cause: error }))
      return { tag: 'origin', originLsn: null, originName: '' }
    }
  }
}

/** About, in bytes. */
function sizeOf(message: Pgoutput.Message): number {
  if (message.tag !== 'insert' && message.tag !== 'update') return 100
  return Object.values(message.new).reduce<number>(
    (sum, value) => sum + (typeof value === 'string' ? value.length : 4),
    0,
  )
}

/**
 * The content of a message is a view of the connection's buffer, which is filled anew while events wait here: what is not
 * copied would be read as something else, and a change of the hub's own under a mark that is none.
 */
function lasting(message: Pgoutput.Message): Pgoutput.Message {
  return message.tag === 'message' ? { ...message, content: Uint8Array.from(message.content) } : message
}

/**
 * The stream of one slot. The server is told a position only through `acknowledge`. The library's own timer is off: it
 * would acknowledge what was received, not what is durable.
 */
export class LogStream {
  readonly #service: LogicalReplicationService
  readonly #queue = new EventQueue<LogEvent>(EVENTS_BUFFERED_MAX)
  readonly #silenceMaxMs: number
  readonly #ping: NodeJS.Timeout
  #acknowledged: string
  #heardAt = Date.now()

  constructor(
    settings: PostgresSettings,
    system: string,
    names: LogNames,
    from: string,
    silenceMaxMs = SILENCE_MAX_MS,
  ) {
    this.#acknowledged = from
    this.#silenceMaxMs = silenceMaxMs
    this.#service = new LogicalReplicationService(clientConfig(settings, system), {
      acknowledge: { auto: false, timeoutSeconds: 0 },
      flowControl: { enabled: true },
    })
    this.#service.on('data', (lsn: string, message: Pgoutput.Message) => {
      this.#heardAt = Date.now()
      return this.#queue.push({ lsn, message: lasting(message) }, sizeOf(message))
    })
    this.#service.on('heartbeat', (lsn: string, _time: number, shouldRespond: boolean) => {
      this.#heardAt = Date.now()
      if (shouldRespond) void this.#tell(false)
      void this.#queue.push({ lsn, message: 'heartbeat' }, 0)
    })
    this.#service.on('error', (error: Error) => this.#queue.fail(postgresError(error)))
    this.#ping = setInterval(() => void this.#tell(true), Math.min(PING_MS, silenceMaxMs / 3))
    const plugin = new TextPlugin(names.publication, (error) => this.#queue.fail(error))
    this.#service.subscribe(plugin, names.slot, from).then(
      () => this.#queue.fail(unreachableError('The database ended the log stream.')),
      (error: unknown) => this.#queue.fail(postgresError(error)),
    )
  }

  /** The next events; none when there was nothing for half a second. Rejects when the stream is over. */
  async take(max: number): Promise<LogEvent[]> {
    const events = await this.#queue.take(max, TICK_MS)
    if (events.length > 0) {
      // While the reader was busy the socket was paused; only waiting for nothing counts as silence.
      this.#heardAt = Date.now()
    } else if (Date.now() - this.#heardAt > this.#silenceMaxMs) {
      throw unreachableError('The database has fallen silent in the middle of the log stream.')
    }
    return events
  }

  /** The server may forget what lies before `lsn`: it is durable in the hub. */
  async acknowledge(lsn: string): Promise<void> {
    this.#acknowledged = lsn
    await this.#tell(false)
  }

  stop(error: Error): void {
    this.#queue.fail(error)
  }

  async close(): Promise<void> {
    clearInterval(this.#ping)
    this.#queue.fail(unreachableError('The log stream was closed.'))
    await this.#service.destroy().catch(() => undefined)
  }

  async #tell(ping: boolean): Promise<void> {
    // The library adds one to what it is given. One too many is a loss: a transaction whose commit record begins exactly
    // at the confirmed position would be skipped after a reconnect.
    const position = lsnNumber(this.#acknowledged)
    if (position > 0n) await this.#service.acknowledge(lsnText(position - 1n), ping)
  }
}
