/** Requests for what is not there, without the right to it, or asked in a wrong way; and mappings that are wrong. */
import { type RunningApi, startApi } from '../support/api.ts'
import { changeEvent } from '../support/api.ts'
import { PUSH_WORKSPACE } from '../support/push-workspace.ts'
import { expectProblem, expectUndisturbed, send } from './bad-input-support.ts'

const NOBODY = '0191e2a0-7b1c-7000-8000-123456789012'

let hub: RunningApi
beforeAll(async () => {
  hub = await startApi(PUSH_WORKSPACE)
})
afterAll(() => hub.stop())

describe('A key', () => {
  const change = (system = 'crm') => changeEvent(`${system}/Contact/key`, { FirstName: 'K', LastName: 'Key' })

  test('that is missing is answered 401, and the scheme is named', async () => {
    await expectUndisturbed(hub, async () => {
      const answer = await send(hub, change(), { key: null })
      expectProblem(answer, 401, 'auth.missing')
      expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="omnihub"')
    })
  })

  test.each([
    ['of another form', 'hello'],
    ['of the right form', 'omnihub_aaaaaaaaaaaa_bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb'],
    ['that is almost the admin key', 'the admin key of the tests!'],
    ['of ten thousand characters', 'x'.repeat(10_000)],
  ])('that nobody made, %s, is answered 401', async (_title, key) => {
    await expectUndisturbed(hub, async () => {
      expectProblem(await send(hub, change(), { key }), 401, 'auth.invalid')
    })
  })

  test('of another role is answered 403', async () => {
    const keys = await Promise.all((['channel', 'viewer', 'steward'] as const).map((role) => hub.keyOf(role)))
    await expectUndisturbed(hub, async () => {
      for (const key of keys) expectProblem(await send(hub, change(), { key }), 403, 'auth.forbidden')
    })
  })

  test('of a system can not push for another system, nor read', async () => {
    const key = await hub.keyOf('system', 'billing')
    await expectUndisturbed(hub, async () => {
      expectProblem(await send(hub, change(), { key }), 403, 'change.system.forbidden', '/source')
      const mixed = [change('billing'), change('crm')]
      expectProblem(await send(hub, mixed, { key }), 403, 'change.system.forbidden', '/1/source')
      expectProblem(await hub.ask('/v1/customers', { key }), 403, 'auth.forbidden')
    })
  })

  test('that was revoked is answered 401 from then on', async () => {
    const key = await hub.keyOf('system', 'crm')
    await hub.ask(`/admin/v1/keys/${key.split('_')[1]}`, { method: 'DELETE' })
    await expectUndisturbed(hub, async () => {
      expectProblem(await send(hub, change(), { key }), 401, 'auth.invalid')
    })
  })
})

