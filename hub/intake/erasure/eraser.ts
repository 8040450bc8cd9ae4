import { unknownCustomer } from '../../contracts/customer-errors.ts'
import { createHash } from 'node:crypto'
import { type Lane, laneName } from '../../contracts/change.ts'
import { HubError } from '../../contracts/hub-error.ts'
import { HUB_SYSTEM } from '../../contracts/hub-system.ts'
import type { JsonObject } from '../../contracts/json.ts'
import { placeOf, type SecretBox } from '../../security/secret-box.ts'
import { insertOutbox, shiftLedger } from '../../store/apply-writes.ts'
import { familyOf, readCustomer } from '../../store/customer-queries.ts'
import { survivorOf, writeAudit } from '../../store/decision-queries.ts'
import {
  cutRecords,
  deleteEvents,
  deleteBesideRecords,
  deleteParkedRevisions,
  deleteRecords,
  deleteRecordWrites,
  emptyCustomers,
  emptyRecords,
  expireExports,
  forgetHome,
  type OwnRecord,
  recordsOfFamily,
  renameEntries,
} from '../../store/erasure-queries.ts'
import { rememberLanes } from '../../store/erased-lane-queries.ts'
import { erasureOfCustomer, insertErasure, insertTasks, saveCounts } from '../../store/erasure-proof-queries.ts'
import { lockIdentityAlone } from '../../store/identity-lock.ts'
import { ENTRY_STATE } from '../../store/ledger-queries.ts'
import { parkedInLanes, unpark } from '../../store/parked-queries.ts'
import type { Queryable } from '../../store/queryable.ts'
import { saveRecordSearch } from '../../store/record-search-queries.ts'
import { isCanonicalEntity } from '../../contracts/canonical.ts'
import type { PipelineTools } from '../pipeline/apply-batch.ts'
import { type Moment, outboxRow } from '../pipeline/events.ts'
import { foundBy } from '../pipeline/record-search.ts'
import { termsOf, tiedRecords } from './gather.ts'
import type { PrivacyPolicy } from './privacy-policy.ts'
import type { ErasureReason } from './reasons.ts'
import { type SweepWork, workText } from './sweep-work.ts'

export interface ErasureOrder {
  customerId: string
  reason: ErasureReason
  note: string | null
  /** ISO 8601: when the person asked for it. */
  requestedAt: string | null
  author: string
}

export interface EraserParts {
  tools: PipelineTools
  policy: PrivacyPolicy
  box: SecretBox
}

/** Hub ids of records that the event and the proof name at most. */
const RECORDS_TOLD_MAX = 1_000

/**
 * Erases a customer in the caller's transaction: everything that an index leads to. What is left is found by sweeps, whose work
 * is kept with the erasure. Under the lock on identity no change of any process is applied meanwhile, so each comes before, and
 * is erased, or after, and is discarded. Returns the id of the erasure; the same one where there was one before.
 *
 * Throws `customer.unknown` (404), `customer.erasure.joined` (409) and `customer.erasure.note-names-person` (422).
 */
export async function erase(db: Queryable, parts: EraserParts, order: ErasureOrder): Promise<string> {
  await lockIdentityAlone(db)
  const survivor = await survivorOf(db, order.customerId)
  if (survivor === undefined) throw unknownCustomer()
  const before = await erasureOfCustomer(db, survivor.survivor)
  if (before !== undefined) return before.id
  if (survivor.survivor !== order.customerId) throw joinedCustomer(survivor.survivor)
  const customers = await familyOf(db, survivor.survivor)
  const own = await recordsOfFamily(db, customers)
  const tied = await tiedRecords(db, own)
  const golden = JSON.parse((await readCustomer(db, survivor.survivor))?.golden ?? '{}') as JsonObject
  const person: Person = {
    id: survivor.survivor,
    customers,
    own,
    kept: tied.filter(({ target }) => parts.policy.keeps(target)),
    gone: tied.filter(({ target }) => !parts.policy.keeps(target)),
    golden,
  }
  refuseName(order.note, person)
  return take(db, parts, order, person)
}

interface Person {
  id: string
  /** Itself and all that were joined into it. */
  customers: string[]
  own: OwnRecord[]
  /** Records of other entities. */
  kept: OwnRecord[]
  gone: OwnRecord[]
  golden: JsonObject
}

