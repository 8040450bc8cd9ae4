/**
 * A listener that speaks just enough of Oracle's TNS to refuse, or to fall silent: what node-oracledb makes of a network
 * that is not well can be tried without a database. Packet layout as in node-oracledb's own reader (lib/thin/sqlnet).
 */
import { createServer, type Socket } from 'node:net'

const CONNECT = 1
const REFUSE = 4
const HEADER_BYTES = 8

/** `refuse`: with this code of Oracle's, `silent`: takes everything and answers nothing, `drop`: ends the connection. */
export type Manner = { refuse: number } | 'silent' | 'drop'

export interface FakeListener {
  port: number
  /** The connect descriptors that came. */
  readonly asked: string[]
  readonly openConnections: number
  manner: Manner
  close(): Promise<void>
}

export async function startFakeListener(manner: Manner): Promise<FakeListener> {
  const sockets = new Set<Socket>()
  const asked: string[] = []
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => undefined)
    socket.once('data', (packet: Buffer) => {
      if (packet[4] !== CONNECT) return void socket.destroy()
      asked.push(packet.toString('latin1', packet.indexOf('(DESCRIPTION')))
      if (listener.manner === 'silent') return
      if (listener.manner === 'drop') socket.destroy()
      else socket.end(refusal(listener.manner.refuse))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const listener: FakeListener = {
    port: typeof address === 'object' && address ? address.port : 0,
    asked,
    get openConnections() {
      return sockets.size
    },
    manner,
    async close() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return listener
}

/** Length, checksum, type, flags, checksum; reasons of user and system; length of the text, the text. */
function refusal(code: number): Buffer {
  const text = Buffer.from(
    `(DESCRIPTION=(TMP=)(VSNNUM=318767104)(ERR=${code})(ERROR_STACK=(ERROR=(CODE=${code})(EMFI=4))))`,
  )
  const packet = Buffer.alloc(HEADER_BYTES + 4)
  packet.writeUInt16BE(packet.length + text.length, 0)
  packet.writeUInt8(REFUSE, 4)
  packet.writeUInt8(34, 8)
  packet.writeUInt16BE(text.length, 10)
  return Buffer.concat([packet, text])
}
