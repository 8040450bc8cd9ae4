import { type FakeListener, type Manner, startFakeListener } from '../../test/support/fakes/oracle/listener.ts'
import { quietContext } from '../conformance/quiet-context.ts'
import { oracle } from './index.ts'
import { oracleSettings } from './settings.ts'
import { connectDescriptor } from './thin.ts'

/** node-oracledb itself, before listeners that are not well. */
describe('the driver before a listener', () => {
  let listener: FakeListener

  beforeAll(async () => {
    listener = await startFakeListener('silent')
  })

  afterAll(() => listener.close())

  const settings = (more: Record<string, string | number> = {}): Record<string, string | number> => ({
    host: '127.0.0.1',
    port: listener.port,
    database: 'NOPDB',
    user: 'scott',
    password: 'tiger-secret',
    connectTimeoutMs: 1000,
    ...more,
  })

  async function failure(manner: Manner, more: Record<string, string | number> = {}): Promise<Record<string, unknown>> {
    listener.manner = manner
    const abort = new AbortController()
    const connector = await oracle.open(settings(more), quietContext('billing', abort.signal))
    try {
      await connector.check()
      throw new Error('an error was expected')
    } catch (error) {
      return error as Record<string, unknown>
    } finally {
      await connector.close()
    }
  }

  test.each([
    [12514, 'connector.unreachable', 'retry'],
    [12505, 'connector.settings', 'config'],
    [12516, 'connector.unreachable', 'retry'],
    [12520, 'connector.unreachable', 'retry'],
    [12541, 'connector.unreachable', 'retry'],
  ])('a refusal with %i is %s', async (refuse, code, family) => {
    const error = await failure({ refuse })
    expect([error.code, error.family]).toEqual([code, family])
    expect(JSON.stringify({ ...error, message: error.message })).not.toContain('tiger-secret')
    expect(listener.asked.at(-1)).toContain('(SERVICE_NAME=NOPDB)')
  })

  test('a listener that takes the call and falls silent is given up in time', async () => {
    const startedAt = Date.now()
    expect(await failure('silent')).toMatchObject({ code: 'connector.unreachable', family: 'retry' })
    expect(Date.now() - startedAt).toBeLessThan(5000)
  })

  test('a connection that is dropped, and a port where nobody listens, are to be tried again', async () => {
    expect(await failure('drop')).toMatchObject({ code: 'connector.unreachable', family: 'retry' })
    expect(await failure('drop', { port: 1 })).toMatchObject({ code: 'connector.unreachable', family: 'retry' })
  })

  test('an engine that stops waits for no silent listener', async () => {
    listener.manner = 'silent'
    const abort = new AbortController()
    const connector = await oracle.open(settings({ connectTimeoutMs: 60_000 }), quietContext('billing', abort.signal))
    const ended = connector.check().catch((error: unknown) => error)
    setTimeout(() => abort.abort(), 100)
    const startedAt = Date.now()
    expect(await ended).toMatchObject({ code: 'connector.stopped' })
    expect(Date.now() - startedAt).toBeLessThan(3000)
    await connector.close()
  })
})

describe('the connect descriptor', () => {
  const of = (more: Record<string, string | number>): string =>
    connectDescriptor(oracleSettings({ host: 'db.example.com', database: 'PDB', user: 'u', ...more }))

  test('is TCPS for another machine, TCP where TLS is off, and whole where it is given', () => {
    expect(of({})).toContain('(PROTOCOL=tcps)(HOST=db.example.com)(PORT=1521)')
    expect(of({})).toContain('SSL_SERVER_DN_MATCH=YES')
    expect(of({ tls: 'encrypted' })).toContain('SSL_SERVER_DN_MATCH=NO')
    expect(of({ tls: 'off' })).toContain('(PROTOCOL=tcp)')
    expect(connectDescriptor(oracleSettings({ connectString: 'rac/PDB', user: 'u' }))).toBe('rac/PDB')
  })

  test('can not be given beside a host', () => {
    expect(() => of({ connectString: 'x/y' })).toThrow(
      expect.objectContaining({ code: 'connector.settings', where: '/settings/host' }) as Error,
    )
  })
})
