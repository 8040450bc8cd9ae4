import type { Lane } from './change.ts'
import type { CanonicalEntity } from './canonical.ts'
import type { HubError } from './hub-error.ts'
import type { JsonObject } from './json.ts'

/**
 * A connector talks one system's protocol and nothing else: it never sees the database, the bus or another connector.
 * The engine (hub/intake/connector-engine) calls it, gives all connectors the same retry, circuit breaker, rate budget,
 * metrics and checkpoints, and turns what it yields into changes.
 *
 * Every method may throw a HubError; its family says what the engine does: `retry` (again after `retryAfterMs` or the
 * back-off), `reject` (this record is at fault: report it, go on), `config` (stop, tell the operator), `bug`.
 */
export interface ConnectorSpec<Config extends object = JsonObject> {
  /** `postgres`, `salesforce`, ... the value of `connector:` in config/systems/<name>.yaml. */
  name: string
  title: string
  /** One paragraph for the README and the console. */
  description: string
  /** Each setting once: from it come validation, types of the form, the README's table. */
  settings: SettingsSchema
  /** The same for the `options` of an entity, where the connector has any. */
  entityOptions?: SettingsSchema
  capabilities: ConnectorCapabilities
  /** What its tests were run against: told in the README and in docs/connectors.md, so that nobody trusts it for more than was tried. */
  verification: Verification
  /** Connects to nothing yet: every process may hold one, also only for `receive`. */
  open(config: Config, context: ConnectorContext): Promise<Connector>
}

export interface Verification {
  by: 'real server' | 'fake checked by independent clients' | 'unchecked fake'
  /** A sentence or two: which server and version, or which clients have checked the fake, and what was not tried. */
  how: string
  /** Environment variable that names a real system; where it is set, the live test runs against that one. */
  liveEnvironment?: string
}

/**
 * A JSON Schema (2020-12) object whose properties may carry `secret: true`; a secret is never logged, shown or stored in
 * plain text. Properties may nest.
 */
export interface SettingsSchema {
  type: 'object'
  properties: Record<string, SettingSchema>
  required?: string[]
  additionalProperties: false
}

export interface SettingSchema {
  type: 'string' | 'integer' | 'number' | 'boolean' | 'array' | 'object'
  title: string
  description: string
  secret?: boolean
  default?: unknown
  enum?: string[]
  minimum?: number
  maximum?: number
  /** Of an array. A whole schema where the items are documents of their own. */
  items?: { type: 'string' | 'integer' | 'number' | 'object' } | SettingSchema
  /** Of an object: its members, and no others. Without it an object may have any. */
  properties?: Record<string, SettingSchema>
  required?: string[]
  /** Comes with `properties`. */
  additionalProperties?: false
  examples?: unknown[]
}

export interface ConnectorCapabilities {
  discover: boolean
  backfill: boolean
  poll: boolean
  subscribe: boolean
  receive: boolean
  write: boolean
  /** Whether it makes records under keys that the system gives them (`Connector.create`). Absent: it does not. */
  create?: boolean
  /** Whether deletes surface in each way of reading; what is declared false is told to the operator. */
  deletes: { poll: boolean; subscribe: boolean }
}

export interface ConnectorContext {
  system: string
  /** Aborts when the system is paused or the hub stops. Long calls must end on it. */
  signal: AbortSignal
  /** Wall clock in ms, handed in so that tests can turn it. */
  now(): number
  log: ConnectorLog
  /**
   * To be awaited before every request to the system: resolves when the system's rate budget allows one. Rejects once
   * `signal` has aborted. A database connector counts each statement that reads a page or writes a record.
   */
  call(): Promise<void>
  /** Where the system can push to: `https://hub.example/v1/hooks/<system>`. Needed for WSDLs and for registering hooks. */
  hookUrl: string
}

export interface ConnectorLog {
  debug(facts: Record<string, unknown>, text: string): void
  info(facts: Record<string, unknown>, text: string): void
  warn(facts: Record<string, unknown>, text: string): void
}

