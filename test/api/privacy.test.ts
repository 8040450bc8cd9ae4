import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { COMMANDS, GROUPS } from '../../hub/app/cli/commands.ts'
import { runCli } from '../../hub/app/cli/shared/program.ts'
import type { JsonObject } from '../../hub/contracts/json.ts'
import { insertDecisionLog } from '../../hub/store/decision-log-queries.ts'
import { takeDueErasure } from '../../hub/store/erasure-sweep-queries.ts'
import { eventLogRange } from '../../hub/store/event-queries.ts'
import { nextPosition } from '../../hub/store/outbox-queries.ts'
import { changeEvent, type RunningApi, startApi } from '../support/api.ts'
import { testFolder, testIo } from '../support/cli.ts'
import { expectBalanced } from '../support/core.ts'
import { until } from '../support/engine.ts'
import { invoiceOf, MARKED_WORKSPACE, MarkedPersons, paymentOf } from '../support/marked-persons.ts'
import { placesOf } from '../support/marker-search.ts'
import { webhookReceiver } from '../support/webhook-receiver.ts'

let hub: RunningApi
beforeAll(async () => {
  hub = await startApi(MARKED_WORKSPACE)
})
const persons = new MarkedPersons(() => hub)
afterAll(() => hub.stop())

const ids = (): string => crypto.randomUUID()

