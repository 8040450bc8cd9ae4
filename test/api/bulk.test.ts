import { gzipSync } from 'node:zlib'
import { startProxy } from '../../connectors/conformance/tcp-proxy.ts'
import { runExport } from '../../hub/app/cli/remote/export.ts'
import { HubClient } from '../../hub/app/cli/remote/hub-client.ts'
import { runImport } from '../../hub/app/cli/remote/import.ts'
import { BulkParts } from '../../hub/app/bulk-parts.ts'
import type { JsonObject } from '../../hub/contracts/json.ts'
import { parseAccessPolicy } from '../../hub/security/access-policy.ts'
import { type Answer, changeEvent, type RunningApi, startApi } from '../support/api.ts'
import { LINES, linesOf, openLines, person, range, uuid } from '../support/bulk.ts'
import { expectBalanced } from '../support/core.ts'
import { testFolder, testIo } from '../support/cli.ts'
import { until, untilFound } from '../support/engine.ts'
import { PUSH_WORKSPACE } from '../support/push-workspace.ts'

const ACCESS = `roles:
  steward: { customer: { birthDate: hidden, emails.address: masked } }
`
const CONTACTS = '/v1/imports?system=crm&entity=Contact'
const SOON_MS = 10_000

let hub: RunningApi
let steward = ''
let engineer = ''

beforeAll(async () => {
  hub = await startApi({ ...PUSH_WORKSPACE, 'config/access.yaml': ACCESS })
  steward = await hub.keyOf('steward')
  engineer = await hub.keyOf('engineer')
})
afterAll(() => hub.stop())

const send = (
  body: string | Uint8Array,
  path = CONTACTS,
  more: { key?: string; headers?: Record<string, string> } = {},
): Promise<Answer> => hub.ask(path, { method: 'POST', body, ...more, headers: { ...LINES, ...more.headers } })
async function faultsOf(id: unknown): Promise<JsonObject[]> {
  const { text, headers } = await hub.ask(`/v1/imports/${String(id)}/faults`)
  expect(headers.get('content-type')).toBe('application/x-ndjson; charset=utf-8')
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as JsonObject)
}

