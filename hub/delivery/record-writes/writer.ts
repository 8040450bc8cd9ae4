import type {
  Connector,
  CreateResult,
  EntityConfig,
  RecordCreate,
  RecordWrite,
  WriteResult,
} from '../../contracts/connector.ts'
import { asHubError, HubError } from '../../contracts/hub-error.ts'
import type { JsonObject } from '../../contracts/json.ts'
import type { Database } from '../../store/database.ts'
import {
  beginRecordWrites,
  type BegunWrite,
  keepRecordKeys,
  ORDER_KIND,
  ORDER_STATE,
  pruneRecordWrites,
  settleRecordWrites,
} from '../../store/record-write-queries.ts'
import { inRounds, type WriteTarget } from '../write-rounds.ts'
import { outcomeOf, type Settled } from './outcome.ts'
import type { KeptProblem } from './view.ts'

export interface RecordWriterOptions {
  db: Database
  /** For the figures. */
  onSettled(system: string, kind: Settled['kind']): void
  /** Resolves after `ms`, when something was ordered for the system, or when the signal aborts. */
  wait(system: string, ms: number, signal: AbortSignal): Promise<void>
  log: { warn(facts: Record<string, unknown>, text: string): void }
  now(): number
}

export interface RecordWriteTarget extends WriteTarget {
  /** Something of the entity was written: who reads it looks at once. */
  wrote?(entity: string): void
}

const ORDERS_PER_ROUND_MAX = 50
/** Orders of other processes are seen after this; those of this one at once. */
const IDLE_MS = 250
const PRUNE_EVERY_MS = 3_600_000
/**
 * How long what has ended can be asked for: a week is longer than any channel repeats a request (Idempotency-Keys hold for a day).
 * What failed or is in conflict stays for a month: it wants a person.
 */
const KEPT_DAYS = { written: 7, other: 30 }

/**
 * Carries to one system the records that channels ordered, round by round, until the signal aborts. What is sent was kept when it
 * was ordered, and its outcome is kept after, so that a crash at any point repeats it word for word; connectors make the same
 * write twice one effect. Rejects with errors of the family `config` only.
 */
export async function writeRecords(options: RecordWriterOptions, target: RecordWriteTarget): Promise<void> {
  const { system, signal } = target
  const { db, log, now, wait } = options
  let prunedAt = -Infinity
  const round = async (): Promise<number> => {
    if (now() - prunedAt > PRUNE_EVERY_MS) {
      prunedAt = now()
      await pruneRecordWrites(db, system, KEPT_DAYS)
    }
    const begun = await beginRecordWrites(db, system, ORDERS_PER_ROUND_MAX)
    if (begun.length > 0) await carry(options, target, begun)
    return begun.length === 0 ? IDLE_MS : 0
  }
  const failed = 'Writing records to a system failed; it is tried again'
  await inRounds(target, {
    round,
    // A full round is followed by the next.
    wait: async (ms) => {
      if (ms > 0) await wait(system, ms, signal)
    },
    failed,
    log,
  })
}

/** Sends what was begun, entity by entity, creates and changes apart; each outcome is kept as soon as it is known. */
async function carry(
  options: RecordWriterOptions,
  target: RecordWriteTarget,
  begun: readonly BegunWrite[],
): Promise<void> {
  let stop: HubError | undefined
  for (const [entity, orders] of Map.groupBy(begun, (order) => order.entity)) {
    const config = target.entities.find((one) => one.entity === entity)
    const named = await nameNew(options.db, target, config, orders)
    for (const group of [named.filter(isNamedBySystem), named.filter((order) => !isNamedBySystem(order))]) {
      if (group.length === 0) continue
      const { results, failure } = await send(target, config, group)
      if (target.signal.aborted && failure !== undefined) return
      const settled = await settle(options, group, results)
      stop ??= settled ?? failure
      if (results.some((result) => result.outcome !== 'failed')) target.wrote?.(entity)
    }
  }
  if (stop !== undefined) throw stop
}

type Sent = WriteResult | CreateResult

