/**
 * A server that speaks TDS 7.4 as SQL Server does (https://learn.microsoft.com/openspecs/windows_protocols/ms-tds), before a
 * real PostgreSQL: prelogin, login, batches, remote procedure calls, transactions, attention. It knows the T-SQL that the
 * connector and its tests send (translate.ts); what it proves is the protocol, and what transactions and locks do.
 */
import { createServer, type Server, type Socket } from 'node:net'
import { serverError } from './errors.ts'
import { PRELUDE } from './prelude.ts'
import { type Argument, FakeSession, prepare } from './session.ts'
import { readCall, readLogin, skipHeaders, TdsReader } from './tds-reader.ts'
import * as write from './tds-writer.ts'

const PACKET = { BATCH: 1, RPC: 3, RESPONSE: 4, ATTENTION: 6, TRANSACTION: 14, LOGIN: 16, PRELOGIN: 18 } as const
const HEADER_BYTES = 8
const END_OF_MESSAGE = 1
const ENCRYPT_NOT_SUPPORTED = 2
const PACKET_BYTES_DEFAULT = 4096

export interface FakeSqlServer {
  port: number
  close(): Promise<void>
}

/**
 * @param url of an empty PostgreSQL database, with its superuser, who is the administrator here too
 * @param users names and passwords of logins without any right
 * @param again on the same port, before a database that was made ready before
 */
export async function startFakeSqlServer(
  url: string,
  users: Record<string, string> = {},
  again?: { port: number; isPrepared: true },
): Promise<FakeSqlServer> {
  const server = new URL(url)
  if (!again) await prepare(server, PRELUDE, users)
  const connections = new Set<TdsConnection>()
  const listener: Server = createServer((socket) => {
    const connection = new TdsConnection(socket, server)
    connections.add(connection)
    socket.on('close', () => {
      connections.delete(connection)
      void connection.close()
    })
  })
  await new Promise<void>((resolve) => listener.listen(again?.port ?? 0, '127.0.0.1', resolve))
  const address = listener.address()
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    async close() {
      const open = [...connections]
      for (const connection of open) connection.destroy()
      await Promise.all(open.map((connection) => connection.close()))
      await new Promise((resolve) => listener.close(resolve))
    },
  }
}

class TdsConnection {
  readonly #socket: Socket
  readonly #server: URL
  #session: FakeSession | undefined
  #packetBytes = PACKET_BYTES_DEFAULT
  #received = Buffer.alloc(0)
  #message: Buffer[] = []
  #transactions = 0
  #descriptor: Buffer | undefined
  #queue: Promise<void> = Promise.resolve()
  #isRunning = false