describe('A read', () => {
  test.each([
    ['of a customer that is not there', `/v1/customers/${NOBODY}`, 404, 'customer.unknown', '{id}'],
    ['of a customer by no id', '/v1/customers/1', 400, 'request.path.invalid', '{id}'],
    ['of an invoice that is not there', `/v1/invoices/${NOBODY}`, 404, 'record.unknown', '{id}'],
    ['at no address', '/v1/customer', 404, 'request.not-found', undefined],
    ['with an unknown parameter', '/v1/customers?colour=red', 400, 'request.query.unknown', '?colour'],
    ['with a parameter twice', '/v1/customers?limit=1&limit=2', 400, 'request.query.repeated', '?limit'],
    ['of no customers at all', '/v1/customers?limit=0', 400, 'request.query.invalid', '?limit'],
    ['of too many customers', '/v1/customers?limit=1000000', 400, 'request.query.invalid', '?limit'],
    ['with a NUL in a parameter', '/v1/customers?q=a%00b', 400, 'request.query.invalid', '?q'],
    ['with a cursor that is none', '/v1/customers?cursor=abc', 400, 'request.cursor.invalid', '?cursor'],
    ['with a cursor that is no base64', '/v1/customers?cursor=%25%25', 400, 'request.cursor.invalid', '?cursor'],
    ['of events after no number', '/v1/events?after=x', 400, 'events.position.unknown', '?after'],
    ['of a parked change that is not there', '/admin/v1/parked/123', 404, 'parked.unknown', undefined],
    [
      'of a parked change by a number beyond all',
      '/admin/v1/parked/99999999999999999999',
      400,
      'request.path.invalid',
      '{no}',
    ],
    ['of a system that is not there', '/admin/v1/systems/nobody', 404, 'system.unknown', '{system}'],
  ] as const)('%s', async (_title, path, status, code, pointer) => {
    await expectUndisturbed(hub, async () => {
      expectProblem(await hub.ask(path), status, code, pointer)
    })
  })

  test('with a cursor of another list is refused', async () => {
    for (const key of ['one', 'two']) {
      await send(hub, changeEvent(`crm/Contact/cursor-${key}`, { FirstName: 'Cursor', LastName: key }))
    }
    await hub.quiet()
    const page = await hub.ask('/v1/customers?limit=1')
    const cursor = encodeURIComponent(String(page.body.next))
    await expectUndisturbed(hub, async () => {
      expect(await hub.ask(`/v1/customers?limit=1&cursor=${cursor}`)).toMatchObject({ status: 200 })
      expectProblem(await hub.ask(`/v1/invoices?cursor=${cursor}`), 400, 'request.cursor.invalid', '?cursor')
    })
  })

  test('with an If-None-Match that is no list of tags gets the whole answer; with the right tag only 304', async () => {
    await send(hub, changeEvent('crm/Contact/tagged', { FirstName: 'Tag', LastName: 'Tagged' }))
    await hub.quiet()
    const found = await hub.ask('/v1/customers?system=crm&key=tagged')
    const [{ id }] = found.body.items as [{ id: string }]
    const ask = (tag: string) => hub.ask(`/v1/customers/${id}`, { headers: { 'if-none-match': tag } })
    await expectUndisturbed(hub, async () => {
      const whole = await ask('no tag at all')
      expect(whole).toMatchObject({ status: 200, body: { id } })
      for (const tag of ['"', '""', ',,,', 'W/', '"1" "2"', 'x'.repeat(5_000)]) {
        expect(await ask(tag)).toMatchObject({ status: 200, body: { id } })
      }
      expect(await ask(String(whole.headers.get('etag')))).toMatchObject({ status: 304, text: '' })
    })
  })

  test('with the wrong method is told the right ones', async () => {
    await expectUndisturbed(hub, async () => {
      const answer = await hub.ask(`/v1/customers/${NOBODY}`, { method: 'DELETE' })
      expectProblem(answer, 405, 'request.method-not-allowed')
      expect(answer.headers.get('allow')).toMatch(/GET/)
    })
  })
})

