import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { SalesforceFake } from '../../demo/fakes/salesforce/index.ts'
import type { PushAnswer, PushRequest, SourceRecord } from '../../hub/contracts/connector.ts'
import { HubError } from '../../hub/contracts/hub-error.ts'
import { quietContext } from '../conformance/quiet-context.ts'
import { parseXml } from '../shared/xml.ts'
import { SalesforceConnector } from './connector.ts'
import { salesforceSettings } from './settings.ts'

const SECRET = 's3cret & more'

let fake: SalesforceFake
let connector: SalesforceConnector
let hook: Server
let url: string
let taken: SourceRecord[]
/** How many more pushes the hub can't store. */
let unavailable: number

beforeEach(async () => {
  fake = new SalesforceFake({
    objects: {
      Contact: {
        keyPrefix: '003',
        fields: {
          LastName: { type: 'string' },
          Active__c: { type: 'boolean' },
          Score__c: { type: 'double', scale: 2 },
        },
      },
    },
  })
  await fake.listen()
  const { clientId, clientSecret } = fake.organization.options
  const settings = {
    loginUrl: fake.url,
    clientId,
    clientSecret,
    outboundSecret: SECRET,
    organizationId: fake.organization.id.slice(0, 15),
  }
  connector = new SalesforceConnector(salesforceSettings(settings), quietContext('crm', new AbortController().signal))
  taken = []
  unavailable = 0
  hook = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => void chunks.push(chunk))
    request.on('end', () => {
      const { searchParams } = new URL(request.url ?? '', 'http://hub')
      const push: PushRequest = {
        method: 'POST',
        headers: request.headers as Record<string, string>,
        query: Object.fromEntries(searchParams),
        body: Buffer.concat(chunks),
      }
      void answerOf(push).then(({ status, contentType, body }) => {
        response.writeHead(status, { 'content-type': contentType }).end(body)
      })
    })
  })
  await new Promise<void>((resolve) => hook.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(hook.address() as AddressInfo).port}/v1/hooks/crm`
})

afterEach(async () => {
  await fake.close()
  await connector.close()
  hook.closeAllConnections()
  await new Promise((resolve) => hook.close(resolve))
})

/** What the hub does around `receive`. */
async function answerOf(request: PushRequest): Promise<PushAnswer> {
  try {
    const result = await connector.receive(request)
    if (unavailable > 0) {
      unavailable -= 1
      const error = new HubError({ code: 'intake.unavailable', family: 'retry', message: 'Not <now>.' })
      return result.refuse?.(error) ?? result.answer
    }
    taken.push(...result.records)
    return result.answer
  } catch (error) {
    return {
      status: error instanceof HubError ? error.status : 500,
      contentType: 'application/problem+json',
      body: '{}',
    }
  }
}

function endpoint(query: string, fields = ['LastName', 'Active__c', 'Score__c', 'SystemModstamp']): void {
  fake.outbound.addEndpoint({ object: 'Contact', url: `${url}?${query}`, fields })
}

function insert(fields: object): string {
  return fake.store.transaction((transaction) => String(transaction.insert('Contact', { ...fields }).Id))
}

describe('outbound messages', () => {
  test('are acknowledged once they are durable, and sent again until then', async () => {
    endpoint(`secret=${encodeURIComponent(SECRET)}`)
    unavailable = 2
    const id = insert({ LastName: 'Ünal <& "Co">', Active__c: true, Score__c: 12.5 })
    await fake.outbound.settled()
    expect(fake.outbound.retries).toBe(2)
    expect(taken).toEqual([
      expect.objectContaining({
        entity: 'Contact',
        key: id,
        kind: 'upsert',
        sequenceType: 'Integer',
        data: expect.objectContaining({ Id: id, LastName: 'Ünal <& "Co">', Active__c: true, Score__c: 12.5 }),
      }),
    ])
  })

  test('of many records come a hundred at a time, by the entity that the address names', async () => {
    endpoint(`secret=${encodeURIComponent(SECRET)}&entity=Person`)
    fake.store.transaction((transaction) => {
      for (let number = 1; number <= 250; number += 1) transaction.insert('Contact', { LastName: `N${number}` })
    })
    await fake.outbound.settled()
    expect(new Set(taken.map(({ key }) => key)).size).toBe(250)
    expect(new Set(taken.map(({ entity }) => entity))).toEqual(new Set(['Person']))
  })

  test('that come late are known as older by their sequence', async () => {
    const older = new Date('2024-05-06T07:08:09Z')
    const newer = new Date('2024-05-06T07:08:10Z')
    const row = (LastName: string, at: Date): SourceRecord['data'] =>
      fake.store.transaction((transaction) => transaction.insert('Contact', { LastName }), {
        at,
      }) as SourceRecord['data']
    const message = (record: SourceRecord['data']): Buffer =>
      Buffer.from(
        fake.outbound.envelope({ object: 'Contact', fields: ['LastName', 'SystemModstamp'] }, [
          fake.outbound.notification((record ?? {}) as never),
        ]),
      )
    const receive = async (body: Buffer): Promise<SourceRecord | undefined> =>
      (await connector.receive({ method: 'POST', headers: {}, query: { secret: SECRET }, body })).records[0]
    const [late, first] = [message(row('Late', older)), message(row('First', newer))]
    const [arrivedFirst, arrivedLate] = [await receive(first), await receive(late)]
    expect(BigInt(arrivedLate?.sequence ?? 0)).toBeLessThan(BigInt(arrivedFirst?.sequence ?? 0))
    expect((await receive(late))?.version).toBe(arrivedLate?.version)
  })

  test('may carry the secret as the password of basic authentication', async () => {
    const body = Buffer.from(
      fake.outbound.envelope({ object: 'Contact', fields: ['LastName'] }, [
        fake.outbound.notification({ Id: '0035g00000AAAAAAA0', LastName: 'x' }),
      ]),
    )
    const authorization = `Basic ${Buffer.from(`anybody:${SECRET}`).toString('base64')}`
    const { records, answer } = await connector.receive({ method: 'POST', headers: { authorization }, query: {}, body })
    expect(records[0]).toMatchObject({ key: '0035g00000AAAAAAA0', data: { LastName: 'x' } })
    expect(records[0]?.sequence).toBeUndefined()
    expect(parseXml(answer.body).children[0]?.children[0]).toMatchObject({
      name: 'notificationsResponse',
      namespace: 'http://soap.sforce.com/2005/09/outbound',
      children: [expect.objectContaining({ name: 'Ack', text: 'true' })],
    })
  })

  test.each([
    ['an unknown object', 'Nothing__c', '0035g00000AAAAAAA0', 'connector.forbidden'],
    ['a record without its key', 'Contact', '', 'connector.rejected'],
  ])('with %s are not taken', async (_, object, Id, code) => {
    const note = fake.outbound.notification({ Id, LastName: 'x' })
    const body = Buffer.from(fake.outbound.envelope({ object, fields: ['LastName'] }, [note]))
    const receiving = connector.receive({ method: 'POST', headers: {}, query: { secret: SECRET }, body })
    await expect(receiving).rejects.toMatchObject({ code })
  })

  test('are not taken at all where there is no secret to know them by', async () => {
    const { clientId, clientSecret } = fake.organization.options
    const context = quietContext('crm', new AbortController().signal)
    const open = new SalesforceConnector(salesforceSettings({ loginUrl: fake.url, clientId, clientSecret }), context)
    const push: PushRequest = { method: 'POST', headers: {}, query: { secret: '' }, body: Buffer.from('<a/>') }
    await expect(open.receive(push)).rejects.toMatchObject({
      code: 'connector.settings',
      where: '/settings/outboundSecret',
    })
    await open.close()
  })
})
