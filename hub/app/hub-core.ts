import { createHash, randomInt } from 'node:crypto'
import { CONNECTORS } from '../../connectors/index.ts'
import type { Bus } from '../contracts/bus.ts'
import type { ConnectorSpec } from '../contracts/connector.ts'
import { createSchemaValidator, type SchemaValidator } from '../contracts/schema-validator.ts'
import { Relay } from '../delivery/relay.ts'
import { type DeskOptions, WriteBackDesk } from '../delivery/write-back/desk.ts'
import { writeBack } from '../delivery/write-back/writer.ts'
import { asHubError } from '../contracts/hub-error.ts'
import { DEFAULT_GOLDEN_CONFIG, parseGoldenConfig } from '../golden/golden-config.ts'
import { createSurvivorship, type Survivorship } from '../golden/merge-customer.ts'
import { Acceptor } from '../intake/accept.ts'
import { AmqpIntake } from '../intake/amqp-intake.ts'
import { parseChanges } from '../intake/cloudevents.ts'
import type { SystemWriter } from '../intake/connector-engine/system-writer.ts'
import { Crew } from '../intake/crew.ts'
import { ErasureDesk, type ErasureDeskOptions } from '../intake/erasure/desk.ts'
import { erasureTerms } from '../intake/erasure/erasure-terms.ts'
import { parsePrivacyPolicy, type PrivacyPolicy } from '../intake/erasure/privacy-policy.ts'
import { Sweeper } from '../intake/erasure/sweeper.ts'
import { CustomerEdits } from '../intake/customer-edits.ts'
import { HubRecords } from '../intake/hub-system/hub-records.ts'
import { Prospects } from '../intake/hub-system/prospects.ts'
import { MappingDesk } from '../intake/mappings/desk.ts'
import { MappingRegistry } from '../intake/mappings/registry.ts'
import { Reprojections } from '../intake/mappings/reprojections.ts'
import { MatchDecisions } from '../intake/match-decisions.ts'
import type { MatchingDesk } from '../intake/matching/desk.ts'
import { Observations } from '../intake/observations.ts'
import { Parking } from '../intake/parking.ts'
import type { PipelineTools } from '../intake/pipeline/apply-batch.ts'
import { KeyGate } from '../intake/pipeline/key-gate.ts'
import type { Matcher } from '../intake/pipeline/matcher.ts'
import { memoryOf, OWN_WRITE } from '../intake/pipeline/write-back-hear.ts'
import { Rechecks } from '../intake/rechecks.ts'
import { Stewardship } from '../intake/stewardship.ts'
import type { AppliedBatch } from '../intake/worker.ts'
import { WriteTerms } from '../intake/write-back-terms.ts'
import type { Vault } from '../security/vault.ts'
import type { Database } from '../store/database.ts'
import { lead } from '../store/leadership.ts'
import { insertRejected } from '../store/rejected-queries.ts'
import type { HubLog } from './log.ts'
import { MatchingParts } from './matching-parts.ts'
import { RecordWriteParts } from './record-write-parts.ts'
import { RuleParts } from './rule-parts.ts'
import { Ticker } from './ticker.ts'
import { createUuid7 } from './uuid7.ts'
import type { Workspace } from './workspace.ts'

/** Writes to a system that came to the same end. */
export interface Written {
  system: string
  kind: 'written' | 'confirmed' | 'conflict' | 'failed' | 'retrying'
  count: number
}

export interface HubCoreOptions {
  db: Database
  /** Connections for the pipeline, opened with `plans: 'indexes'`: workers + 2 at least. */
  pipelineDb: Database
  bus: Bus
  vault: Vault
  workspace: Workspace
  partitions: number
  workers: number
  log: HubLog
  /** How long decisions are kept; absent: 90 days. */
  decisionLogDays?: number
  /** When what was on its way while a customer was erased is looked for again; absent: after a minute. */
  sweepAgainAfterMs?: number
  /** Absent: all that come with the hub. */
  connectors?: readonly ConnectorSpec[]
}