describe('POST /v1/imports', () => {
  test('takes records as the system has them, and the same file again changes nothing', async () => {
    const file = linesOf(range(1_200).map((id) => person(id)))
    const first = await send(file, CONTACTS, { key: engineer })
    expect(first.status).toBe(202)
    expect(first.body).toMatchObject({
      state: 'completed',
      system: 'crm',
      entity: 'Contact',
      lines: 1_200,
      accepted: 1_200,
      duplicates: 0,
      rejected: 0,
      problem: null,
    })
    await hub.quiet()
    const { body } = await hub.ask(String(first.headers.get('location')))
    expect(body.outcome).toEqual({ applied: 1_200, superseded: 0, parked: 0, rejected: 0, discarded: 0, inFlight: 0 })
    const again = await send(gzipSync(file), CONTACTS, { key: engineer, headers: { 'content-encoding': 'gzip' } })
    expect(again.body).toMatchObject({ state: 'completed', lines: 1_200, accepted: 0, duplicates: 1_200 })
    const other = await send(linesOf([person('1')]), `${CONTACTS}&batch=tomorrow`)
    expect(other.body).toMatchObject({ accepted: 1, duplicates: 0, batch: 'tomorrow' })
    expect((await hub.ask('/v1/customers?system=crm&key=17')).body.items).toMatchObject([
      { name: { family: 'Family17' } },
    ])
  }, 30_000)

  test('tells each wrong line with its number, and takes the others', async () => {
    const lines = [
      '\ufeff' + JSON.stringify(person('w1')),
      '{"Id":',
      '',
      '[1]',
      '{"LastName":"Nobody"}',
      '{"Id":"w2","Id":"w3"}',
      `{"Id":"w4","Note":"${'x'.repeat(3 * 1024 * 1024)}"}`,
      '['.repeat(5_000),
      '{"Id":"w5","Note":"\\u0000"}',
      `  ${JSON.stringify(person('w6'))}\r`,
      JSON.stringify(person('w7')),
    ]
    const { body } = await send(lines.join('\n'))
    expect(body).toMatchObject({ state: 'completed', lines: 11, accepted: 3, rejected: 7 })
    expect((await faultsOf(body.id)).map(({ line, code, pointer }) => [line, code, pointer])).toEqual([
      [2, 'change.json.malformed', '/Id'],
      [4, 'import.record.not-object', ''],
      [5, 'import.key.missing', '/Id'],
      [6, 'change.json.duplicate-name', '/Id'],
      [7, 'import.line.too-long', ''],
      [8, 'change.json.too-deep', expect.any(String)],
      [9, 'change.text.nul', '/Note'],
    ])
    await hub.quiet()
    const read = await hub.ask('/v1/customers?system=crm&key=w6')
    expect(read.body.items).toHaveLength(1)
    await expectBalanced(hub.db)
  }, 30_000)

  test('takes events of any system, and parked changes are told as such', async () => {
    const events = [
      changeEvent('crm/Contact/e1', person('e1')),
      changeEvent('billing/Account/e2', { no: 'e2', state: 'A', first: 'Ann', last: 'Lee', born: '1999-99-99' }),
      changeEvent('nobody/X/1', {}),
      changeEvent('crm/Contact/e3', person('e3'), { subject: 'x' }),
    ]
    const { body } = await send(linesOf(events), '/v1/imports')
    expect(body).toMatchObject({ state: 'completed', system: null, lines: 4, accepted: 2, rejected: 2 })
    expect(await faultsOf(body.id)).toMatchObject([
      { line: 3, code: 'change.system.unknown', pointer: '/source' },
      { line: 4, code: 'change.subject.invalid', pointer: '/subject' },
    ])
    await hub.quiet()
    const { outcome } = (await hub.ask(`/v1/imports/${String(body.id)}`)).body
    expect(outcome).toMatchObject({ applied: 1, parked: 1, inFlight: 0 })
  })

  test('goes on after the last line where the connection broke, each change once', async () => {
    const id = uuid()
    const path = `${CONTACTS}&id=${id}`
    const records = range(1_800, 10_000).map((each) => person(each))
    const line = openLines(hub.url + path, hub.adminKey)
    line.send(linesOf(records.slice(0, 1_500)) + '{"Id":"half')
    const taken = await untilFound(async () => {
      const { lines } = (await hub.ask(`/v1/imports/${id}`)).body
      return Number(lines) >= 1_000 ? Number(lines) : undefined
    }, SOON_MS)
    line.cut()
    const broken = await untilFound(async () => {
      const { body } = await hub.ask(`/v1/imports/${id}`)
      return body.state === 'interrupted' ? body : undefined
    }, SOON_MS)
    expect(broken).toMatchObject({ rejected: 0, problem: { code: 'import.connection.lost' } })
    expect(Number(broken.lines)).toBeGreaterThanOrEqual(taken)
    const next = Number(broken.lines) + 1
    hub.expectProblem(await send('', `${path}&fromLine=${next + 1}`), 409, 'import.line.gap', '?fromLine')
    const rest = await send(linesOf(records.slice(next - 1)), `${path}&fromLine=${next}`)
    expect(rest.body).toMatchObject({ state: 'completed', lines: 1_800, accepted: 1_800, duplicates: 0, rejected: 0 })
    const { outcome: _, ...told } = rest.body
    expect((await send(linesOf(records), path)).body).toMatchObject(told)
    hub.expectProblem(await send(linesOf([...records, person('more')]), path), 409, 'import.over', '{id}')
  }, 30_000)

  test('that is sent whole again skips what was taken, and a connection that is thought alive gives way', async () => {
    const id = uuid()
    const path = `${CONTACTS}&id=${id}`
    const records = range(1_200, 20_000).map((each) => person(each))
    const silent = openLines(hub.url + path, hub.adminKey)
    silent.send(linesOf(records.slice(0, 1_100)))
    await until(async () => (await hub.ask(`/v1/imports/${id}`)).body.lines === 1_000, SOON_MS)
    const whole = await send(linesOf(records), path)
    expect(whole.body).toMatchObject({ state: 'completed', lines: 1_200, accepted: 1_200, duplicates: 0 })
    silent.send(linesOf(records))
    expect(await silent.end()).toBe(409)
  }, 30_000)

  test('that is cancelled takes no further line', async () => {
    const id = uuid()
    const line = openLines(hub.url + `${CONTACTS}&id=${id}`, hub.adminKey)
    line.send(linesOf(range(1_000, 30_000).map((each) => person(each))))
    await until(async () => (await hub.ask(`/v1/imports/${id}`)).body.lines === 1_000, SOON_MS)
    const cancelled = await hub.ask(`/v1/imports/${id}`, { method: 'DELETE' })
    expect(cancelled.body).toMatchObject({ state: 'cancelled', accepted: 1_000 })
    line.send(linesOf(range(1_000, 31_000).map((each) => person(each))))
    expect(await line.end()).toBe(409)
    expect((await hub.ask(`/v1/imports/${id}`)).body).toMatchObject({ state: 'cancelled', lines: 1_000 })
    hub.expectProblem(await hub.ask(`/v1/imports/${id}`, { method: 'DELETE' }), 409, 'import.over')
  }, 30_000)

  test('whose process died is interrupted, and can be gone on with', async () => {
    const id = uuid()
    const line = openLines(hub.url + `${CONTACTS}&id=${id}`, hub.adminKey)
    line.send(linesOf([person('d1')]))
    await until(async () => (await hub.ask(`/v1/imports/${id}`)).status === 200, SOON_MS)
    await hub.db.query({ text: `update bulk_job set beat_at = now() - interval '1 hour' where id = '${id}'` })
    await until(async () => (await hub.ask(`/v1/imports/${id}`)).body.state === 'interrupted', SOON_MS)
    line.cut()
    expect((await send(linesOf([person('d1')]), `${CONTACTS}&id=${id}`)).body).toMatchObject({ state: 'completed' })
  }, 30_000)

  test('is refused precisely', async () => {
    hub.expectProblem(await send('', '/v1/imports?system=crm'), 400, 'import.target.incomplete', '?entity')
    hub.expectProblem(await send('', '/v1/imports?batch=x'), 400, 'import.target.incomplete', '?system')
    hub.expectProblem(await send('', '/v1/imports?system=no&entity=Contact'), 422, 'import.system.unknown')
    hub.expectProblem(await send('', '/v1/imports?system=crm&entity=No'), 422, 'import.mapping.unknown')
    hub.expectProblem(await send('', '/v1/imports?fromLine=2'), 409, 'import.line.gap')
    hub.expectProblem(
      await send('[]', CONTACTS, { headers: { 'content-type': 'application/json' } }),
      415,
      'request.content-type.unsupported',
    )
    const gzip = { headers: { 'content-encoding': 'gzip' } }
    hub.expectProblem(await send('no gzip', CONTACTS, gzip), 400, 'import.gzip.broken')
    hub.expectProblem(
      await send(gzipSync(linesOf([person('g')])).subarray(0, -9), CONTACTS, gzip),
      400,
      'import.gzip.broken',
    )
    hub.expectProblem(
      await send('', CONTACTS, { headers: { 'content-encoding': 'br' } }),
      415,
      'import.encoding.unsupported',
    )
    hub.expectProblem(await send('', CONTACTS, { key: await hub.keyOf('channel') }), 403, 'auth.forbidden')
    hub.expectProblem(await hub.ask(`/v1/imports/${uuid()}`), 404, 'import.unknown', '{id}')
    expect((await send('')).body).toMatchObject({ state: 'completed', lines: 0 })
  })

  test('of a system takes its own records only, and shows nobody else', async () => {
    const key = await hub.keyOf('system', 'billing')
    hub.expectProblem(await send('', CONTACTS, { key }), 403, 'import.system.forbidden', '?system')
    const { body } = await send(linesOf([changeEvent('crm/Contact/s', person('s'))]), '/v1/imports', { key })
    expect(body).toMatchObject({ accepted: 0, rejected: 1 })
    expect(await faultsOf(body.id)).toMatchObject([{ line: 1, code: 'change.system.forbidden' }])
    const { items } = (await hub.ask('/v1/imports', { key })).body as { items: JsonObject[] }
    expect(items.map(({ id }) => id)).toEqual([body.id])
    const others = (await hub.ask('/v1/imports?limit=1')).body as { items: JsonObject[]; next: string }
    hub.expectProblem(
      await hub.ask(`/v1/imports/${String(others.items[0]?.id === body.id ? uuid() : others.items[0]?.id)}`, { key }),
      404,
      'import.unknown',
    )
    const more = (await hub.ask(`/v1/imports?limit=1&cursor=${others.next}`)).body as { items: JsonObject[] }
    expect(more.items[0]?.id).not.toBe(others.items[0]?.id)
  })
})

