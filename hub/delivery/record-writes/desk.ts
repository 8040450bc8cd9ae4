import { setTimeout as sleep } from 'node:timers/promises'
import { type CanonicalEntity, ENVELOPE } from '../../contracts/canonical.ts'
import { HubError } from '../../contracts/hub-error.ts'
import { HUB_SYSTEM } from '../../contracts/hub-system.ts'
import { ifMatchHolds } from '../../contracts/if-match.ts'
import type { JsonObject } from '../../contracts/json.ts'
import { unknownRecord } from '../../contracts/record-errors.ts'
import type { RecordEntity } from '../../contracts/record-search.ts'
import { type Refusal, refusedError } from '../../contracts/rule-refusal.ts'
import { writeAudit } from '../../store/decision-queries.ts'
import type { Database } from '../../store/database.ts'
import type { Queryable } from '../../store/queryable.ts'
import {
  creationOf,
  insertRecordWrite,
  lockRecordWrite,
  nextRecordNumber,
  type NewRecordWrite,
  ORDER_KIND,
  ORDER_STATE,
  readRecordWrite,
  readWritableLane,
  readWritableRecord,
  type RecordWriteRow,
  setRecordWriteState,
  type WritableRecord,
} from '../../store/record-write-queries.ts'
import { wasEntity } from '../../store/source-record-queries.ts'
import { holdsWanted, planCreate, planPatch, type Validate } from './plan.ts'
import { withReferences } from './references.ts'
import { changedMeanwhile, invalidRecord, memberOfTheHub, onItsWay, readOnly } from './refusals.ts'
import { resolveReferences } from './resolve.ts'
import type { RecordTarget, RecordTargets } from './targets.ts'
import { type KeptProblem, type RecordWriteView, viewOf } from './view.ts'

export interface RecordWriteDeskOptions {
  db: Database
  targets: RecordTargets
  validate(entity: CanonicalEntity, document: JsonObject): readonly { pointer: string; message: string }[]
  /** What the shared rules have against a document that did not come by way of a mapping. */
  refusal(
    entity: CanonicalEntity,
    document: JsonObject,
    options: { source: { system: string; entity: string }; at: string; before?: JsonObject },
  ): Refusal | undefined
  /** RFC 7396. */
  merge(target: JsonObject, patch: JsonObject): JsonObject
  /** The tags under which a record may be named in If-Match: that of the text as it is served, and that of its version. */
  tagsOf(db: Queryable, record: WritableRecord): Promise<readonly string[]>
  /** Records of which the hub itself is the system of record: written at once, in the same transaction. */
  own: {
    write(
      db: Queryable,
      record: { entity: CanonicalEntity; key: string; document: JsonObject; at: string },
    ): Promise<void>
  }
  /** UUIDv7: an id tells when it was given. */
  newId(): string
  newWrite(): string
  /** Something waits for a system, and is committed: whoever writes to it need not wait for the next look. */
  onPlaced(system: string): void
}

export interface CreateOrder {
  entity: RecordEntity
  document: JsonObject
  /** Absent: the one that takes creates of this entity, else the hub's own. */
  system?: string
  author: string
  /** ISO 8601. */
  at: string
}

export interface PatchOrder {
  entity: RecordEntity
  id: string
  patch: JsonObject
  ifMatch: string
  author: string
  at: string
}

export interface PlacedWrite {
  /** UUID of the order. */
  write: string
  /** The hub's id of the record. */
  id: string
}

/** Begins the key of every write of a record. */
const RECORD_WRITE = 'omnihub-record-'
const LOOK_FIRST_MS = 25
/** No call takes longer by default; what was begun before then was left behind by a process that is gone. */
const UNDER_WAY_MS = 120_000
const LOOK_MAX_MS = 200

/**
 * Takes orders of channels that a record be made or changed in its system of record. All that can be known to be wrong is told
 * before anything is kept; what is kept is carried to the system by the writer of its session, whatever happens meanwhile.
 */
export class RecordWriteDesk {
  readonly #options: RecordWriteDeskOptions

  constructor(options: RecordWriteDeskOptions) {
    this.#options = options
  }

