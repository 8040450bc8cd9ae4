import { Registry } from 'prom-client'
import { testDatabase } from '../../test/support/test-database.ts'
import { SystemsDesk } from '../intake/connector-engine/systems-desk.ts'
import { saveStatus } from '../store/connector-queries.ts'
import { openDatabase } from '../store/database.ts'
import { addPushCounts } from '../store/push-queries.ts'
import { beginReconciliation, saveReconciliation } from '../store/reconciliation-queries.ts'
import { addSystemMetrics } from './system-metrics.ts'

const DOCUMENT = {
  name: 'crm',
  path: 'crm.yaml',
  connector: 'push',
  text: 'title: C\nconnector: push\nentities: { Person: }\n',
}

test('Each figure of a system is there at the first look, and again at the next', async () => {
  const database = await testDatabase()
  const db = openDatabase(database.url, { poolMax: 3 })
  try {
    const backfill = { state: 'reading', rows: 40, total: 100 }
    const person = {
      lagMs: 1500,
      recordsRead: 7,
      ratePerSecond: 2,
      accepted: 6,
      duplicates: 1,
      errors: { 'connector.busy': 2 },
      backfill,
    }
    const status = {
      state: 'running',
      breaker: 'half-open',
      budgetWaits: { count: 3, ms: 2500 },
      errors: { 'system.timeout': 1 },
    }
    await saveStatus(db, 'crm', { ...status, entities: { Person: person } })
    await addPushCounts(db, 'crm', {
      received: 4,
      refused: 2,
      records: 9,
      lastReceivedAt: null,
      lastRefusedAt: null,
      lastRefusedCode: null,
    })
    const row = {
      system: 'crm',
      entity: 'Person',
      kind: 'drift',
      repair: false,
      requestedBy: null,
      startedAt: '2026-01-01T00:00:00Z',
      report: {},
    } as const
    const no = await beginReconciliation(db, row)
    await saveReconciliation(db, no, 'done', { missing: 5, differing: 0, extra: 1, parked: 0 }, '2026-01-01T00:01:00Z')
    const registry = new Registry()
    addSystemMetrics({
      registry,
      db,
      systems: new SystemsDesk({ db, systems: new Map([['crm', DOCUMENT]]), connectors: [] }),
    })
    for (let look = 0; look < 2; look++) {
      const text = await registry.metrics()
      const value = (name: string): number =>
        Number(
          text
            .split('\n')
            .find((line) => line.startsWith(`omnihub_system_${name} `))
            ?.split(' ')
            .at(-1),
        )
      const entity = 'system="crm",entity="Person"'
      expect({
        running: value('running{system="crm"}'),
        lag: value(`lag_seconds{${entity}}`),
        read: value(`records_read{${entity}}`),
        left: value(`backfill_rows_left{${entity}}`),
        errors: value(`errors{${entity},code="connector.busy"}`),
        ownErrors: value('errors{system="crm",entity="",code="system.timeout"}'),
        missing: value(`drift_records{${entity},kind="missing"}`),
        differing: value(`drift_records{${entity},kind="differing"}`),
        breaker: value('breaker_state{system="crm"}'),
        waited: value('budget_wait_seconds{system="crm"}'),
        refused: value('pushes{system="crm",outcome="refused"}'),
      }).toEqual({
        running: 1,
        lag: 1.5,
        read: 7,
        left: 60,
        errors: 2,
        ownErrors: 1,
        missing: 5,
        differing: 0,
        breaker: 1,
        waited: 2.5,
        refused: 2,
      })
    }
  } finally {
    await db.close()
    await database.drop()
  }
})
