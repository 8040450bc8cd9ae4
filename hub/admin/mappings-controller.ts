import { Controller, Inject } from '@nestjs/common'
import { Input, Operation } from '../api/http/decorators.ts'
import type { Input as InputOf } from '../api/http/input.ts'
import {
  draftMappingOperation,
  getMappingOperation,
  getMappingRevisionOperation,
  listMappingsOperation,
  mappingHistoryOperation,
  previewMappingOperation,
  publishMappingOperation,
  rollBackMappingOperation,
} from '../api/operations/admin-set-up.ts'
import { authorOf, noteOf } from '../api/rest/author.ts'
import { HubError } from '../contracts/hub-error.ts'
import type { JsonObject } from '../contracts/json.ts'
import { mappingHistory, type MappingRevisionRow, readRevision } from '../store/mapping-queries.ts'
import { mappingOverview } from '../store/mapping-overview.ts'
import { recentRaw } from '../store/source-record-queries.ts'
import { inRequest } from './in-request.ts'
import { ADMIN_PORTS, type AdminPorts, type MappingHead } from './ports.ts'
import { unknownSystem } from './systems-controller.ts'

const PREVIEW_RECORDS = 100

/** Mappings: read, drafted, tried on stored records, put in force and taken back. */
@Controller()
export class MappingsController {
  readonly #ports: AdminPorts

  constructor(@Inject(ADMIN_PORTS) ports: AdminPorts) {
    this.#ports = ports
  }

  @Operation(listMappingsOperation)
  async list(): Promise<object> {
    return { items: await mappingOverview(this.#ports.db) }
  }

  @Operation(getMappingOperation)
  async read(@Input() { params }: InputOf<typeof getMappingOperation>): Promise<MappingRevisionRow> {
    const revisions = await this.#revisions(params)
    const found = revisions.find(({ state }) => state === 'published') ?? revisions[0]
    if (found === undefined) throw unknownMapping()
    return found
  }

  @Operation(mappingHistoryOperation)
  async history(@Input() { params }: InputOf<typeof mappingHistoryOperation>): Promise<object> {
    const items = (await this.#revisions(params)).map(({ document: _document, cases: _cases, ...head }) => head)
    return { items }
  }

  @Operation(getMappingRevisionOperation)
  async revision(@Input() { params }: InputOf<typeof getMappingRevisionOperation>): Promise<MappingRevisionRow> {
    const row = await readRevision(this.#ports.db, params)
    if (row === undefined) throw unknownMapping()
    return row
  }

  @Operation(draftMappingOperation)
  async draft(@Input() input: InputOf<typeof draftMappingOperation>): Promise<MappingHead> {
    const body = input.body as JsonObject & { document: string; cases?: string | null }
    const { system, entity } = input.params
    if (!this.#ports.systems.list().some(({ name }) => name === system)) throw unknownSystem()
    const text = { document: body.document, cases: body.cases ?? null, note: noteOf(body) }
    return this.#ports.mappings.draft({ system, entity }, text, authorOf(input)).catch(inRequest)
  }

  @Operation(previewMappingOperation)
  async preview(@Input() { params, body }: InputOf<typeof previewMappingOperation>): Promise<object> {
    const {
      document,
      revision,
      records = PREVIEW_RECORDS,
    } = body as {
      document?: string
      revision?: number
      records?: number
    }
    const text = document ?? (await this.#documentOf({ ...params, revision: revision ?? 0 }))
    const raw = await recentRaw(this.#ports.db, params.system, params.entity, records)
    try {
      return this.#ports.mappings.preview(
        params,
        text,
        raw.map((one) => JSON.parse(one) as JsonObject),
      )
    } catch (error) {
      return inRequest(error)
    }
  }

  @Operation(publishMappingOperation)
  publish(@Input() input: InputOf<typeof publishMappingOperation>): Promise<MappingHead> {
    return this.#ports.mappings.publish(input.params, authorOf(input)).catch(inRequest)
  }

  @Operation(rollBackMappingOperation)
  rollBack(@Input() input: InputOf<typeof rollBackMappingOperation>): Promise<MappingHead> {
    const { system, entity } = input.params
    return this.#ports.mappings.rollBack(system, entity, authorOf(input)).catch(inRequest)
  }

  async #revisions({ system, entity }: { system: string; entity: string }): Promise<MappingRevisionRow[]> {
    const revisions = await mappingHistory(this.#ports.db, system, entity)
    if (revisions.length === 0) throw unknownMapping()
    return revisions
  }

  async #documentOf(head: MappingHead): Promise<string> {
    const row = await readRevision(this.#ports.db, head)
    if (row === undefined) throw unknownMapping()
    return row.document
  }
}

function unknownMapping(): HubError {
  return new HubError({
    code: 'mapping.unknown',
    family: 'reject',
    status: 404,
    message: 'There is no such mapping, or no such revision of it.',
  })
}