describe('POST /v1/exports', () => {
  const ask = async (body: JsonObject, key = engineer): Promise<Answer> =>
    hub.ask('/v1/exports', { method: 'POST', body, key })
  const ready = (id: unknown, key = engineer): Promise<JsonObject> =>
    untilFound(async () => {
      const { body } = await hub.ask(`/v1/exports/${String(id)}`, { key })
      return body.state === 'waiting' || body.state === 'running' ? undefined : body
    }, SOON_MS)
  const data = (id: unknown, query = '', headers: Record<string, string> = {}, key = engineer): Promise<Answer> =>
    hub.ask(`/v1/exports/${String(id)}/data${query}`, { headers: { 'accept-encoding': 'identity', ...headers }, key })
  const records = (text: string): JsonObject[] =>
    text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as JsonObject)

  test('makes a file of all records as of one moment, which can be read in parts', async () => {
    await hub.quiet()
    const started = await ask({ entity: 'customer' })
    expect(started.status).toBe(202)
    const job = await ready(started.body.id)
    expect(job).toMatchObject({
      state: 'completed',
      entity: 'customer',
      lines: job.total,
      looked: job.total,
      problem: null,
    })
    const whole = await data(job.id)
    expect(whole.headers.get('content-type')).toBe('application/x-ndjson; charset=utf-8')
    expect(Buffer.byteLength(whole.text)).toBe(job.bytes)
    const customers = records(whole.text)
    expect(customers).toHaveLength(Number(job.lines))
    expect(new Set(customers.map(({ id }) => id)).size).toBe(customers.length)
    const shown = await hub.ask(`/v1/customers/${String(customers[5]?.id)}`)
    expect(shown.body).toEqual(customers[5])
    expect((await data(job.id, '', { 'accept-encoding': 'gzip' })).text).toBe(whole.text)

    const bytes = Buffer.from(whole.text)
    const half = Math.floor(bytes.length / 2)
    const part = await data(job.id, '', { range: `bytes=${half}-` })
    expect(part.status).toBe(206)
    expect(part.headers.get('content-range')).toBe(`bytes ${half}-${bytes.length - 1}/${bytes.length}`)
    expect(part.text).toBe(bytes.subarray(half).toString())
    expect((await data(job.id, '', { range: 'bytes=-7' })).text).toBe(bytes.subarray(-7).toString())
    expect((await data(job.id, '', { range: 'bytes=0-1', 'if-range': '"other"' })).text).toBe(whole.text)
    hub.expectProblem(await data(job.id, '', { range: `bytes=${bytes.length}-` }), 416, 'export.range.unsatisfiable')
    const lines = whole.text.split('\n')
    for (const from of [1, 2, 777, lines.length - 1]) {
      expect((await data(job.id, `?fromLine=${from}`)).text).toBe(lines.slice(from - 1).join('\n'))
    }
    expect((await data(job.id, `?fromLine=${lines.length}`)).text).toBe('')
    hub.expectProblem(await data(job.id, '?fromLine=2', { range: 'bytes=0-1' }), 400, 'export.range.conflict')
  }, 30_000)

  test('has what the filter lets through, the fields that were asked for, and what changed since', async () => {
    const filter = 'startsWith(name.family, "Family11") and status == "active"'
    const { body } = await ask({ entity: 'customer', filter, fields: ['id', 'name.family'] })
    const job = await ready(body.id)
    const found = records((await data(job.id)).text)
    expect(found.length).toBeGreaterThan(100)
    expect(found.every((record) => Object.keys(record).join() === 'id,name')).toBe(true)
    expect(found.every(({ name }) => Object.keys(name as object).join() === 'family')).toBe(true)
    const later = await ask({ entity: 'customer', since: '2999-01-01T00:00:00Z' })
    expect(await ready(later.body.id)).toMatchObject({ state: 'completed', total: 0, lines: 0, bytes: 0 })
    expect((await data(later.body.id)).text).toBe('')
  }, 30_000)

  test('is one for each Idempotency-Key', async () => {
    const headers = { 'idempotency-key': 'nightly-1' }
    const order = (body: JsonObject): Promise<Answer> =>
      hub.ask('/v1/exports', { method: 'POST', body, key: engineer, headers })
    const first = await order({ entity: 'offer' })
    const again = await order({ entity: 'offer' })
    expect([again.status, again.body.id]).toEqual([202, first.body.id])
    expect([first, again].map((one) => one.headers.get('idempotency-replayed'))).toEqual([null, 'true'])
    hub.expectProblem(await order({ entity: 'product' }), 422, 'request.idempotency-key.reused')
    expect(await ready(first.body.id)).toMatchObject({ state: 'completed', lines: 0 })
  })

  test('is refused to a key that has five which are not ready, and to no other key', async () => {
    const key = await hub.keyOf('engineer')
    const customers = (owner = key): Promise<Answer> => ask({ entity: 'customer' }, owner)
    const open = await hub.db.transaction(async (tx) => {
      // No line is kept meanwhile, so none of them gets ready.
      await tx.query({ text: 'lock table bulk_chunk in access exclusive mode' })
      const five: Answer[] = []
      for (const _ of range(5)) five.push(await customers())
      hub.expectProblem(await customers(), 409, 'export.too-many')
      return [...five, await customers(steward)]
    })
    expect(open.map(({ status }) => status)).toEqual([202, 202, 202, 202, 202, 202])
    await Promise.all(open.map(({ body }) => ready(body.id, hub.adminKey)))
    expect(await ready((await customers()).body.id, key)).toMatchObject({ state: 'completed' })
  }, 30_000)

  test('of other records has the ids of what they point at', async () => {
    const events = [
      changeEvent('billing/Account/x1', { no: 'x1', state: 'A', first: 'Xenia', last: 'Ort', born: '19710312' }),
      changeEvent('billing/Invoice/x2', { no: 'x2', account: 'x1', total: '9.95' }),
    ]
    await send(linesOf(events), '/v1/imports')
    await hub.quiet()
    const { body } = await ask({ entity: 'invoice' })
    const [invoice] = records((await data((await ready(body.id)).id)).text)
    expect(invoice).toMatchObject({ number: 'x2', customer: { entity: 'Account', key: 'x1', id: expect.any(String) } })
    expect((await hub.ask(`/v1/invoices/${String(invoice?.id)}`)).body).toEqual(invoice)
  }, 30_000)

  test('is masked by the role that asked, which may not filter by what it does not see', async () => {
    const { body } = await ask({ entity: 'customer', filter: 'name.family == "Family17"' }, steward)
    const job = await ready(body.id, steward)
    const [customer] = records((await data(job.id, '', {}, steward)).text)
    expect(customer).toMatchObject({ name: { family: 'Family17' }, emails: [{ address: '***' }] })
    expect(customer).not.toHaveProperty('birthDate')
    for (const filter of ['birthDate < "1980-01-01"', 'emails[0].address == "p17@example.com"']) {
      hub.expectProblem(await ask({ entity: 'customer', filter }, steward), 403, 'export.filter.masked', '/filter')
    }
    hub.expectProblem(await hub.ask(`/v1/exports/${String(job.id)}`, { key: engineer }), 404, 'export.unknown', '{id}')
    hub.expectProblem(await data(job.id), 404, 'export.unknown')
    expect((await hub.ask(`/v1/exports/${String(job.id)}`)).status).toBe(200)
  }, 30_000)

  test('is refused precisely', async () => {
    hub.expectProblem(await ask({ entity: 'customer', filter: 'nme == 1' }), 422, 'export.filter.invalid', '/filter')
    hub.expectProblem(await ask({ entity: 'customer', filter: 'status ==' }), 422, 'export.filter.invalid', '/filter')
    hub.expectProblem(await ask({ entity: 'customer', fields: ['nme'] }), 400, 'request.fields.unknown', '/fields')
    expect((await ask({ entity: 'nothing' })).status).toBe(422)
    hub.expectProblem(await ask({ entity: 'customer' }, await hub.keyOf('channel')), 403, 'auth.forbidden')
    hub.expectProblem(await hub.ask(`/v1/exports/${uuid()}/data`), 404, 'export.unknown')
  })

  test('whose process died is begun anew by another, cancelled ones end, expired ones are gone', async () => {
    // As a process leaves it that dies in the middle.
    const { rows } = await hub.db.query<{ id: string; key_id: string }>({
      text: `
        with j as (
          insert into bulk_job (id, kind, state, turn, beat_at, actor, key_id, role, request, lines, bytes)
          select gen_random_uuid(), 'export', 'running', gen_random_uuid(), now() - interval '1 hour', actor, key_id, role,
                 '{"entity":"customer","filter":null,"fields":null,"since":null}', 1, 5
          from bulk_job where kind = 'export' and role = 'engineer' limit 1 returning no, id, key_id
        ), c as (
          insert into bulk_chunk select no, 0, 1, 1, 0, 5, '\\x00' from j
        )
        select id::text, key_id from j`,
    })
    const left = rows[0]?.id
    const job = await ready(left)
    expect(job).toMatchObject({ state: 'completed', lines: job.total })
    expect(records((await data(left)).text)).toHaveLength(Number(job.lines))
    await hub.db.query({ text: `update bulk_job set expires_at = now() - interval '1 s' where id = '${String(left)}'` })
    await until(async () => (await hub.ask(`/v1/exports/${String(left)}`)).body.state === 'expired', SOON_MS)
    hub.expectProblem(await data(left), 410, 'export.expired', '{id}')

    const { body } = await ask({ entity: 'customer' })
    const ended = await hub.ask(`/v1/exports/${String(body.id)}`, { method: 'DELETE', key: engineer })
    expect(['cancelled', 'expired']).toContain(ended.body.state)
    expect((await data(body.id)).status).toBe(ended.body.state === 'expired' ? 410 : 409)
    await hub.audit.flush()
    const trail = (await hub.ask('/admin/v1/audit?act=read.startExport')).body.items as JsonObject[]
    expect(trail.length).toBeGreaterThanOrEqual(5)
    const chunks = await hub.db.query({
      text: `select from bulk_chunk c join bulk_job j on j.no = c.job_no where j.state <> 'completed'`,
    })
    expect(chunks.rowCount).toBe(0)
  }, 60_000)
})

