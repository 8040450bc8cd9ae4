import type { JsonObject } from '../../hub/contracts/json.ts'
import { mysqlSettings, serverIdOf } from '../mysql/settings.ts'
import { postgresSettings } from '../postgres/settings.ts'

describe('the settings of a database', () => {
  test('may come as a url, with what is special in it percent-encoded', () => {
    expect(postgresSettings({ url: 'postgres://us%40er:p%2Fw@db.example.com/my%20base' })).toMatchObject({
      host: 'db.example.com',
      port: 5432,
      database: 'my base',
      user: 'us@er',
      password: 'p/w',
    })
    expect(mysqlSettings({ url: 'mysql://u@[::1]:3307/b' })).toMatchObject({
      host: '::1',
      port: 3307,
      password: undefined,
    })
  })

  test.each<[JsonObject, string]>([
    [{}, '/settings/host'],
    [{ host: 'h', database: 'd' }, '/settings/user'],
    [{ url: 'postgres://u@h/d', user: 'x' }, '/settings/user'],
    [{ url: 'mysql://u@h/d' }, '/settings/url'],
    [{ url: 'postgres://h/d' }, '/settings/url'],
    [{ url: 'nonsense' }, '/settings/url'],
    [{ url: 'postgres://u@h/d', port: 0 }, '/settings/port'],
    [{ url: 'postgres://u@h/d', tls: 'maybe' }, '/settings/tls'],
    [{ url: 'postgres://u@h/d', sslmode: 'off' }, '/settings/sslmode'],
  ])('%j is refused with a pointer, and without the value', (given, where) => {
    const act = (): unknown => postgresSettings(given)
    expect(act).toThrow(expect.objectContaining({ code: 'connector.settings', where }) as Error)
    expect(act).not.toThrow(/nonsense|maybe/)
  })

  test('verify the certificate of every other machine unless told otherwise', () => {
    const tls = (url: string, more: JsonObject = {}): unknown => postgresSettings({ url, ...more }).tls
    expect(tls('postgres://u@127.0.0.1/d')).toBe(false)
    expect(tls('postgres://u@localhost/d')).toBe(false)
    expect(tls('postgres://u@db.example.com/d')).toEqual({ rejectUnauthorized: true })
    expect(tls('postgres://u@db.example.com/d', { tls: 'encrypted' })).toEqual({ rejectUnauthorized: false })
    expect(tls('postgres://u@127.0.0.1/d', { tls: 'verified', tlsAuthority: 'PEM' })).toEqual({
      rejectUnauthorized: true,
      ca: 'PEM',
    })
  })

  test('give each system a server id of its own, in the upper half of the numbers', () => {
    const settings = mysqlSettings({ url: 'mysql://u@h/d' })
    const [one, other] = [serverIdOf(settings, 'crm'), serverIdOf(settings, 'erp')]
    expect(one).not.toBe(other)
    for (const id of [one, other]) expect(id >= 2 ** 31 && id < 2 ** 32).toBe(true)
    expect(serverIdOf({ ...settings, serverId: 7 }, 'crm')).toBe(7)
  })
})
