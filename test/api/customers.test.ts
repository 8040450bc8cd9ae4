import type { JsonObject } from '../../hub/contracts/json.ts'
import { createSchemaValidator } from '../../hub/contracts/schema-validator.ts'
import { changeEvent, type RunningApi, sendChanges, startApi } from '../support/api.ts'
import { expectBalanced } from '../support/core.ts'
import { PUSH_WORKSPACE } from '../support/push-workspace.ts'

let hub: RunningApi
let mary: string
let tom: string

const MARY = {
  Id: '1',
  FirstName: 'Mary',
  LastName: "O'Connor-Smith",
  Born: '1971-03-12',
  Email: 'Mary.Smith@example.com',
  Phone: '+44 20 7946 0958',
  Street: '1 High Street',
  Postcode: 'SW1A 1AA',
  City: 'Orléans',
}
const TOM = {
  Id: '2',
  FirstName: 'Tom',
  LastName: 'Baker',
  Born: '1950-01-20',
  Email: 'tom@example.com',
  Phone: '+44 20 7946 0111',
}

beforeAll(async () => {
  hub = await startApi(PUSH_WORKSPACE)
  await sendChanges(
    hub,
    changeEvent('crm/Contact/1', MARY),
    changeEvent('crm/Contact/2', TOM),
    changeEvent('billing/Account/A1', account('A1', MARY)),
  )
  await sendChanges(
    hub,
    changeEvent('billing/Invoice/I1', { no: 'I1', account: 'A1', total: '12.50' }),
    changeEvent('billing/Invoice/I2', { no: 'I2', account: 'A1', total: '99.90' }),
    changeEvent('billing/Invoice/I3', { no: 'I3', account: 'nobody', total: '1.00' }),
  )
  mary = await idOf('crm', '1')
  tom = await idOf('crm', '2')
})
afterAll(() => hub.stop())

function account(no: string, person: typeof MARY): JsonObject {
  return {
    no,
    first: person.FirstName,
    last: person.LastName,
    born: person.Born.replaceAll('-', ''),
    mail: person.Email,
    tel: person.Phone,
    street: person.Street,
    code: person.Postcode,
    town: person.City,
    state: 'A',
  }
}

async function idOf(system: string, key: string): Promise<string> {
  const { body } = await hub.ask(`/v1/customers?system=${system}&key=${encodeURIComponent(key)}`)
  const [first] = body.items as { id: string }[]
  return first?.id ?? 'none'
}

const idsOf = (body: JsonObject): string[] => (body.items as { id: string }[]).map(({ id }) => id)

describe('GET /v1/customers/{id}', () => {
  test('answers with the golden record, which keeps the published schema', async () => {
    const { status, body } = await hub.ask(`/v1/customers/${mary}`)
    expect(status).toBe(200)
    expect(body).toMatchObject({ id: mary, kind: 'person', name: { given: 'Mary' }, version: expect.any(Number) })
    expect(body.sources).toEqual([
      { system: 'billing', entity: 'Account', key: 'A1' },
      { system: 'crm', entity: 'Contact', key: '1' },
    ])
    expect(createSchemaValidator().validate('customer', body, { form: 'record', all: true })).toEqual([])
  })

  test('answers with 304 to who has the version already', async () => {
    const first = await hub.ask(`/v1/customers/${mary}`)
    const etag = first.headers.get('etag') ?? ''
    expect(etag).toBe(`"${mary}.${String(first.body.version)}"`)
    for (const tag of [etag, `W/${etag}`, `"x", ${etag}`, '*']) {
      const again = await hub.ask(`/v1/customers/${mary}`, { headers: { 'if-none-match': tag } })
      expect(again).toMatchObject({ status: 304, text: '' })
    }
    expect(await hub.ask(`/v1/customers/${mary}`, { headers: { 'if-none-match': '"x"' } })).toMatchObject({
      status: 200,
    })
  })

  test('brings records along, with their references resolved', async () => {
    const { body } = await hub.ask(`/v1/customers/${mary}?include=invoices,orders`)
    expect(body).toMatchObject({ id: mary, orders: [] })
    const invoices = body.invoices as JsonObject[]
    expect(invoices.map(({ number }) => number).sort()).toEqual(['I1', 'I2'])
    expect(invoices[0]).toMatchObject({ customer: { entity: 'Account', key: 'A1', id: mary } })
    hub.expectProblem(await hub.ask(`/v1/customers/${mary}?include=teapots`), 400, 'request.query.invalid', '?include')
  })

  test('knows no unknown id, and refuses what is none', async () => {
    hub.expectProblem(
      await hub.ask('/v1/customers/0191e2a0-7b1c-7000-8000-123456789012'),
      404,
      'customer.unknown',
      '{id}',
    )
    hub.expectProblem(await hub.ask('/v1/customers/17'), 400, 'request.path.invalid', '{id}')
  })

  test('answers with 410 for an erased customer, wherever it is asked for', async () => {
    await sendChanges(
      hub,
      changeEvent('crm/Contact/gone', {
        ...TOM,
        Id: 'gone',
        FirstName: 'Gone',
        LastName: 'Away',
        Email: 'g@example.com',
        Phone: '',
        Born: '',
      }),
    )
    const id = await idOf('crm', 'gone')
    // Erasing is another part's work; the state is what it leaves.
    await hub.db.query({ text: 'update customer set state = 3 where id = $1::uuid', values: [id] })
    for (const part of ['', '/provenance', '/sources', '/history', '/timeline']) {
      hub.expectProblem(await hub.ask(`/v1/customers/${id}${part}`), 410, 'customer.erased', '{id}')
    }
    expect(idsOf((await hub.ask('/v1/customers?system=crm&key=gone')).body)).toEqual([])
    expect(idsOf((await hub.ask('/v1/customers?q=gone')).body)).toEqual([])
  })
})

