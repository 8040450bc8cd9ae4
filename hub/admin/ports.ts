import type { Lane } from '../contracts/change.ts'
import type { JsonObject } from '../contracts/json.ts'
import type { ErasureDesk } from '../intake/erasure/desk.ts'
import type { MappingPreview } from '../mapping/cases/preview.ts'
import type { ApiKeyStore } from '../security/api-key-store.ts'
import type { Vault } from '../security/vault.ts'
import type { Database } from '../store/database.ts'
import type { ParkedFilter } from '../store/parked-queries.ts'
import type { Queryable } from '../store/queryable.ts'

/** What the admin API asks of the rooms that it may not know; hub/app puts them together. */
export interface AdminPorts {
  db: Database
  parking: ParkingPort
  mappings: MappingsPort
  systems: SystemsPort
  matches: MatchesPort
  writeBacks: WriteBacksPort
  keys: KeysPort
  erasures: Pick<ErasureDesk, 'list' | 'read' | 'confirm' | 'readmit'>
  vault: Pick<Vault, 'state' | 'rotate'>
}

export const ADMIN_PORTS = Symbol('admin ports')

export interface ReplayResult {
  released: number
  parked: number
}

export interface ParkingPort {
  replay(no: number, actor: string): Promise<ReplayResult>
  replayAll(filter: ParkedFilter, actor: string): Promise<ReplayResult>
  discard(no: number, actor: string, reason: string | null): Promise<ReplayResult>
  edit(no: number, data: JsonObject, expectedRevision: number, editor: string): Promise<{ revision: number }>
  dryRun(no: number, data?: JsonObject): Promise<object>
}

export interface MappingHead {
  system: string
  entity: string
  revision: number
}

export interface MappingsPort {
  draft(
    target: { system: string; entity: string },
    text: { document: string; cases: string | null; note: string | null },
    author: string,
  ): Promise<MappingHead>
  publish(head: MappingHead, author: string): Promise<MappingHead>
  rollBack(system: string, entity: string, author: string): Promise<MappingHead>
  /** Runs a document over raw records, beside the mapping in force; throws a HubError where the document is wrong. */
  preview(head: { system: string; entity: string }, document: string, records: readonly JsonObject[]): MappingPreview
  /** The revisions in force, with the canonical entity that each makes. */
  inForce(): readonly (MappingHead & { target: string })[]
}

export interface SystemDescription {
  name: string
  title: string
  connector: string
  /** What the hub reads or takes of it, as its document says. */
  entities: readonly { entity: string; mode: string }[]
}

/** Each act is durable, audited where an actor is given, and obeyed by the process that runs the system within a second. */
export interface SystemsPort {
  /** What the workspace describes. */
  list(): readonly SystemDescription[]
  pause(system: string, actor: string): Promise<void>
  resume(system: string, actor: string): Promise<void>
  /** Asks for everything that the system has, or throws a HubError that says why it can not be read. */
  backfill(
    system: string,
    options: { entities: readonly string[] | null; restart: boolean },
    actor: string,
  ): Promise<void>
  /** Asks for a comparison with what the hub has. */
  reconcile(
    system: string,
    options: { entities: readonly string[] | null; repair: boolean },
    actor: string,
  ): Promise<void>
  /** Has the places forgotten from which reading goes on; null: of all entities. */
  reset(system: string, entity: string | null, actor: string): Promise<void>
  /** Pauses it and has released what it holds for the hub. */
  forget(system: string, actor: string): Promise<void>
}

export interface MatchesPort {
  /** Pairs from this log2 weight on are worth a look. */
  reviewWeight: number
  decide(
    pair: { a: Lane; b: Lane },
    kind: 'must-join' | 'must-not-join',
    act: { author: string; note: string | null },
  ): Promise<{ a: string; b: string }>
}

export interface WriteBacksPort {
  resolve(no: number, winner: 'hub' | 'system', act: { author: string; note: string | null }): Promise<object>
  retry(no: number, author: string): Promise<object>
}

export interface KeysPort {
  store: ApiKeyStore
  /** The same keys as a transaction sees them. */
  storeIn(tx: Queryable): ApiKeyStore
  /** The next request sees what was made or revoked. */
  forget(): void
}
