import { Controller, Inject } from '@nestjs/common'
import { Input, Operation } from '../api/http/decorators.ts'
import type { Input as InputOf } from '../api/http/input.ts'
import {
  backfillSystemOperation,
  getSystemOperation,
  listSystemsOperation,
  pauseSystemOperation,
  resumeSystemOperation,
} from '../api/operations/admin-run.ts'
import {
  forgetSystemOperation,
  listReconciliationsOperation,
  reconcileSystemOperation,
  resetSystemOperation,
} from '../api/operations/admin-systems.ts'
import { authorOf } from '../api/rest/author.ts'
import { HubError } from '../contracts/hub-error.ts'
import { HUB_SYSTEM } from '../contracts/hub-system.ts'
import type { Json } from '../contracts/json.ts'
import { countHubRecords } from '../store/hub-record-queries.ts'
import { type PushCounts, pushCounts } from '../store/push-queries.ts'
import { type ReconciliationRow, reconciliations } from '../store/reconciliation-queries.ts'
import { parkedBySystem, systemStates } from '../store/system-queries.ts'
import { ADMIN_PORTS, type AdminPorts, type SystemDescription } from './ports.ts'

interface SystemState extends Omit<SystemDescription, 'entities'> {
  paused: boolean
  pausedBy: string | null
  parked: number
  status: Json
  statusAt: string | null
  pushes: PushCounts | null
  entities: {
    entity: string
    mode: string | null
    target: string | null
    mappingRevision: number | null
    parked: number
    /** Of the hub's own. */
    records?: number
  }[]
}

/** The systems of the company: how they are, and whether the hub reads them. */
@Controller()
export class SystemsController {
  readonly #ports: AdminPorts

  constructor(@Inject(ADMIN_PORTS) ports: AdminPorts) {
    this.#ports = ports
  }