describe('GET /v1/customers', () => {
  const found = async (query: string): Promise<string[]> => idsOf((await hub.ask(`/v1/customers?${query}`)).body)

  test('finds by a record of any system', async () => {
    expect(await found('system=billing&key=A1')).toEqual([mary])
    expect(await found('system=billing&key=A1&entity=Account')).toEqual([mary])
    expect(await found('system=billing&key=A1&entity=Invoice')).toEqual([])
    expect(await found('system=billing&key=nobody')).toEqual([])
    expect(await found('system=nobody&key=1')).toEqual([])
  })

  test('finds by e-mail in any case, and by phone however it is written', async () => {
    expect(await found('email=MARY.smith@Example.COM')).toEqual([mary])
    expect(await found('email=nobody@example.com')).toEqual([])
    expect(await found('email=mary.smith%2Btag@example.com')).toEqual([])
    for (const phone of ['%2B442079460958', '+442079460958', '442079460958', '%2B44%2020%207946%200958']) {
      expect(await found(`phone=${phone}`)).toEqual([mary])
    }
    expect(await found('phone=%2B442079460959')).toEqual([])
  })

  test('finds by beginnings of words, without regard to case, accents and punctuation', async () => {
    for (const words of ['mary', 'SMI', "o'con", 'mary smith', 'connor-smith', 'orleans', 'ORLÉANS mar']) {
      expect([words, await found(`q=${encodeURIComponent(words)}`)]).toEqual([words, [mary]])
    }
    expect(await found('q=mary%20baker')).toEqual([])
    expect(await found(`q=${encodeURIComponent("x' | 'mary")}`)).toEqual([])
  })

  test('pages through all customers, each once', async () => {
    const seen: string[] = []
    let cursor: string | undefined
    do {
      const { body } = await hub.ask(`/v1/customers?limit=1${cursor === undefined ? '' : `&cursor=${cursor}`}`)
      seen.push(...idsOf(body))
      cursor = body.next === null ? undefined : String(body.next)
    } while (cursor !== undefined)
    expect(seen).toEqual([...new Set(seen)].sort())
    expect(seen).toEqual(expect.arrayContaining([mary, tom]))
  })

  test.each([
    ['system=crm', 'request.query.missing', '?key'],
    ['key=1', 'request.query.missing', '?system'],
    ['entity=Contact', 'request.query.missing', '?key'],
    ['email=a@example.com&phone=%2B442079460958', 'request.query.conflict', '?phone'],
    ['q=a&system=crm&key=1', 'request.query.conflict', '?q'],
    ['email=mary', 'request.query.invalid', '?email'],
    ['phone=0207946', 'request.query.invalid', '?phone'],
    ['phone=call-me', 'request.query.invalid', '?phone'],
    ['q=%20', 'request.query.invalid', '?q'],
    ["q=''", 'request.query.invalid', '?q'],
    ['limit=0', 'request.query.invalid', '?limit'],
    ['limit=201', 'request.query.invalid', '?limit'],
    ['cursor=teapot', 'request.cursor.invalid', '?cursor'],
    ['mail=a@example.com', 'request.query.unknown', '?mail'],
  ])('refuses %s precisely', async (query, code, pointer) => {
    hub.expectProblem(await hub.ask(`/v1/customers?${query}`), 400, code, pointer)
  })

  test('refuses the cursor of another list', async () => {
    const { body } = await hub.ask('/v1/customers?limit=1')
    hub.expectProblem(
      await hub.ask(`/v1/customers?q=mary&cursor=${String(body.next)}`),
      400,
      'request.cursor.invalid',
      '?cursor',
    )
  })
})

