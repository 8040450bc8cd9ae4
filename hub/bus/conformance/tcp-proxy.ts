import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'

/**
 * Stands between a bus and its server, so that tests can break the network as networks break: cut (connections reset, new
 * ones refused) and frozen (connections open, nothing passes: a half-open connection).
 */
export class TcpProxy {
  private readonly target: URL
  private server: Server | undefined
  private readonly sockets = new Set<Socket>()
  private port = 0
  private frozen = false

  private constructor(target: URL) {
    this.target = target
  }

  static async before(url: string): Promise<TcpProxy> {
    const proxy = new TcpProxy(new URL(url))
    await proxy.listen()
    return proxy
  }

  /** The server's URL, by way of this proxy. */
  get url(): string {
    const url = new URL(this.target)
    url.hostname = '127.0.0.1'
    url.port = String(this.port)
    return url.href
  }

  /** Resets all connections and refuses new ones. */
  async cut(): Promise<void> {
    const { server } = this
    this.server = undefined
    const closed = server === undefined ? undefined : once(server, 'close')
    server?.close()
    this.reset()
    await closed
  }

  /** Resets all connections once; new ones are taken. */
  reset(): void {
    for (const socket of this.sockets) socket.resetAndDestroy()
    this.sockets.clear()
  }

  /** Lets nothing pass, in either direction, and takes new connections without a word. */
  freeze(): void {
    this.frozen = true
    for (const socket of this.sockets) socket.pause()
  }

  /** Ends what was frozen and works again. */
  async restore(): Promise<void> {
    if (this.frozen) this.reset()
    this.frozen = false
    if (this.server === undefined) await this.listen()
  }

  private async listen(): Promise<void> {
    const server = createServer((socket) => this.accept(socket))
    server.listen(this.port, '127.0.0.1')
    await once(server, 'listening')
    this.port = (server.address() as AddressInfo).port
    this.server = server
  }

  private accept(near: Socket): void {
    this.keep(near)
    if (this.frozen) return void near.pause()
    const defaultPort = this.target.protocol.startsWith('amqp') ? 5672 : 5432
    const far = connect(Number(this.target.port) || defaultPort, this.target.hostname)
    this.keep(far)
    this.pass(near, far)
    this.pass(far, near)
  }

  // Not pipe(): it would resume a socket that freeze() holds.
  private pass(from: Socket, to: Socket): void {
    from.on('data', (bytes) => {
      if (this.frozen || !to.writable) return
      if (!to.write(bytes)) {
        from.pause()
        to.once('drain', () => {
          if (!this.frozen) from.resume()
        })
      }
    })
    from.on('close', () => {
      if (!this.frozen) to.destroy()
    })
  }

  private keep(socket: Socket): void {
    this.sockets.add(socket)
    socket.setNoDelay(true)
    socket.on('error', () => undefined)
    socket.on('close', () => this.sockets.delete(socket))
  }
}
