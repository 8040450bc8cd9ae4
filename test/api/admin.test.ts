import type { JsonObject } from '../../hub/contracts/json.ts'
import { changeEvent, type RunningApi, sendChanges, startApi } from '../support/api.ts'
import { expectBalanced } from '../support/core.ts'
import { PUSH_WORKSPACE } from '../support/push-workspace.ts'

let hub: RunningApi
beforeAll(async () => {
  hub = await startApi(PUSH_WORKSPACE)
  await sendChanges(
    hub,
    changeEvent('crm/Contact/1', {
      Id: '1',
      FirstName: 'Mary',
      LastName: 'Smith',
      Born: '1971-03-12',
      Email: 'mary@example.com',
    }),
    changeEvent('crm/Contact/2', {
      Id: '2',
      FirstName: 'Tom',
      LastName: 'Baker',
      Born: '1950-01-20',
      Email: 'tom@example.com',
    }),
  )
})
afterAll(() => hub.stop())

const customerOf = async (key: string, system = 'crm'): Promise<JsonObject> => {
  const { body } = await hub.ask(`/v1/customers?system=${system}&key=${key}`)
  return (body.items as JsonObject[])[0] ?? {}
}

describe('The ledger and the cross-references', () => {
  test('account for every change', async () => {
    const { body } = await hub.ask('/admin/v1/ledger')
    expect(body).toEqual(await expectBalanced(hub.db))
  })

  test('name the customer of every record, one a line', async () => {
    const answer = await hub.ask('/admin/v1/cross-references')
    expect(answer.headers.get('content-type')).toBe('application/x-ndjson; charset=utf-8')
    const lines = answer.text.trimEnd().split('\n')
    expect(
      lines.map((line) => JSON.parse(line) as JsonObject).sort((a, b) => (String(a.key) < String(b.key) ? -1 : 1)),
    ).toEqual([
      { customer: (await customerOf('1')).id, system: 'crm', entity: 'Contact', key: '1' },
      { customer: (await customerOf('2')).id, system: 'crm', entity: 'Contact', key: '2' },
    ])
    expect((await hub.ask('/admin/v1/cross-references?system=billing')).text).toBe('')
    expect(
      (await hub.ask(`/admin/v1/cross-references?customer=${String((await customerOf('2')).id)}`)).text.split('\n'),
    ).toHaveLength(2)
  })

  test('stream with a cursor: tens of thousands of records in flat memory, and a reader may leave on the way', async () => {
    await hub.db.query({
      text: `insert into source_record (system, entity, key, sequence_kind, change_no, change_id, changed_at, deleted, customer_id)
             select 'many', 'X', n::text, 0, 0, n::text, now(), false, gen_random_uuid() from generate_series(1, 30000) n`,
    })
    const all = await hub.ask('/admin/v1/cross-references?system=many')
    expect(new Set(all.text.trimEnd().split('\n')).size).toBe(30_000)
    for (let i = 0; i < 5; i++) {
      const answer = await fetch(`${hub.url}/admin/v1/cross-references?system=many`, {
        headers: { authorization: `Bearer ${hub.adminKey}` },
      })
      const reader = answer.body?.getReader()
      await reader?.read()
      await reader?.cancel()
    }
    // Those who left gave their place and their connection back.
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect(await hub.ask('/admin/v1/cross-references?system=crm')).toMatchObject({ status: 200 })
    await hub.db.query({ text: `delete from source_record where system = 'many'` })
  })
})