  constructor(socket: Socket, server: URL) {
    this.#socket = socket
    this.#server = server
    socket.on('error', () => undefined)
    socket.on('data', (data: Buffer) => this.#receive(data))
  }

  destroy(): void {
    this.#socket.destroy()
  }

  async close(): Promise<void> {
    // Whatever runs is given up: the client is gone.
    if (this.#isRunning) await this.#session?.cancel(this.#server).catch(() => undefined)
    await this.#queue.catch(() => undefined)
    await this.#session?.close()
  }

  #receive(data: Buffer): void {
    this.#received = Buffer.concat([this.#received, data])
    while (this.#received.length >= HEADER_BYTES) {
      const length = this.#received.readUInt16BE(2)
      if (length < HEADER_BYTES) return this.destroy()
      if (this.#received.length < length) return
      const [type = 0, status = 0] = this.#received
      this.#message.push(this.#received.subarray(HEADER_BYTES, length))
      this.#received = this.#received.subarray(length)
      if ((status & END_OF_MESSAGE) === 0) continue
      const body = Buffer.concat(this.#message.splice(0))
      // An attention overtakes the request that it is to end.
      if (type === PACKET.ATTENTION && this.#isRunning) void this.#session?.cancel(this.#server)
      this.#queue = this.#queue.then(() => this.#handle(type, body)).catch(() => this.destroy())
    }
  }

  async #handle(type: number, body: Buffer): Promise<void> {
    switch (type) {
      case PACKET.PRELOGIN:
        return this.#send([preloginAnswer()])
      case PACKET.LOGIN:
        return this.#login(body)
      case PACKET.ATTENTION:
        return this.#send([write.done(write.TOKEN.DONE, write.DONE_STATUS.ATTENTION)])
      case PACKET.BATCH:
      case PACKET.RPC:
      case PACKET.TRANSACTION:
        if (!this.#session) return this.destroy()
        return this.#request(type, body, this.#session)
      default:
        return this.destroy()
    }
  }

  async #login(body: Buffer): Promise<void> {
    const { user, password, database, packetSize } = readLogin(body)
    try {
      this.#session = await FakeSession.open(this.#server, user, password, database)
      void this.#session.ended.then(() => this.destroy())
    } catch (error) {
      this.#send([write.errorToken(serverError(error)), write.done(write.TOKEN.DONE, write.DONE_STATUS.ERROR)])
      this.#socket.end()
      return
    }
    const name = database || this.#server.pathname.slice(1)
    const size = Math.min(Math.max(packetSize || PACKET_BYTES_DEFAULT, 512), 32_767)
    this.#send([
      write.textChange(1, name, 'master'),
      write.collationChange(),
      write.textChange(2, 'us_english', ''),
      write.loginAck(),
      write.textChange(4, String(size), String(this.#packetBytes)),
      write.done(write.TOKEN.DONE, write.DONE_STATUS.FINAL),
    ])
    this.#packetBytes = size
  }

  async #request(type: number, body: Buffer, session: FakeSession): Promise<void> {
    this.#isRunning = true
    const isCall = type === PACKET.RPC
    let tokens: Buffer[]
    try {
      const reader = new TdsReader(body)
      skipHeaders(reader)
      if (type === PACKET.BATCH) tokens = await this.#batch(session, reader.rest().toString('utf16le'))
      else tokens = isCall ? await this.#call(session, reader) : await this.#transaction(session, reader)
    } catch (error) {
      const token = isCall ? write.TOKEN.DONEPROC : write.TOKEN.DONE
      tokens = [write.errorToken(serverError(error)), write.done(token, write.DONE_STATUS.ERROR)]
    } finally {
      this.#isRunning = false
    }
    this.#send(tokens)
  }

  async #batch(session: FakeSession, text: string): Promise<Buffer[]> {
    const { DONE } = write.TOKEN
    const results = await session.run(text, new Map())
    const tokens = results.flatMap((result, place) => {
      const more = place === results.length - 1 ? write.DONE_STATUS.FINAL : write.DONE_STATUS.MORE
      const status = write.done(DONE, more | write.DONE_STATUS.COUNT, result.count)
      return [...(result.columns.length > 0 ? write.resultTokens(result) : []), status]
    })
    return tokens.length > 0 ? tokens : [write.done(DONE, write.DONE_STATUS.FINAL)]
  }

  async #call(session: FakeSession, reader: TdsReader): Promise<Buffer[]> {
    const { procedure, parameters } = readCall(reader)
    const given = (from: number): Map<string, Argument> =>
      new Map(parameters.slice(from).map(({ name, value }) => [name, value]))
    if (procedure !== 'sp_executesql') throw new SyntaxError(`Could not find stored procedure '${procedure}'.`)
    const results = await session.run(String(parameters[0]?.value), given(2))
    const tokens = results.flatMap((result) => [
      ...(result.columns.length > 0 ? write.resultTokens(result) : []),
      write.done(write.TOKEN.DONEINPROC, write.DONE_STATUS.MORE | write.DONE_STATUS.COUNT, result.count),
    ])
    return [...tokens, write.returnStatus(0), write.done(write.TOKEN.DONEPROC, write.DONE_STATUS.FINAL)]
  }

  /** MS-TDS 2.2.6.9: begin 5, commit 7, roll back 8. */
  async #transaction(session: FakeSession, reader: TdsReader): Promise<Buffer[]> {
    const request = reader.u16()
    const none = Buffer.alloc(0)
    let change: Buffer
    if (request === 5) {
      await session.begin(reader.u8())
      const descriptor = Buffer.alloc(8)
      descriptor.writeUInt32LE((this.#transactions += 1))
      this.#descriptor = descriptor
      change = write.bytesChange(8, descriptor, none)
    } else if (request === 7 || request === 8) {
      const before = this.#descriptor ?? none
      this.#descriptor = undefined
      await session.end(request === 7)
      change = write.bytesChange(request === 7 ? 9 : 10, none, before)
    } else {
      throw new SyntaxError(`The fake does not know transaction request ${request}.`)
    }
    return [change, write.done(write.TOKEN.DONE, write.DONE_STATUS.FINAL)]
  }

  #send(tokens: readonly Buffer[]): void {
    const body = Buffer.concat(tokens)
    const size = this.#packetBytes - HEADER_BYTES
    const packets: Buffer[] = []
    for (let at = 0, number = 1; at === 0 || at < body.length; at += size, number += 1) {
      const part = body.subarray(at, at + size)
      const header = Buffer.from([
        PACKET.RESPONSE,
        at + size >= body.length ? END_OF_MESSAGE : 0,
        0,
        0,
        0,
        0,
        number & 0xff,
        0,
      ])
      header.writeUInt16BE(part.length + HEADER_BYTES, 2)
      packets.push(header, part)
    }
    if (!this.#socket.destroyed) this.#socket.write(Buffer.concat(packets))
  }
}

/** Version 16.0, no encryption, no instance, no MARS. */
function preloginAnswer(): Buffer {
  const options: [number, Buffer][] = [
    [0, Buffer.from([16, 0, 3, 232, 0, 0])],
    [1, Buffer.from([ENCRYPT_NOT_SUPPORTED])],
    [2, Buffer.from([0])],
    [3, Buffer.alloc(0)],
    [4, Buffer.from([0])],
  ]
  let offset = options.length * 5 + 1
  const heads = options.map(([option, data]) => {
    const head = Buffer.alloc(5)
    head.writeUInt8(option)
    head.writeUInt16BE(offset, 1)
    head.writeUInt16BE(data.length, 3)
    offset += data.length
    return head
  })
  return Buffer.concat([...heads, Buffer.from([0xff]), ...options.map(([, data]) => data)])
}
