import type { LookupAddress } from 'node:dns'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { allowEntries, EgressGuard, type EgressOptions } from './egress-guard.ts'

const at = (...addresses: string[]): LookupAddress[] =>
  addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))

/** Names that end in `.test`, by the addresses before it: dots are written as dashes. */
function guardOf(options: Partial<EgressOptions> = {}, answers: Record<string, LookupAddress[]> = {}): EgressGuard {
  const resolve = (name: string) =>
    answers[name] === undefined ? Promise.reject(new Error('ENOTFOUND')) : Promise.resolve(answers[name])
  return new EgressGuard({ allow: [], loopback: false, resolve, ...options })
}

const codeOf = async (guard: EgressGuard, url: string): Promise<string> => {
  try {
    await guard.check(url, '/url')
    return 'allowed'
  } catch (error) {
    return (error as { code: string }).code
  }
}

describe('The guard of outgoing calls', () => {
  test.each([
    'https://127.0.0.1/',
    'https://2130706433/',
    'https://0x7f000001/',
    'https://0x7f.1/',
    'https://0177.0.0.1/',
    'https://017700000001/',
    'https://127.1/',
    'https://127.0.0.1./',
    'https://0/',
    'https://[::1]/',
    'https://[::]/',
    'https://[::ffff:127.0.0.1]/',
    'https://[::ffff:0a00:0001]/',
    'https://[0:0:0:0:0:ffff:c0a8:0101]/',
    'https://[64:ff9b::a9fe:a9fe]/',
    'https://[fd00:ec2::254]/latest/meta-data/',
    'https://[fe80::1]/',
    'https://[ff02::1]/',
    'https://10.0.0.1:8443/x',
    'https://172.16.5.4/',
    'https://192.168.0.1/',
    'https://169.254.169.254/latest/meta-data/',
    'https://2852039166/latest/meta-data/',
    'https://0xa9.0xfe.0xa9.0xfe/',
    'https://0251.0376.0251.0376/',
    'https://100.100.100.200/',
    'https://224.0.0.1/',
    'https://255.255.255.255/',
    'https://①②⑦.⓪.⓪.①/',
    'https://127。0。0。1/',
  ])('refuses %s, however it is written', async (url) => {
    expect(await codeOf(guardOf(), url)).toBe('egress.forbidden')
  })

  test.each([
    ['', 'egress.url.invalid'],
    ['/hook', 'egress.url.invalid'],
    ['//example.com/', 'egress.url.invalid'],
    ['https://', 'egress.url.invalid'],
    ['https://256.1.1.1/', 'egress.url.invalid'],
    ['https://user@example.com/', 'egress.url.invalid'],
    ['https://example.com/#fragment', 'egress.url.invalid'],
    ['http://example.com/', 'egress.url.not-https'],
    ['file:///etc/passwd', 'egress.url.not-https'],
    ['gopher://example.com/', 'egress.url.not-https'],
    ['javascript:alert(1)', 'egress.url.not-https'],
    ['http://127.0.0.1/', 'egress.url.not-https'],
    ['https://nobody.test/', 'egress.unresolved'],
  ])('refuses %j with %s', async (url, code) => {
    expect(await codeOf(guardOf(), url)).toBe(code)
  })

  test('lets public hosts through', async () => {
    const answers = { 'hooks.test': at('93.184.215.14', '2606:2800:21f::1') }
    expect(await codeOf(guardOf({}, answers), 'https://hooks.test:8443/path?x=1')).toBe('allowed')
    expect(await codeOf(guardOf(), 'https://1.1.1.1/')).toBe('allowed')
    expect(await codeOf(guardOf(), 'https://[2606:4700:4700::1111]/')).toBe('allowed')
  })

  test('refuses a name where one of its addresses is not public, and does not tell which kind', async () => {
    const guard = guardOf({}, { 'mixed.test': at('93.184.215.14', '10.0.0.8') })
    const error = await guard.check('https://mixed.test/', '/url').catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'egress.forbidden', where: '/url', status: 422 })
    expect(JSON.stringify(error) + String(error)).not.toMatch(/10\.0|private/)
  })

  test('lets through what is on the list: names, addresses, networks; and nothing beside it', async () => {
    const allow = allowEntries(' hooks.corp.test, 10.1.0.0/16,192.168.7.7 , fd12::/16,')
    const answers = { 'hooks.corp.test': at('172.16.0.9'), 'sub.hooks.corp.test': at('172.16.0.9') }
    const guard = guardOf({ allow }, answers)
    const allowed = ['https://HOOKS.corp.test/', 'https://10.1.2.3/', 'https://192.168.7.7/', 'https://[fd12::5]/']
    expect(await Promise.all(allowed.map((url) => codeOf(guard, url)))).toEqual(allowed.map(() => 'allowed'))
    const others = ['https://sub.hooks.corp.test/', 'https://10.2.0.1/', 'https://192.168.7.8/', 'https://[fd13::1]/']
    expect(await Promise.all(others.map((url) => codeOf(guard, url)))).toEqual(others.map(() => 'egress.forbidden'))
    expect(await codeOf(guard, 'http://10.1.2.3/')).toBe('egress.url.not-https')
  })

  test.each(['10.0.0.0/33', '10.0.0.0/x', '::1/129', 'https://example.com', 'two words', '*.example.com'])(
    'stops the start at an entry such as %s',
    (entry) => {
      expect(() => guardOf({ allow: [entry] })).toThrow(expect.objectContaining({ code: 'settings.invalid' }))
    },
  )

  test('lets this machine through, by http too, only where the setting says so', async () => {
    const open = guardOf({ loopback: true }, { localhost: at('127.0.0.1', '::1'), 'other.test': at('127.0.0.1') })
    const allowed = ['http://127.0.0.1:9/', 'http://[::1]:9/', 'http://localhost:9/', 'https://localhost/']
    expect(await Promise.all(allowed.map((url) => codeOf(open, url)))).toEqual(allowed.map(() => 'allowed'))
    expect(await codeOf(open, 'http://other.test/')).toBe('egress.url.not-https')
    expect(await codeOf(open, 'https://10.0.0.1/')).toBe('egress.forbidden')
    const strict = guardOf({}, { localhost: at('127.0.0.1') })
    expect(await codeOf(strict, 'https://localhost/')).toBe('egress.forbidden')
  })

  test('looks at the address that is dialled: a name that is resolved to another one later is not called', async () => {
    let calls = 0
    const server = createServer((_request, response) => {
      calls++
      response.end('secret')
    })
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve)
    })
    const { port } = server.address() as AddressInfo
    const answers = { 'rebinding.test': at('93.184.215.14') }
    const guard = guardOf({}, answers)
    expect(await codeOf(guard, 'https://rebinding.test/')).toBe('allowed')
    answers['rebinding.test'] = at('127.0.0.1')
    const dial = (lookup: EgressGuard['lookup'] | undefined): Promise<string> =>
      new Promise((resolve) => {
        const options = lookup === undefined ? { host: '127.0.0.1' } : { host: 'rebinding.test', lookup }
        const call = request({ port, agent: false, ...options }, (response) => {
          response.resume()
          resolve('called')
        })
        call.once('error', (error: NodeJS.ErrnoException) => {
          resolve(error.code ?? error.message)
        })
        call.end()
      })
    expect(await dial(guard.lookup)).toBe('egress.forbidden')
    expect(calls).toBe(0)
    // The same call without the guard's look-up reaches the server, so it was the guard that stopped it.
    expect(await dial(undefined)).toBe('called')
    server.close()
  })

  test('answers sockets in the form that they ask for', async () => {
    const guard = guardOf({}, { 'two.test': at('2606:2800:21f::1', '93.184.215.14') })
    const ask = (options: object): Promise<unknown[]> =>
      new Promise((resolve) => {
        guard.lookup('two.test', options, (...answer) => {
          resolve(answer)
        })
      })
    expect(await ask({ all: true })).toEqual([null, at('2606:2800:21f::1', '93.184.215.14')])
    expect(await ask({})).toEqual([null, '2606:2800:21f::1', 6])
    expect(await ask({ family: 4 })).toEqual([null, '93.184.215.14', 4])
  })
})
