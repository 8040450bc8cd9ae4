/** The fake as others' clients see it: jsforce and its streaming client (faye), which know nothing of the fake. */
import { Connection } from 'jsforce'
import { StreamingExtension } from 'jsforce/lib/api/streaming.js'
import { SalesforceFake } from './index.ts'

const VERSION = '62.0'
let fake: SalesforceFake

beforeEach(async () => {
  fake = new SalesforceFake({
    longPollSeconds: 2,
    objects: {
      Contact: {
        keyPrefix: '003',
        fields: {
          LastName: { type: 'string', required: true, length: 80 },
          Email: { type: 'email' },
          Key__c: { type: 'string', externalId: true, unique: true },
          Score__c: { type: 'double', digits: 16, scale: 2 },
        },
      },
    },
  })
  await fake.listen()
})

afterEach(() => fake.close())

function connect(): Connection {
  const { clientId, clientSecret } = fake.organization.options
  return new Connection({
    loginUrl: fake.url,
    version: VERSION,
    oauth2: { loginUrl: fake.url, clientId, clientSecret },
  })
}

async function connected(): Promise<Connection> {
  const connection = connect()
  await connection.login('hub@company.example', 'crm-passwordT0k3n')
  return connection
}

describe('the Salesforce fake and jsforce', () => {
  test('log in by password, by client credentials and by the SOAP call, and are refused with a wrong password', async () => {
    const byPassword = await connected()
    expect((await byPassword.describeGlobal()).sobjects.map(({ name }) => name)).toEqual(['Contact'])
    const byClient = connect()
    const user = await byClient.authorize({ grant_type: 'client_credentials' })
    expect(user.organizationId).toBe(fake.organization.id)
    const bySoap = new Connection({ loginUrl: fake.url, version: VERSION })
    await bySoap.loginBySoap('hub@company.example', 'crm-passwordT0k3n')
    expect((await bySoap.query('SELECT Id FROM Contact')).totalSize).toBe(0)
    await expect(connect().login('hub@company.example', 'wrong')).rejects.toThrow('authentication failure')
  })

  test('make, read, change, upsert and delete records', async () => {
    const connection = await connected()
    const contacts = connection.sobject('Contact')
    const made = await contacts.create({ LastName: 'Ünal', Email: 'a@b.example' })
    expect(made).toMatchObject({ success: true })
    const id = made.id ?? ''
    await contacts.update({ Id: id, Score__c: 1.25 })
    expect(await contacts.retrieve(id)).toMatchObject({ LastName: 'Ünal', Score__c: 1.25, IsDeleted: false })
    expect(await contacts.upsert({ Key__c: 'k1', LastName: 'New' }, 'Key__c')).toMatchObject({ created: true })
    expect(await contacts.upsert({ Key__c: 'k1', LastName: 'Newer' }, 'Key__c')).toMatchObject({ created: false })
    await contacts.destroy(id)
    expect((await connection.query('SELECT Id FROM Contact')).totalSize).toBe(1)
    expect((await connection.query('SELECT Id FROM Contact', { scanAll: true })).totalSize).toBe(2)
    await expect(contacts.create({ Email: 'x@y.example' })).rejects.toMatchObject({
      errorCode: 'REQUIRED_FIELD_MISSING',
    })
    await expect(contacts.retrieve('003000000000000')).rejects.toMatchObject({ errorCode: 'NOT_FOUND' })
  })

  test('page through a long answer', async () => {
    fake.store.transaction((transaction) => {
      for (let number = 1; number <= 4500; number += 1) transaction.insert('Contact', { LastName: `N${number}` })
    })
    const connection = await connected()
    const { records } = await connection
      .query("SELECT Id, LastName FROM Contact WHERE LastName LIKE 'N%' ORDER BY Id")
      .execute({ autoFetch: true, maxFetch: 10_000 })
    expect(records).toHaveLength(4500)
    expect(records[4499]).toMatchObject({ LastName: 'N4500' })
    await expect(connection.query('SELECT Nothing__c FROM Contact')).rejects.toMatchObject({
      errorCode: 'INVALID_FIELD',
    })
    await expect(connection.query('SELECT Id FROM')).rejects.toMatchObject({ errorCode: 'MALFORMED_QUERY' })
  })

  test('save many records, each with an outcome of its own', async () => {
    const connection = await connected()
    const results = await connection
      .sobject('Contact')
      .create([{ LastName: 'One' }, { Email: 'no-name@x.example' }, { LastName: 'Three' }], { allOrNone: false })
    expect(results.map(({ success }) => success)).toEqual([true, false, true])
  })

  test('query in bulk', async () => {
    fake.store.transaction((transaction) => {
      transaction.insert('Contact', { LastName: 'A "quoted", name\nin two lines', Score__c: 0.5 })
      transaction.insert('Contact', { LastName: 'B' })
    })
    const connection = await connected()
    connection.bulk2.pollInterval = 20
    const stream = await connection.bulk2.query('SELECT LastName, Score__c FROM Contact ORDER BY Id')
    const rows = await stream.toArray()
    expect(rows).toEqual([
      { LastName: 'A "quoted", name\nin two lines', Score__c: '0.5' },
      { LastName: 'B', Score__c: '' },
    ])
  })

  test('hear of changes, and of those since a replay id after a new connection', async () => {
    const connection = await connected()
    const channel = '/data/ContactChangeEvent'
    const listen = async (replayId: number, wanted: number, act: () => void): Promise<Heard[]> => {
      const client = connection.streaming.createClient([new StreamingExtension.Replay(channel, replayId)])
      const heard: Heard[] = []
      try {
        await new Promise<void>((resolve, reject) => {
          const subscription = client.subscribe(channel, (event: unknown) => {
            heard.push(event as Heard)
            if (heard.length === wanted) resolve()
          })
          subscription.then(act, reject)
        })
      } finally {
        await (client as unknown as { disconnect(): Promise<void> }).disconnect()
      }
      return heard
    }
    const [first] = await listen(-1, 1, () => {
      fake.store.transaction((transaction) => transaction.insert('Contact', { LastName: 'Heard' }))
    })
    expect(first?.payload).toMatchObject({
      LastName: 'Heard',
      ChangeEventHeader: { changeType: 'CREATE', entityName: 'Contact' },
    })
    fake.store.transaction((transaction) => transaction.insert('Contact', { LastName: 'Missed' }))
    const [second] = await listen(first?.event.replayId ?? 0, 1, () => undefined)
    expect(second?.payload.LastName).toBe('Missed')
  })
})

interface Heard {
  payload: Record<string, unknown>
  event: { replayId: number }
}
