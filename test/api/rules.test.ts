/** Rules as an admin works with them: drafted, checked, tried on real decisions, published, taken back; decisions searched and repeated. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { JsonObject } from '../../hub/contracts/json.ts'
import { ROOT } from '../../scripts/checks.ts'
import { changeEvent, type RunningApi, sendChanges, startApi } from '../support/api.ts'
import { PUSH_WORKSPACE } from '../support/push-workspace.ts'

const read = (file: string): string => readFileSync(join(ROOT, 'rules', file), 'utf8')
const files = (rule: string): Record<string, string> =>
  Object.fromEntries(
    [`${rule}.rule.yaml`, `${rule}.json`, `${rule}.cases.yaml`].map((file) => [`rules/${file}`, read(file)]),
  )

/** The dunning stage with another grace period; its cases are those of seven days. */
const graph = (days: number): string => read('dunning-stage.json').replace('"value": "7"', `"value": "${days}"`)
const ENVELOPE = read('dunning-stage.rule.yaml')
const OVERDUE = { status: 'overdue', dueOn: '2026-03-01', balance: { amount: '89.90', currency: 'AUD' } }
const AT = '2026-03-12T10:00:00+11:00'
const ADMIN = '/admin/v1/rules/dunning-stage'

let hub: RunningApi
beforeAll(async () => {
  hub = await startApi({
    ...PUSH_WORKSPACE,
    ...files('dunning-stage'),
    ...files('next-best-action'),
    ...files('data-quality'),
  })
}, 60_000)
afterAll(() => hub.stop())

async function decide(rule: string, body: JsonObject): Promise<JsonObject> {
  const answer = await hub.ask(`/v1/decisions/${rule}`, { method: 'POST', body })
  if (answer.status !== 200) throw new Error(answer.text)
  return answer.body
}

const stage = async (at = AT): Promise<string> => {
  const { result } = await decide('dunning-stage', { input: OVERDUE, at })
  return `${String((result as JsonObject).stage)} ${String((result as JsonObject).daysLate)}`
}

async function draft(body: JsonObject): Promise<number> {
  const answer = await hub.ask(ADMIN, { method: 'PUT', body })
  if (answer.status !== 201) throw new Error(answer.text)
  return Number(answer.body.revision)
}

const publish = (revision: number) => hub.ask(`${ADMIN}/revisions/${revision}/publish`, { method: 'POST' })
const rollBack = () => hub.ask(`${ADMIN}/roll-back`, { method: 'POST' })

