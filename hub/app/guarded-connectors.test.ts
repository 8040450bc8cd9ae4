import type { ConnectorContext, ConnectorSpec } from '../contracts/connector.ts'
import type { JsonObject } from '../contracts/json.ts'
import { EgressGuard } from '../security/egress/egress-guard.ts'
import { guardedConnectors, hostsIn } from './guarded-connectors.ts'

const ADDRESSES: Record<string, string> = { 'erp.example.com': '93.184.215.14', 'erp.corp': '10.1.2.3' }

/** What opening a system with these settings comes to: `opened`, or the code of the refusal and its place. */
async function open(settings: JsonObject, allow: string[] = []): Promise<unknown> {
  const resolve = (name: string) =>
    ADDRESSES[name] === undefined
      ? Promise.reject(new Error('ENOTFOUND'))
      : Promise.resolve([{ address: ADDRESSES[name], family: 4 }])
  const spec = { name: 'any', open: () => Promise.resolve('opened') } as unknown as ConnectorSpec
  const [guarded] = guardedConnectors([spec], new EgressGuard({ allow, loopback: false, resolve }))
  return guarded?.open(settings, { system: 'erp' } as ConnectorContext).catch((error: unknown) => error)
}

describe('Connectors behind the guard', () => {
  test.each([
    { url: 'https://erp.example.com/odata' },
    { host: 'erp.example.com', port: 1433 },
    { host: '1.1.1.1' },
    { name: 'erp.corp', user: '10.0.0.1' },
  ])('open with public hosts: %j', async (settings) => {
    expect(await open(settings)).toBe('opened')
  })

  test.each([
    [{ url: 'https://erp.corp/odata' }, 'settings/url'],
    [{ url: 'postgres://user:secret@10.0.0.8:5432/db' }, 'settings/url'],
    [{ auth: { tokenUrl: 'http://169.254.169.254/latest' } }, 'settings/auth/tokenUrl'],
    [{ host: '127.0.0.1' }, 'settings/host'],
    [{ server: 'erp.corp\\SQL1' }, 'settings/server'],
    [{ connectString: 'erp.corp:1521/ORCL' }, 'settings/connectString'],
    [{ host: '[::1]' }, 'settings/host'],
    [{ routers: [{ host: 'nobody.example' }] }, 'settings/routers/0/host'],
  ])('do not open with others: %j', async (settings, path) => {
    const error = await open(settings)
    expect(error).toMatchObject({ code: 'system.host.forbidden', family: 'config', where: `erp#/${path}` })
    expect(String(error)).not.toMatch(/secret|10\.0/)
  })

  test('open with what is allowed', async () => {
    expect(await open({ url: 'https://erp.corp/' }, ['erp.corp'])).toBe('opened')
    expect(await open({ url: 'mysql://10.1.9.9/db' }, ['10.1.0.0/16'])).toBe('opened')
  })

  test('find hosts in URLs of any scheme, and in nothing else', () => {
    expect(hostsIn({ a: 'sftp://files.example:22/x', b: 'text', c: 5, d: null, e: 'a://' }, 'settings')).toEqual([
      { host: 'files.example', path: 'settings/a' },
    ])
  })
})