describe('Parked changes', () => {
  const broken = { no: 'B1', first: 'Ann', last: 'Lee', born: 'yesterday', state: 'A' }
  const listed = async (query = ''): Promise<JsonObject[]> =>
    (await hub.ask(`/admin/v1/parked${query}`)).body.items as JsonObject[]

  test('are grouped by cause, listed and read with their record', async () => {
    await sendChanges(
      hub,
      changeEvent('billing/Account/B1', broken),
      changeEvent('billing/Account/B1', { ...broken, first: 'Anna', born: '19800101' }),
    )
    const { body } = await hub.ask('/admin/v1/parked/groups')
    expect(body.items).toMatchObject([
      { system: 'billing', entity: 'Account', code: 'mapping.value.unparsable', count: 1, waiting: 1 },
    ])
    const [first, second] = await listed('?system=billing')
    expect([first, second]).toMatchObject([
      { waiting: false, code: 'mapping.value.unparsable', change: { data: broken } },
      { waiting: true, code: 'lane.held' },
    ])
    expect(await listed('?system=crm')).toEqual([])
    expect(await listed('?code=lane.held')).toHaveLength(1)
    const one = await hub.ask(`/admin/v1/parked/${String(first?.no)}`)
    expect(one.body).toMatchObject({ ...first, revisions: [] })
    expect((await customerOf('B1', 'billing')).id).toBeUndefined()
  })

  test('are tried, corrected as a new revision, and applied with what waited behind them', async () => {
    const [first] = await listed()
    const address = `/admin/v1/parked/${String(first?.no)}`
    const mended = { ...broken, born: '19791231' }
    expect((await hub.ask(`${address}/dry-run`, { method: 'POST' })).body).toMatchObject({
      kind: 'failed',
      cause: { code: 'mapping.value.unparsable' },
    })
    const tried = await hub.ask(`${address}/dry-run`, { method: 'POST', body: { data: mended } })
    expect(tried.body).toMatchObject({ kind: 'document', target: 'customer', document: { birthDate: '1979-12-31' } })
    expect((await hub.ask(`${address}/replay`, { method: 'POST' })).body).toEqual({ released: 0, parked: 2 })
    expect(await hub.ask(address, { method: 'PUT', body: { data: mended, revision: 0 } })).toMatchObject({
      status: 200,
      body: { revision: 1 },
    })
    const late = await hub.ask(address, { method: 'PUT', body: { data: broken, revision: 0 } })
    hub.expectProblem(late, 409, 'parked.edited-meanwhile')
    expect((await hub.ask(address)).body).toMatchObject({
      revision: 1,
      change: { data: mended },
      revisions: [{ revision: 0, change: { data: broken } }],
    })
    expect((await hub.ask(`${address}/replay`, { method: 'POST' })).body).toEqual({ released: 2, parked: 0 })
    await hub.quiet()
    expect(await customerOf('B1', 'billing')).toMatchObject({ name: { given: 'Anna' }, birthDate: '1980-01-01' })
    hub.expectProblem(await hub.ask(address), 404, 'parked.unknown')
  })

  test('that are corrected, tried and still wrong can be corrected again', async () => {
    await sendChanges(hub, changeEvent('billing/Account/B8', { ...broken, no: 'B8' }))
    const [one] = await listed()
    const address = `/admin/v1/parked/${String(one?.no)}`
    const edit = (revision: number) =>
      hub.ask(address, { method: 'PUT', body: { data: { ...broken, born: `no day ${revision}` }, revision } })
    expect((await edit(0)).body).toEqual({ revision: 1 })
    expect((await hub.ask(`${address}/replay`, { method: 'POST' })).body).toEqual({ released: 0, parked: 1 })
    expect((await hub.ask(address)).body).toMatchObject({ revision: 1, editedBy: expect.any(String) as string })
    expect((await edit(1)).body).toEqual({ revision: 2 })
    expect((await hub.ask(address)).body.revisions).toHaveLength(2)
    expect((await hub.ask(`${address}/discard`, { method: 'POST' })).status).toBe(200)
  })

  test('that two people correct at the same moment are corrected by one of them, and the other is told', async () => {
    await sendChanges(hub, changeEvent('billing/Account/B7', { ...broken, no: 'B7' }))
    const [one] = await listed()
    const address = `/admin/v1/parked/${String(one?.no)}`
    const edits = Array.from({ length: 6 }, (_, at) =>
      hub.ask(address, { method: 'PUT', body: { data: { ...broken, first: `Editor ${at}` }, revision: 0 } }),
    )
    const answers = await Promise.all(edits)
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409, 409, 409])
    for (const late of answers.filter(({ status }) => status === 409))
      hub.expectProblem(late, 409, 'parked.edited-meanwhile')
    expect((await hub.ask(address)).body).toMatchObject({ revision: 1, revisions: [{ revision: 0 }] })
    expect((await hub.ask(`${address}/discard`, { method: 'POST' })).status).toBe(200)
  })

  test('are given up, or applied again all at once', async () => {
    await sendChanges(
      hub,
      changeEvent('billing/Account/B2', { ...broken, no: 'B2' }),
      changeEvent('billing/Account/B3', { ...broken, no: 'B3' }),
    )
    const [one] = await listed()
    const discarded = await hub.ask(`/admin/v1/parked/${String(one?.no)}/discard`, {
      method: 'POST',
      body: { note: 'a test' },
    })
    expect(discarded).toMatchObject({ status: 200, body: { released: 0, parked: 0 } })
    const all = await hub.ask('/admin/v1/parked/replay', { method: 'POST', body: { system: 'billing' } })
    expect(all.body).toEqual({ released: 0, parked: 1 })
    expect(await hub.ask('/admin/v1/ledger')).toMatchObject({ body: { parked: 1, discarded: 3 } })
    await expectBalanced(hub.db)
  })

  test.each([
    ['PUT', '', { data: [], revision: 0 }, 422, 'request.body.invalid', '/data'],
    ['PUT', '', { data: {} }, 422, 'request.body.invalid', '/revision'],
    ['PUT', '', { data: {}, revision: 0 }, 404, 'parked.unknown', undefined],
    ['POST', '/replay', undefined, 404, 'parked.unknown', undefined],
    ['POST', '/discard', { reason: 'x' }, 422, 'request.body.invalid', '/reason'],
  ])('%s /admin/v1/parked/999999%s with %j is refused', async (method, act, body, status, code, pointer) => {
    const options = body === undefined ? { method } : { method, body }
    hub.expectProblem(await hub.ask(`/admin/v1/parked/999999${act}`, options), status, code, pointer)
  })
})