describe('POST /v1/customers/{id}/erasure', () => {
  test('leaves nothing of the person anywhere in the database, and the ledger balances', async () => {
    const receiver = await webhookReceiver()
    receiver.answer(500)
    const subscription = await hub.ask('/v1/subscriptions', {
      method: 'POST',
      body: { url: receiver.url, types: ['*'] },
    })
    const older = await persons.makePerson()
    const person = await persons.makePerson()
    const { mark, id, keys, contact } = person
    // Once they were one customer, so old versions of the other hold this one's data.
    await persons.joinAndSplit(older, person)
    await persons.leaveTraces(person)
    expect((await placesOf(hub.db, mark)).length).toBeGreaterThan(20)
    const erasure = await persons.erase(id)
    expect(erasure).toMatchObject({ customer: id, reason: 'consent-withdrawn', note: 'Request 2026/17' })
    // Systems that have still to delete their records are told their keys; nothing else knows them.
    const before = await placesOf(hub.db, mark)
    expect([...new Set(before.map((place) => place.split(':')[0]))].sort()).toEqual([
      'public.erasure_task.key',
      'public.event_log.data',
    ])
    for (const system of ['crm', 'billing']) {
      const path = `/admin/v1/erasures/${String(erasure.id)}/confirmations`
      expect((await hub.ask(path, { method: 'POST', body: { system } })).status).toBe(200)
    }
    await persons.sweptAgain()
    for (const text of [
      mark,
      String(contact.Email),
      String(contact.Phone).replaceAll(' ', '').slice(1),
      keys.contact ?? '',
    ]) {
      expect(await placesOf(hub.db, text)).toEqual([])
    }
    expect((await hub.ask(`/admin/v1/erasures/${String(erasure.id)}`)).body).toMatchObject({ state: 'done' })
    const { body: left } = await hub.ask(`/v1/customers/${older.id}/history`)
    expect((left.items as JsonObject[]).length).toBeGreaterThan(1)
    expect(JSON.stringify(left)).toContain(older.mark)
    await expectBalanced(hub.db)
    await hub.ask(`/v1/subscriptions/${String(subscription.body.id)}`, { method: 'DELETE' })
    await receiver.close()
  })

  test('is answered with 410 by every read of the customer and of those joined into it', async () => {
    const person = await persons.makePerson()
    const other = await persons.makePerson()
    await hub.ask(`/v1/customers/${person.id}/join`, { method: 'POST', body: { with: other.id } })
    const [survivor, joined] = [person.id, other.id].sort() as [string, string]
    const refused = await hub.ask(`/v1/customers/${joined}/erasure`, { method: 'POST', body: { reason: 'objection' } })
    hub.expectProblem(refused, 409, 'customer.erasure.joined', '{id}')
    expect(refused.body).toMatchObject({ survivor })
    const erasure = await persons.erase(survivor)
    expect([...(erasure.customers as string[])].sort()).toEqual([survivor, joined])
    for (const id of [survivor, joined]) {
      const below = ['', '/provenance', '/sources', '/history', '/timeline', '/write-backs', '/notes', '/personal-data']
      for (const path of below) hub.expectProblem(await hub.ask(`/v1/customers/${id}${path}`), 410, 'customer.erased')
      hub.expectProblem(await hub.ask(`/v1/invoices?customer=${id}`), 410, 'customer.erased')
      hub.expectProblem(await hub.ask(`/v1/events?customer=${id}`), 410, 'customer.erased')
      const again = await hub.ask(`/v1/customers/${id}/erasure`, { method: 'POST', body: { reason: 'objection' } })
      expect(again.body).toMatchObject({ id: erasure.id, reason: 'consent-withdrawn' })
      expect((await hub.ask(`/v1/customers/${id}/erasure`)).body).toMatchObject({ id: erasure.id })
    }
    expect((await hub.ask('/v1/customers?limit=200')).text).not.toContain(survivor)
    hub.expectProblem(
      await hub.ask(`/v1/customers/${survivor}/join`, {
        method: 'POST',
        body: { with: (await persons.makePerson()).id },
      }),
      410,
      'customer.erased',
    )
  })

  test('keeps invoices and payments without the person, later changes of them too, and nothing of a case', async () => {
    const { mark, id, keys } = await persons.makePerson()
    const { body } = await hub.ask(`/v1/cases?customer=${id}`)
    const [itsCase] = body.items as { id: string }[]
    const [invoice] = (await hub.ask(`/v1/invoices?customer=${id}`)).body.items as { id: string }[]
    const erasure = await persons.erase(id)
    expect(erasure.records).toEqual(
      expect.arrayContaining([
        { entity: 'case', id: itsCase?.id, fate: 'erased' },
        {
          entity: 'invoice',
          id: invoice?.id,
          fate: 'kept-without-person',
          reason: expect.stringMatching(/law/) as string,
        },
      ]),
    )
    hub.expectProblem(await hub.ask(`/v1/cases/${itsCase?.id}`), 410, 'record.deleted')
    const kept = await hub.ask(`/v1/invoices/${invoice?.id}`)
    expect(kept.body).toMatchObject({ number: keys.invoice, total: { amount: '12.50', currency: 'GBP' } })
    expect(kept.body.customer).toBeUndefined()
    await persons.send(
      changeEvent(`billing/Invoice/${keys.invoice}`, {
        ...invoiceOf(keys.invoice ?? '', keys.account ?? '', mark),
        total: '20.00',
      }),
      changeEvent(`billing/Invoice/N-${persons.turn}`, invoiceOf(`N-${persons.turn}`, keys.account ?? '', mark)),
      changeEvent(`billing/Payment/M-${persons.turn}`, paymentOf(`M-${persons.turn}`, `N-${persons.turn}`, mark)),
      changeEvent(`crm/Case/D-${persons.turn}`, {
        id: `D-${persons.turn}`,
        subject: mark,
        text: mark,
        contact: keys.contact ?? '',
      }),
    )
    expect((await hub.ask(`/v1/invoices/${invoice?.id}`)).body).toMatchObject({ total: { amount: '20.00' } })
    const [fresh] = (await hub.ask(`/v1/invoices?system=billing&key=N-${persons.turn}`)).body.items as JsonObject[]
    expect(fresh).toMatchObject({ number: `N-${persons.turn}` })
    expect((await hub.ask(`/v1/cases?system=crm&key=D-${persons.turn}`)).body.items).toEqual([])
    const places = await placesOf(hub.db, mark)
    expect([...new Set(places.map((place) => place.split(':')[0]))].sort()).toEqual([
      'public.erasure_task.key',
      'public.event_log.data',
    ])
    await expectBalanced(hub.db)
  })

  test('keeps out what systems send of the person later, until they are let in anew', async () => {
    const { mark, id, keys, contact } = await persons.makePerson()
    const erasure = await persons.erase(id)
    const before = await hub.ledger()
    const late = changeEvent(`crm/Contact/${keys.contact}`, { ...contact, FirstName: 'Back' }, { id: `again-${mark}` })
    await persons.send(late)
    const after = await hub.ledger()
    expect(after).toMatchObject({
      accepted: before.accepted + 1,
      discarded: before.discarded + 1,
      applied: before.applied,
    })
    expect(await persons.idOf('crm', keys.contact ?? '')).toBe('none')
    expect(await placesOf(hub.db, `again-${mark}`)).toEqual([])
    const path = `/admin/v1/erasures/${String(erasure.id)}`
    expect((await hub.ask(path)).body.keptOut).toMatchObject({ seen: 1 })
    const lane = { system: 'crm', entity: 'Contact', key: keys.contact ?? '' }
    const letIn = await hub.ask(`${path}/readmission`, { method: 'POST', body: { records: [lane] } })
    expect(letIn.status).toBe(200)
    hub.expectProblem(
      await hub.ask(`${path}/readmission`, { method: 'POST', body: { records: [lane] } }),
      409,
      'erasure.nothing-to-readmit',
    )
    await persons.send(late)
    const anew = await persons.idOf('crm', keys.contact ?? '')
    expect(anew).not.toBe(id)
    expect((await hub.ask(`/v1/customers/${anew}`)).body).toMatchObject({ name: { given: 'Back' } })
    hub.expectProblem(await hub.ask(`/v1/customers/${id}`), 410, 'customer.erased')
    await expectBalanced(hub.db)
  })

  test('tells the systems of record what to delete, past every filter, and notes who has', async () => {
    const receiver = await webhookReceiver()
    const filter = 'data.customer.name.given == "nobody"'
    const { body: made } = await hub.ask('/v1/subscriptions', {
      method: 'POST',
      body: { url: receiver.url, types: ['customer.*'], filter },
    })
    const { id, keys, contact } = await persons.makePerson()
    const erasure = await persons.erase(id)
    const [message] = await receiver.take(1)
    expect(message?.event).toMatchObject({
      type: 'customer.erased',
      subject: id,
      data: { erasure: erasure.id, customers: [id], erasedAt: erasure.erasedAt },
    })
    const told = message?.event.data as { references: JsonObject[] }
    expect(told.references).toHaveLength(3)
    expect(told.references).toContainEqual({ system: 'crm', entity: 'Contact', key: keys.contact })
    expect(message?.body).not.toContain(String(contact.Email))
    const path = `/admin/v1/erasures/${String(erasure.id)}`
    const systems = async (): Promise<JsonObject> =>
      Object.fromEntries(((await hub.ask(path)).body.systems as JsonObject[]).map((one) => [one.system, one.state]))
    expect(await systems()).toEqual({ billing: 'told', crm: 'told' })
    await persons.send(changeEvent(`crm/Contact/${keys.contact}`, null), changeEvent(`crm/Case/${keys.case}`, null))
    expect(await systems()).toEqual({ billing: 'told', crm: 'confirmed' })
    const body = { system: 'billing', entity: 'Account', key: keys.account }
    expect((await hub.ask(`${path}/confirmations`, { method: 'POST', body })).status).toBe(200)
    expect(await systems()).toEqual({ billing: 'confirmed', crm: 'confirmed' })
    hub.expectProblem(
      await hub.ask(`${path}/confirmations`, { method: 'POST', body }),
      409,
      'erasure.nothing-to-confirm',
    )
    expect((await hub.ask('/admin/v1/erasures?open=true&limit=200')).text).not.toContain(String(erasure.id))
    await hub.audit.flush()
    const { systems: tasks, keptOut, proof } = (await hub.ask(path)).body
    const listed = (await hub.ask('/admin/v1/erasures?limit=200')).body.items as JsonObject[]
    expect(listed.length).toBeGreaterThan(1)
    expect(listed).toContainEqual(expect.objectContaining({ id: erasure.id, systems: tasks, keptOut, proof }))
    await hub.ask(`/v1/subscriptions/${String(made.id)}`, { method: 'DELETE' })
    await receiver.close()
  })

  test('is proved by an entry of the audit trail and a certificate that name nobody', async () => {
    const { mark, id } = await persons.makePerson()
    const requestedAt = '2026-01-02T03:04:05.000Z'
    const erasure = await persons.erase(id, { requestedAt, reason: 'objection' })
    await hub.audit.flush()
    const { body } = await hub.ask(`/admin/v1/erasures/${String(erasure.id)}`)
    expect(body).toMatchObject({
      customer: id,
      requestedAt,
      reason: 'objection',
      proof: { hash: expect.stringMatching(/^[0-9a-f]{64}$/) as string },
    })
    const { body: trail } = await hub.ask(`/admin/v1/audit?act=customer.erase&subject=${id}`)
    const [entry] = trail.items as JsonObject[]
    expect(entry).toMatchObject({
      no: (body.proof as JsonObject).entry,
      facts: { erasure: erasure.id, reason: 'objection', requestedAt },
    })
    expect((await hub.ask('/admin/v1/audit/verify', { method: 'POST', body: {} })).body).toMatchObject({ sound: true })
    expect(JSON.stringify(entry) + JSON.stringify({ ...body, systems: [] })).not.toContain(mark)
  })

  test('changes nothing where it is refused, and fails whole where a part of it fails', async () => {
    const { mark, id, keys } = await persons.makePerson()
    const ask = (body: JsonObject, key?: string) =>
      hub.ask(`/v1/customers/${id}/erasure`, { method: 'POST', body, ...(key === undefined ? {} : { key }) })
    hub.expectProblem(await ask({ reason: 'because' }), 422, 'request.body.invalid', '/reason')
    for (const note of [`Asked by ${mark.toUpperCase()}.`, `see ${String(keys.contact)}`, `${mark}@example.com`]) {
      hub.expectProblem(await ask({ reason: 'objection', note }), 422, 'customer.erasure.note-names-person', '/note')
    }
    for (const role of ['channel', 'engineer', 'viewer'] as const) {
      expect((await ask({ reason: 'objection' }, await hub.keyOf(role))).status).toBe(403)
    }
    const unknown = '0191e2a0-7b1c-7000-8000-123456789012'
    hub.expectProblem(
      await hub.ask(`/v1/customers/${unknown}/erasure`, { method: 'POST', body: { reason: 'objection' } }),
      404,
      'customer.unknown',
    )
    // The last statement of the transaction fails: nothing of the others stays.
    await hub.db.query({
      text: `create function no_erasure() returns trigger language plpgsql as $$ begin
        if new.act = 'customer.erase' then raise exception 'disk full' using errcode = '53100'; end if; return new; end $$`,
    })
    await hub.db.query({
      text: 'create trigger no_erasure before insert on audit_entry for each row execute function no_erasure()',
    })
    const places = await placesOf(hub.db, mark)
    expect((await ask({ reason: 'objection' })).status).toBeGreaterThanOrEqual(500)
    await hub.db.query({ text: 'drop trigger no_erasure on audit_entry; drop function no_erasure' })
    expect(await placesOf(hub.db, mark)).toEqual(places)
    expect((await hub.ask(`/v1/customers/${id}`)).status).toBe(200)
    expect((await ask({ reason: 'objection' }, await hub.keyOf('steward'))).status).toBe(200)
  })

  test('comes before or after what goes on at the same time, never in between', async () => {
    for (let round = 0; round < 4; round++) {
      const { mark, id, keys, contact } = await persons.makePerson()
      const other = await persons.makePerson()
      const changes = Array.from({ length: 30 }, (_, at) =>
        changeEvent(`crm/Contact/${keys.contact}`, { ...contact, FirstName: `${mark}${at}` }),
      )
      const headers = { 'content-type': 'application/cloudevents-batch+json' }
      const [, erased, joined] = await Promise.all([
        hub.ask('/v1/changes', { method: 'POST', headers, body: JSON.stringify(changes) }),
        hub.ask(`/v1/customers/${id}/erasure`, { method: 'POST', body: { reason: 'objection' } }),
        hub.ask(`/v1/customers/${other.id}/join`, { method: 'POST', body: { with: id } }),
      ])
      await hub.quiet()
      // The join came first, and then it is the other or both that are erased; or it found nobody to join with.
      expect([200, 409]).toContain(erased.status)
      expect([200, 409, 410]).toContain(joined.status)
      if (erased.status === 200) {
        await until(async () => (await placesOf(hub.db, `${mark}0`)).length === 0, 5_000)
        hub.expectProblem(await hub.ask(`/v1/customers/${id}`), 410, 'customer.erased')
        expect((await hub.ask(`/v1/customers/${other.id}`)).status).toBe(joined.status === 200 ? 410 : 200)
      }
      await expectBalanced(hub.db)
    }
  })
})

