import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { SalesforceFake } from '../../fakes/salesforce/index.ts'
import type { ObjectOptions } from '../../fakes/salesforce/schema.ts'
import type { Row } from '../../systems/system.ts'
import { type RecordChange, RESTORED } from '../../fakes/salesforce/store.ts'
import { crm } from '../../systems/crm/crm.ts'
import type { Troubles } from '../../trouble.ts'
import type { DemoServer, DemoServerOptions } from '../server.ts'
import { TableStore } from '../table-store.ts'
import { WriteQueue } from '../write-queue.ts'
import { columnsOf, recordOf, SERVED_OBJECTS, type ServedObject } from './objects.ts'

const DOWN_MS = 5_000
/** Ids with a letter in the middle: those that the database itself gives have none. */
const RECORDS_BEFORE = 10 * 62 ** 4
/** A poll a second of each object would use up a real organization's day by noon. */
const DAILY_CALLS = 5_000_000

/** The CRM as a Salesforce organization over its own database. */
export async function startCrmServer({ databaseUrl, onError }: DemoServerOptions): Promise<DemoServer> {
  const [clientId, clientSecret] = ['lanternwick-hub', randomBytes(16).toString('hex')]
  const clientUser = 'hub@lanternwick.example'
  const fake = new SalesforceFake({
    clientId,
    clientSecret,
    clientUser,
    users: [{ username: clientUser, password: randomBytes(16).toString('hex') }],
    dailyCalls: DAILY_CALLS,
    recordsBefore: RECORDS_BEFORE,
    objects: Object.fromEntries(SERVED_OBJECTS.map((served) => [served.object, objectOptions(served)])),
  })
  const tables = Object.entries(crm.served ?? {}).map(([name, key]) => ({ name, key }))
  const store = new TableStore({ url: databaseUrl, tables, onError })
  let isLoading = true
  await store.start({
    row(table, _key, row) {
      const served = SERVED_OBJECTS.find((each) => each.table === table)
      // Rows are flagged as deleted; one that is really gone has been tidied away, and stays in the recycle bin.
      if (served && row) fake.store.restore(served.object, [recordOf(served, row)], { silent: isLoading })
    },
  })
  isLoading = false
  const writes = new WriteQueue(onError)
  fake.store.onCommit(({ origin, changes }) => {
    if (origin === RESTORED) return
    for (const change of changes) writes.add(() => keep(store, change))
  })
  const url = await fake.listen()
  return {
    environment: {
      OMNIHUB_DEMO_CRM_URL: url,
      OMNIHUB_DEMO_CRM_CLIENT_ID: clientId,
      OMNIHUB_DEMO_CRM_CLIENT_SECRET: clientSecret,
    },
    troubles: troublesOf(fake),
    async close() {
      await fake.close()
      await store.close()
    },
  }
}

function troublesOf(fake: SalesforceFake): Troubles {
  const { faults } = fake
  return {
    'refuses for lack of calls': () => void (faults.throttle = { kind: 'limit', retryAfterSeconds: 2, times: 10 }),
    'is not available': () => void (faults.throttle = { kind: 'unavailable', retryAfterSeconds: 2, times: 10 }),
    'breaks answers off': () => void (faults.dropMidResponse = 5),
    'loses the answers to writes': () => void (faults.dropAfterWrite = 3),
    'does not answer': () => void (faults.hang = 2),
    'locks rows': () => void (faults.lockRows = 3),
    'ends all sessions': () => {
      fake.organization.endSessions()
    },
    'forgets its cursors': () => {
      fake.rest.expireCursors()
      fake.bulk.expireJobs()
    },
    'is down for five seconds': async () => {
      await fake.goDown()
      await sleep(DOWN_MS)
      await fake.comeBack()
    },
  }
}

async function keep(store: TableStore, { object, kind, before, after }: RecordChange): Promise<void> {
  const served = SERVED_OBJECTS.find((each) => each.object === object.name)
  if (served === undefined) return
  const id = String(after.Id)
  const { table } = served
  if (kind === 'CREATE') return store.insert(table, { id, ...withoutNulls(columnsOf(served, after)) })
  if (kind === 'DELETE' || kind === 'UNDELETE') return store.update(table, [id], { is_deleted: kind === 'DELETE' })
  const changed = Object.entries(after).filter(([name, value]) => before?.[name] !== value)
  return store.update(table, [id], columnsOf(served, Object.fromEntries(changed)))
}

/** Columns that are not named get what the database gives them. */
function withoutNulls(columns: Row): Row {
  return Object.fromEntries(Object.entries(columns).filter(([, value]) => value !== null))
}

function objectOptions({ keyPrefix, fields }: ServedObject): ObjectOptions {
  return { keyPrefix, fields: Object.fromEntries(fields.map(({ column: _, field, ...options }) => [field, options])) }
}
