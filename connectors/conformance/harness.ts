/**
 * What a connector's author supplies so that the conformance kit can try it: a real system to read from and write to, and
 * the hands to change it behind the connector's back. Members left out make the checks that need them "not applicable".
 */
import type { ConnectorSpec, EntityConfig } from '../../hub/contracts/connector.ts'
import type { JsonObject } from '../../hub/contracts/json.ts'

export interface ConnectorHarness {
  spec: ConnectorSpec
  /** Checks that the connector does not pass, by number, each with the reason. One that would pass now fails the run. */
  waivers?: Record<number, string>
  start(): Promise<SystemUnderTest>
}

export type Mode = 'poll' | 'log'

/** Every test entity has these fields beside its key; `amount` is an integer, `name` and `note` may be null. */
export interface TestFields {
  name?: string | null
  note?: string | null
  amount?: number
}

export interface TestRecord extends TestFields {
  /** Text; may have any character. */
  id: string
}

export interface SystemUnderTest {
  /** Through `proxy`, where the harness offers one. */
  settings: JsonObject
  wrongPassword: JsonObject
  /** Nobody listens there. */
  unreachable: JsonObject
  /** An account that may connect, but not read the entities. */
  withoutRights: JsonObject
  /** Texts that must never be in a log or an error. */
  secrets: string[]
  modes: Mode[]
  /** An empty entity of its own, with the fields id, name, note and amount, read by `mode` in pages of `pageSize`. */
  freshEntity(mode: Mode, options?: { pageSize?: number; lookBackSeconds?: number }): Promise<TestEntity>
  /** An entity with one record of each type the system has, and the `data` that is wanted for it. */
  types?(mode: Mode): Promise<{ entity: TestEntity; insert(): Promise<void>; expected: JsonObject; key: string }>
  /** Faults by the system's own codes, and how each must be classified. */
  faults?(entity: TestEntity): FaultCase[]
  /** Takes from the log what lies behind the checkpoint: drops the slot, purges the log. */
  losePosition?(entity: TestEntity): Promise<void>
  /** Ends the system hard and starts it again, on the same address. */
  killAndRestart?(): Promise<void>
  proxy?: TcpProxy
  /** What the client sends to commit, to cut the line right after it. */
  commitWords?: string
  stop(): Promise<void>
}

export interface TestEntity {
  config: EntityConfig
  /** Inserts or updates, all in one transaction; a watermark, where the entity has one, is the time of now. */
  put(records: readonly TestRecord[]): Promise<void>
  /** Like put, with one watermark for all. */
  putAt?(records: readonly TestRecord[], watermark: Date): Promise<void>
  /** Several states of one record in one transaction, in this order. */
  putInOneTransaction?(states: readonly TestRecord[]): Promise<void>
  /** Writes, but makes it visible only with `commit`. */
  putLate?(records: readonly TestRecord[], watermark: Date): Promise<{ commit(): Promise<void> }>
  remove(ids: readonly string[]): Promise<void>
  /** All records, read by other means than the connector. */
  oracle(): Promise<TestRecord[]>
  addField?(name: string): Promise<void>
  dropField?(name: string): Promise<void>
  /** Fills the entity with `count` records. */
  fill(count: number): Promise<void>
}

export interface FaultCase {
  title: string
  run(open: (settings?: JsonObject) => Promise<import('../../hub/contracts/connector.ts').Connector>): Promise<unknown>
  code: string
  family: string
}

export interface TcpProxy {
  /** Breaks all connections in the middle of whatever they do. */
  cut(): void
  /** Breaks all connections once this many more bytes have come from the system. */
  cutAfterBytes(bytes: number): void
  /** Breaks a connection right after it has sent these words to the system. */
  cutAfterWords(words: string): void
  /** Keeps connections open, but lets nothing through. */
  freeze(): void
  thaw(): void
  refuse(): void
  accept(): void
  readonly openConnections: number
  close(): Promise<void>
}