describe('GET /v1/customers/{id}/personal-data', () => {
  test('holds everything that the erasure would take, each part with the reason, and tells who read it', async () => {
    const person = await persons.makePerson()
    const { mark, id, keys } = person
    await persons.leaveTraces(person)
    await hub.audit.flush()
    const answer = await hub.ask(`/v1/customers/${id}/personal-data`)
    expect(answer.status).toBe(200)
    expect(answer.headers.get('cache-control')).toBe('no-store')
    const parts = answer.body.parts as Record<string, { why: string; items: JsonObject[] }>
    expect(Object.values(parts).every(({ why }) => why.length > 20)).toBe(true)
    const empty = ['notes', 'deliveries']
    for (const [name, { items }] of Object.entries(parts)) {
      if (!empty.includes(name)) expect({ name, count: items.length }).not.toEqual({ name, count: 0 })
    }
    expect(parts.records?.items.map(({ key }) => key).sort()).toEqual(
      [keys.contact, keys.account, keys.case, keys.invoice, keys.payment].sort(),
    )
    expect(JSON.stringify(parts.records)).toContain(`"Secret":"${mark}"`)
    expect(parts.reads?.items.map(({ act }) => act)).toContain('read.getCustomer')
    await hub.audit.flush()
    const trail = await hub.ask(`/admin/v1/audit?act=read.exportPersonalData&subject=${id}`)
    expect(trail.body.items).toMatchObject([{ actor: 'admin key (admin)', records: [id] }])
  })

  test('is for stewards and admins only', async () => {
    const { id } = await persons.makePerson()
    for (const role of ['channel', 'engineer', 'viewer'] as const) {
      const answer = await hub.ask(`/v1/customers/${id}/personal-data`, { key: await hub.keyOf(role) })
      hub.expectProblem(answer, 403, 'auth.forbidden')
    }
    expect((await hub.ask(`/v1/customers/${id}/personal-data`, { key: await hub.keyOf('steward') })).status).toBe(200)
    const nobody = '0191e2a0-7b1c-7000-8000-123456789012'
    hub.expectProblem(await hub.ask(`/v1/customers/${nobody}/personal-data`), 404, 'customer.unknown')
  })
})