const isNamedBySystem = ({ kind, key }: BegunWrite): boolean => kind === ORDER_KIND.create && key === null

/** Gives a new record its key where neither its system nor its document does: the id that it has in the hub. */
async function nameNew(
  db: Database,
  { connector }: RecordWriteTarget,
  config: EntityConfig | undefined,
  orders: readonly BegunWrite[],
): Promise<readonly BegunWrite[]> {
  const unnamed = orders.filter(isNamedBySystem)
  if (config === undefined || unnamed.length === 0 || namesNew(connector, config) === 'system') return orders
  await keepRecordKeys(
    db,
    unnamed.map(({ no }) => no),
  )
  return orders.map((order) => (isNamedBySystem(order) ? { ...order, key: order.recordId } : order))
}

/** Who names new records of an entity. */
function namesNew(connector: Connector, config: EntityConfig): 'system' | 'hub' {
  if (connector.create === undefined) return 'hub'
  return connector.keysFrom?.(config) ?? 'system'
}

async function send(
  target: RecordWriteTarget,
  config: EntityConfig | undefined,
  orders: readonly BegunWrite[],
): Promise<{ results: Sent[]; failure?: HubError }> {
  const { connector } = target
  const all = (error: HubError): Sent[] => orders.map(({ key }) => ({ outcome: 'failed', key: key ?? '', error }))
  try {
    if (config === undefined) return { results: all(notTaken()) }
    if (orders.every(isNamedBySystem)) {
      const creates = orders.map(toCreate)
      return { results: await target.call(() => connector.create?.(config, creates) ?? Promise.resolve([])) }
    }
    if (connector.write === undefined) return { results: all(notTaken()) }
    const writes = orders.map(toWrite)
    return { results: await target.call(() => connector.write?.(config, writes) ?? Promise.resolve([])) }
  } catch (thrown) {
    const failure = asHubError(thrown)
    return { results: all(failure), failure }
  }
}

function toCreate(order: BegunWrite): RecordCreate {
  const { fields, idempotencyKey } = order
  const create = { fields: JSON.parse(fields) as JsonObject, idempotencyKey }
  return mayBeDone(order) ? { ...create, mayExist: true } : create
}

function toWrite({ key, fields, expected, idempotencyKey }: BegunWrite): RecordWrite {
  return {
    key: key ?? '',
    fields: JSON.parse(fields) as JsonObject,
    ...(expected === null ? {} : { expected: JSON.parse(expected) as JsonObject }),
    idempotencyKey,
  }
}

/** Whether it was sent before, and nobody knows what came of it. */
function mayBeDone({ former, problem }: BegunWrite): boolean {
  if (former === ORDER_STATE.writing) return true
  return problem !== null && (JSON.parse(problem) as KeptProblem).unsure === true
}

/** Keeps the outcomes; answers with the error that the session must end with. */
async function settle(
  options: RecordWriterOptions,
  orders: readonly BegunWrite[],
  results: readonly Sent[],
): Promise<HubError | undefined> {
  const settled = orders.map((order, at): { order: BegunWrite; settled: Settled } => {
    const result = results[at] ?? { outcome: 'failed', key: order.key ?? '', error: noAnswer() }
    return { order, settled: outcomeOf(order, result, { now: options.now(), mayBeDone: mayBeDone(order) }) }
  })
  const outcomes = settled.map(({ settled: one }) => one.outcome)
  await options.db.transaction((db) => settleRecordWrites(db, outcomes))
  for (const { order, settled: one } of settled) options.onSettled(order.system, one.kind)
  return settled.find(({ settled: one }) => one.stop !== null)?.settled.stop ?? undefined
}

function noAnswer(): HubError {
  return new HubError({
    code: 'record.write.no-answer',
    family: 'bug',
    message: 'The connector did not say what became of the write.',
  })
}

function notTaken(): HubError {
  return new HubError({
    code: 'record.write.not-taken',
    family: 'reject',
    message: 'The entity does not take this from the hub any more.',
    fix: 'Give it "write" in the document of the system again, then retry; or discard the write.',
  })
}
