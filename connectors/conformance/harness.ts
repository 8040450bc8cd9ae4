/**
 * What a connector's author supplies so that the conformance kit can try it: a real system to read from and write to, and
 * the hands to change it behind the connector's back. What a system has no such thing of is named in `lacks`, with the
 * reason; the score table shows it. What is neither offered nor declared fails the check that needs it.
 */
import type {
  Connector,
  ConnectorSpec,
  DiscoveredEntity,
  EntityConfig,
  PushRequest,
} from '../../hub/contracts/connector.ts'
import type { JsonObject } from '../../hub/contracts/json.ts'

export interface ConnectorHarness {
  spec: ConnectorSpec
  /** Where a connector has several harnesses: what this one tries, as `over SFTP`. */
  variant?: string
  /** Checks that the connector does not pass, by number, each with the reason. One that would pass now fails the run. */
  waivers?: Record<number, string>
  /** Debian packages that `start` needs; the test installs those that are missing. */
  packages?: readonly HarnessPackage[]
  start(): Promise<SystemUnderTest>
}

export interface HarnessPackage {
  /** Its name in Debian. */
  package: string
  /** A service that the package brings and that must not be started. */
  service?: string
  present(): boolean
}

/** How changes come: `poll` and `log` are asked for (`poll`, `subscribe`), `push` is brought (`receive`). */
export type Mode = 'poll' | 'log' | 'push'

/** What a system, or the way in which it is tried, may not have. The values tell what would be needed otherwise. */
export const ABILITIES = {
  wrongPassword: 'SystemUnderTest.wrongPassword',
  unreachable: 'SystemUnderTest.unreachable',
  withoutRights: 'SystemUnderTest.withoutRights',
  version: 'a digit in CheckResult.serverVersion',
  types: 'SystemUnderTest.types',
  faults: 'SystemUnderTest.faults',
  losePosition: 'SystemUnderTest.losePosition',
  network: 'SystemUnderTest.proxy',
  restart: 'SystemUnderTest.killAndRestart',
  tornWrite: 'SystemUnderTest.breakAfterCommit, or proxy and commitWords',
  throttle: 'SystemUnderTest.throttle',
  retryAfter: 'a time to wait in what SystemUnderTest.throttle answers',
  malformed: 'SystemUnderTest.malformed or spoiled',
  volume: '100,000 records',
  sharedWatermark: 'TestEntity.putAt',
  lateCommit: 'TestEntity.putLate',
  replay: 'reading again from a checkpoint older than the last one confirmed',
  order: 'several states of one record between two looks at a log or in one push',
  remove: 'TestEntity.remove',
  addField: 'TestEntity.addField',
  dropField: 'TestEntity.dropField',
  absent: 'TestEntity.without or TestEntity.keepsAbsent',
  null: 'a field that is null',
  empty: 'a field that is empty text',
  totalEstimate: 'Page.totalEstimate',
  create: 'records that a write makes under a key that the hub chooses',
  givenKeys: 'SystemUnderTest.numberedEntity',
  precondition: 'RecordWrite.expected',
  badWrite: 'TestEntity.badFields',
  forge: 'TestEntity.forge',
  pushDelete: 'TestEntity.pushDelete',
} as const

export type Ability = keyof typeof ABILITIES

/** Every test entity has these fields beside its key; `amount` is an integer, `name` and `note` may be null. */
export interface TestFields {
  name?: string | null
  note?: string | null
  amount?: number
}

export interface TestRecord extends TestFields {
  /** Text; may have any character. The kit's own name of the record: `TestEntity.keyOf` makes the system's of it. */
  id: string
}

