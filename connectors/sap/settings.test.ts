import type { HubError } from '../../hub/contracts/hub-error.ts'
import type { JsonObject } from '../../hub/contracts/json.ts'
import { sapOptions } from './entity-options.ts'
import { sapSettings } from './settings.ts'

function fault(act: () => unknown): Partial<HubError> {
  try {
    act()
  } catch (error) {
    return error as HubError
  }
  throw new Error('It was taken.')
}

const GOOD = { baseUrl: 'https://s4.example.com', user: 'HUB', password: 'p' }

describe('the settings of an SAP system', () => {
  test.each<[string, JsonObject, string]>([
    ['an unknown one', { ...GOOD, usr: 'x' }, '/settings/usr'],
    ['an address that is none', { ...GOOD, baseUrl: 's4.example.com' }, '/settings/baseUrl'],
    ['an address with a password in it', { ...GOOD, baseUrl: 'https://a:b@s4.example.com' }, '/settings/baseUrl'],
    ['no user', { baseUrl: GOOD.baseUrl, password: 'p' }, '/settings/user'],
    ['an empty password', { ...GOOD, password: '' }, '/settings/password'],
    ['OAuth without a token address', { ...GOOD, auth: 'oauth' }, '/settings/tokenUrl'],
    [
      'OAuth without a secret',
      { ...GOOD, auth: 'oauth', tokenUrl: 'https://t/x', clientId: 'c' },
      '/settings/clientSecret',
    ],
    ['an unknown sign-in', { ...GOOD, auth: 'saml' }, '/settings/auth'],
    ['a client of two digits', { ...GOOD, sapClient: '10' }, '/settings/sapClient'],
    ['a language of three letters', { ...GOOD, language: 'ENG' }, '/settings/language'],
    ['a time-out of nothing', { ...GOOD, timeoutMs: 0 }, '/settings/timeoutMs'],
    ['an IDoc user without password', { idocUser: 'x' }, '/settings/idocPassword'],
    ['an IDoc password without user', { idocPassword: 'x' }, '/settings/idocUser'],
    ['two ways for IDocs to sign in', { idocUser: 'x', idocPassword: 'y', idocSecret: 'z' }, '/settings/idocSecret'],
    ['a key that is no place', { idocKeys: { DEBMAS: 'KUNNR' } }, '/settings/idocKeys/DEBMAS'],
    ['an IDoc type in small letters', { idocTypes: { DEBMAS: 'debmas07' } }, '/settings/idocTypes/DEBMAS'],
    ['an IDoc path with a query', { idocPath: '/sap?x' }, '/settings/idocPath'],
    ['RFC without a client', { rfcAshost: 'h', rfcUser: 'u', rfcPassword: 'p' }, '/settings/sapClient'],
    ['RFC without a password', { rfcAshost: 'h', rfcUser: 'u', sapClient: '100' }, '/settings/rfcPassword'],
    [
      'a system number of one digit',
      { rfcAshost: 'h', rfcUser: 'u', rfcPassword: 'p', sapClient: '100', rfcSysnr: '0' },
      '/settings/rfcSysnr',
    ],
  ])('are refused with their place: %s', (_, settings, where) => {
    expect(fault(() => sapSettings(settings))).toMatchObject({ code: 'connector.settings', family: 'config', where })
  })

  test('may be those of IDocs alone, and RFC takes the user of HTTP', () => {
    expect(sapSettings({ idocSecret: 'x' })).toMatchObject({
      baseUrl: undefined,
      auth: { kind: 'none' },
      rfc: undefined,
    })
    expect(sapSettings({ ...GOOD, rfcAshost: 'h', sapClient: '100' }).rfc).toMatchObject({
      user: 'HUB',
      passwd: 'p',
      sysnr: '00',
    })
  })
})

describe('the options of an entity', () => {
  const { idoc } = sapSettings({ idocTypes: { DEBMAS: 'DEBMAS07' } })
  const service = '/sap/opu/odata/sap/X'

  test.each<[string, JsonObject, string]>([
    ['no service', { entitySet: 'A' }, '/service'],
    ['a service that is no path', { service: 'API_BUSINESS_PARTNER' }, '/service'],
    ['a service that ends with /', { service: `${service}/` }, '/service'],
    ['an unknown version', { service, version: '3' }, '/version'],
    ['an unknown way to follow', { service, follow: 'cdc' }, '/follow'],
    ['change fields beside delta tokens', { service, follow: 'delta', changeFields: ['A'] }, '/changeFields'],
    ['creation fields alone', { service, createFields: ['A'] }, '/changeFields'],
    ['a key field twice', { service, keyFields: ['A', 'A'] }, '/keyFields'],
    ['nothing to select', { service, select: [] }, '/select'],
    ['a page of nothing', { service, pageSize: 0 }, '/pageSize'],
    ['a rule for deletes that is none', { service, deletedWhen: { field: 'X' } }, '/deletedWhen'],
    ['a BAPI among OData', { service, bapi: {} }, '/bapi'],
    ['OData among BAPIs', { protocol: 'bapi', bapi: {}, service }, '/service'],
    ['a BAPI entity without them', { protocol: 'bapi' }, '/bapi'],
    ['an unknown protocol', { protocol: 'soap' }, '/protocol'],
    ['an unknown option', { service, entityset: 'X' }, '/entityset'],
  ])('are refused with their place: %s', (_, options, where) => {
    const error = fault(() => sapOptions({ entity: 'E', options }, idoc))
    expect(error).toMatchObject({ code: 'connector.settings', where: `/entities/E/options${where}` })
  })

  test('that are none make it an entity of IDocs', () => {
    expect(sapOptions({ entity: 'DEBMAS', options: {} }, idoc)).toMatchObject({
      protocol: 'idoc',
      idocType: 'DEBMAS07',
    })
    expect(sapOptions({ entity: 'ORDERS', options: {} }, idoc)).toMatchObject({ protocol: 'idoc', idocType: undefined })
  })
})
