import { beginReconciliation, saveReconciliation } from '../../hub/store/reconciliation-queries.ts'
import { type RunningApi, startApi } from '../support/api.ts'
import { PUSH_WORKSPACE } from '../support/push-workspace.ts'

let hub: RunningApi
beforeAll(async () => {
  hub = await startApi(PUSH_WORKSPACE, { workers: 1 })
})
afterAll(() => hub.stop())

const order = (path: string, body?: unknown) =>
  hub.ask(`/admin/v1/systems/${path}`, { method: 'POST', ...(body === undefined ? {} : { body }) })

describe('Orders about systems', () => {
  test.each(['reconciliations', 'reset', 'forget'])(
    '%s of a system that nobody described, or that only pushes, is refused',
    async (what) => {
      hub.expectProblem(await order(`nobody/${what}`), 404, 'system.unknown')
      hub.expectProblem(await order(`crm/${what}`), 409, 'system.only-pushes')
    },
  )

  test.each([
    ['reconciliations', { entities: [] }, '/entities'],
    ['reconciliations', { repair: 'yes' }, '/repair'],
    ['reconciliations', { entity: 'Person' }, '/entity'],
    ['reset', { entity: '' }, '/entity'],
    ['reset', { entities: ['Person'] }, '/entities'],
  ])('%s with %j is refused by pointer', async (what, body, pointer) => {
    hub.expectProblem(await order(`crm/${what}`, body), 422, 'request.body.invalid', pointer)
  })
})

test('Comparisons are listed with the youngest first, by entity, and no more than twenty of each are kept', async () => {
  expect((await hub.ask('/admin/v1/systems/crm/reconciliations')).body).toEqual({ items: [] })
  const head = {
    system: 'crm',
    kind: 'drift',
    repair: false,
    requestedBy: 'somebody',
    startedAt: '2026-01-01T00:00:00Z',
  } as const
  for (let run = 0; run < 25; run++) {
    for (const entity of ['Person', 'Other']) {
      const no = await beginReconciliation(hub.db, { ...head, entity, report: {} })
      await saveReconciliation(hub.db, no, 'done', { run, matches: true }, '2026-01-01T00:01:00Z')
    }
  }
  const { body } = await hub.ask('/admin/v1/systems/crm/reconciliations?entity=Person&limit=200')
  const items = body.items as { entity: string; report: { run: number } }[]
  expect(items).toHaveLength(20)
  expect(items.map(({ report }) => report.run)).toEqual(Array.from({ length: 20 }, (_, n) => 24 - n))
  expect(items[0]).toMatchObject({ ...head, entity: 'Person', state: 'done', finishedAt: '2026-01-01T00:01:00Z' })
  expect((await hub.ask('/admin/v1/systems/crm/reconciliations?limit=3')).body.items).toHaveLength(3)
  hub.expectProblem(await hub.ask('/admin/v1/systems/nobody/reconciliations'), 404, 'system.unknown')
  hub.expectProblem(
    await hub.ask('/admin/v1/systems/crm/reconciliations?limit=0'),
    400,
    'request.query.invalid',
    '?limit',
  )
})