export interface SystemUnderTest {
  /** Through `proxy`, where the harness offers one. */
  settings: JsonObject
  /** What there is no such thing of, each with the reason (a clause: `a folder has no password`). */
  lacks?: Partial<Record<Ability, string>>
  wrongPassword?: JsonObject
  /** Nobody listens there. */
  unreachable?: JsonObject
  /** An account that may connect, but not read the entities. */
  withoutRights?: JsonObject
  /** Texts that must never be in a log or an error. */
  secrets: string[]
  modes: Mode[]
  /** Holds requests back where the system stands no haste; awaited by `context.call()`. */
  pace?(): Promise<void>
  /** Modes in which a record that is read back carries `writtenBy`. In others its values must be those written. */
  marks?: readonly Mode[]
  /** Settings under which a silent peer is given up after about a second. Default: 1000 for each time-out that the spec has. */
  impatient?: JsonObject
  /** An empty entity of its own, with the fields id, name, note and amount, read by `mode` in pages of `pageSize`. */
  freshEntity(mode: Mode, options?: { pageSize?: number; lookBackSeconds?: number }): Promise<TestEntity>
  /** An empty entity with the same fields whose records get their keys from the system, read by polling. */
  numberedEntity?(): Promise<TestEntity>
  /** An entity with one record of each type the system has, and the `data` that is wanted for it. */
  types?(mode: Mode): Promise<TypesCase>
  /** Faults by the system's own codes, and how each must be classified. */
  faults?(entity: TestEntity): FaultCase[]
  /** Input that must be refused: torn, oversize, of the wrong form, with entities that expand. `run` must end with an error. */
  malformed?(entity: TestEntity): MalformedCase[]
  /** The same where bad input ends no call, but is set aside and told, while the good beside it is read. */
  spoiled?(entity: TestEntity): SpoiledCase[]
  /** From now on every request is answered with the order to wait, until `restore`. */
  throttle?(entity: TestEntity, order: { retryAfterSeconds: number }): Throttle | Promise<Throttle>
  /** Takes what lies behind the checkpoint: drops the slot, purges the log, expires the cursor. */
  losePosition?(entity: TestEntity): Promise<void>
  /** Modes in which `losePosition` has an effect; by default `log`. */
  losesPosition?: readonly Mode[]
  /** Ends the system hard and starts it again, on the same address. */
  killAndRestart?(): Promise<void>
  proxy?: TcpProxy
  /** What the client sends to commit, to cut the line right after it. */
  commitWords?: string
  /** Instead of proxy and commitWords: the next write is done, but its answer never comes. */
  breakAfterCommit?(): void
  stop(): Promise<void>
}

export interface TypesCase {
  entity: TestEntity
  /** Makes the record, behind the connector's back. Not called by push. */
  insert(): Promise<void>
  /** By push: the request that brings it. */
  push?(): PushRequest | Promise<PushRequest>
  expected: JsonObject
  key: string
}

export interface TestEntity {
  config: EntityConfig
  /** Inserts or updates (fields left out stay), all in one transaction; a watermark, where there is one, is the time of now. */
  put(records: readonly TestRecord[]): Promise<void>
  /** Like put, with one watermark for all. */
  putAt?(records: readonly TestRecord[], watermark: Date): Promise<void>
  /** Several states of one record in one transaction, in this order. */
  putInOneTransaction?(states: readonly TestRecord[]): Promise<void>
  /** Writes, but makes it visible only with `commit`. */
  putLate?(records: readonly TestRecord[], watermark: Date): Promise<{ commit(): Promise<void> }>
  remove?(ids: readonly string[]): Promise<void>
  /** All records, read by other means than the connector. */
  oracle(): Promise<TestRecord[]>
  addField?(name: string): Promise<void>
  dropField?(name: string): Promise<void>
  /** Fills the entity with `count` records. */
  fill(count: number): Promise<void>

  /** By push: the request by which the system brings these records, signed as it should be. */
  push?(records: readonly TestRecord[]): PushRequest | Promise<PushRequest>
  /** By push: the request by which it tells deletes. */
  pushDelete?(ids: readonly string[]): PushRequest | Promise<PushRequest>
  /** By push: the same with no, a wrong and another request's signature or password. All must be refused. */
  forge?(request: PushRequest): ForgedRequest[]

  /** The key under which the connector knows the kit's record `id`; by default the id. */
  keyOf?(id: string): string
  /** The test fields in a record that the connector read; by default under their own names. One that is absent stays absent. */
  fromNative?(data: JsonObject): JsonObject
  /** The fields of a write as the system names them, and its values; by default as they are. */
  toNative?(fields: JsonObject): JsonObject
  /** How the system names the field `name`; by default so. */
  fieldName?(name: string): string
  /** Whether this is what discovery says of the entity; by default: its suggested table, or its name. */
  isDiscovered?(discovered: DiscoveredEntity): boolean
  /** What discovery must tell as its key; by default `id`. */
  keyFields?: string[]
  /** How to read it without this field. */
  without?(field: 'amount'): EntityConfig
  /** A new record put without a field has none (documents), where others have null (tables). */
  keepsAbsent?: boolean
  /** Writes that the system must refuse; by default text in `amount`, and a field that there is not. */
  badFields?: readonly JsonObject[]
}

export interface ForgedRequest {
  title: string
  request: PushRequest
}

export interface Throttle {
  /** How many requests have come since. */
  requests(): number
  restore(): void | Promise<void>
}

export interface FaultCase {
  title: string
  run(open: (settings?: JsonObject) => Promise<Connector>): Promise<unknown>
  code: string
  family: string
}

export type MalformedCase = FaultCase

export interface SpoiledCase {
  title: string
  /** Puts something into the entity that nobody can read, and nothing that anybody can. */
  spoil(): Promise<void>
  /** Whether the system's people have been told of it by now. */
  told(): Promise<boolean>
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