describe('What is behind a customer', () => {
  test('its records are shown raw and mapped', async () => {
    const { body } = await hub.ask(`/v1/customers/${mary}/sources`)
    expect(body).toMatchObject({
      customer: mary,
      records: [
        {
          system: 'billing',
          entity: 'Account',
          key: 'A1',
          raw: { no: 'A1' },
          document: { kind: 'person' },
          mappingRevision: 1,
        },
        { system: 'crm', entity: 'Contact', key: '1', raw: MARY, changedAt: '2026-03-01T09:30:00Z' },
      ],
    })
  })

  test('each field tells its record, its rule and who agrees', async () => {
    const { body } = await hub.ask(`/v1/customers/${mary}/provenance`)
    const fields = body.fields as Record<string, JsonObject>
    expect(fields['birthDate']).toMatchObject({
      value: '1971-03-12',
      source: expect.objectContaining({ key: expect.any(String) }),
    })
    const golden = await hub.ask(`/v1/customers/${mary}`)
    expect(body.version).toBe(golden.body.version)
    expect(fields['birthDate']?.value).toBe(golden.body.birthDate)
  })

  test('its versions are kept, newest first', async () => {
    const before = await hub.ask(`/v1/customers/${tom}`)
    await sendChanges(hub, changeEvent('crm/Contact/2', { ...TOM, FirstName: 'Thomas' }))
    const { body } = await hub.ask(`/v1/customers/${tom}/history`)
    const [newest, former] = body.items as JsonObject[]
    expect(newest).toMatchObject({
      version: Number(before.body.version) + 1,
      cause: 'changed',
      customer: { name: { given: 'Thomas' } },
    })
    expect(newest?.changed).toContain('name.given')
    expect(former).toMatchObject({ cause: 'created', customer: before.body })
    const page = await hub.ask(`/v1/customers/${tom}/history?limit=1`)
    expect(page.body.items).toHaveLength(1)
    const rest = await hub.ask(`/v1/customers/${tom}/history?limit=1&cursor=${String(page.body.next)}`)
    expect(rest.body).toMatchObject({ items: [{ cause: 'created' }], next: null })
  })

  test('its timeline shows the customer and its records as CloudEvents, newest first', async () => {
    const { body } = await hub.ask(`/v1/customers/${mary}/timeline`)
    const events = body.items as JsonObject[]
    expect(events.map(({ type }) => type)).toEqual(expect.arrayContaining(['customer.created', 'invoice.created']))
    expect(events.every(({ specversion, customerid }) => specversion === '1.0' && customerid === mary)).toBe(true)
    const times = events.map(({ time }) => String(time))
    expect(times).toEqual([...times].sort().reverse())
  })
})

describe('The other canonical records', () => {
  test('are read by id, keep the published schema, and have an ETag', async () => {
    const list = await hub.ask(`/v1/invoices?system=billing&key=I1`)
    const [invoice] = list.body.items as JsonObject[]
    const one = await hub.ask(`/v1/invoices/${String(invoice?.id)}`)
    expect(one.body).toEqual(invoice)
    expect(one.body).toMatchObject({
      number: 'I1',
      total: { amount: '12.50', currency: 'GBP' },
      customer: { id: mary },
    })
    expect(createSchemaValidator().validate('invoice', one.body, { form: 'record', all: true })).toEqual([])
    const etag = one.headers.get('etag') ?? ''
    expect(await hub.ask(`/v1/invoices/${String(invoice?.id)}`, { headers: { 'if-none-match': etag } })).toMatchObject({
      status: 304,
    })
    hub.expectProblem(await hub.ask(`/v1/orders/${String(invoice?.id)}`), 404, 'record.unknown', '{id}')
  })

  test('are listed by customer, or all, page by page', async () => {
    const numbers = (body: JsonObject): string[] => (body.items as JsonObject[]).map(({ number }) => String(number))
    expect(numbers((await hub.ask(`/v1/invoices?customer=${mary}`)).body).sort()).toEqual(['I1', 'I2'])
    expect(numbers((await hub.ask(`/v1/invoices?customer=${tom}`)).body)).toEqual([])
    const first = await hub.ask('/v1/invoices?limit=2')
    const second = await hub.ask(`/v1/invoices?limit=2&cursor=${String(first.body.next)}`)
    expect(second.body.next).toBeNull()
    expect([...numbers(first.body), ...numbers(second.body)].sort()).toEqual(['I1', 'I2', 'I3'])
    const all = [first, second].flatMap(({ body }) => body.items as { customer: JsonObject }[])
    const lost = all.find(({ customer }) => customer.key === 'nobody')
    expect(lost?.customer).not.toHaveProperty('id')
  })

  test('say so when they are gone', async () => {
    await sendChanges(hub, changeEvent('billing/Invoice/I9', { no: 'I9', account: 'A1', total: '5' }))
    const [invoice] = (await hub.ask('/v1/invoices?system=billing&key=I9')).body.items as { id: string }[]
    await sendChanges(hub, changeEvent('billing/Invoice/I9', null))
    hub.expectProblem(await hub.ask(`/v1/invoices/${invoice?.id}`), 410, 'record.deleted', '{id}')
    expect((await hub.ask('/v1/invoices?system=billing&key=I9')).body.items).toEqual([])
  })

  test('refuse ways of looking that exclude each other, and customers that are not there', async () => {
    hub.expectProblem(
      await hub.ask(`/v1/invoices?customer=${mary}&account=${mary}`),
      400,
      'request.query.conflict',
      '?account',
    )
    hub.expectProblem(
      await hub.ask('/v1/invoices?customer=0191e2a0-7b1c-7000-8000-123456789012'),
      404,
      'customer.unknown',
    )
    hub.expectProblem(await hub.ask('/v1/invoices?account=0191e2a0-7b1c-7000-8000-123456789012'), 404, 'record.unknown')
  })
})