  @Operation(listSystemsOperation)
  async list(): Promise<{ items: SystemState[] }> {
    return { items: await this.#states() }
  }

  @Operation(getSystemOperation)
  read(@Input() { params }: InputOf<typeof getSystemOperation>): Promise<SystemState> {
    return this.#state(params.system)
  }

  @Operation(pauseSystemOperation)
  async pause(@Input() input: InputOf<typeof pauseSystemOperation>): Promise<SystemState> {
    const { system } = input.params
    this.#described(system)
    await this.#ports.systems.pause(system, authorOf(input))
    return this.#state(system)
  }

  @Operation(resumeSystemOperation)
  async resume(@Input() input: InputOf<typeof resumeSystemOperation>): Promise<SystemState> {
    const { system } = input.params
    this.#described(system)
    await this.#ports.systems.resume(system, authorOf(input))
    return this.#state(system)
  }

  @Operation(backfillSystemOperation)
  async backfill(@Input() input: InputOf<typeof backfillSystemOperation>): Promise<SystemState> {
    const { system } = input.params
    const { entities = null, restart = false } = (input.body ?? {}) as { entities?: string[]; restart?: boolean }
    this.#described(system)
    await this.#ports.systems.backfill(system, { entities, restart }, authorOf(input))
    return this.#state(system)
  }

  @Operation(reconcileSystemOperation)
  async reconcile(@Input() input: InputOf<typeof reconcileSystemOperation>): Promise<SystemState> {
    const { system } = input.params
    const { entities = null, repair = false } = (input.body ?? {}) as { entities?: string[]; repair?: boolean }
    this.#described(system)
    await this.#ports.systems.reconcile(system, { entities, repair }, authorOf(input))
    return this.#state(system)
  }

  @Operation(listReconciliationsOperation)
  async reconciliations(
    @Input() { params, query }: InputOf<typeof listReconciliationsOperation>,
  ): Promise<{ items: ReconciliationRow[] }> {
    this.#described(params.system)
    const { entity = null, limit } = query
    return { items: await reconciliations(this.#ports.db, params.system, { entity, limit }) }
  }

  @Operation(resetSystemOperation)
  async reset(@Input() input: InputOf<typeof resetSystemOperation>): Promise<SystemState> {
    const { system } = input.params
    const { entity = null } = (input.body ?? {}) as { entity?: string }
    this.#described(system)
    await this.#ports.systems.reset(system, entity, authorOf(input))
    return this.#state(system)
  }

  @Operation(forgetSystemOperation)
  async forget(@Input() input: InputOf<typeof forgetSystemOperation>): Promise<SystemState> {
    const { system } = input.params
    this.#described(system)
    await this.#ports.systems.forget(system, authorOf(input))
    return this.#state(system)
  }

  #described(name: string): void {
    if (name === HUB_SYSTEM) throw isTheHub()
    if (!this.#ports.systems.list().some((system) => system.name === name)) throw unknownSystem()
  }

  async #state(name: string): Promise<SystemState> {
    if (name === HUB_SYSTEM) return hubState(await countHubRecords(this.#ports.db))
    const state = (await this.#states()).find((system) => system.name === name)
    if (state !== undefined) return state
    throw unknownSystem()
  }

  async #states(): Promise<SystemState[]> {
    const { db, systems, mappings } = this.#ports
    const [rows, parkedRows, pushed, own] = await Promise.all([
      systemStates(db),
      parkedBySystem(db),
      pushCounts(db),
      countHubRecords(db),
    ])
    const stored = new Map(rows.map((row) => [row.system, row]))
    const inForce = mappings.inForce()
    const described = [...systems.list()].sort((a, b) => (a.name < b.name ? -1 : 1))
    const states = described.map((system) => {
      const row = stored.get(system.name)
      const parkedHere = parkedRows.filter((one) => one.system === system.name)
      const mapped = inForce.filter((one) => one.system === system.name)
      const names = [...new Set([...system.entities, ...mapped, ...parkedHere].map(({ entity }) => entity))].sort()
      const entities = names.map((entity) => {
        const mapping = mapped.find((one) => one.entity === entity)
        return {
          entity,
          mode: system.entities.find((one) => one.entity === entity)?.mode ?? null,
          target: mapping?.target ?? null,
          mappingRevision: mapping?.revision ?? null,
          parked: parkedHere.find((one) => one.entity === entity)?.parked ?? 0,
        }
      })
      return {
        ...system,
        paused: row?.paused ?? false,
        pausedBy: row?.pausedBy ?? null,
        parked: parkedHere.reduce((sum, { parked }) => sum + parked, 0),
        status: row?.status == null ? null : (JSON.parse(row.status) as Json),
        statusAt: row?.status == null ? null : row.updatedAt,
        pushes: pushed.get(system.name) ?? null,
        entities,
      }
    })
    return own.length === 0 ? states : [...states, hubState(own)].sort((a, b) => (a.name < b.name ? -1 : 1))
  }
}

/** The hub as the system of record of what no other takes: there is nothing in it that could be read, paused or parked. */
function hubState(own: readonly { entity: string; count: number }[]): SystemState {
  const entities = own.map(({ entity, count }) => {
    return { entity, mode: 'hub', target: entity, mappingRevision: 0, parked: 0, records: count }
  })
  return {
    name: HUB_SYSTEM,
    title: 'The hub itself',
    connector: HUB_SYSTEM,
    paused: false,
    pausedBy: null,
    parked: 0,
    status: null,
    statusAt: null,
    pushes: null,
    entities,
  }
}

function isTheHub(): HubError {
  return new HubError({
    code: 'system.is-the-hub',
    family: 'reject',
    status: 409,
    message: 'This is the hub itself: it is not read, so there is nothing to pause, to resume, to read or to compare.',
    where: '{system}',
  })
}

export function unknownSystem(): HubError {
  return new HubError({
    code: 'system.unknown',
    family: 'reject',
    status: 404,
    message: 'There is no system of this name.',
    where: '{system}',
    fix: 'Correct the name, or describe the system in config/systems/<name>.yaml.',
  })
}