describe('A rule', () => {
  test('that is drafted changes nothing until it is published, and then the very next decision', async () => {
    expect(await stage()).toBe('reminder 4')
    const revision = await draft({ envelope: ENVELOPE, graph: graph(14), note: 'more grace' })
    expect(await stage()).toBe('reminder 4')
    expect((await publish(revision)).body).toEqual({ rule: 'dunning-stage', revision })
    expect(await stage()).toBe('none 0')
    hub.expectProblem(await publish(revision), 409, 'rule.already-published')
    expect((await rollBack()).body).toEqual({ rule: 'dunning-stage', revision: 1 })
    expect(await stage()).toBe('reminder 4')
    hub.expectProblem(await rollBack(), 409, 'rule.nothing-to-roll-back')
    const { body } = await hub.ask(`${ADMIN}/revisions`)
    expect((body.items as JsonObject[]).map(({ revision: no, state, author }) => [no, state, author])).toEqual([
      [2, 'retired', expect.stringContaining('admin')],
      [1, 'published', 'workspace'],
    ])
  })

  test('whose cases fail is not published, and the difference is told', async () => {
    const cases = read('dunning-stage.cases.yaml')
    const revision = await draft({ envelope: ENVELOPE, graph: graph(14), cases })
    const answer = await publish(revision)
    hub.expectProblem(answer, 422, 'rule.cases-failed')
    const failing = answer.body.failing as JsonObject[]
    expect(failing[0]).toMatchObject({ title: 'The day after, the first reminder goes out.' })
    expect(failing[0]?.difference).toContain('- daysLate: 1\n+ daysLate: 0')
    expect(await stage()).toBe('reminder 4')
    const { body } = await hub.ask(`${ADMIN}/check`, { method: 'POST', body: { revision } })
    expect(body).toMatchObject({ ok: false, problems: [], failing })
    expect((body.callers as JsonObject[]).map(({ rule }) => rule)).toEqual(['next-best-action'])
  })

  test('holds from its validFrom to its validTo, over what was there before', async () => {
    const christmas = `${ENVELOPE}validFrom: 2026-12-20\nvalidTo: 2027-01-05\n`
    await publish(await draft({ envelope: christmas, graph: graph(30) }))
    const invoice = { ...OVERDUE, dueOn: '2026-12-01' }
    const on = async (at: string): Promise<unknown> => {
      const { result, revision } = await decide('dunning-stage', { input: invoice, at })
      return [revision === 1, (result as JsonObject).daysLate]
    }
    expect(await on('2026-12-19T23:59:00+11:00')).toEqual([true, 11])
    expect(await on('2026-12-20T00:01:00+11:00')).toEqual([false, 0])
    expect(await on('2027-01-05T00:01:00+11:00')).toEqual([true, 28])
    await rollBack()
  })

  test('that is wrong is refused with the place, and what calls it is not broken by it', async () => {
    const wrong = await hub.ask(ADMIN, { method: 'PUT', body: { envelope: 'name: [', graph: '{}' } })
    hub.expectProblem(wrong, 422, 'rule.yaml.invalid')
    const other = await hub.ask(ADMIN, {
      method: 'PUT',
      body: { envelope: read('data-quality.rule.yaml'), graph: read('data-quality.json') },
    })
    hub.expectProblem(other, 422, 'rule.wrong-name')
    const mute = ENVELOPE.replace(
      'required: [status, dueOn, balance]',
      'required: [status, dueOn, balance, region]',
    ).replace('    paymentPlanKept:', '    region: { type: string }\n    paymentPlanKept:')
    const { body } = await hub.ask(`${ADMIN}/check`, {
      method: 'POST',
      body: { envelope: mute, graph: read('dunning-stage.json') },
    })
    expect(body).toMatchObject({ ok: true })
    expect(JSON.stringify(body.callers)).toContain('next-best-action')
    hub.expectProblem(await publish(99), 404, 'rule.revision.unknown')
    hub.expectProblem(await hub.ask('/admin/v1/rules/none'), 404, 'rule.revision.unknown')
  })

  test('is tried on the decisions that were really made', async () => {
    const dates = ['2026-03-05', '2026-03-12', '2026-03-30']
    for (const date of dates) await stage(`${date}T10:00:00+11:00`)
    await hub.core.rules.decisionLog.flushed()
    const { body } = await hub.ask(`${ADMIN}/shadow`, {
      method: 'POST',
      body: { envelope: ENVELOPE, graph: graph(8), decisions: 3 },
    })
    expect(body).toMatchObject({ decided: 3, same: 1, different: 2, changedSince: 0 })
    expect((body.differences as JsonObject[])[0]).toMatchObject({ difference: '- daysLate: 22\n+ daysLate: 21' })
    const same = { envelope: ENVELOPE, graph: graph(7), decisions: 3 }
    expect((await hub.ask(`${ADMIN}/shadow`, { method: 'POST', body: same })).body).toMatchObject({
      same: 3,
      kinds: [],
    })
  })

  test('may be written by engineers, read by stewards, and is none of a channel’s business', async () => {
    const keys = Object.fromEntries(
      await Promise.all(
        (['engineer', 'steward', 'channel'] as const).map(async (role) => [role, await hub.keyOf(role)]),
      ),
    ) as Record<string, string>
    const ask = (role: string, method = 'GET', path = ADMIN) =>
      hub.ask(path, {
        method,
        key: keys[role] ?? null,
        ...(method === 'PUT' ? { body: { envelope: ENVELOPE, graph: graph(7) } } : {}),
      })
    expect((await ask('engineer', 'PUT')).status).toBe(201)
    expect((await ask('steward')).status).toBe(200)
    expect((await ask('steward', 'PUT')).status).toBe(403)
    expect((await ask('channel')).status).toBe(403)
    expect((await ask('channel', 'GET', '/admin/v1/decisions')).status).toBe(403)
  })
})

