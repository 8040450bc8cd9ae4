import type { ConnectorSpec } from '../../contracts/connector.ts'
import { asHubError, HubError } from '../../contracts/hub-error.ts'
import type { Json, JsonObject } from '../../contracts/json.ts'
import { saveRequests } from '../../store/connector-queries.ts'
import type { Database } from '../../store/database.ts'
import { writeAudit } from '../../store/decision-queries.ts'
import type { Queryable } from '../../store/queryable.ts'
import { setPaused, systemStates } from '../../store/system-queries.ts'
import { type EntityMode, parseSystemConfig, type SystemConfig, type SystemDocument } from './system-config.ts'

export interface SystemsDeskOptions {
  db: Database
  systems: ReadonlyMap<string, SystemDocument & { connector: string }>
  connectors: readonly ConnectorSpec[]
  /** Tells the engine of this process; those of others see it in the store. */
  onChanged?(system: string): void
  now?(): number
}

export interface SystemEntry {
  name: string
  title: string
  connector: string
  entities: { entity: string; mode: EntityMode }[]
}

export interface SystemOverview extends SystemEntry {
  paused: boolean
  pausedBy: string | null
  /** See SystemStatus.toJson; null: it only pushes, or has not run yet. */
  status: Json
  statusAt: string | null
}

/** What operators see of the systems and do with them, on any hub process; the one that runs a system obeys within a second. */
export class SystemsDesk {
  readonly #options: SystemsDeskOptions
  readonly #configs = new Map<string, SystemConfig | HubError>()

  constructor(options: SystemsDeskOptions) {
    this.#options = options
    for (const document of options.systems.values()) {
      try {
        this.#configs.set(document.name, parseSystemConfig(document, options.connectors))
      } catch (error) {
        this.#configs.set(document.name, asHubError(error))
      }
    }
  }

