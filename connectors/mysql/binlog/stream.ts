import mysql, { type Connection } from 'mysql2'
import { busyError, unreachableError } from '../../shared/errors.ts'
import { EventQueue } from '../../shared/event-queue.ts'
import { connectionOptions } from '../database.ts'
import { BINLOG_ERROR, mysqlError } from '../errors.ts'
import type { MysqlSettings } from '../settings.ts'
import type { BinlogPosition } from './place.ts'

const EVENTS_BUFFERED_MAX = 1000
const HEARTBEAT_NANOSECONDS = 5_000_000_000
const SILENCE_MAX_MS = 30_000
const TICK_MS = 500
/** Asks for the text of statements too (MariaDB's Annotate_rows), in which the hub's own writes carry their mark. */
const SEND_ANNOTATE_ROWS = 2
const COM_BINLOG_DUMP = 0x12
const PACKET_HEADER_BYTES = 4

/** The position is not in the log any more: a gap. */
export class LogPurged extends Error {}

/** What a connection of the driver does for each of its own commands; here, for one that the driver has not (its own is broken). */
interface CommandConnection {
  addCommand(command: { execute(packet: IncomingPacket | undefined, connection: CommandConnection): boolean }): void
  writePacket(packet: { buffer: Buffer; length(): number; writeHeader(sequence: number): void }): void
  _resetSequenceId(): void
}
interface IncomingPacket {
  buffer: Buffer
  offset: number
  end: number
  isEOF(): boolean
  isError(): boolean
  asError(encoding: string): Error
}

/** The raw events of the binary log. mysql2 connects, authenticates and frames; what events mean is events.ts. */
export class BinlogStream {
  readonly #connection: Connection
  readonly #queue = new EventQueue<Buffer>(EVENTS_BUFFERED_MAX)
  readonly #silenceMaxMs: number
  #heardAt = Date.now()

  private constructor(connection: Connection, silenceMaxMs: number) {
    this.#connection = connection
    this.#silenceMaxMs = silenceMaxMs
    connection.on('error', (error) => this.#queue.fail(mysqlError(error)))
    connection.on('end', () => this.#queue.fail(unreachableError('The database ended the log stream.')))
  }

  static async open(
    settings: MysqlSettings,
    serverId: number,
    from: BinlogPosition,
    silenceMaxMs = SILENCE_MAX_MS,
  ): Promise<BinlogStream> {
    const connection = mysql.createConnection(connectionOptions(settings))
    const stream = new BinlogStream(connection, silenceMaxMs)
    try {
      await run(
        connection,
        `SET @master_heartbeat_period = ${HEARTBEAT_NANOSECONDS}, @source_heartbeat_period = ${HEARTBEAT_NANOSECONDS}`,
      )
      // Says that this reader knows checksums: the server then sends the events as they are in its file.
      await run(connection, 'SET @master_binlog_checksum = @@global.binlog_checksum')
      await run(connection, 'SET @source_binlog_checksum = @@global.binlog_checksum')
      // Without it MariaDB hides its transaction ids from what it takes for an old replica.
      await run(connection, 'SET @mariadb_slave_capability = 4')
      stream.#dump(serverId, from)
      return stream
    } catch (error) {
      connection.destroy()
      throw mysqlError(error)
    }
  }

  #dump(serverId: number, from: BinlogPosition): void {
    const connection = this.#connection as unknown as CommandConnection
    connection.addCommand({
      execute: (packet, on) => {
        if (packet === undefined) {
          on._resetSequenceId()
          on.writePacket(dumpRequest(serverId, from))
          return false
        }
        return this.#receive(packet)
      },
    })
  }

  /** True: the command is over. */
  #receive(packet: IncomingPacket): boolean {
    this.#heardAt = Date.now()
    if (packet.isError()) {
      this.#queue.fail(dumpError(packet.asError('utf8')))
      return true
    }
    if (packet.isEOF()) {
      this.#queue.fail(unreachableError('The database ended the log stream.'))
      return true
    }
    // A byte that says "fine", then the event. Copied, because the driver's buffer holds many packets.
    const event = Buffer.from(packet.buffer.subarray(packet.offset + 1, packet.end))
    const room = this.#queue.push(event, event.length)
    if (this.#queue.isFull) {
      this.#connection.pause()
      void room.then(() => this.#connection.resume())
    }
    return false
  }

  /** The next events; none when there was nothing for half a second. Rejects when the stream is over. */
  async take(max: number): Promise<Buffer[]> {
    const events = await this.#queue.take(max, TICK_MS)
    if (events.length > 0) {
      this.#heardAt = Date.now()
    } else if (Date.now() - this.#heardAt > this.#silenceMaxMs) {
      throw unreachableError('The database has fallen silent in the middle of the log stream.')
    }
    return events
  }

  stop(error: Error): void {
    this.#queue.fail(error)
  }

  close(): void {
    this.#queue.fail(unreachableError('The log stream was closed.'))
    this.#connection.destroy()
  }
}

/** https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_com_binlog_dump.html */
function dumpRequest(
  serverId: number,
  { file, offset }: BinlogPosition,
): Parameters<CommandConnection['writePacket']>[0] {
  const name = Buffer.from(file, 'latin1')
  const buffer = Buffer.alloc(PACKET_HEADER_BYTES + 11 + name.length)
  const body = buffer.subarray(PACKET_HEADER_BYTES)
  body.writeUInt8(COM_BINLOG_DUMP, 0)
  body.writeUInt32LE(offset, 1)
  body.writeUInt16LE(SEND_ANNOTATE_ROWS, 5)
  body.writeUInt32LE(serverId, 7)
  name.copy(body, 11)
  return {
    buffer,
    length: () => buffer.length,
    writeHeader: (sequence) => {
      buffer.writeUIntLE(body.length, 0, 3)
      buffer.writeUInt8(sequence, 3)
    },
  }
}

/** The text tells more than the number: MariaDB has 4052 for a rival reader, MySQL the same 1236 as for a lost log. */
function dumpError(error: Error): Error {
  if (/same server_?u?u?id\b/i.test(error.message)) {
    return busyError("Another log reader has the same server id and has taken this one's place.", {
      fix: 'Give each reader of this server a serverId of its own.',
      internal: error.message,
    })
  }
  return (error as { errno?: number }).errno === BINLOG_ERROR ? new LogPurged(error.message) : mysqlError(error)
}

function run(connection: Connection, sql: string): Promise<void> {
  return new Promise((resolve, reject) => {
    connection.query(sql, (error: unknown) => {
      if (error) reject(error instanceof Error ? error : new Error(String(error)))
      // The connection takes the next command only after this call returns.
      else setImmediate(resolve)
    })
  })
}