async function take(db: Queryable, parts: EraserParts, order: ErasureOrder, person: Person): Promise<string> {
  const { tools, policy } = parts
  const moment = tools.moment()
  const [id, eventId] = [moment.newId(), moment.newId()]
  const { own, kept, gone, customers } = person
  const all = [...own, ...gone, ...kept]
  const hashes = new Map(all.map((row) => [row.no, tools.erasure.hashOf(laneName(row))]))
  const hashOf = ({ no }: OwnRecord): Buffer => hashes.get(no) ?? Buffer.alloc(0)
  const counts = await clear(db, parts, person, hashOf)
  const records = fatesOf(policy, kept, gone)
  const { reason, note, requestedAt, author: actor } = order
  const row = { id, customerId: person.id, customers, reason, note, requestedAt, actor, erasedAt: moment.now, eventId }
  const work = parts.box.seal(placeOf('erasure', 'work', id), workText(workOf(person, all)))
  const told = JSON.stringify(records.slice(0, RECORDS_TOLD_MAX))
  // The end of the log is noted once no event of the person can come into it any more.
  await insertErasure(db, { ...row, counts: '{}', records: told, work })
  Object.assign(counts, await deleteEvents(db, customers))
  await saveCounts(db, id, counts)
  await rememberLanes(
    db,
    all.map((record) => ({ hash: hashOf(record), erasureId: id, kept: kept.includes(record), seen: 0 })),
  )
  const tasks = [...own, ...gone].map((one) => ({ ...one, hash: hashOf(one), confirmedBy: doneBy(one) }))
  await insertTasks(db, id, tasks)
  const open = tasks.filter(({ confirmedBy }) => confirmedBy === null)
  await tell(db, moment, { ...row, records }, open)
  const facts = {
    ...{ erasure: id, reason, requestedAt, counts },
    customers: customers.length,
    customersHash: hashOfIds(customers),
    records: { erased: gone.length, keptWithoutPerson: kept.length },
  }
  await writeAudit(db, { actor, act: 'customer.erase', subject: person.id, facts })
  return id
}

/** Takes away what an index leads to. Counts by table. */
async function clear(
  db: Queryable,
  { tools, policy }: EraserParts,
  { customers, own, gone, kept }: Person,
  hashOf: (record: OwnRecord) => Buffer,
): Promise<Record<string, number>> {
  const all = [...own, ...gone, ...kept]
  const emptied = gone.map((row) => ({ no: row.no, key: `erased:${hashOf(row).toString('hex')}` }))
  const ids = all.flatMap(({ publicId }) => publicId ?? [])
  const parked = await discardParked(db, tools, all)
  const revisions = await deleteParkedRevisions(db, all)
  const writes = await deleteRecordWrites(db, ids, all)
  const entries = await renameEntries(
    db,
    all.map(({ changeNo }) => changeNo),
  )
  const beside = await deleteBesideRecords(
    db,
    all.map(({ no }) => no),
  )
  const records = await deleteRecords(
    db,
    own.map(({ no }) => no),
  )
  await forgetHome(db, customers)
  const exports = await expireExports(db)
  return {
    ...beside,
    ...(await emptyCustomers(db, customers)),
    parked_change: parked,
    parked_revision: revisions,
    record_write: writes,
    change_entry: entries,
    source_record: records,
    source_record_emptied: await emptyRecords(db, emptied),
    source_record_cut: await cutKept(db, policy, kept),
    bulk_export: exports,
  }
}

/** SHA-256 over the sorted ids with line breaks between: who has the ids can show that they are the ones that were meant. */
function hashOfIds(ids: readonly string[]): string {
  return createHash('sha256')
    .update([...ids].sort().join('\n'))
    .digest('hex')
}

/** Changes that wait or were parked are given up: nobody is to repair what must not be applied. */
async function discardParked(db: Queryable, tools: PipelineTools, lanes: readonly Lane[]): Promise<number> {
  const parked = await parkedInLanes(db, lanes)
  if (parked.length === 0) return 0
  const numbers = parked.map(({ no }) => no)
  const count = await unpark(db, numbers, ENTRY_STATE.discarded)
  await renameEntries(db, numbers)
  await shiftLedger(db, tools.shard, { parked: -count, discarded: count })
  return count
}

