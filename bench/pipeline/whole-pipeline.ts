/** The hub's pipeline from accept to confirmed event: one process, PostgreSQL and RabbitMQ, everything durable. */
import { mkdirSync, mkdtempSync, rmSync, copyFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import amqp from 'amqplib'
import { HubCore } from '../../hub/app/hub-core.ts'
import { createLog } from '../../hub/app/log.ts'
import { readWorkspace } from '../../hub/app/workspace.ts'
import { openRabbitBus } from '../../hub/bus/rabbitmq/rabbit-bus.ts'
import type { Change } from '../../hub/contracts/change.ts'
import { newMasterKeys } from '../../hub/security/master-key.ts'
import { Vault } from '../../hub/security/vault.ts'
import { openDatabase } from '../../hub/store/database.ts'
import { migrate } from '../../hub/store/migrate.ts'
import { PEOPLE_MAPPING, PEOPLE_SYSTEM } from './people.ts'

export interface PipelineRun {
  /** Changes a second, accept to the last event confirmed by the broker. */
  rate: number
  events: number
  /** With a paced load: milliseconds from the call of accept to the event in the hands of a consumer. */
  latencies: number[]
}

export interface RunOptions {
  databaseUrl: string
  amqpUrl: string
  root: string
  /** A rule of the demo company that stands in the path of changes; absent: none does. */
  rule?: string
  workers: number
  partitions: number
  /** Changes a second to offer; absent: as fast as they are taken. */
  pace?: number
}

const CALL = 500
/** Calls of accept under way at once. */
const CALLS_MAX = 8

export async function wholePipeline(changes: readonly Change[], options: RunOptions): Promise<PipelineRun> {
  const { databaseUrl, workers, partitions } = options
  const db = openDatabase(databaseUrl, { poolMax: 10 })
  await migrate(db)
  const pipelineDb = openDatabase(databaseUrl, { poolMax: workers + 4, plans: 'indexes' })
  const prefix = `bench-${process.pid}-${Date.now()}`
  const bus = openRabbitBus({ url: options.amqpUrl, prefix, partitions })
  await bus.start()
  const workspace = makeWorkspace(options)
  const log = createLog('warn')
  const vault = await Vault.open(db, newMasterKeys())
  const parts = { db, pipelineDb, bus, vault, workspace: await readWorkspace(workspace) }
  const core = new HubCore({ ...parts, partitions, workers, log })
  await core.start()
  const watch = await watchEvents(options.amqpUrl, `${prefix}.events`, options.pace !== undefined)
  const startedAt = performance.now()
  const sentAt = new Map<string, number>()
  if (options.pace === undefined) await offerFast(core, changes)
  else await offerPaced(core, changes, options.pace, sentAt)
  await untilRelayed(db)
  const seconds = (performance.now() - startedAt) / 1000
  const latencies = [...watch.arrivals].flatMap(([key, at]) => at - (sentAt.get(key) ?? at))
  const events = await eventCount(db)
  await watch.close()
  await core.stop()
  await bus.close()
  await pipelineDb.close()
  await db.close()
  rmSync(workspace, { recursive: true })
  return { rate: changes.length / seconds, events, latencies }
}

function makeWorkspace({ root, rule }: Pick<RunOptions, 'root' | 'rule'>): string {
  const folder = mkdtempSync(join(tmpdir(), 'omnihub-bench-'))
  mkdirSync(join(folder, 'config/systems'), { recursive: true })
  mkdirSync(join(folder, 'mappings/crm'), { recursive: true })
  for (const name of ['golden.yaml', 'matching.yaml']) {
    copyFileSync(join(root, 'config', name), join(folder, 'config', name))
  }
  writeFileSync(join(folder, 'config/systems/crm.yaml'), PEOPLE_SYSTEM)
  writeFileSync(join(folder, 'mappings/crm/Contact.yaml'), PEOPLE_MAPPING)
  mkdirSync(join(folder, 'rules'))
  for (const ending of rule === undefined ? [] : ['.rule.yaml', '.json']) {
    copyFileSync(join(root, 'rules', rule + ending), join(folder, 'rules', rule + ending))
  }
  return folder
}

async function offerFast(core: HubCore, changes: readonly Change[]): Promise<void> {
  let from = 0
  const caller = async (): Promise<void> => {
    while (from < changes.length) {
      const call = changes.slice(from, from + CALL)
      from += CALL
      await core.acceptor.accept(call)
    }
  }
  await Promise.all(Array.from({ length: CALLS_MAX }, caller))
}

const TICK_MS = 10

async function offerPaced(
  core: HubCore,
  changes: readonly Change[],
  pace: number,
  sentAt: Map<string, number>,
): Promise<void> {
  const startedAt = performance.now()
  const calls: Promise<unknown>[] = []
  for (let from = 0; from < changes.length;) {
    const due = Math.min(changes.length, Math.floor(((performance.now() - startedAt) / 1000) * pace))
    if (due > from) {
      const call = changes.slice(from, due)
      const now = performance.now()
      for (const change of call) sentAt.set(change.key, now)
      calls.push(core.acceptor.accept(call))
      from = due
    }
    await sleep(TICK_MS)
  }
  await Promise.all(calls)
}

/** A consumer as any other: a queue of its own, bound to all events. */
async function watchEvents(
  url: string,
  exchange: string,
  timed: boolean,
): Promise<{ arrivals: Map<string, number>; close(): Promise<void> }> {
  const connection = await amqp.connect(url)
  const channel = await connection.createChannel()
  const queue = `bench.watch.${process.pid}.${Date.now()}`
  await channel.assertQueue(queue, { durable: true, arguments: { 'x-queue-type': 'quorum' } })
  await channel.bindQueue(queue, exchange, '#')
  const arrivals = new Map<string, number>()
  if (timed) {
    await channel.prefetch(1_000)
    await channel.consume(queue, (message) => {
      if (message === null) return
      const event = JSON.parse(message.content.toString()) as { data: { customer: { sources: { key: string }[] } } }
      for (const { key } of event.data.customer.sources) if (!arrivals.has(key)) arrivals.set(key, performance.now())
      channel.ack(message)
    })
  }
  return {
    arrivals,
    close: async () => {
      await channel.deleteQueue(queue)
      await connection.close()
    },
  }
}

type Db = ReturnType<typeof openDatabase>

async function untilRelayed(db: Db): Promise<void> {
  for (;;) {
    const { rows } = await db.query<{ busy: boolean }>({
      text: `select (select sum(in_flight) from ledger_count) > 0 or exists (select from outbox) as busy`,
    })
    if (rows[0]?.busy !== true) return
    await sleep(10)
  }
}

async function eventCount(db: Db): Promise<number> {
  const { rows } = await db.query<{ count: string }>({ text: 'select count(*) from event_log' })
  return Number(rows[0]?.count ?? 0)
}
