import { createHash, randomInt } from 'node:crypto'
import type { Bus } from '../contracts/bus.ts'
import { createSchemaValidator, type SchemaValidator } from '../contracts/schema-validator.ts'
import { Relay } from '../delivery/relay.ts'
import { DEFAULT_GOLDEN_CONFIG, parseGoldenConfig } from '../golden/golden-config.ts'
import { createSurvivorship, type Survivorship } from '../golden/merge-customer.ts'
import { Acceptor } from '../intake/accept.ts'
import { AmqpIntake } from '../intake/amqp-intake.ts'
import { parseChanges } from '../intake/cloudevents.ts'
import { Crew } from '../intake/crew.ts'
import { MappingDesk } from '../intake/mappings/desk.ts'
import { MappingRegistry } from '../intake/mappings/registry.ts'
import { Reprojections } from '../intake/mappings/reprojections.ts'
import { MatchDecisions } from '../intake/match-decisions.ts'
import type { MatchingDesk } from '../intake/matching/desk.ts'
import { Parking } from '../intake/parking.ts'
import type { PipelineTools } from '../intake/pipeline/apply-batch.ts'
import { KeyGate } from '../intake/pipeline/key-gate.ts'
import type { Matcher } from '../intake/pipeline/matcher.ts'
import { Rechecks } from '../intake/rechecks.ts'
import { Stewardship } from '../intake/stewardship.ts'
import type { AppliedBatch } from '../intake/worker.ts'
import type { Database } from '../store/database.ts'
import { lead } from '../store/leadership.ts'
import { insertRejected } from '../store/rejected-queries.ts'
import type { HubLog } from './log.ts'
import { MatchingParts } from './matching-parts.ts'
import { Ticker } from './ticker.ts'
import { createUuid7 } from './uuid7.ts'
import type { Workspace } from './workspace.ts'

export interface HubCoreOptions {
  db: Database
  /** Connections for the pipeline, opened with `plans: 'indexes'`: workers + 2 at least. */
  pipelineDb: Database
  bus: Bus
  workspace: Workspace
  partitions: number
  workers: number
  log: HubLog
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
  readonly survivorship: Survivorship
  readonly validator: SchemaValidator
  /** Names this process among the hub's processes. */
  readonly processId: string
  readonly #options: HubCoreOptions
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
    this.processId = newId()
    const shard = randomInt(LEDGER_SHARDS) * SHARDS_PER_PROCESS
    this.validator = createSchemaValidator(workspace.extensions)
    this.mappings = new MappingRegistry(this.validator)
    this.survivorship = createSurvivorship(
      workspace.golden === null ? DEFAULT_GOLDEN_CONFIG : parseGoldenConfig(workspace.golden),
    )
    const tools = (): PipelineTools => ({
      mapper: this.mappings,
      matcher: this.matcher,
      golden: this.survivorship,
      moment: () => ({ now: new Date().toISOString(), newId }),
      shard,
    })
    const shared = {
      db,
      inTransaction: pipelineDb.transaction.bind(pipelineDb),
      tools,
      onApplied: (batch: AppliedBatch) => {
        this.#applied(batch)
      },
      onError: (error: unknown) => {
        log.error({ error }, 'Work in the background failed; it is tried again')
      },
    }
    this.acceptor = new Acceptor({ db: pipelineDb, bus, partitions, processId: this.processId, shard })
    const nudge = (): void => {
      this.#relay.nudge()
    }
    this.parking = new Parking({ ...shared, onApplied: nudge })
    this.stewardship = new Stewardship({ ...shared, onDecided: nudge })
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
    this.#relay = new Relay({
      ...shared,
      db: pipelineDb,
      bus,
      lead: (signal) => lead(db, 'relay', signal),
      onRelayed: (count) => {
        for (const listener of this.#relayListeners) listener(count)
      },
    })
    this.#rechecks = new Rechecks(shared)
    this.#reprojections = new Reprojections({
      ...shared,
      revisionInForce: (system, entity) => this.mappings.find(system, entity)?.revision,
      lead: (signal) => lead(db, 'reprojections', signal),
    })
    this.#intake = this.#newIntake(shard)
    this.#mappingTicker = new Ticker(MAPPINGS_LOOK_MS, () => this.#refreshMappings(), shared.onError)
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
    this.#mappingTicker.start()
    this.#matching.start()
    this.#relay.start()
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
    await this.#matching.stop()
    if (this.#options.workers > 0) {
      await this.#crew.stop()
      await this.#rechecks.stop()
      await this.#reprojections.stop()
    }
    await this.#relay.stop()
  }

  /** Calls the listener after each batch that was committed here; returns how to stop that. */
  onApplied(listener: (batch: AppliedBatch) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
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
