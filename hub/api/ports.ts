import type { CanonicalEntity } from '../contracts/canonical.ts'
import type { Change, Lane } from '../contracts/change.ts'
import type { PushAnswer, PushRequest } from '../contracts/connector.ts'
import type { Json, JsonObject } from '../contracts/json.ts'
import type { Refusal } from '../contracts/rule-refusal.ts'
import type { RecordWriteDesk } from '../delivery/record-writes/desk.ts'
import type { ErasureDesk } from '../intake/erasure/desk.ts'
import type { ErasureOrder } from '../intake/erasure/eraser.ts'
import type { ExportDesk } from '../delivery/bulk/export-desk.ts'
import type { SubscriptionDesk } from '../delivery/webhooks/desk.ts'
import type { ImportDesk } from '../intake/bulk/import-desk.ts'
import type { Principal } from '../security/key-verifier.ts'
import type { Database } from '../store/database.ts'
import type { Queryable } from '../store/queryable.ts'

/** What the public API asks of the rooms that it may not know; hub/app puts them together. */
export interface ApiPorts {
  db: Database
  changes: ChangesPort
  hooks: HooksPort
  imports: Pick<ImportDesk, 'run' | 'view' | 'list' | 'faults' | 'cancel'>
  exports: Pick<ExportDesk, 'create' | 'wake' | 'read' | 'list' | 'data' | 'end'>
  decisions: DecisionsPort
  stewardship: StewardshipPort
  survivorship: SurvivorshipPort
  edits: EditsPort
  erasures: ErasuresPort
  prospects: ProspectsPort
  records: RecordsPort
  validator: ValidatorPort
  changeRules: ChangeRulesPort
  /** The source entities of a system that have a mapping in force. */
  entitiesOf(system: string): readonly string[]
  /** Turns a query into words as the search index has them. */
  foldForSearch(text: string): string
  tail: EventTailPort
  subscriptions: SubscriptionsPort
  /** The AsyncAPI document as JSON text. */
  asyncApi: string
  /** Aborts when the process is told to stop. */
  stopping: AbortSignal
}

export const API_PORTS = Symbol('api ports')

export interface ChangesPort {
  /** Reads the changes of a request on behalf of somebody; throws a HubError for the first fault, with all of them. */
  parse(request: ChangesRequest, principal: Principal): Change[]
  /** Resolves once all of them are durable. */
  accept(changes: readonly Change[]): Promise<{ accepted: number; duplicates: number }>
}

export interface HooksPort {
  /** A push in a system's own format; the answer once its records are durable, or a HubError. */
  receive(system: string, request: PushRequest): Promise<PushAnswer>
}

/** A rule as channel developers see it. */
export interface RuleEntry {
  name: string
  title: string
  sentence: string
  revision: number
  validFrom: string | null
  validTo: string | null
  reads: readonly string[]
  /** What the rule makes out of that where it is not sent. */
  fills: readonly { member: string; from: readonly string[]; says: string }[]
  input: JsonObject
  output: JsonObject
}

export interface DecisionsPort {
  /** The rules that hold now, by name. */
  rules(): RuleEntry[]
  /** Throws `rule.unknown` (404). */
  rule(name: string): RuleEntry
  /** Decides and keeps what was decided; `at` in ms since 1970, null: now. Throws HubErrors below 500 only. */
  decide(order: {
    rule: string
    input: JsonObject
    at: number | null
    actor: string
    /** A transaction in which the decision is a step. */
    db?: Queryable
  }): Promise<{
    id: string
    rule: string
    revision: number
    customer: string | null
    /** Ids of the records that the caller named and the hub read. */
    records: readonly string[]
    result: JsonObject
    trace: readonly string[]
  }>
}

/** Webhook subscriptions on behalf of a principal. */
export type SubscriptionsPort = Pick<
  SubscriptionDesk,
  'create' | 'list' | 'read' | 'change' | 'delete' | 'rotate' | 'replay' | 'test' | 'attempts'
>

export interface ChangesRequest {
  contentType: string | undefined
  headers: Record<string, string | string[] | undefined>
  body: Buffer
}

export interface StewardAct {
  author: string
  note: string | null
}

export interface StewardshipPort {
  join(firstId: string, secondId: string, act: StewardAct): Promise<{ survivor: string }>
  split(
    customerId: string,
    lanes: readonly Lane[],
    act: StewardAct,
  ): Promise<{ remaining: string; separated: string[] }>
}

export interface SourceOfRecord {
  lane: Lane
  document: JsonObject
  changedAt: string
  mappingRevision: number
  /** When parts of it were said, by path, where that differs. */
  fieldTimes?: Readonly<Record<string, string>>
}

export interface SurvivorshipPort {
  explain(
    sources: readonly SourceOfRecord[],
    overrides: readonly { path: string; value: Json; author: string; at: string }[],
  ): { golden: JsonObject; provenance: object }
  /** Paths of the fields that differ. */
  changedPaths(before: JsonObject, after: JsonObject): string[]
}

/** New values of fields of a customer, by path; null empties. */
export interface EditOrder {
  customerId: string
  values: ReadonlyMap<string, Json>
  author: string
  /** ISO 8601. */
  at: string
}

export type { ErasureOrder }

/** Customers are erased for good, and what is kept of that is no personal data. */
export type ErasuresPort = Pick<ErasureDesk, 'erase' | 'ofCustomer'>

export interface EditsPort {
  /** Both functions run in one transaction, with the edit between them; the first may answer without one. */
  edit<Answer>(
    order: (db: Queryable) => Promise<EditOrder | Answer>,
    answer: (db: Queryable, order: EditOrder) => Promise<Answer>,
  ): Promise<Answer>
  /** Runs what changes customers otherwise than by setting fields, in one transaction under the lock on identity. */
  within<Answer>(run: (db: Queryable) => Promise<Answer>): Promise<Answer>
}

/** People who are no customers yet: records of the hub's own. Within `edits.within` or `edits.edit`. */
export interface ProspectsPort {
  /** Whose record this is; throws what keeps it from being one. `at`: ISO 8601. */
  create(
    db: Queryable,
    prospect: { document: JsonObject; at: string },
  ): Promise<{ customerId: string; matched: boolean }>
  /** The hub's record of a customer that has no other; undefined: it has others, or none of the hub's. */
  only(db: Queryable, customerId: string): Promise<{ key: string; document: JsonObject } | undefined>
  /** The record as it is to be. */
  replace(db: Queryable, record: { key: string; document: JsonObject; at: string }): Promise<void>
}

/** Writes of records other than customers: orders, kept first, then carried to the systems of record. */
export type RecordsPort = Pick<RecordWriteDesk, 'create' | 'patch' | 'settled' | 'find' | 'view' | 'retry' | 'discard'>

export interface ValidatorPort {
  validate(
    entity: 'customer',
    document: JsonObject,
    options: { all: boolean },
  ): readonly { pointer: string; message: string }[]
}

/** The rules in the path of changes, for what does not come by way of a mapping. */
export interface ChangeRulesPort {
  /** What stands against a document, for the moment `at` (ISO 8601), that did not stand against it `before`; undefined: nothing. */
  refusal(
    entity: CanonicalEntity,
    document: JsonObject,
    options: { source: { system: string; entity: string }; at: string; before?: JsonObject },
  ): Refusal | undefined
}

/** Tells where the log of events ends, as soon as it grows. */
export interface EventTailPort {
  /** The last position known; reads it once where nobody has asked yet. */
  position(): Promise<number>
  /** Resolves when the log goes beyond `position`, or when the signal aborts. */
  grown(position: number, signal: AbortSignal): Promise<void>
}
