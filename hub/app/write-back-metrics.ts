import { Counter, Gauge, type Registry } from 'prom-client'
import type { Queryable } from '../store/queryable.ts'
import { countRecordWrites, ORDER_STATES } from '../store/record-write-queries.ts'
import { countWriteBacks, WRITE_STATES } from '../store/write-back-queries.ts'
import type { HubCore } from './hub-core.ts'
import { sharedLook } from './shared-look.ts'

/** What goes to the systems. Gauges are read from the store, counters are of this process; labels are names of systems. */
export function addWriteBackMetrics({
  registry,
  db,
  core,
}: {
  registry: Registry
  db: Queryable
  core: HubCore
}): void {
  const registers = [registry]
  const figures = sharedLook(() => countWriteBacks(db))
  new Gauge({
    name: 'omnihub_write_back_oldest_seconds',
    help: 'How long the oldest write that is not done has waited, conflicts and failures among them.',
    labelNames: ['system'],
    registers,
    async collect() {
      const counts = await figures()
      this.reset()
      for (const [system, states] of Map.groupBy(counts, (each) => each.system)) {
        this.set({ system }, Math.max(...states.map(({ oldestSeconds }) => oldestSeconds ?? 0)))
      }
    },
  })
  new Gauge({
    name: 'omnihub_write_backs',
    help: 'Records to which the hub has something to write, by what it waits for.',
    labelNames: ['system', 'state'],
    registers,
    async collect() {
      const counts = await figures()
      this.reset()
      for (const { system, state, count } of counts) {
        this.set({ system, state: WRITE_STATES[state] ?? 'pending' }, count)
      }
    },
  })
  addRecordWriteGauges(registers, db)
  const settled = new Counter({
    name: 'omnihub_writes_total',
    help: 'Writes to systems by how they ended; confirmed: the system was only asked what it has.',
    labelNames: ['system', 'outcome'],
    registers,
  })
  core.onWritten(({ system, kind, count }) => {
    settled.inc({ system, outcome: kind }, count)
  })
}

/** Records that channels made or changed, and that their systems do not have yet. */
function addRecordWriteGauges(registers: Registry[], db: Queryable): void {
  const figures = sharedLook(() => countRecordWrites(db))
  new Gauge({
    name: 'omnihub_record_write_oldest_seconds',
    help: 'How long the oldest record that a channel ordered waits to be written, conflicts and failures not among them.',
    labelNames: ['system'],
    registers,
    async collect() {
      const counts = await figures()
      this.reset()
      const waiting = counts.filter(({ state }) => WAITING.has(ORDER_STATES[state] ?? ''))
      for (const [system, states] of Map.groupBy(waiting, (each) => each.system)) {
        this.set({ system }, Math.max(...states.map(({ oldestSeconds }) => oldestSeconds)))
      }
    },
  })
  new Gauge({
    name: 'omnihub_record_writes',
    help: 'Records that channels ordered and that their systems do not have, by what they wait for.',
    labelNames: ['system', 'state'],
    registers,
    async collect() {
      const counts = await figures()
      this.reset()
      for (const { system, state, count } of counts)
        this.inc({ system, state: ORDER_STATES[state] ?? 'pending' }, count)
    },
  })
}

const WAITING: ReadonlySet<string> = new Set(['pending', 'retrying'])
