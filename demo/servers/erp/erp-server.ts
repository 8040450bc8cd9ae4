import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Row as SapRow } from '../../fakes/sap/definition.ts'
import { IdocSender } from '../../fakes/sap/idoc-sender.ts'
import { SapFake } from '../../fakes/sap/sap-fake.ts'
import type { Table } from '../../fakes/sap/store.ts'
import { erp } from '../../systems/erp/erp.ts'
import type { Row } from '../../systems/system.ts'
import type { Troubles } from '../../trouble.ts'
import type { DemoServer, DemoServerOptions } from '../server.ts'
import { TableStore } from '../table-store.ts'
import { WriteQueue } from '../write-queue.ts'
import { takeOrders } from './new-orders.ts'
import {
  addressColumns,
  materialSegments,
  orderColumns,
  orderRows,
  partnerColumns,
  partnerRows,
  type SapRows,
  servedServices,
} from './records.ts'

const USER = 'OMNIHUB'
const SAP_CLIENT = '100'
const LOGICAL_SYSTEM = 'LANCLNT100'
const DOWN_MS = 5_000
const IDOC_RETRY_MS = 2_000
const SERVED: Readonly<Record<string, (row: Row) => SapRows>> = { PARTNR: partnerRows, AUFTRG: orderRows }

/** The ERP as an SAP system over its own database: partners and orders by OData, materials by IDocs that it sends. */
export async function startErpServer({ databaseUrl, onError }: DemoServerOptions): Promise<DemoServer> {
  const [password, idocPassword] = [randomBytes(16).toString('hex'), randomBytes(16).toString('hex')]
  const users = { [USER]: { password, mayUse: true } }
  const services = servedServices()
  const fake = new SapFake({ services, users, sapClient: SAP_CLIENT })
  takeOrders(services, () => fake.table('BUT000'))
  const materials = new Materials(idocPassword, onError)
  const tables = Object.entries(erp.served ?? {}).map(([name, key]) => ({ name, key }))
  const store = new TableStore({ url: databaseUrl, tables, onError })
  const keeper = new Keeper(fake, store, onError)
  await store.start({
    row(table, [key = ''], row) {
      if (table === 'MATMAS') {
        if (row !== null) materials.changed(row)
        return
      }
      const rows = row === null ? undefined : SERVED[table]?.(row)
      keeper.told(() => {
        if (rows !== undefined) show(fake, rows)
        else if (table === 'PARTNR') archive(fake, key)
        else removeOrder(fake, key)
      })
    },
  })
  await fake.listen(0)
  return {
    environment: {
      OMNIHUB_DEMO_ERP_URL: fake.origin,
      OMNIHUB_DEMO_ERP_PASSWORD: password,
      OMNIHUB_DEMO_ERP_IDOC_PASSWORD: idocPassword,
    },
    hubAt: (hookUrl) => {
      materials.send(hookUrl('erp'))
    },
    troubles: troublesOf(fake, materials),
    async close() {
      await materials.close()
      await fake.close()
      await store.close()
    },
  }
}

function troublesOf(fake: SapFake, materials: Materials): Troubles {
  const { faults } = fake
  return {
    throttles: () => {
      faults.throttle(10, 2)
    },
    'breaks answers off': () => {
      faults.drop(5)
    },
    'loses the answers to changes': () => {
      faults.loseAnswers(3)
    },
    'does not answer': () => {
      faults.hang(2)
    },
    'fails with a short dump': () => {
      faults.fail(5, 500, '/IWFND/CM_MGW/096')
    },
    'ends all sessions': () => {
      fake.expireSessions()
    },
    'forgets its delta tokens': () => {
      fake.expireDeltaTokens()
    },
    'sends its IDocs twice and in the wrong order': () => {
      materials.repeatAll()
    },
    'is down for five seconds': async () => {
      await fake.close()
      await sleep(DOWN_MS)
      await fake.restart()
    },
  }
}

/** Puts rows that differ from what the tables show; rows of the same partner that are not there any more go. */
function show(fake: SapFake, rows: SapRows): void {
  for (const [name, wanted] of Object.entries(rows)) {
    const table = fake.table(name)
    for (const row of wanted) {
      const before = table.get(table.keyOf(row))
      if (before === undefined || Object.entries(row).some(([field, value]) => before[field] !== value)) table.put(row)
    }
  }
  const [partner] = rows.BUT000 ?? []
  if (partner === undefined) return
  const phones = fake.table('ADR2')
  const kept = new Set(rows.ADR2?.map((row) => phones.keyOf(row)))
  for (const ordinal of ['001', '002']) {
    const key = phones.keyOf({ AddressID: partner.BusinessPartner ?? '', Person: '', OrdinalNumber: ordinal })
    if (!kept.has(key)) phones.remove(key)
  }
}