  /** What the workspace describes, by name. */
  list(): SystemEntry[] {
    return [...this.#options.systems.values()].map(({ name, connector }) => {
      const config = this.#configs.get(name)
      if (config === undefined || !('spec' in config)) return { name, title: name, connector, entities: [] }
      const entities = config.entities.map(({ entity, mode }) => ({ entity, mode }))
      return { name, title: config.title, connector: config.connector, entities }
    })
  }

  /** With what the process that runs each of them last told. */
  async overview(): Promise<SystemOverview[]> {
    const rows = new Map((await systemStates(this.#options.db)).map((row) => [row.system, row]))
    return this.list().map((entry) => {
      const row = rows.get(entry.name)
      return {
        ...entry,
        paused: row?.paused ?? false,
        pausedBy: row?.pausedBy ?? null,
        status: row?.status == null ? null : (JSON.parse(row.status) as Json),
        statusAt: row?.status == null ? null : row.updatedAt,
      }
    })
  }

  /** Durable: stays through restarts until somebody resumes. Throws `system.unknown`. */
  pause(name: string, actor: string): Promise<void> {
    return this.#setPaused(name, true, actor)
  }

  /** Also how a system that stopped over its settings is tried again. Throws `system.unknown`. */
  resume(name: string, actor: string): Promise<void> {
    return this.#setPaused(name, false, actor)
  }

  /** Tells the engine of this process that something changed in the store. */
  changed(system: string): void {
    this.#options.onChanged?.(system)
  }

  /**
   * Asks for a snapshot of these entities (null: all that are read); one that is on its way goes on unless `restart`. Taken up
   * by the process that runs the system. Throws `system.unknown`, `system.entity.unknown`, `system.only-pushes`,
   * `system.paused`. Audited where an actor is given; else that is the caller's part.
   */
  async backfill(
    name: string,
    options: { entities: readonly string[] | null; restart?: boolean },
    actor?: string,
  ): Promise<void> {
    const { db } = this.#options
    const entities = await this.#readable(name, options.entities)
    const { restart = false } = options
    const request = { actor: actor ?? '', restart, at: this.#instant() }
    await db.transaction(async (tx) => {
      await saveRequests(tx, name, entities, request)
      if (actor !== undefined) {
        await writeAudit(tx, { actor, act: 'system.backfill', subject: name, facts: { entities, restart } })
      }
    })
    this.changed(name)
  }

  /**
   * Asks for a comparison of these entities (null: all that are read) with what the hub has. Throws what `backfill` does,
   * and `system.backfill.unsupported` where the connector can't read everything there is.
   */
  async reconcile(
    name: string,
    options: { entities: readonly string[] | null; repair: boolean },
    actor: string,
  ): Promise<void> {
    const entities = await this.#readable(name, options.entities)
    const config = this.#known(name)
    if ('spec' in config && config.spec?.capabilities.backfill !== true) throw noBackfill()
    const { repair } = options
    await this.#order(name, 'reconcile', entities, { actor, repair, at: this.#instant() }, { entities, repair })
  }

  /**
   * Has the stored places forgotten from which the reading of this entity (null: of the whole system) would go on; new
   * snapshots make up for it. For places that the connector refuses. Throws `system.unknown`, `system.entity.unknown`,
   * `system.only-pushes`.
   */
  async reset(name: string, entity: string | null, actor: string): Promise<void> {
    await this.#readable(name, entity === null ? null : [entity], true)
    await this.#order(name, 'reset', [entity ?? ''], { actor, at: this.#instant() }, { entity })
  }

  /**
   * The hub is to read the system no more: pauses it and has released what the system holds for the hub (a replication
   * slot); the status then tells what that was. Throws `system.unknown`, `system.only-pushes`.
   */
  async forget(name: string, actor: string): Promise<void> {
    await this.#readable(name, null, true)
    await this.#options.db.transaction(async (tx: Queryable) => {
      await setPaused(tx, name, true, actor)
      await saveRequests(tx, name, [''], { actor, at: this.#instant() }, 'forget')
      await writeAudit(tx, { actor, act: 'system.forget', subject: name, facts: {} })
    })
    this.changed(name)
  }

  async #order(
    name: string,
    kind: 'reconcile' | 'reset',
    entities: readonly string[],
    request: JsonObject,
    facts: JsonObject,
  ): Promise<void> {
    const actor = String(request.actor)
    await this.#options.db.transaction(async (tx: Queryable) => {
      await saveRequests(tx, name, entities, request, kind)
      await writeAudit(tx, { actor, act: `system.${kind}`, subject: name, facts })
    })
    this.changed(name)
  }

  async #readable(name: string, wanted: readonly string[] | null, alsoPaused = false): Promise<string[]> {
    const config = this.#known(name)
    if (!('spec' in config)) throw config
    const readable = config.entities.filter(({ mode }) => mode !== 'push').map(({ entity }) => entity)
    if (readable.length === 0) throw onlyPushes()
    const unknown = wanted?.find((entity) => !readable.includes(entity))
    if (unknown !== undefined) throw unknownEntity(readable)
    const row = (await systemStates(this.#options.db)).find(({ system }) => system === name)
    if (row?.paused === true && !alsoPaused) throw isPaused()
    return wanted === null ? readable : [...new Set(wanted)]
  }

  async #setPaused(name: string, paused: boolean, actor: string): Promise<void> {
    this.#known(name)
    await this.#options.db.transaction(async (tx: Queryable) => {
      await setPaused(tx, name, paused, actor)
      const act = paused ? 'system.pause' : 'system.resume'
      await writeAudit(tx, { actor, act, subject: name, facts: {} })
      // A request for no entity: what the process that runs a stopped system tries again for.
      if (!paused) await saveRequests(tx, name, [''], { actor, restart: false, at: this.#instant() })
    })
    this.changed(name)
  }

  #instant(): string {
    const { now = Date.now } = this.#options
    return new Date(now()).toISOString()
  }

  #known(name: string): SystemConfig | HubError {
    const config = this.#configs.get(name)
    if (config !== undefined) return config
    throw new HubError({
      code: 'system.unknown',
      family: 'reject',
      status: 404,
      message: 'There is no system of this name.',
      fix: 'Correct the name, or describe the system in config/systems/<name>.yaml.',
    })
  }
}

function noBackfill(): HubError {
  return new HubError({
    code: 'system.backfill.unsupported',
    family: 'reject',
    status: 409,
    message: 'The connector can not read everything that is there.',
  })
}

function onlyPushes(): HubError {
  return new HubError({
    code: 'system.only-pushes',
    family: 'reject',
    status: 409,
    message: 'The hub does not read this system: it pushes its changes.',
    fix: 'Let the system push its records again.',
  })
}

function isPaused(): HubError {
  return new HubError({
    code: 'system.paused',
    family: 'reject',
    status: 409,
    message: 'The system is paused.',
    fix: 'Resume it first.',
  })
}

function unknownEntity(readable: readonly string[]): HubError {
  return new HubError({
    code: 'system.entity.unknown',
    family: 'reject',
    status: 422,
    message: 'The system has no such entity that the hub reads.',
    where: '/entities',
    fix: `Use ${readable.join(', ')}.`,
  })
}