/** Ledger shards: few, since every row is read for a look at the ledger; enough that writers seldom meet. */
const LEDGER_SHARDS = 8
/** Beside its own, a process uses one for each of its workers. */
const SHARDS_PER_PROCESS = 65
const MAPPINGS_LOOK_MS = 400

/** The hub without its front doors: everything that turns accepted changes into customers and events. */
export class HubCore {
  readonly acceptor: Acceptor
  readonly parking: Parking
  readonly stewardship: Stewardship
  readonly matchDecisions: MatchDecisions
  readonly mappings: MappingRegistry
  readonly desk: MappingDesk
  readonly rules: RuleParts
  readonly survivorship: Survivorship
  readonly validator: SchemaValidator
  /** What the systems take from the hub. */
  readonly writeTerms: WriteTerms
  readonly edits: CustomerEdits
  readonly erasures: ErasureDesk
  readonly sweeper: Sweeper
  readonly writeBackDesk: WriteBackDesk
  /** Records of which the hub itself is the system of record. */
  readonly hubRecords: HubRecords
  readonly prospects: Prospects
  /** Writes of records other than customers. */
  readonly recordWrites: RecordWriteParts
  /** Names this process among the hub's processes. */
  readonly processId: string
  readonly #options: HubCoreOptions
  readonly #privacy: PrivacyPolicy
  readonly #observations: Observations
  readonly #writtenListeners = new Set<(written: Written) => void>()
  readonly #crew: Crew
  readonly #relay: Relay
  readonly #rechecks: Rechecks
  readonly #reprojections: Reprojections
  readonly #intake: AmqpIntake
  readonly #mappingTicker: Ticker
  readonly #matching: MatchingParts
  readonly #listeners = new Set<(batch: AppliedBatch) => void>()
  readonly #relayListeners = new Set<(count: number) => void>()