/** A partner that the ERP has archived is told as such for as long as the server runs. */
function archive(fake: SapFake, partner: string): void {
  const table = fake.table('BUT000')
  const before = table.get(table.keyOf({ BusinessPartner: partner }))
  if (before === undefined) return
  const now = new Date().toISOString()
  const stamps = { LastChangeDate: now.slice(0, 10), LastChangeTime: now.slice(11, 19) }
  table.put({ ...before, ...stamps, IsMarkedForArchiving: true })
}

function removeOrder(fake: SapFake, order: string): void {
  const [items, orders] = [fake.table('VBAP'), fake.table('VBAK')]
  items.remove(items.keyOf({ SalesOrder: order, SalesOrderItem: '10' }))
  orders.remove(orders.keyOf({ SalesOrder: order }))
}

/** Writes what callers of the services change into the database, one change after the other. */
class Keeper {
  readonly #store: TableStore
  readonly #writes: WriteQueue
  #isTold = false

  constructor(fake: SapFake, store: TableStore, onError: (error: unknown) => void) {
    this.#store = store
    this.#writes = new WriteQueue(onError)
    fake.table('BUT000').onPut = (row, before) => {
      if (before !== undefined) this.#keep(row, partnerColumns(before, row))
    }
    fake.table('VBAK').onPut = (row, before) => {
      if (before === undefined) this.#keepOrder(row, fake.table('VBAP'))
    }
    fake.table('ADRC').onPut = (row) => {
      this.#keep(row, addressColumns(row))
    }
  }

  /** What the database itself has told is not written to it again. */
  told(show: () => void): void {
    this.#isTold = true
    show()
    this.#isTold = false
  }

  /** Its item was put before it. */
  #keepOrder(order: SapRow, items: Table): void {
    if (this.#isTold) return
    const item = items.get(items.keyOf({ SalesOrder: order.SalesOrder ?? null, SalesOrderItem: '10' }))
    if (item) this.#writes.add(() => this.#store.insert('AUFTRG', orderColumns(order, item)))
  }

  #keep(row: SapRow, columns: Row): void {
    if (this.#isTold) return
    this.#writes.add(() => this.#store.update('PARTNR', [String(row.BusinessPartner)], columns))
  }
}

/** Sends each material by an IDoc once the hub can be reached, and again when it changes. */
class Materials {
  readonly #password: string
  readonly #onError: (error: unknown) => void
  readonly #stopping = new AbortController()
  readonly #waiting: Row[] = []
  /** Every material as it was sent last. */
  readonly #sent = new Map<string, Row>()
  #isDisorderly = false
  #wake: (() => void) | undefined
  #sending: Promise<void> = Promise.resolve()

  constructor(password: string, onError: (error: unknown) => void) {
    this.#password = password
    this.#onError = onError
  }

  changed(row: Row): void {
    this.#waiting.push(row)
    this.#wake?.()
  }

  /** As a queue that was set back: everything again, each packet twice, the last one first. */
  repeatAll(): void {
    this.#isDisorderly = true
    this.#waiting.push(...this.#sent.values())
    this.#wake?.()
  }

  send(url: string): void {
    this.#sending = this.#run(url)
  }

  async close(): Promise<void> {
    this.#stopping.abort()
    this.#wake?.()
    await this.#sending
  }

  async #run(url: string): Promise<void> {
    const { signal } = this.#stopping
    // Seconds as first number: a later run of the server must not use a number again.
    const firstNumber = Math.floor(Date.now() / 1_000) * 1_000
    const sender = new IdocSender({
      url,
      user: USER,
      password: this.#password,
      partner: LOGICAL_SYSTEM,
      port: 'SAPLAN',
      client: SAP_CLIENT,
      firstNumber,
    })
    while (!signal.aborted) {
      sender.repeats = this.#isDisorderly ? 2 : 1
      sender.reversed = this.#isDisorderly
      this.#isDisorderly = false
      for (const row of this.#waiting.splice(0)) {
        this.#sent.set(String(row.MATNR), row)
        sender.queue({ messageType: 'MATMAS', idocType: 'MATMAS05', segments: materialSegments(row) })
      }
      try {
        await sender.flush()
      } catch (error) {
        if (!signal.aborted) this.#onError(error)
      }
      if (sender.waiting > 0) await sleep(IDOC_RETRY_MS, undefined, { signal }).catch(() => undefined)
      else if (this.#waiting.length === 0) await this.#news(signal)
    }
  }

  async #news(signal: AbortSignal): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#wake = resolve
      if (signal.aborted) resolve()
    })
    this.#wake = undefined
  }
}
