import { refusedError } from '../../contracts/rule-refusal.ts'
import { HubError } from '../../contracts/hub-error.ts'
import { HUB_SYSTEM } from '../../contracts/hub-system.ts'
import { ifMatchHolds } from '../../contracts/if-match.ts'
import type { Json, JsonObject } from '../../contracts/json.ts'
import { shapedCustomer } from '../../golden/customer-shape.ts'
import { valueAt } from '../../golden/write-back/wants.ts'
import { overridesOf } from '../../store/apply-queries.ts'
import type { GoldenRow } from '../../store/customer-queries.ts'
import { writeAudit } from '../../store/decision-queries.ts'
import type { Queryable } from '../../store/queryable.ts'
import { writeBacksOfCustomer } from '../../store/write-back-queries.ts'
import type { ApiPorts, EditOrder } from '../ports.ts'
import { coreOf, invalidCustomer } from './customer-refusals.ts'
import { findCustomer } from './find-customer.ts'
import { keepFor, keptBefore, type OnceRequest } from './idempotent.ts'
import { withMember } from './included-records.ts'
import { writeBackState } from './write-back-view.ts'

export interface EditRequest {
  id: string
  /**
   * What the customer is to be, made of what it is (without the hub's own members); may throw, and may be asked again where
   * another change came first.
   */
  wanted(core: JsonObject): JsonObject
  /** Asked in the same transaction, once it is known that the customer could be so; throws where it is not to be. */
  accept?(db: Queryable, row: GoldenRow): Promise<void>
  /** null: whatever the newest version is. */
  ifMatch: string | null
  once: OnceRequest
  author: string
  /** JSON text of the answer's body; absent: the customer with `writeBack`. */
  body?(golden: string, writeBack: string): string
}

export interface EditAnswer {
  id: string
  version: number
  /** JSON text of the answer's body. */
  text: string
  /** The same request was answered before, with this. */
  isReplay: boolean
}

/**
 * Sets fields of a customer; see CustomerEdits for what that means. Of somebody of whom only the hub knows, its own record is
 * edited. Everything is checked, decided and stored in one transaction.
 */
export async function editCustomer(ports: ApiPorts, request: EditRequest): Promise<EditAnswer> {
  const { ifMatch, once } = request
  return ports.edits.edit<EditAnswer>(
    async (db) => {
      const kept = await keptBefore(db, once)
      if (kept !== undefined) {
        const { id, version } = JSON.parse(kept.headers) as { id: string; version: number }
        return { id, version, text: kept.body, isReplay: true }
      }
      const row = await findCustomer(db, request.id)
      if (row.state !== 0) throw notActive()
      if (ifMatch !== null && !ifMatchHolds(ifMatch, [`"${row.id}.${row.version}"`])) throw changedMeanwhile()
      const overrides = await overridesOf(db, [row.id])
      const own = overrides.length === 0 ? await ports.prospects.only(db, row.id) : undefined
      if (own === undefined) return orderOf(ports, db, row, overrides, request)
      await editOwn(ports, db, row, own, request)
      return answerFor(db, row.id, request)
    },
    (db, { customerId }) => answerFor(db, customerId, request),
  )
}

async function answerFor(db: Queryable, customerId: string, { once, body }: EditRequest): Promise<EditAnswer> {
  const row = await findCustomer(db, customerId)
  const writeBack = (await writeBacksOfCustomer(db, row.id)).filter(({ state }) => state !== 0).map(writeBackState)
  const told = JSON.stringify(writeBack)
  const text = body?.(row.golden, told) ?? withMember(row.golden, 'writeBack', told)
  const { id, version } = row
  await keepFor(db, once, { status: 200, headers: { id, version }, body: text })
  return { id, version, text, isReplay: false }
}

/** Where edits come from, for rules that ask. */
const EDITED = { system: HUB_SYSTEM, entity: 'customer' } as const

async function orderOf(
  ports: ApiPorts,
  db: Queryable,
  row: GoldenRow,
  overrides: readonly { path: string; yields: boolean }[],
  request: EditRequest,
): Promise<EditOrder> {
  const { survivorship } = ports
  const core = coreOf(row.golden)
  const after = checked(ports, core, request.wanted(core))
  const paths = survivorship.changedPaths(core, after)
  const decided = overrides.filter(({ yields }) => !yields).map(({ path }) => path)
  const stands = paths.find((path) => decided.some((one) => path === one || path.startsWith(`${one}.`)))
  if (stands !== undefined) throw stewardDecided(stands)
  await request.accept?.(db, row)
  const values = new Map(paths.map((path): [string, Json] => [path, valueAt(after, path) ?? null]))
  return { customerId: row.id, values, author: request.author, at: new Date().toISOString() }
}

/** The customer as it is to be; throws what its schema or a rule has against it that they had not against what it was. */
function checked({ validator, changeRules }: ApiPorts, before: JsonObject, wanted: JsonObject): JsonObject {
  const faults = validator.validate('customer', wanted, { all: true })
  if (faults[0] !== undefined) throw invalidCustomer(faults)
  const after = shapedCustomer(wanted)
  const refusal = changeRules.refusal('customer', after, { source: EDITED, at: new Date().toISOString(), before })
  if (refusal !== undefined) throw refusedError(refusal)
  return after
}

/** The hub is the system of record: what is said is the record, and not a word beside it that outranks later ones. */
async function editOwn(
  ports: ApiPorts,
  db: Queryable,
  row: GoldenRow,
  own: { key: string; document: JsonObject },
  request: EditRequest,
): Promise<void> {
  const before = shapedCustomer(own.document)
  const document = checked(ports, before, request.wanted(own.document))
  if (document.status === 'active') throw noSystem()
  await request.accept?.(db, row)
  const fields = ports.survivorship.changedPaths(before, document)
  if (fields.length === 0) return
  await ports.prospects.replace(db, { key: own.key, document, at: new Date().toISOString() })
  await writeAudit(db, { actor: request.author, act: 'customer.edit', subject: row.id, facts: { fields } })
}

/** For operations that want to know which version an edit was made on. */
export function neededPrecondition(ifMatch: string | undefined): string {
  if (ifMatch !== undefined) return ifMatch
  throw new HubError({
    code: 'request.precondition.missing',
    family: 'reject',
    status: 428,
    message: 'An edit says which version of the customer it was made on.',
    where: 'If-Match',
    fix: 'Send the ETag of the customer as you read it in the header If-Match.',
  })
}

function changedMeanwhile(): HubError {
  return new HubError({
    code: 'customer.changed-meanwhile',
    family: 'reject',
    status: 412,
    message: 'The customer has changed since you read it.',
    where: 'If-Match',
    fix: 'Read it again, and edit what it is now.',
  })
}

function notActive(): HubError {
  return new HubError({
    code: 'customer.edit.not-active',
    family: 'reject',
    status: 409,
    message: 'This customer has no source records any more, so there is nothing to edit.',
    where: '{id}',
  })
}

function stewardDecided(path: string): HubError {
  return new HubError({
    code: 'customer.edit.decided',
    family: 'reject',
    status: 409,
    message: 'A steward has decided on this field; that word stands until it is taken back.',
    where: `/${path.replace('.', '/')}`,
    fix: 'Ask a steward.',
  })
}

function noSystem(): HubError {
  return new HubError({
    code: 'customer.edit.no-system-of-record',
    family: 'reject',
    message: 'Somebody of whom only the hub knows becomes an active customer when a system of record gets them.',
    where: '/status',
    fix: 'Enter them in the system of record; the hub recognizes them and keeps this id.',
  })
}