describe('Mappings', () => {
  const address = '/admin/v1/mappings/crm/Contact'
  const document = async (): Promise<string> => String((await hub.ask(address)).body.document)

  test('are listed and read, with their history', async () => {
    const { body } = await hub.ask('/admin/v1/mappings')
    expect(body.items).toMatchObject([
      { system: 'billing', entity: 'Account', published: 1 },
      { system: 'billing', entity: 'Invoice', published: 1 },
      { system: 'crm', entity: 'Contact', published: 1, newest: 1 },
    ])
    expect((await hub.ask(address)).body).toMatchObject({ revision: 1, state: 'published', origin: 'workspace' })
    const history = (await hub.ask(`${address}/revisions`)).body.items as JsonObject[]
    expect(history).toMatchObject([{ revision: 1, state: 'published' }])
    expect(history[0]).not.toHaveProperty('document')
    hub.expectProblem(await hub.ask('/admin/v1/mappings/crm/Nothing'), 404, 'mapping.unknown')
    hub.expectProblem(await hub.ask(`${address}/revisions/9`), 404, 'mapping.unknown')
    hub.expectProblem(await hub.ask(`${address}/revisions/x`), 400, 'request.path.invalid', '{revision}')
  })

  test('are drafted, tried on stored records, put in force, seen in the customers, and taken back', async () => {
    const changed = (await document()).replace(
      'name.given: FirstName',
      'name.given: { from: FirstName, convert: upper }',
    )
    const preview = await hub.ask(`${address}/preview`, { method: 'POST', body: { document: changed } })
    expect(preview.body).toMatchObject({ mapped: 2, failed: 0, changed: 2 })
    const draft = await hub.ask(address, { method: 'PUT', body: { document: changed, note: 'louder' } })
    expect(draft).toMatchObject({ status: 201, body: { system: 'crm', entity: 'Contact', revision: 2 } })
    expect(await customerOf('1')).toMatchObject({ name: { given: 'Mary' } })
    expect((await hub.ask(`${address}/preview`, { method: 'POST', body: { revision: 2 } })).body).toMatchObject({
      changed: 2,
    })

    expect(await hub.ask(`${address}/revisions/2/publish`, { method: 'POST' })).toMatchObject({
      status: 200,
      body: { revision: 2 },
    })
    await until(async () => (await customerOf('1')).name, { given: 'MARY', family: 'Smith' })
    hub.expectProblem(
      await hub.ask(`${address}/revisions/2/publish`, { method: 'POST' }),
      409,
      'mapping.already-published',
    )
    const list = (await hub.ask('/admin/v1/mappings')).body.items as JsonObject[]
    expect(list.at(-1)).toMatchObject({ published: 2, reprojection: { revision: 2, done: 2 } })

    expect(await hub.ask(`${address}/roll-back`, { method: 'POST' })).toMatchObject({
      status: 200,
      body: { revision: 1 },
    })
    await until(async () => (await customerOf('1')).name, { given: 'Mary', family: 'Smith' })
  })

  test('that are wrong are refused with the place, and change nothing', async () => {
    const good = await document()
    const put = (text: string) => hub.ask(address, { method: 'PUT', body: { document: text } })
    hub.expectProblem(await put('source: [1'), 422, 'mapping.yaml.invalid')
    const misspelt = await put(good.replace('target: customer', 'target: custommer'))
    expect(misspelt).toMatchObject({
      status: 422,
      body: { fix: expect.stringContaining('customer'), pointer: expect.stringMatching(/:2:\d+$/) },
    })
    hub.expectProblem(await put(good.replace('source: Contact', 'source: Person')), 422, 'mapping.wrong-entity')
    hub.expectProblem(
      await hub.ask('/admin/v1/mappings/nobody/X', { method: 'PUT', body: { document: good } }),
      404,
      'system.unknown',
    )
    hub.expectProblem(
      await hub.ask(`${address}/preview`, { method: 'POST', body: { document: 'x: 1', revision: 1 } }),
      422,
      'request.body.invalid',
    )
    hub.expectProblem(
      await hub.ask(`${address}/preview`, { method: 'POST', body: { document: 'x: 1' } }),
      422,
      'mapping.key.unknown',
    )
    expect((await hub.ask(address)).body).toMatchObject({ revision: 1 })
  })

  test('are for engineers', async () => {
    const key = await hub.keyOf('steward')
    hub.expectProblem(await hub.ask(`${address}/revisions/1/publish`, { method: 'POST', key }), 403, 'auth.forbidden')
  })
})

