import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { BillingService, type Change } from '../../fakes/soap-billing/index.ts'
import { billing } from '../../systems/billing/billing.ts'
import type { Row } from '../../systems/system.ts'
import type { Troubles } from '../../trouble.ts'
import type { DemoServer, DemoServerOptions } from '../server.ts'
import { TableStore } from '../table-store.ts'
import { WriteQueue } from '../write-queue.ts'
import { changedAt, columnsOf, recordOf, SERVED_RECORDS } from './records.ts'

const LASTS_MS = 5_000

/** Billing as a SOAP service with its own WSDL, over its own database. */
export async function startBillingServer({ databaseUrl, onError }: DemoServerOptions): Promise<DemoServer> {
  const password = randomBytes(16).toString('hex')
  const service = new BillingService({ users: [{ user: 'omnihub', password, rights: 'write' }] })
  const tables = Object.entries(billing.served ?? {}).map(([name, key]) => ({ name, key }))
  const store = new TableStore({ url: databaseUrl, tables, onError })
  // What the database has told is not written back to it.
  let isTold = false
  await store.start({
    row(name, [key = ''], row) {
      const table = SERVED_RECORDS[name]
      if (table === undefined) return
      isTold = true
      if (row === null) service.store.remove(table, key)
      else if (isNews(service, name, key, row)) service.store.put(table, recordOf(table, row), { at: changedAt(row) })
      isTold = false
    },
  })
  const writes = new WriteQueue(onError)
  service.store.onChange((change) => {
    if (!isTold) writes.add(() => keep(store, change))
  })
  await service.listen(0)
  return {
    environment: { OMNIHUB_DEMO_BILLING_WSDL: service.wsdlUrl, OMNIHUB_DEMO_BILLING_PASSWORD: password },
    troubles: troublesOf(service),
    async close() {
      await service.close()
      await store.close()
    },
  }
}

function troublesOf(service: BillingService): Troubles {
  const { faults } = service
  const forAWhile = async (begin: () => void, end: () => void): Promise<void> => {
    begin()
    await sleep(LASTS_MS)
    end()
  }
  return {
    throttles: () =>
      forAWhile(
        () => (faults.throttle = { retryAfterSeconds: 2 }),
        () => (faults.throttle = undefined),
      ),
    'is slow': () =>
      forAWhile(
        () => (faults.delayMs = 1_500),
        () => (faults.delayMs = 0),
      ),
    'repeats records': () =>
      forAWhile(
        () => (faults.repeatRecords = true),
        () => (faults.repeatRecords = false),
      ),
    'turns the order of records around': () =>
      forAWhile(
        () => (faults.reverseRecords = true),
        () => (faults.reverseRecords = false),
      ),
    'breaks answers off': () => void (faults.dropMidResponse = 5),
    'loses the answers to writes': () => void (faults.dropAfterWrite = 3),
    'does not answer': () => void (faults.hang = 2),
    'forgets its continuation tokens': () => {
      service.expireTokens()
    },
    'is down for five seconds': async () => {
      await service.down()
      await sleep(LASTS_MS)
      await service.up()
    },
  }
}

/** A row that says what the service has said itself is no change: it would be one more version of the same. */
function isNews(service: BillingService, name: string, key: string, row: Row): boolean {
  const table = SERVED_RECORDS[name]
  const known = table === undefined ? undefined : service.store.get(table, undefined, key)?.row
  if (table === undefined || known === undefined) return true
  return Object.entries(recordOf(table, row)).some(([field, value]) => (known[field] ?? null) !== value)
}

async function keep(store: TableStore, { table: element, key, row }: Change): Promise<void> {
  const found = Object.entries(SERVED_RECORDS).find(([, { name }]) => name === element)
  if (found === undefined) return
  const [name, table] = found
  if (row === null) return store.remove(name, [key])
  const known = await store.read(name, [key])
  if (known !== undefined) return store.update(name, [key], columnsOf(table, known, row))
  return store.insert(name, { [table.key]: key, ...columnsOf(table, {}, row) })
}