  constructor(options: HubCoreOptions) {
    this.#options = options
    const { db, pipelineDb, bus, workspace, partitions, workers, log } = options
    const newId = createUuid7()
    this.#privacy = parsePrivacyPolicy(workspace.privacy)
    this.processId = newId()
    const shard = randomInt(LEDGER_SHARDS) * SHARDS_PER_PROCESS
    this.validator = createSchemaValidator(workspace.extensions)
    this.mappings = new MappingRegistry(this.validator)
    this.survivorship = createSurvivorship(
      workspace.golden === null ? DEFAULT_GOLDEN_CONFIG : parseGoldenConfig(workspace.golden),
    )
    this.writeTerms = this.#newWriteTerms()
    const onError = (error: unknown): void => {
      log.error({ error }, 'Work in the background failed; it is tried again')
    }
    this.rules = new RuleParts({ ...options, processId: this.processId, validator: this.validator, newId, onError })
    const tools = this.#newTools(shard, newId)
    const shared = {
      db,
      inTransaction: pipelineDb.transaction.bind(pipelineDb),
      tools,
      onApplied: (batch: AppliedBatch) => {
        this.#applied(batch)
      },
      onError,
    }
    this.acceptor = new Acceptor({ db: pipelineDb, bus, partitions, processId: this.processId, shard })
    const nudge = (): void => {
      this.#relay.nudge()
    }
    this.parking = new Parking({ ...shared, onApplied: nudge })
    this.stewardship = new Stewardship({ ...shared, onDecided: nudge })
    this.edits = new CustomerEdits({ ...shared, onEdited: nudge })
    this.hubRecords = new HubRecords(tools)
    this.prospects = new Prospects(this.hubRecords, tools)
    this.#observations = new Observations({ ...shared, onObserved: nudge })
    this.writeBackDesk = new WriteBackDesk(this.#writeBackParts())
    this.recordWrites = this.#newRecordWrites(newId, nudge)
    this.sweeper = this.#newSweeper(onError)
    this.erasures = this.#newErasures(shared, nudge)
    this.matchDecisions = new MatchDecisions({ ...shared, onDecided: nudge })
    this.desk = new MappingDesk({ ...shared, onPublished: () => this.#refreshMappings() })
    this.#matching = new MatchingParts({
      ...shared,
      onEnqueued: () => {
        this.#rechecks.nudge()
      },
    })
    this.#crew = new Crew({
      ...shared,
      processId: this.processId,
      partitions,
      workers,
      shard,
      worker: { ...shared, db: pipelineDb, bus, gate: new KeyGate() },
    })
    this.#relay = this.#newRelay(shared.onError)
    this.#rechecks = new Rechecks(shared)
    this.#reprojections = new Reprojections({
      ...shared,
      revisionInForce: (system, entity) => this.mappings.find(system, entity)?.revision,
      lead: (signal) => lead(db, 'reprojections', signal),
    })
    this.#intake = this.#newIntake(shard)
    this.#mappingTicker = new Ticker(MAPPINGS_LOOK_MS, () => this.#refreshMappings(), shared.onError)
  }

  #newTools(shard: number, newId: () => string): () => PipelineTools {
    const { onChange } = this.rules
    const mapper = onChange.behind(this.mappings)
    const erasure = erasureTerms(this.#privacy, this.#options.vault.laneSecret)
    return () => ({
      mapper,
      matcher: this.matcher,
      golden: this.survivorship,
      moment: () => ({ now: new Date().toISOString(), newId }),
      shard,
      writeBack: this.writeTerms.isOn ? this.writeTerms : null,
      // Asked when golden records are made: rules may come in force between that and the beginning of the batch.
      get notes() {
        return onChange.takesNotes ? onChange : null
      },
      erasure,
    })
  }

  #newWriteTerms(): WriteTerms {
    const { workspace, connectors = CONNECTORS } = this.#options
    return new WriteTerms({
      systems: workspace.systems,
      connectors,
      mapping: (system, entity) => this.mappings.find(system, entity),
    })
  }

  #newRecordWrites(newId: () => string, onOwnWritten: () => void): RecordWriteParts {
    const { db, workspace, log, connectors = CONNECTORS } = this.#options
    return new RecordWriteParts({
      ...{ db, systems: workspace.systems, connectors, newId, log, onOwnWritten },
      mapping: (system, entity) => this.mappings.find(system, entity)?.compiled,
      validator: this.validator,
      changeRules: this.rules.onChange,
      own: this.hubRecords,
      onSettled: (system, kind) => {
        this.#told({ system, kind, count: 1 })
      },
    })
  }

  #newRelay(onError: (error: unknown) => void): Relay {
    const { db, pipelineDb, bus } = this.#options
    return new Relay({
      db: pipelineDb,
      bus,
      lead: (signal) => lead(db, 'relay', signal),
      onError,
      onRelayed: (count) => {
        for (const listener of this.#relayListeners) listener(count)
      },
    })
  }

  #newErasures(
    shared: Pick<ErasureDeskOptions, 'db' | 'inTransaction'> & { tools(): PipelineTools },
    nudge: () => void,
  ): ErasureDesk {
    return new ErasureDesk({
      ...shared,
      parts: () => ({ tools: shared.tools(), policy: this.#privacy, box: this.#options.vault.box }),
      onErased: () => {
        nudge()
        this.sweeper.nudge()
      },
    })
  }

  #newSweeper(onError: (error: unknown) => void): Sweeper {
    const { db, vault, sweepAgainAfterMs } = this.#options
    return new Sweeper({
      db,
      box: vault.box,
      discard: async (no) => {
        await this.parking.discard(no, 'erasure', null).catch((error: unknown) => {
          if (asHubError(error).code !== 'parked.unknown') throw error
        })
      },
      onError,
      ...(sweepAgainAfterMs === undefined ? {} : { againAfterMs: sweepAgainAfterMs }),
    })
  }

  #newIntake(shard: number): AmqpIntake {
    const { bus, db, workspace } = this.#options
    return new AmqpIntake({
      bus,
      acceptor: this.acceptor,
      parse: (body, system) => this.#parseMessage(body, system),
      reject: (delivery, system, error) =>
        insertRejected(db, shard, {
          system: workspace.systems.has(system) ? system : '?',
          messageId: delivery.id ?? `sha256:${createHash('sha256').update(delivery.body).digest('hex')}`,
          code: error.code,
          message: error.message,
          where: error.where ?? null,
          body: delivery.body,
        }),
    })
  }

  get vault(): Vault {
    return this.#options.vault
  }

  /** The matcher in force; throws `matching.not-ready` before the hub has started. */
  get matcher(): Matcher {
    return this.#matching.registry.matcher
  }

  get matching(): MatchingDesk {
    return this.#matching.desk
  }

  /** Publishes what the workspace has, then begins to work. The bus must have been started. */
  async start(): Promise<void> {
    await this.#matching.load(this.#options.workspace.matching)
    await this.desk.importFiles(this.#options.workspace.mappings)
    await this.rules.load(this.#options.workspace.rules)
    this.#mappingTicker.start()
    this.rules.start()
    this.#matching.start()
    this.#relay.start()
    this.sweeper.start()
    if (this.#options.workers === 0) return
    await this.#crew.start()
    this.#rechecks.start()
    this.#reprojections.start()
    await this.#intake.start()
  }

  /** Ends after the batches that are under way; the bus stays open. */
  async stop(): Promise<void> {
    await this.#intake.stop()
    await this.#mappingTicker.stop()
    await this.rules.stop()
    await this.#matching.stop()
    if (this.#options.workers > 0) {
      await this.#crew.stop()
      await this.#rechecks.stop()
      await this.#reprojections.stop()
    }
    await this.sweeper.stop()
    await this.#relay.stop()
  }

  /** Calls the listener after each batch that was committed here; returns how to stop that. */
  onApplied(listener: (batch: AppliedBatch) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Writes to a system what waits for it, beside its readers; for the connector engine. */
  readonly writer: SystemWriter = (target) => {
    const fault = this.writeTerms.faults().find(({ facts }) => facts?.['system'] === target.system)
    if (fault !== undefined) return Promise.reject(fault)
    const policy = this.writeTerms.policy.bind(this.writeTerms)
    const onSettled = (system: string, kind: Written['kind'], count: number): void => {
      this.#told({ system, kind, count })
    }
    const { log } = this.#options
    const fields = writeBack({ ...this.#writeBackParts(), policy, keyPrefix: OWN_WRITE, onSettled, log }, target)
    return Promise.all([fields, this.recordWrites.write(target)]).then(() => undefined)
  }

  #told(written: Written): void {
    for (const listener of this.#writtenListeners) listener(written)
  }

  #writeBackParts(): DeskOptions {
    return {
      db: this.#options.db,
      mapping: (system, entity) => this.mappings.find(system, entity)?.compiled,
      memoryOf,
      observe: (observations) => this.#observations.observe(observations),
      now: Date.now,
    }
  }

  /** Calls the listener after writes to systems were settled by this process. */
  onWritten(listener: (written: Written) => void): () => void {
    this.#writtenListeners.add(listener)
    return () => this.#writtenListeners.delete(listener)
  }

  /** Calls the listener after events have left this process; returns how to stop that. */
  onRelayed(listener: (count: number) => void): () => void {
    this.#relayListeners.add(listener)
    return () => this.#relayListeners.delete(listener)
  }

  #applied(batch: AppliedBatch): void {
    if (batch.events > 0) this.#relay.nudge()
    if (batch.rechecks > 0) this.#rechecks.nudge()
    for (const listener of this.#listeners) listener(batch)
  }

  async #refreshMappings(): Promise<void> {
    await this.mappings.refresh(this.#options.db)
  }

  #parseMessage(body: Buffer, system: string) {
    const { systems } = this.#options.workspace
    const contentType = body[0] === 0x5b ? 'application/cloudevents-batch+json' : 'application/cloudevents+json'
    return parseChanges({ contentType, body }, { systems, onlySystem: system, receivedAt: new Date().toISOString() })
  }
}