async function cutKept(db: Queryable, policy: PrivacyPolicy, kept: readonly OwnRecord[]): Promise<number> {
  const cut = kept.map((row) => {
    const document = row.document === null ? null : (JSON.parse(row.document) as JsonObject)
    return { row, document: document === null ? null : policy.cut(row.target, document) }
  })
  const count = await cutRecords(
    db,
    cut.map(({ row, document }) => ({ no: row.no, document: document === null ? null : JSON.stringify(document) })),
  )
  await saveRecordSearch(
    db,
    cut.flatMap(({ row, document }) => {
      const { target } = row
      if (document === null || target === null || !isCanonicalEntity(target) || target === 'customer') return []
      return [{ recordNo: row.no, target, ...foundBy(target, document, row.system), changedAt: row.changedAt }]
    }),
  )
  return count
}

type Fate = JsonObject & { entity: string; id: string; fate: 'erased' | 'kept-without-person' }

function fatesOf(policy: PrivacyPolicy, kept: readonly OwnRecord[], gone: readonly OwnRecord[]): Fate[] {
  const fate = (rows: readonly OwnRecord[], what: Fate['fate']): Fate[] =>
    rows.flatMap(({ target, publicId }) => {
      if (target === null || publicId === null) return []
      const reason = what === 'erased' ? null : policy.reasonOf(target)
      return [{ entity: target, id: publicId, fate: what, ...(reason === null ? {} : { reason }) }]
    })
  return [...fate(gone, 'erased'), ...fate(kept, 'kept-without-person')]
}

/** Records of the hub's own, and those that their system deleted before, are nobody's task. */
function doneBy({ system, deleted }: OwnRecord): string | null {
  if (system === HUB_SYSTEM) return HUB_SYSTEM
  return deleted ? 'system' : null
}

async function tell(
  db: Queryable,
  moment: Moment,
  erasure: {
    id: string
    customerId: string
    customers: readonly string[]
    erasedAt: string
    eventId: string
    records: Fate[]
  },
  open: readonly OwnRecord[],
): Promise<void> {
  const data = JSON.stringify({
    erasure: erasure.id,
    customers: erasure.customers,
    erasedAt: erasure.erasedAt,
    references: open.map(({ system, entity, key }) => ({ system, entity, key })),
    records: erasure.records.slice(0, RECORDS_TOLD_MAX).map(({ entity, id, fate }) => ({ entity, id, fate })),
  })
  const subject = erasure.customerId
  const row = outboxRow(moment, { type: 'customer.erased', subject, customerId: subject, data, golden: null })
  await insertOutbox(db, [{ ...row, id: erasure.eventId }])
}

function workOf({ customers, own, golden }: Person, all: readonly OwnRecord[]): SweepWork {
  const documents = own.flatMap(({ document }) => (document === null ? [] : [JSON.parse(document) as JsonObject]))
  const changes = own.map(({ system, entity, key }) => ({ system, entity, key }))
  return {
    customers,
    records: all.flatMap(({ publicId }) => publicId ?? []),
    ownLanes: changes,
    ...termsOf([golden, ...documents], all),
  }
}

/** The proof outlives the person, so nobody may write the person into it. */
function refuseName(note: string | null, { golden, own }: Person): void {
  if (note === null) return
  const { texts } = termsOf([golden], own)
  const { name, organization } = golden as { name?: JsonObject; organization?: JsonObject }
  const names = [name?.given, name?.family, organization?.legalName]
    .filter((value) => typeof value === 'string' && value.length >= NAME_MIN)
    .map((value) => String(value).toLowerCase())
  const keys = own.map(({ key }) => key.toLowerCase()).filter((key) => key.length >= NAME_MIN)
  const text = ` ${note.toLowerCase()} `
  const found = [...texts, ...keys].some((one) => text.includes(one)) || names.some((one) => wordIn(text, one))
  if (!found) return
  throw new HubError({
    code: 'customer.erasure.note-names-person',
    family: 'reject',
    message: 'The note names the person or a key of one of its records, and it stays as part of the proof.',
    where: '/note',
    fix: 'Write it without names, addresses and numbers; a reference to the request in your own files will do.',
  })
}

const NAME_MIN = 3

function wordIn(text: string, word: string): boolean {
  const at = text.indexOf(word)
  return at >= 0 && !/\p{L}/u.test(text.charAt(at - 1)) && !/\p{L}/u.test(text.charAt(at + word.length))
}

function joinedCustomer(survivor: string): HubError {
  return new HubError({
    code: 'customer.erasure.joined',
    family: 'reject',
    status: 409,
    message: 'This customer was joined into another one, which would be erased with it.',
    where: '{id}',
    fix: `Erase ${survivor}, or split it first where only a part of it is the person who asked.`,
    facts: { survivor },
  })
}