/** One entity of a system as config/systems/<name>.yaml names it; `options` are the connector's own (table, columns, ...). */
export interface EntityConfig {
  entity: string
  options: JsonObject
  /**
   * How the engine follows the entity. `log`: `backfill` runs beside `subscribe` on the same Connector, begins after
   * subscribe's first page, and gives its records a sequence on the log's scale. Default `poll`.
   */
  mode?: 'poll' | 'log'
}

export interface Connector {
  /** Connects, authenticates and tries the rights it needs, also those to read `entities`. Distinct HubError codes: `connector.auth`, `connector.unreachable`, `connector.forbidden`. */
  check(entities?: readonly EntityConfig[]): Promise<CheckResult>
  /** The record types that the system has. Stable: the same system gives the same answer, in the same order. */
  discover?(): Promise<DiscoveredEntity[]>
  /**
   * Reads everything that is there, in a stable key order, from `checkpoint` (null: from the beginning).
   * Yields pages; the engine stores `page.checkpoint` only after the page's records are durable, then asks for the next.
   */
  backfill?(entity: EntityConfig, checkpoint: Checkpoint | null): AsyncIterable<Page>
  /**
   * One pass over what changed since `checkpoint`; ends when there is nothing new. The engine calls it again on its schedule.
   * Without a checkpoint it reads nothing old: it yields one page without records, whose checkpoint is the place of now. The
   * engine asks for that place before it starts the snapshot, so that nothing falls between the two.
   */
  poll?(entity: EntityConfig, checkpoint: Checkpoint | null): AsyncIterable<Page>
  /**
   * Follows the system's log or push channel for several entities at once; ends only on abort or by throwing. The first
   * page comes at once: it holds the log at its checkpoint (without one: at the place of now), though it may have no records.
   * Asking for the next page says that the last one is durable and its checkpoint stored: only then may the connector let
   * the system forget what lies before (acknowledge an LSN, an offset).
   */
  subscribe?(entities: readonly EntityConfig[], checkpoint: Checkpoint | null): AsyncIterable<Page>
  /**
   * Turns a push in the system's own format (HTTP, `hookUrl`) into records. Nobody has looked at the caller before: the
   * connector checks the signature or the password itself and throws `connector.push.unauthorized`. What it can't read it
   * refuses with a `reject` HubError. Deliveries repeat: the records' `version` must be the same each time.
   */
  receive?(request: PushRequest): Promise<PushResult>
  /**
   * What `receive` has thrown, in the system's own format (a SOAP fault). `error` is what the caller may be told. Undefined, or
   * absent: problem+json with the error's status.
   */
  refuse?(error: HubError, request: PushRequest): PushAnswer | undefined
  /** Writes records, idempotently, each with an optional precondition; answers per record, in order. */
  write?(entity: EntityConfig, writes: readonly RecordWrite[]): Promise<WriteResult[]>
  /**
   * Makes records of an entity whose keys the system gives; answers per record, in order. One effect as far as the system can
   * hold a mark of the idempotencyKey: the record with the mark is looked up first, so that a create whose answer was lost
   * finds what it made. Where an entity has no place for a mark, a create is done at most once: see `RecordCreate.mayExist`.
   */
  create?(entity: EntityConfig, creates: readonly RecordCreate[]): Promise<CreateResult[]>
  /**
   * Who names a new record of this entity: `system`: made by `create`; `hub`: made by `write` without `expected`, under a key that the
   * hub chooses. Absent: `system` where there is `create`, else `hub`. Throws `connector.settings` for wrong options.
   */
  keysFrom?(entity: EntityConfig): 'system' | 'hub'
  /** Deletes for those of these keys that the system no longer has: finds what was deleted in a gap. At most 1,000 keys a call. */
  missing?(entity: EntityConfig, keys: readonly string[]): Promise<SourceRecord[]>
  /**
   * The system is not followed any more: releases what it holds for the hub (a replication slot, a subscription), and answers
   * what that was, in words for the operator. Nothing there: an empty list. May be called without `subscribe` before.
   */
  forget?(): Promise<string[]>
  close(): Promise<void>
}

