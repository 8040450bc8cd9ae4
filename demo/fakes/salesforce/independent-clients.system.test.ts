/**
 * Other people's clients on the fake: simple-salesforce (Python), where it is installed, and curl. See clients.test.ts for
 * jsforce and faye. SALESFORCE_PYTHON names an interpreter that has simple-salesforce; by default python3 is asked.
 */
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { SalesforceFake } from './index.ts'

const run = promisify(execFile)
const SCRIPT = fileURLToPath(new URL('independent-clients.py', import.meta.url))
const PYTHON = process.env.SALESFORCE_PYTHON ?? 'python3'

let fake: SalesforceFake

beforeEach(async () => {
  fake = new SalesforceFake({
    objects: {
      Contact: {
        keyPrefix: '003',
        fields: {
          LastName: { type: 'string', required: true },
          Email: { type: 'email' },
          Key__c: { type: 'string', externalId: true, unique: true },
          Score__c: { type: 'double', scale: 2 },
        },
      },
    },
  })
  await fake.listen()
})

afterEach(() => fake.close())

describe('the Salesforce fake', () => {
  test('is an organization to simple-salesforce', async () => {
    const reason = await run(PYTHON, ['-c', 'import simple_salesforce']).then(
      () => undefined,
      () => `${PYTHON} has no simple-salesforce: install it, or name an interpreter that has it in SALESFORCE_PYTHON`,
    )
    if (reason !== undefined) {
      console.warn(`Skipped, because ${reason}.`)
      return
    }
    fake.store.transaction((transaction) => {
      for (let number = 1; number <= 2100; number += 1) transaction.insert('Contact', { LastName: `N${number}` })
    })
    const { clientId, clientSecret } = fake.organization.options
    const { stdout } = await run(PYTHON, [SCRIPT, fake.url, clientId, clientSecret], { maxBuffer: 16 * 1024 * 1024 })
    const { bulk, ...seen } = JSON.parse(stdout) as Record<string, unknown>
    expect(seen).toEqual({
      objects: ['Contact'],
      fields: expect.arrayContaining(['Id', 'SystemModstamp', 'LastName', 'Key__c']),
      made: true,
      update: 204,
      upserts: [201, 200],
      upserted: ['Two', 'k/1', '+0000'],
      paged: [2100, 2100, 'N2100'],
      deleted: 204,
      all: 1,
      limit: 100_000,
      limits: 100_000,
      errors: ['not found NOT_FOUND', '400 REQUIRED_FIELD_MISSING', '400 INVALID_FIELD', '400 MALFORMED_QUERY'],
    })
    expect(String(bulk).match(/Ünal/g)).toHaveLength(1)
    expect(String(bulk).match(/N\d+/g)).toHaveLength(2100)
  })

  test('answers curl with the statuses and headers of the real one', async () => {
    const curl = async (...args: string[]): Promise<{ status: number; head: string; body: string }> => {
      const { stdout } = await run('curl', ['-sS', '-i', ...args])
      const [head = '', ...body] = stdout.split('\r\n\r\n')
      return { status: Number(head.split(' ')[1]), head: head.toLowerCase(), body: body.join('\r\n\r\n') }
    }
    const { clientId, clientSecret } = fake.organization.options
    const grant = `grant_type=client_credentials&client_id=${clientId}&client_secret=`
    const refused = await curl('-d', `${grant}wrong`, `${fake.url}/services/oauth2/token`)
    expect([refused.status, JSON.parse(refused.body)]).toEqual([
      401,
      expect.objectContaining({ error: 'invalid_client' }),
    ])
    const granted = await curl('-d', `${grant}${clientSecret}`, `${fake.url}/services/oauth2/token`)
    const { access_token: token, instance_url: instance } = JSON.parse(granted.body) as Record<string, string>
    expect(instance).toBe(fake.url)
    const auth = ['-H', `Authorization: Bearer ${token ?? ''}`, '-H', 'Content-Type: application/json']
    const data = `${fake.url}/services/data/v62.0`
    const patch = ['-X', 'PATCH', '-d', '{"LastName":"One"}', `${data}/sobjects/Contact/Key__c/a%2Fb`]
    expect((await curl(...auth, ...patch)).status).toBe(201)
    expect((await curl(...auth, ...patch)).status).toBe(200)
    const [row] = fake.store.rows('Contact')
    const byId = `${data}/sobjects/Contact/${String(row?.Id)}`
    const stale = [
      '-H',
      'If-Unmodified-Since: Wed, 21 Oct 2015 07:28:00 GMT',
      '-X',
      'PATCH',
      '-d',
      '{"LastName":"Two"}',
    ]
    expect((await curl(...auth, ...stale, byId)).status).toBe(412)
    const read = await curl(...auth, byId)
    expect([read.status, read.head]).toEqual([200, expect.stringMatching(/sforce-limit-info: api-usage=\d+\/100000/)])
    const unknown = await curl(...auth, `${data}/sobjects/Contact/003000000000000`)
    expect([unknown.status, JSON.parse(unknown.body)]).toEqual([
      404,
      [expect.objectContaining({ errorCode: 'NOT_FOUND' })],
    ])
    const expired = await curl('-H', 'Authorization: Bearer old', `${data}/limits`)
    expect([expired.status, JSON.parse(expired.body)]).toEqual([
      401,
      [expect.objectContaining({ errorCode: 'INVALID_SESSION_ID' })],
    ])
  })
})
