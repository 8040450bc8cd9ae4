import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { Session } from './session.ts'
import { type SqlServerSettings, sqlServerSettings } from './settings.ts'

/** It takes connections and never says a word. */
describe('a session with a server that is silent from the start', () => {
  const sockets: Socket[] = []
  let server: Server
  let settings: SqlServerSettings

  beforeAll(async () => {
    server = createServer((socket) => {
      socket.on('error', () => undefined).resume()
      sockets.push(socket)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const account = { user: 'omnihub', password: 'secret-1', database: 'erp' }
    settings = sqlServerSettings({ host: '127.0.0.1', port, ...account, connectTimeoutMs: 1000 })
  })

  afterAll(() => new Promise((resolve) => server.close(resolve)))

  test('is given up after the time for connecting, and leaves no connection behind', async () => {
    const startedAt = performance.now()
    const opening = Session.open(settings, 'erp', new AbortController().signal)
    await expect(opening).rejects.toMatchObject({ code: 'connector.unreachable', family: 'retry' })
    expect(performance.now() - startedAt).toBeLessThan(3000)
    await ended()
  })

  test('is given up at once by whoever stops', async () => {
    const abort = new AbortController()
    const opening = Session.open(settings, 'erp', abort.signal)
    await once(server, 'connection')
    abort.abort()
    const startedAt = performance.now()
    await expect(opening).rejects.toMatchObject({ code: 'connector.unreachable' })
    expect(performance.now() - startedAt).toBeLessThan(500)
    await ended()
  })

  async function ended(): Promise<void> {
    expect(sockets).not.toHaveLength(0)
    for (const socket of sockets.splice(0)) if (!socket.closed) await once(socket, 'close')
  }
})