  /** In the caller's transaction. Throws HubErrors below 500, with pointers, and keeps nothing then. */
  async create(db: Queryable, order: CreateOrder): Promise<PlacedWrite> {
    const { targets, newId } = this.#options
    const { entity, document: given, author, at } = order
    refuseEnvelope(given)
    const target = targets.forCreate(entity, order.system)
    const { document: wanted, references } = withReferences(given)
    await resolveReferences(db, references, referenceTarget(target))
    const validate = this.#validateFor(entity)
    const faults = validate(wanted)
    if (faults.length > 0) throw invalidRecord(faults)
    const required = target.create?.required ?? []
    const { fields, expected, document } = planCreate(target.mapping, wanted, { validate, required })
    this.#holdAgainstRules(entity, document, target, at)
    const id = newId()
    const key = await keyFor(db, target, id)
    const isOwn = target.system === HUB_SYSTEM
    const placed = await this.#place(db, {
      ...{ kind: ORDER_KIND.create, target: entity, recordId: id, system: target.system, entity: target.entity, key },
      ...{ wanted: document, fields, author, state: isOwn ? ORDER_STATE.written : ORDER_STATE.pending },
      // A record that the system itself names can't be there before.
      expected: key === null ? null : expected,
    })
    if (isOwn) await this.#options.own.write(db, { entity, key: key ?? id, document, at })
    await audit(db, 'record.create', placed, { target, entity, members: Object.keys(given), author })
    return placed
  }

  /** The same for a merge patch; `record.changed-meanwhile` (412) where the record is another by now. */
  async patch(db: Queryable, order: PatchOrder): Promise<PlacedWrite> {
    const { targets, merge, tagsOf } = this.#options
    const { entity, id, patch: given, ifMatch, author, at } = order
    refuseEnvelope(given)
    const record = await this.find(db, entity, id)
    if (!ifMatchHolds(ifMatch, await tagsOf(db, record))) throw changedMeanwhile()
    const target = targets.forPatch(record.system, record.entity)
    if (target === undefined) throw readOnly(record)
    const { document: patch, references } = withReferences(given)
    await resolveReferences(db, references, referenceTarget(target))
    const { fields, expected, document, before, wanted } = planPatch(target.mapping, {
      ...{ raw: JSON.parse(record.raw) as JsonObject, patch, merge, takes: target.takes },
      validate: this.#validateFor(entity),
    })
    this.#holdAgainstRules(entity, document, target, at, before)
    const isOwn = target.system === HUB_SYSTEM
    const isChanged = Object.keys(fields).length > 0
    const placed = await this.#place(db, {
      ...{ kind: ORDER_KIND.patch, target: entity, recordId: record.id, system: record.system, entity: record.entity },
      ...{ key: record.key, wanted, fields, expected, author },
      ...{ state: isChanged && !isOwn ? ORDER_STATE.pending : ORDER_STATE.written },
    })
    if (isOwn && isChanged) await this.#options.own.write(db, { entity, key: record.key, document, at })
    await audit(db, 'record.edit', placed, { target, entity, members: Object.keys(given), author })
    return placed
  }

  /**
   * The record that answers for an id: the one that has it, or the one that was made by an order of this id and was known
   * under another before its system told its key. Throws `record.on-its-way`, `record.unknown` (404), `record.deleted` (410).
   */
  async find(db: Queryable, entity: RecordEntity, id: string): Promise<WritableRecord> {
    const record = await readWritableRecord(db, entity, id)
    if (record !== undefined) return record
    if (await wasEntity(db, entity, id)) throw unknownRecord(true)
    const creation = await creationOf(db, entity, id)
    if (creation === undefined || isGivenUp(creation)) throw unknownRecord(false)
    const known = creation.key === null ? undefined : await readWritableLane(db, { ...creation, key: creation.key })
    if (known !== undefined) return known
    throw onItsWay(creation.id)
  }

  /**
   * After the commit: waits until the system has taken or refused it, and in the first case until the hub has read it back; at
   * most `waitMs`, or until the signal aborts. Answers how far it is then.
   */
  async settled({ write }: PlacedWrite, waitMs: number, signal: AbortSignal): Promise<SettledWrite> {
    const { db, onPlaced } = this.#options
    const end = performance.now() + waitMs
    let isTold = false
    for (let lookMs = LOOK_FIRST_MS; ; lookMs = Math.min(LOOK_MAX_MS, lookMs * 2)) {
      const row = await this.#read(db, write)
      if (!isTold) onPlaced(row.system)
      isTold = true
      const record = await this.#readBack(row)
      const isOver = row.state === ORDER_STATE.written ? record !== undefined : isGivenUp(row)
      const leftMs = end - performance.now()
      if (isOver || leftMs <= 0 || signal.aborted) return { view: viewOf(row), record }
      await sleep(Math.min(lookMs, leftMs), undefined, { signal }).catch(() => undefined)
    }
  }

  /** Throws `record.write.unknown` (404). */
  async view(write: string): Promise<RecordWriteView> {
    return viewOf(await this.#read(this.#options.db, write))
  }

  /** Sends an order again at once that has failed, is in conflict, or waits for its next attempt. */
  async retry(write: string, author: string): Promise<RecordWriteView> {
    return this.#decide(write, author, 'record-write.retry', (row) => {
      const states: number[] = [ORDER_STATE.retrying, ORDER_STATE.failed, ORDER_STATE.conflict]
      if (!states.includes(row.state)) return null
      // That nobody knows whether it reached the system must not be forgotten; who sends a failed one again has looked.
      return { state: ORDER_STATE.pending, problem: row.state === ORDER_STATE.retrying ? row.problem : null }
    })
  }

  /** Gives an order up that is not written yet. What the system may have done with it already stays done. */
  async discard(write: string, author: string): Promise<RecordWriteView> {
    return this.#decide(write, author, 'record-write.discard', (row) => {
      const isUnderWay = row.state === ORDER_STATE.writing && Date.now() - Date.parse(row.updatedAt) < UNDER_WAY_MS
      if (row.state === ORDER_STATE.written || isUnderWay) return null
      return { state: ORDER_STATE.failed, problem: JSON.stringify(discarded(new Date().toISOString())) }
    })
  }

  async #decide(
    write: string,
    author: string,
    act: string,
    choose: (row: RecordWriteRow) => { state: number; problem: string | null } | null,
  ): Promise<RecordWriteView> {
    const { db, onPlaced } = this.#options
    const after = await db.transaction(async (tx) => {
      const row = await lockRecordWrite(tx, write)
      if (row === undefined) throw unknownWrite()
      const chosen = choose(row)
      if (chosen === null) throw otherState()
      await setRecordWriteState(tx, row.no, chosen.state, chosen.problem)
      const facts = { system: row.system, entity: row.entity, record: row.recordId }
      await writeAudit(tx, { actor: author, act, subject: write, facts })
      return { ...row, ...chosen }
    })
    if (after.state === ORDER_STATE.pending) onPlaced(after.system)
    return viewOf(after)
  }

  async #read(db: Queryable, write: string): Promise<RecordWriteRow> {
    const row = await readRecordWrite(db, write)
    if (row === undefined) throw unknownWrite()
    return row
  }

  /** The record, once reading it shows what was written. */
  async #readBack(row: RecordWriteRow): Promise<WritableRecord | undefined> {
    if (row.state !== ORDER_STATE.written) return undefined
    const { db } = this.#options
    const found = await readWritableRecord(db, row.target, row.recordId)
    const record = found ?? (row.key === null ? undefined : await readWritableLane(db, { ...row, key: row.key }))
    if (record === undefined || row.kind === ORDER_KIND.create) return record
    const document = JSON.parse(record.document) as JsonObject
    return holdsWanted(JSON.parse(row.wanted) as JsonObject, document) ? record : undefined
  }

  async #place(db: Queryable, { wanted, fields, expected, ...order }: Placing): Promise<PlacedWrite> {
    const write = this.#options.newWrite()
    await insertRecordWrite(db, {
      ...order,
      id: write,
      wanted: JSON.stringify(wanted),
      fields: JSON.stringify(fields),
      expected: expected === null ? null : JSON.stringify(expected),
      idempotencyKey: `${RECORD_WRITE}${write}`,
    })
    return { write, id: order.recordId }
  }

  #validateFor(entity: RecordEntity): Validate {
    return (document) => this.#options.validate(entity, document)
  }

  #holdAgainstRules(
    entity: RecordEntity,
    document: JsonObject,
    { system, entity: name }: RecordTarget,
    at: string,
    before?: JsonObject,
  ): void {
    const options = { source: { system, entity: name }, at, ...(before === undefined ? {} : { before }) }
    const refusal = this.#options.refusal(entity, document, options)
    if (refusal !== undefined) throw refusedError(refusal)
  }
}