test('From a shell: an export into a file for its owner only, an erasure, and what systems have still to delete', async () => {
  const { mark, id, keys } = await persons.makePerson()
  const folder = testFolder()
  const key = await hub.keyOf('admin')
  const run = async (...words: string[]) => {
    const io = testIo({ cwd: folder.path, env: {} })
    const access = ['--url', hub.url, '--key', key]
    const code = await runCli([...words, ...access], { commands: COMMANDS, groups: GROUPS, version: '0' }, io)
    return { code, out: io.stdout(), err: io.stderr() }
  }
  const exported = await run('customer', 'export', id, '--out', 'person.json')
  expect(exported).toMatchObject({
    err: '',
    code: 0,
    out: expect.stringMatching(/^\d+ items in \d+ parts written/) as string,
  })
  expect(statSync(join(folder.path, 'person.json')).mode & 0o777).toBe(0o600)
  expect(readFileSync(join(folder.path, 'person.json'), 'utf8')).toContain(mark)
  const refused = await run('customer', 'erase', id, '--reason', 'objection', '--note', `for ${mark}`)
  expect(refused).toMatchObject({ code: 1, err: expect.stringContaining('names the person') as string })
  const erased = await run('customer', 'erase', id, '--reason', 'objection')
  expect(erased.code).toBe(0)
  expect(erased.out).toContain(`Customer ${id} was erased`)
  expect(erased.out).toContain(keys.contact)
  const { body } = await hub.ask(`/v1/customers/${id}/erasure`)
  const erasure = String(body.id)
  expect((await run('erasure', 'list', '--open')).out).toContain(erasure)
  for (const system of ['crm', 'billing']) expect((await run('erasure', 'confirm', erasure, system)).code).toBe(0)
  expect((await run('erasure', 'show', erasure)).out).not.toContain(mark)
  expect((await run('erasure', 'list', '--open')).out).not.toContain(erasure)
  expect((await run('secrets', 'rotate')).out).toContain('No other key is in use')
  folder.remove()
})