describe('A join and a split', () => {
  test('restore every record, value and provenance', async () => {
    const look = async (id: string) => {
      const [golden, sources, provenance] = await Promise.all(
        ['', '/sources', '/provenance'].map((part) => hub.ask(`/v1/customers/${id}${part}`)),
      )
      const { version: _version, updatedAt: _updatedAt, ...values } = golden?.body ?? {}
      return { values, sources: sources?.body, fields: provenance?.body.fields }
    }
    const before = [await look(mary), await look(tom)]
    const [older, younger] = [mary, tom].sort() as [string, string]

    const joined = await hub.ask(`/v1/customers/${tom}/join`, { method: 'POST', body: { with: mary, note: 'a test' } })
    expect(joined).toMatchObject({ status: 200, body: { survivor: older, customer: { id: older } } })
    const other = await hub.ask(`/v1/customers/${younger}`)
    expect(other).toMatchObject({ status: 200, body: { id: older } })
    expect(other.headers.get('content-location')).toBe(`/v1/customers/${older}`)
    hub.expectProblem(
      await hub.ask(`/v1/customers/${tom}/join`, { method: 'POST', body: { with: mary } }),
      409,
      'customer.already-joined',
    )

    const records = [{ system: 'crm', entity: 'Contact', key: '2' }]
    const split = await hub.ask(`/v1/customers/${older}/split`, { method: 'POST', body: { records } })
    expect(split).toMatchObject({ status: 200, body: { remaining: mary, separated: [tom] } })
    await hub.quiet()
    expect([await look(mary), await look(tom)]).toEqual(before)
  })

  test.each([
    ['join', {}, 422, 'request.body.invalid', '/with'],
    ['join', { with: 'tom' }, 422, 'request.body.invalid', '/with'],
    ['join', { with: '0191e2a0-7b1c-7000-8000-123456789012' }, 404, 'customer.unknown', undefined],
    ['split', { records: [] }, 422, 'request.body.invalid', '/records'],
    ['split', { records: [{ system: 'crm', entity: 'Contact' }] }, 422, 'request.body.invalid', '/records/0/key'],
    [
      'split',
      { records: [{ system: 'crm', entity: 'Contact', key: '2' }] },
      422,
      'customer.split.foreign-record',
      undefined,
    ],
    [
      'split',
      {
        records: [
          { system: 'crm', entity: 'Contact', key: '1' },
          { system: 'crm', entity: 'Contact', key: '1' },
        ],
      },
      422,
      'customer.split.repeated-record',
      '/records',
    ],
  ])('%s %j is refused and changes nothing', async (act, body, status, code, pointer) => {
    const before = await hub.ask(`/v1/customers/${mary}`)
    hub.expectProblem(await hub.ask(`/v1/customers/${mary}/${act}`, { method: 'POST', body }), status, code, pointer)
    expect((await hub.ask(`/v1/customers/${mary}`)).body).toEqual(before.body)
  })

  test('are for stewards', async () => {
    const options = { method: 'POST', body: { with: mary }, key: await hub.keyOf('channel') }
    hub.expectProblem(await hub.ask(`/v1/customers/${tom}/join`, options), 403, 'auth.forbidden')
  })

  test('leave a ledger that balances', async () => {
    await expectBalanced(hub.db)
  })
})