export interface SettledWrite {
  view: RecordWriteView
  /** As the hub has read it since; undefined: not written, or reading it does not show that yet. */
  record: WritableRecord | undefined
}

function isGivenUp({ state }: RecordWriteRow): boolean {
  return state === ORDER_STATE.conflict || state === ORDER_STATE.failed
}

function referenceTarget({ system, mapping }: RecordTarget) {
  return { system, isHub: system === HUB_SYSTEM, mapping }
}

function refuseEnvelope(document: JsonObject): void {
  const name = ENVELOPE.find((one) => Object.hasOwn(document, one))
  if (name !== undefined) throw memberOfTheHub(name)
}

/** Null: the system gives it, where its connector can ask for that. */
async function keyFor(db: Queryable, { create }: RecordTarget, id: string): Promise<string | null> {
  if (create === null || create.key === null) return null
  return create.key === 'uuid' ? id : String(BigInt(create.key.from) + (await nextRecordNumber(db)))
}

type Placing = Omit<NewRecordWrite, 'id' | 'wanted' | 'fields' | 'expected' | 'idempotencyKey'> & {
  wanted: JsonObject
  fields: JsonObject
  expected: JsonObject | null
}

/** What was set is in the record's history; the audit trail names members, not persons' data. */
async function audit(
  db: Queryable,
  act: string,
  { write, id }: PlacedWrite,
  facts: { target: RecordTarget; entity: string; members: readonly string[]; author: string },
): Promise<void> {
  const { target, entity, members, author } = facts
  await writeAudit(db, {
    actor: author,
    act,
    subject: id,
    facts: { write, record: entity, system: target.system, entity: target.entity, fields: [...members] },
  })
}

function discarded(at: string): KeptProblem {
  return { code: 'record.write.discarded', message: 'An admin has given this write up.', at }
}

function unknownWrite(): HubError {
  return new HubError({
    code: 'record.write.unknown',
    family: 'reject',
    status: 404,
    message: 'There is no write with this id (any more).',
    where: '{write}',
    fix: 'Writes are forgotten some days after they ended; read the record itself.',
  })
}

function otherState(): HubError {
  return new HubError({
    code: 'record.write.other-state',
    family: 'reject',
    status: 409,
    message: 'The write is in another state meanwhile.',
    fix: 'Read it again.',
  })
}
