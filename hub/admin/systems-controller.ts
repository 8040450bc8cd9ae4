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
import { authorOf } from '../api/rest/author.ts'
import { HubError } from '../contracts/hub-error.ts'
import type { Json } from '../contracts/json.ts'
import { writeAudit } from '../store/decision-queries.ts'
import { parkedBySystem, setPaused, systemStates } from '../store/system-queries.ts'
import { ADMIN_PORTS, type AdminPorts, type SystemDescription } from './ports.ts'

interface SystemState extends SystemDescription {
  paused: boolean
  pausedBy: string | null
  parked: number
  status: Json
  statusAt: string | null
  entities: { entity: string; target: string | null; mappingRevision: number | null; parked: number }[]
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
  pause(@Input() input: InputOf<typeof pauseSystemOperation>): Promise<SystemState> {
    return this.#setPaused(input.params.system, true, authorOf(input))
  }

  @Operation(resumeSystemOperation)
  resume(@Input() input: InputOf<typeof resumeSystemOperation>): Promise<SystemState> {
    return this.#setPaused(input.params.system, false, authorOf(input))
  }

  @Operation(backfillSystemOperation)
  async backfill(@Input() input: InputOf<typeof backfillSystemOperation>): Promise<SystemState> {
    const { system } = input.params
    const { entities = null, restart = false } = (input.body ?? {}) as { entities?: string[]; restart?: boolean }
    await this.#state(system)
    await this.#ports.systems.backfill(system, { entities, restart })
    const facts = { entities, restart }
    await writeAudit(this.#ports.db, { actor: authorOf(input), act: 'system.backfill', subject: system, facts })
    return this.#state(system)
  }

  async #setPaused(system: string, paused: boolean, author: string): Promise<SystemState> {
    const { db, systems } = this.#ports
    await this.#state(system)
    await db.transaction(async (tx) => {
      await setPaused(tx, system, paused, author)
      const act = paused ? 'system.pause' : 'system.resume'
      await writeAudit(tx, { actor: author, act, subject: system, facts: {} })
    })
    systems.changed(system)
    return this.#state(system)
  }

  async #state(name: string): Promise<SystemState> {
    const state = (await this.#states()).find((system) => system.name === name)
    if (state !== undefined) return state
    throw unknownSystem()
  }

  async #states(): Promise<SystemState[]> {
    const { db, systems, mappings } = this.#ports
    const [rows, parkedRows] = await Promise.all([systemStates(db), parkedBySystem(db)])
    const stored = new Map(rows.map((row) => [row.system, row]))
    const inForce = mappings.inForce()
    return systems.list().map((system) => {
      const row = stored.get(system.name)
      const parkedHere = parkedRows.filter((one) => one.system === system.name)
      const mapped = inForce.filter((one) => one.system === system.name)
      const names = [...new Set([...mapped, ...parkedHere].map(({ entity }) => entity))].sort()
      const entities = names.map((entity) => {
        const mapping = mapped.find((one) => one.entity === entity)
        return {
          entity,
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
        entities,
      }
    })
  }
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