test('Places of the log are never given out twice, though the last events went with the customer', async () => {
  const { id } = await persons.makePerson()
  const last = async (): Promise<number> => {
    const { rows } = await hub.db.query<{ end: number }>({ text: 'select max(log_end)::float8 as end from erasure' })
    return rows[0]?.end ?? 0
  }
  await persons.erase(id)
  await hub.db.query({ text: `delete from event_log where type = 'customer.erased'` })
  const end = await last()
  expect(await nextPosition(hub.db)).toBe(end + 1)
  expect((await eventLogRange(hub.db)).last).toBe(end)
  hub.expectProblem(await hub.ask(`/v1/events?after=${end + 1_000}`), 400, 'events.position.unknown')
})

test('A process that dies while it looks for what is left leaves that to another', async () => {
  const { mark, id, contact } = await persons.makePerson()
  const { core, db } = hub
  await core.sweeper.stop()
  const asked = hub.ask(`/v1/customers/${id}/erasure`, { method: 'POST', body: { reason: 'objection' } })
  await until(async () => (await hub.ask(`/v1/customers/${id}`)).status === 410, 5_000)
  expect((await hub.ask(`/v1/customers/${id}/erasure`)).body).toMatchObject({ state: 'sweeping' })
  // What some process was about to write when the customer went.
  const decision = { rule: 'r', revision: 1, hash: 'h', called: null, actor: 'ann', code: null, trace: mark }
  const at = { moment: new Date().toISOString(), decidedAt: new Date().toISOString() }
  const late = { ...decision, ...at, customerId: id, given: JSON.stringify(contact), filled: null, result: '{}' }
  await insertDecisionLog(db, [{ ...late, id: ids() }])
  const { rows } = await db.query<{ work: string }>({
    text: `select work from erasure where state = 'sweeping' and work is not null`,
  })
  expect(rows.every(({ work }) => work.startsWith('sealed:1:'))).toBe(true)
  // Taken and never finished: its turn comes again.
  await db.query({ text: `update erasure set due_at = now() - interval '1 second' where work is not null` })
  await takeDueErasure(db)
  await persons.sweptAgain()
  expect((await asked).body).toMatchObject({ state: 'sweeping' })
  await persons.sweptAgain()
  expect(await placesOf(db, String(contact.Email))).toEqual([])
  expect((await hub.ask(`/v1/customers/${id}/erasure`)).body).toMatchObject({ state: 'done' })
})