test('Two processes that are asked for many exports make each of them once', async () => {
  const access = parseAccessPolicy(ACCESS)
  const systems = new Map()
  const errors: unknown[] = []
  const onError = (error: unknown): void => void errors.push(error)
  const other = new BulkParts({ db: hub.db, core: hub.core, workspace: { systems }, access, onError })
  other.start()
  try {
    const keys = await Promise.all([hub.keyOf('engineer'), hub.keyOf('engineer')])
    const started = await Promise.all(
      [...keys, ...keys, ...keys, ...keys].map((key) =>
        hub.ask('/v1/exports', { method: 'POST', body: { entity: 'customer' }, key }),
      ),
    )
    const jobs = await Promise.all(
      started.map(({ body }) =>
        untilFound(async () => {
          const job = (await hub.ask(`/v1/exports/${String(body.id)}`)).body
          return job.state === 'completed' ? job : undefined
        }, SOON_MS),
      ),
    )
    for (const job of jobs) {
      const { text } = await hub.ask(`/v1/exports/${String(job.id)}/data`)
      const ids = text
        .split('\n')
        .slice(0, -1)
        .map((line) => (JSON.parse(line) as JsonObject).id)
      expect([ids.length, new Set(ids).size]).toEqual([job.total, job.total])
    }
    expect(errors).toEqual([])
  } finally {
    await other.stop()
  }
}, 30_000)