/** A position, opaque to the engine, JSON, at most 64 KiB. */
export type Checkpoint = JsonObject

export interface Page {
  records: SourceRecord[]
  /** Where to go on once these records are durable; null: not a place to resume from. */
  checkpoint: Checkpoint | null
  /** Backfill only: rows there are in all, as far as known. */
  totalEstimate?: number
  /**
   * The position asked for no longer exists (purged log, missing slot, expired replay id): changes may be missing.
   * The engine reports it and takes a new snapshot. The page's checkpoint is the place from which reading goes on: it is
   * held before the snapshot begins.
   */
  gap?: string
}

export interface SourceRecord {
  entity: string
  key: string
  kind: 'upsert' | 'delete'
  /** See Change.sequence. Absent: order of acceptance. */
  sequence?: string
  sequenceType?: 'Integer'
  /** When it changed in the system, ISO 8601, where the system says so. */
  time?: string
  /** Makes the change's id with entity and key, so that the same reading twice is one change: a watermark, an LSN, a hash. */
  version: string
  /** The idempotencyKey of the hub's own write that made this change, where the system can tell. */
  writtenBy?: string
  data: JsonObject | null
}

export interface CheckResult {
  /** `PostgreSQL 15.18`, ... */
  serverVersion: string
  warnings: string[]
}

export interface DiscoveredEntity {
  entity: string
  keyFields: string[]
  fields: { name: string; type: string; nullable: boolean }[]
  /** Options for config/systems/<name>.yaml that would read it. */
  suggestedOptions: JsonObject
}

export interface PushRequest {
  method: 'GET' | 'POST'
  /** By lower-case name. */
  headers: Record<string, string>
  query: Record<string, string>
  /** As it came, so that signatures can be checked; at most 8 MiB. Empty with GET. */
  body: Buffer
}

export interface PushResult {
  records: SourceRecord[]
  /** Given only once the records are durable. */
  answer: PushAnswer
  /** The same in the system's own format for records that the hub could not take. Absent: problem+json with the error's status. */
  refuse?(error: HubError): PushAnswer
}

export interface PushAnswer {
  status: number
  contentType: string
  body: string
  headers?: Record<string, string>
}

export interface RecordWrite {
  key: string
  /** Native fields to set, as the inverse mapping made them. */
  fields: JsonObject
  /** Values last seen; the write happens only where the system still has them. Absent: no precondition. */
  expected?: JsonObject
  /** The same key twice is one effect. */
  idempotencyKey: string
}

export type WriteResult =
  | { outcome: 'written'; key: string; version?: string }
  | { outcome: 'conflict'; key: string; current: JsonObject | null }
  | { outcome: 'failed'; key: string; error: HubError }

export interface RecordCreate {
  /** Native fields, as the inverse mapping made them; without the key. */
  fields: JsonObject
  /** The same key twice is one record. The mark that the system keeps is made of it; at most 200 characters. */
  idempotencyKey: string
  /**
   * It was tried before, and nobody knows what came of it: the hub stopped in the middle. A connector that has no mark to look
   * for must not make the record then, but answers `failed` with `connector.create.unknown`, for somebody to look.
   */
  mayExist?: boolean
}

/**
 * `created`: the record is there, made now or by an earlier try. `failed` with the family `retry`: nothing was made, or the mark
 * will show it: the same create again is safe. With `connector.create.unknown` (family `reject`) it may have been made, and
 * nothing could tell: it must not be tried again by itself.
 */
export type CreateResult =
  { outcome: 'created'; key: string; version?: string } | { outcome: 'failed'; error: HubError }

/** What a mapping turned a source record into. */
export interface CanonicalRecord {
  lane: Lane
  entity: CanonicalEntity
  document: JsonObject
}
