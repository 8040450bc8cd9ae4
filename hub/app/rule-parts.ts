import type { RulesPort, RuleTexts } from '../admin/rules-port.ts'
import { DecisionLog } from '../decisions/decision-log.ts'
import { DecisionService, type KeptDecision } from '../decisions/decision-service.ts'
import { readDecision, replay } from '../decisions/replay.ts'
import { RuleDesk } from '../decisions/rule-desk.ts'
import type { RuleFile } from '../decisions/rule-file.ts'
import { overviewOf } from '../decisions/rule-overview.ts'
import { RuleRegistry } from '../decisions/rule-registry.ts'
import { LOOK_MS, RuleWatch } from '../decisions/rule-watch.ts'
import { shadowRun } from '../decisions/shadow.ts'
import type { SchemaValidator } from '../contracts/schema-validator.ts'
import { ChangeRules } from '../decisions/change-rules.ts'
import type { Database } from '../store/database.ts'
import { insertDecisionLog, pruneDecisionLog, recentDecisions } from '../store/decision-log-queries.ts'
import { ruleOverview } from '../store/rule-queries.ts'
import type { HubLog } from './log.ts'
import { Ticker } from './ticker.ts'

export interface RulePartsOptions {
  db: Database
  validator: SchemaValidator
  log: HubLog
  /** Names this process among the hub's processes. */
  processId: string
  /** How long decisions are kept; absent: 90 days. */
  decisionLogDays?: number
  newId(): string
  onError(error: unknown): void
}

const PRUNE_MS = 60_000
const DECISION_LOG_DAYS = 90

/** Everything about rules: which are in force, where they are written, who decides by them, what was decided. */
export class RuleParts {
  readonly registry: RuleRegistry
  readonly watch: RuleWatch
  readonly desk: RuleDesk
  readonly service: DecisionService
  readonly decisionLog: DecisionLog
  /** For the admin API. */
  readonly port: RulesPort
  /** Those in the path of changes. */
  readonly onChange: ChangeRules
  readonly #options: RulePartsOptions
  readonly #listeners = new Set<(decision: KeptDecision) => void>()
  readonly #tickers: readonly Ticker[]

  constructor(options: RulePartsOptions) {
    this.#options = options
    const { db, log, newId, onError } = options
    this.registry = new RuleRegistry({
      onFault: ({ rule, revision }, error) => {
        log.error({ rule, revision, error }, 'A rule in force can not be loaded by this process')
      },
    })
    this.watch = new RuleWatch({
      registry: this.registry,
      processId: options.processId,
      clocks: () => ({ steady: performance.now(), wall: Date.now() }),
    })
    this.desk = new RuleDesk({
      db,
      inTransaction: db.transaction.bind(db),
      onRead: () => this.watch.look(db),
      onPublished: async () => {
        await this.watch.look(db)
        await this.watch.everywhere(db)
      },
    })
    this.decisionLog = this.#newLog()
    this.service = new DecisionService({
      db,
      registry: this.registry,
      current: (queryable) => this.watch.current(queryable),
      faults: () => this.desk.faults,
      keep: (decision) => {
        for (const listener of this.#listeners) listener(decision)
        return this.decisionLog.keep(decision)
      },
      newId,
      now: Date.now,
    })
    this.port = this.#newPort()
    this.onChange = new ChangeRules(this.registry.inForce, options.validator, (queryable) =>
      this.watch.current(queryable),
    )
    this.registry.onChanged((inForce) => {
      this.onChange.use(inForce)
    })
    this.#tickers = [
      new Ticker(LOOK_MS, () => this.watch.look(db), onError),
      new Ticker(PRUNE_MS, () => this.decisionLog.prune(), onError),
    ]
  }

  /** Puts the files of the workspace in force; what is wrong with one of them is logged, and stops nothing else. */
  async load(files: readonly RuleFile[]): Promise<void> {
    await this.watch.join(this.#options.db)
    await this.desk.importFiles(files)
    for (const [rule, errors] of this.desk.faults) {
      for (const error of errors) this.#options.log.error({ rule, error }, 'A rule of the workspace is not in force')
    }
  }

  /** Calls the listener with each decision that this process makes. */
  onDecided(listener: (decision: KeptDecision) => void): void {
    this.#listeners.add(listener)
  }

  start(): void {
    for (const ticker of this.#tickers) ticker.start()
  }

  /** Ends after what was decided is written. */
  async stop(): Promise<void> {
    for (const ticker of this.#tickers) await ticker.stop()
    await this.decisionLog.stop()
    // Whoever publishes meanwhile waits two seconds for it, no more.
    await this.watch.leave(this.#options.db).catch(this.#options.onError)
  }

  #newLog(): DecisionLog {
    const { db, log, decisionLogDays = DECISION_LOG_DAYS } = this.#options
    return new DecisionLog({
      days: decisionLogDays,
      write: (rows) => insertDecisionLog(db, rows),
      prune: (before, limit) => pruneDecisionLog(db, before, limit),
      onLost: (count, error) => {
        log.error({ count, error }, 'Decisions were answered and could not be kept')
      },
      now: Date.now,
    })
  }

  #newPort(): RulesPort {
    const { db } = this.#options
    const { desk, registry } = this
    return {
      db,
      overview: async () => overviewOf(registry.inForce, await ruleOverview(db), desk.faults),
      draft: (rule, texts, author) => desk.draft(rule, texts, author),
      check: (rule, texts) => desk.check(rule, texts),
      publish: (head, author) => desk.publish(head, author),
      rollBack: (rule, author) => desk.rollBack(rule, author),
      shadow: (rule, texts, decisions) => this.#shadow(rule, texts, decisions),
      uppermost: (rule) => registry.inForce.revisions.find((row) => row.rule === rule),
      decision: (id) => readDecision(db, id),
      replay: (row) => replay(db, registry.inForce, row, Date.now()),
    }
  }

  async #shadow(rule: string, texts: RuleTexts, decisions: number): Promise<object> {
    const { db } = this.#options
    const { problems, rules: draft } = await this.desk.check(rule, texts)
    const [error] = problems
    if (error !== undefined) throw error
    const rows = await recentDecisions(db, rule, decisions)
    return shadowRun(rule, rows, { inForce: this.registry.inForce.rules, draft })
  }
}