describe('The command line', () => {
  const importing = { system: 'crm', entity: 'Contact', batch: undefined, id: undefined, wait: true, asJson: false }
  const exporting = { entity: 'customer', fields: ['name.family'], since: undefined }

  test('imports a file, tells what was not taken, and exports what the filter lets through', async () => {
    const folder = testFolder()
    try {
      const lines = [...range(20, 40_000).map((id) => JSON.stringify(person(id, { LastName: 'Cliffe' }))), '{"Id"']
      const file = folder.file('contacts.ndjson.gz', gzipSync(lines.join('\n')))
      const client = new HubClient(hub.url, hub.adminKey)
      const io = testIo({ now: Date.now })
      expect(await runImport(client, { ...importing, file }, io)).toBe(1)
      expect(io.stdout()).toBe('21 lines: 20 accepted, 0 known already, 1 not taken\n20 applied\n')
      expect(io.stderr()).toContain('line 21: /Id The request is not JSON')
      const out = testIo({ now: Date.now })
      expect(await runExport(client, { ...exporting, filter: 'name.family == "Cliffe"' }, out)).toBe(0)
      expect(out.stdout()).toBe('{"name":{"family":"Cliffe"}}\n'.repeat(20))
      expect(out.stderr()).toContain('20 records as of 20')
    } finally {
      folder.remove()
    }
  }, 30_000)

  test('goes on where connections break, in both directions', async () => {
    const folder = testFolder()
    const proxy = await startProxy({ host: '127.0.0.1', port: Number(new URL(hub.url).port) })
    try {
      const records = range(1_500, 50_000).map((id) => person(id, { LastName: 'Broken', Note: 'x'.repeat(2_000) }))
      const file = folder.file('contacts.ndjson', linesOf(records))
      const client = new HubClient(`http://127.0.0.1:${proxy.port}`, hub.adminKey)
      const io = testIo({ now: Date.now })
      const running = runImport(client, { ...importing, file }, io)
      await until(async () => {
        const { items } = (await hub.ask('/v1/imports?state=running')).body as { items: JsonObject[] }
        return items.length > 0
      }, SOON_MS)
      proxy.cut()
      expect(await running).toBe(0)
      expect(io.stdout()).toMatch(/^1,500 lines: 1,500 accepted, 0 known already, 0 not taken\n1,500 applied\n$/)
      const out = testIo({ now: Date.now })
      const order = { ...exporting, fields: undefined, filter: 'name.family == "Broken"' }
      proxy.cutAfterBytes(400_000)
      expect(await runExport(client, order, out)).toBe(0)
      expect(out.stdout().trim().split('\n')).toHaveLength(1_500)
      expect(out.stderr()).toContain('It goes on in a moment')
    } finally {
      await proxy.close()
      folder.remove()
    }
  }, 30_000)
})
