/** Two systems beside those that only push CloudEvents: a shop whose table is read and written, and a partner that pushes by SOAP. */
import { databaseUrl, withClient } from '../../../demo/databases.ts'
import { BillingStore, pushMessage, tableNamed } from '../../../demo/fakes/soap-billing/index.ts'
import type { JsonObject } from '../../../hub/contracts/json.ts'
import type { WholeExample } from './pools.ts'

export const PARTNER_PASSWORD = 'push-secret-of-the-partner'
const SHOPPERS = 16
/** The shop's table takes no such tier: a write of it fails. */
const REFUSED = 'refused'

export const LEGACY_FILES: Readonly<Record<string, string>> = {
  'config/systems/shop.yaml': `title: The shop
connector: postgres
settings: { url: '\${env:SHOP_URL}', connectTimeoutMs: 2000 }
entities:
  Person:
    mode: poll
    every: 1h
    options: { table: person, watermarkColumn: changed_at, lookBackSeconds: 1 }
    write: { fields: [attributes.tier], onConflict: park }
`,
  'mappings/shop/Person.yaml': `source: Person
target: customer
key: id
fields:
  kind: { constant: person }
  status: { constant: active }
  name.given: given
  name.family: family
  birthDate: { from: born, convert: { date: { format: yyyy-MM-dd } } }
  attributes.tier: tier
`,
  'config/systems/partner.yaml': `title: The partner
connector: soap
settings: { wsdl: 'http://127.0.0.1:1/?wsdl', push: { user: partner, password: '\${env:PARTNER_PASSWORD}' } }
entities:
  CustomerAccount: { mode: push }
`,
  'mappings/partner/CustomerAccount.yaml': `source: CustomerAccount
target: customer
key: account_no
fields:
  kind: { constant: organization }
  organization.legalName: full_name
`,
}

/** Makes the shop's database on the server and answers its address. */
export async function makeShop(serverUrl: string): Promise<string> {
  const { pathname } = new URL(serverUrl)
  const name = `shop_of_${pathname.slice(1)}`
  await withClient(serverUrl, (client) => client.query(`create database ${name}`))
  const url = databaseUrl(serverUrl, name)
  await withClient(url, async (client) => {
    await client.query(`create table person (
      id text primary key, given text, family text, born text, tier text check (tier <> '${REFUSED}'),
      changed_at timestamptz not null default clock_timestamp())`)
    for (let at = 0; at < SHOPPERS; at++) {
      const values = [`S${at}`, `Shopper${at}`, `Buyer${'abcdefghijklmnop'[at]}`, `19${50 + at}-04-1${at % 10}`, 'gold']
      await client.query('insert into person (id, given, family, born, tier) values ($1, $2, $3, $4, $5)', values)
    }
  })
  return url
}

export async function dropShop(serverUrl: string): Promise<void> {
  const { pathname } = new URL(serverUrl)
  await withClient(databaseUrl(serverUrl, 'postgres'), (client) =>
    client.query(`drop database if exists shop_of_${pathname.slice(1)} with (force)`),
  )
}

type Ask = (
  path: string,
  body?: JsonObject,
  more?: { method?: string; type?: string; headers?: Record<string, string> },
) => Promise<{ status: number; body: JsonObject }>

/** Writes to the shop that wait for a steward, and some that failed: once the shop has been read. */
export async function makeWrites(ask: Ask, shopUrl: string): Promise<void> {
  await withClient(shopUrl, (client) =>
    client.query(`update person set tier = 'of the shop' where substr(id, 2)::int < ${SHOPPERS - 4}`),
  )
  for (let at = 0; at < SHOPPERS; at++) {
    const { body } = await ask(`/v1/customers?system=shop&key=S${at}`)
    const [customer] = (body['items'] ?? []) as JsonObject[]
    if (customer === undefined) throw new Error(`The shop's person S${at} is not there.`)
    const patch = { attributes: { tier: at < SHOPPERS - 4 ? 'of the hub' : REFUSED } }
    const edit = { method: 'PATCH', type: 'application/merge-patch+json', headers: { 'if-match': '*' } }
    const { status } = await ask(`/v1/customers/${String(customer['id'])}`, patch, edit)
    if (status !== 200) throw new Error(`The edit of S${at} was answered with ${status}.`)
  }
}

/** Messages as the partner sends them. */
export function partnerPushes(): WholeExample[] {
  const store = new BillingStore(Date.now)
  const table = tableNamed('Account')
  return [1, 2, 3].map((at) => {
    const key = `LC-${at}`
    const stored = store.put(table, { account_no: key, full_name: `Company ${at} Ltd` })
    const change = { table: 'Account', register: undefined, key, kind: 'upsert', ...stored } as const
    const options = { user: 'partner', password: PARTNER_PASSWORD, entityOf: () => 'CustomerAccount' }
    const { headers, body } = pushMessage([change], { ...options, passwordAs: 'text' })
    const { 'content-type': type = '', ...rest } = headers
    return { params: { system: 'partner' }, headers: rest, type, text: body }
  })
}