describe('A mapping', () => {
  const address = '/admin/v1/mappings/crm/Contact'
  const draft = (document: string, cases?: string) =>
    hub.ask(address, { method: 'PUT', body: { document, ...(cases === undefined ? {} : { cases }) } })
  const GOOD =
    'source: Contact\ntarget: customer\nkey: Id\nfields:\n  kind: { constant: person }\n  name.family: LastName\n'
  const list = (depth: number): string => `${GOOD}  x: ${'['.repeat(depth)}${']'.repeat(depth)}\n`

  test.each([
    ['that is no YAML', 'source: [', 'mapping.yaml.invalid', 'crm/Contact.yaml:1:10'],
    ['with a cycle', `${GOOD}  a: &a [*a]\n`, 'mapping.yaml.alias', 'crm/Contact.yaml:7:9'],
    [
      'that grows through aliases',
      `a: &a [x,x]\nb: &b [*a,*a]\nc: [*b,*b]\n`,
      'mapping.yaml.alias',
      'crm/Contact.yaml:1:7',
    ],
    ['nested deeper than 24 levels', list(40), 'mapping.yaml.too-deep', 'crm/Contact.yaml:7:29'],
    ['nested a hundred thousand levels deep', list(100_000), 'mapping.yaml.too-deep', 'crm/Contact.yaml:1:1'],
    ['with a tag', `${GOOD}  a: !!js/function 'x'\n`, undefined, undefined],
    ['with a key twice', `${GOOD}  kind: { constant: person }\n`, 'mapping.key.duplicate', 'crm/Contact.yaml:7:3'],
    [
      'with a key that reaches prototypes',
      `${GOOD}  __proto__: LastName\n`,
      'mapping.key.forbidden',
      'crm/Contact.yaml:7:3',
    ],
    ['of another entity', GOOD.replace('Contact', 'Account'), 'mapping.wrong-entity', 'crm/Contact.yaml'],
  ])('%s is refused as a draft', async (_title, document, code, where) => {
    await expectUndisturbed(hub, async () => {
      const begin = performance.now()
      const answer = await draft(document)
      expectProblem(answer, 422, code ?? String(answer.body.code), where ?? String(answer.body.pointer))
      expect(String(answer.body.code)).toMatch(/^mapping\./)
      expect(performance.now() - begin).toBeLessThan(3_000)
    })
  })

  test.each([
    ['a conversion that is not there', '{ from: LastName, convert: nonsense }'],
    ['an expression that is none', '{ expression: "1 +" }'],
    ['a field that customers do not have', 'LastName\n  nonsense: LastName'],
    ['a conversion with wrong options', '{ from: LastName, convert: { date: { format: 7 } } }'],
  ])('with %s is refused as a draft, and the line is named', async (_title, text) => {
    await expectUndisturbed(hub, async () => {
      const answer = await draft(GOOD.replace('name.family: LastName', `name.family: ${text}`))
      expectProblem(answer, 422, String(answer.body.code), String(answer.body.pointer))
      expect(String(answer.body.pointer)).toMatch(/^crm\/Contact\.yaml:[67]:\d+$/)
    })
  })

  test('that is huge is refused by its length, and the request by its bytes', async () => {
    await expectUndisturbed(hub, async () => {
      expectProblem(await draft(`${GOOD}# ${'x'.repeat(600_000)}`), 422, 'request.body.invalid', '/document')
      expectProblem(await draft(`${GOOD}# ${'x'.repeat(2_000_000)}`), 413, 'request.body.too-large')
      expectProblem(await draft(`${GOOD}  nul: "a\0b"`), 400, 'request.body.invalid', '/document')
    })
  })

  test('whose cases fail is kept as a draft, refused when published, and never in force', async () => {
    const cases =
      '- title: The family name is kept\n  input: { LastName: Smith }\n  expect: { kind: person, name: { family: Jones } }\n'
    const before = await hub.ask(address)
    const { status, body } = await draft(GOOD, cases)
    expect(status).toBe(201)
    await expectUndisturbed(hub, async () => {
      const published = await hub.ask(`${address}/revisions/${String(body.revision)}/publish`, { method: 'POST' })
      expectProblem(published, 422, 'mapping.cases-failed', 'crm/Contact.cases.yaml')
      expect(published.body.failing).toEqual(['The family name is kept'])
      expect((await hub.ask(address)).body).toEqual(before.body)
    })
  })

  test('that is in force already, or is not there, is not published', async () => {
    const { body } = await hub.ask(address)
    await expectUndisturbed(hub, async () => {
      const publish = (revision: unknown) =>
        hub.ask(`${address}/revisions/${String(revision)}/publish`, { method: 'POST' })
      expectProblem(await publish(body.revision), 409, 'mapping.already-published')
      expectProblem(await publish(4_711), 404, 'mapping.unknown')
      expectProblem(await publish(0), 400, 'request.path.invalid', '{revision}')
    })
  })
})