async function until(look: () => Promise<unknown>, expected: unknown): Promise<void> {
  const deadline = Date.now() + 10_000
  for (;;) {
    const seen = await look()
    if (JSON.stringify(seen) === JSON.stringify(expected) || Date.now() > deadline) {
      expect(seen).toEqual(expected)
      return
    }
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

describe('Systems', () => {
  test('are listed with what is parked and mapped', async () => {
    const { body } = await hub.ask('/admin/v1/systems')
    expect(body.items).toMatchObject([
      {
        name: 'billing',
        title: 'Billing',
        connector: 'push',
        paused: false,
        parked: 1,
        entities: [{ entity: 'Account', target: 'customer', parked: 1 }, { entity: 'Invoice' }],
      },
      { name: 'crm', title: 'The CRM', parked: 0, status: null },
    ])
    expect((await hub.ask('/admin/v1/systems/crm')).body).toMatchObject({ name: 'crm' })
    hub.expectProblem(await hub.ask('/admin/v1/systems/nobody'), 404, 'system.unknown', '{system}')
  })

  test('are paused and resumed', async () => {
    const engineer = await hub.keyOf('engineer')
    const paused = await hub.ask('/admin/v1/systems/crm/pause', { method: 'POST', key: engineer })
    expect(paused).toMatchObject({
      status: 200,
      body: { paused: true, pausedBy: expect.stringContaining('a engineer') },
    })
    expect(await hub.ask('/admin/v1/systems/crm/resume', { method: 'POST' })).toMatchObject({
      body: { paused: false, pausedBy: null },
    })
    hub.expectProblem(await hub.ask('/admin/v1/systems/nobody/pause', { method: 'POST' }), 404, 'system.unknown')
  })

  test('that only push can not be read', async () => {
    hub.expectProblem(await hub.ask('/admin/v1/systems/crm/backfill', { method: 'POST' }), 409, 'system.only-pushes')
  })
})

describe('Matches', () => {
  const a = { system: 'crm', entity: 'Contact', key: '1' }
  const b = { system: 'crm', entity: 'Contact', key: '2' }

  test('are decided by stewards, explained, and undone by the opposite word', async () => {
    const apart = [await customerOf('1'), await customerOf('2')].map(({ id }) => id)
    const steward = await hub.keyOf('steward')
    const decide = (kind: string) =>
      hub.ask('/admin/v1/matches/decisions', { method: 'POST', body: { a, b, kind, note: 'seen' }, key: steward })
    const joined = await decide('must-join')
    expect(joined.status).toBe(200)
    expect(joined.body.a).toBe(joined.body.b)
    const { body } = await hub.ask('/admin/v1/matches/decisions')
    expect(body.items).toMatchObject([
      { kind: 'must-join', note: 'seen', author: expect.stringContaining('a steward') },
    ])
    const parted = await decide('must-not-join')
    expect([parted.body.a, parted.body.b]).toEqual(apart)
  })

  test('that wait for a person are listed with what speaks for them', async () => {
    const twin = {
      Id: '4',
      FirstName: 'Jon',
      LastName: 'Baker',
      Born: '1950-01-20',
      Street: '1 Mill Lane',
      City: 'Leeds',
      Postcode: 'LS1 1AA',
    }
    await sendChanges(hub, changeEvent('crm/Contact/4', twin))
    const answer = await hub.ask('/admin/v1/matches?limit=5')
    expect(answer.status).toBe(200)
    for (const pair of answer.body.items as JsonObject[]) {
      expect(pair).toMatchObject({
        a: { customer: expect.any(String) },
        weight: expect.any(Number),
        fields: expect.anything(),
      })
    }
    expect(await hub.ask(`/admin/v1/matches?customer=${String((await customerOf('1')).id)}`)).toMatchObject({
      body: { items: [], next: null },
    })
  })

  test.each([
    [{ a, b: a, kind: 'must-join' }, 422, 'match.same-record', '/b'],
    [{ a, b: { ...b, key: 'nobody' }, kind: 'must-join' }, 404, 'match.record.unknown', '/b'],
    [{ a, b, kind: 'maybe' }, 422, 'request.body.invalid', '/kind'],
    [{ a, kind: 'must-join' }, 422, 'request.body.invalid', '/b'],
  ])('%j is refused', async (body, status, code, pointer) => {
    hub.expectProblem(await hub.ask('/admin/v1/matches/decisions', { method: 'POST', body }), status, code, pointer)
  })
})

test('In the end the ledger balances', async () => {
  await hub.quiet()
  await expectBalanced(hub.db)
})