describe('What was decided', () => {
  let ada: string
  beforeAll(async () => {
    await send({ Id: '1', FirstName: 'Ada', LastName: 'Lovelace', Born: '1985-12-10', Email: 'ada@lovelace.au' })
    const { body } = await hub.ask('/v1/customers?system=crm&key=1')
    ada = String((body.items as JsonObject[])[0]?.id)
  })

  const send = (contact: JsonObject): Promise<void> => sendChanges(hub, changeEvent('crm/Contact/1', contact))

  const search = async (query: string): Promise<JsonObject[]> => {
    await hub.core.rules.decisionLog.flushed()
    const answer = await hub.ask(`/admin/v1/decisions?${query}`)
    if (answer.status !== 200) throw new Error(answer.text)
    return answer.body.items as JsonObject[]
  }

  test('is found by rule, customer, time and result', async () => {
    const { decision } = await decide('data-quality', { input: { customer: { id: ada } }, at: AT })
    const [found] = await search(`customer=${ada}`)
    expect(found).toMatchObject({
      id: decision,
      rule: 'data-quality',
      revision: 1,
      customer: ada,
      at: '2026-03-11T23:00:00Z',
      input: { customer: { id: ada } },
    })
    const trace = found?.trace as string[]
    expect(trace.join('\n')).toContain('Checks: ')
    const result = encodeURIComponent('{"stage":"reminder"}')
    const reminders = await search(`rule=dunning-stage&result=${result}`)
    expect(reminders.length).toBeGreaterThan(2)
    expect(reminders.every((one) => (one.result as JsonObject).stage === 'reminder')).toBe(true)
    expect(await search(`rule=dunning-stage&result=${encodeURIComponent('{"stage":"never"}')}`)).toEqual([])
    const hour = 3_600_000
    const moment = (at: number): string => new Date(at).toISOString()
    expect(await search(`customer=${ada}&from=${moment(Date.now() + hour)}`)).toEqual([])
    expect(await search(`customer=${ada}&to=${moment(Date.now() - hour)}`)).toEqual([])
    expect(
      await search(`customer=${ada}&from=${moment(Date.now() - hour)}&to=${moment(Date.now() + hour)}`),
    ).toHaveLength(1)
    const wrong = await hub.ask('/admin/v1/decisions?result=reminder')
    hub.expectProblem(wrong, 400, 'request.query.invalid', '?result')
  })

  test('is read page by page, each once', async () => {
    const all = await search('rule=dunning-stage&limit=200')
    const seen: unknown[] = []
    for (let cursor = ''; ;) {
      const { body } = await hub.ask(`/admin/v1/decisions?rule=dunning-stage&limit=2${cursor}`)
      seen.push(...(body.items as JsonObject[]).map(({ id }) => id))
      if (body.next === null) break
      cursor = `&cursor=${String(body.next)}`
    }
    expect(seen).toEqual(all.map(({ id }) => id))
  })

  test('is repeated with the revision and the data of then, and with those of now', async () => {
    const { decision } = await decide('data-quality', { input: { customer: { id: ada } }, at: AT })
    await send({ Id: '1', FirstName: 'Ada', LastName: 'Lovelace', Born: '1985-12-10', Email: 'test@lovelace.au' })
    const quality = '/admin/v1/rules/data-quality'
    const graphOfNow = read('data-quality.json').replaceAll('Ask for the family name.', 'Ask again.')
    await hub.ask(quality, { method: 'PUT', body: { envelope: read('data-quality.rule.yaml'), graph: graphOfNow } })
    await hub.ask(`${quality}/revisions/2/publish`, { method: 'POST' })
    await hub.core.rules.decisionLog.flushed()
    const { status, body } = await hub.ask(`/admin/v1/decisions/${String(decision)}/replay`, { method: 'POST' })
    expect(status).toBe(200)
    const { then, now, decision: kept } = body as Record<string, JsonObject>
    expect(kept).toMatchObject({ id: decision, filled: { customer: { id: ada, version: 1 } } })
    expect(then).toMatchObject({ revision: 1, difference: '', result: kept?.result })
    expect(now).toMatchObject({ revision: 2 })
    expect(now?.difference).toContain('made-up')
    const read404 = await hub.ask(`/admin/v1/decisions/${ada}`)
    hub.expectProblem(read404, 404, 'decision.unknown')
  })

  test('is repeated with the rules that it called as they were', async () => {
    const input = { invoices: [OVERDUE], monthsToContractEnd: 20, usagePercent: 10, hasApp: true }
    const { decision, result } = await decide('next-best-action', { input, at: AT })
    await publish(await draft({ envelope: ENVELOPE, graph: graph(60) }))
    await hub.core.rules.decisionLog.flushed()
    const { body } = await hub.ask(`/admin/v1/decisions/${String(decision)}/replay`, { method: 'POST' })
    expect(body.then).toMatchObject({ revision: 1, difference: '', result })
    await rollBack()
  })

  test('is deleted when it is older than it may be', async () => {
    await hub.db.query({
      text: `insert into decision_log (id, rule, revision, hash, moment, decided_at, actor, trace)
             values ('00000000-0000-7000-8000-000000000001', 'old', 1, 'x', now(), now(), 'x', '')`,
    })
    expect(await search('rule=old')).toHaveLength(1)
    await hub.core.rules.decisionLog.prune()
    expect(await search('rule=old')).toEqual([])
    expect((await search('rule=dunning-stage')).length).toBeGreaterThan(0)
  })
})
