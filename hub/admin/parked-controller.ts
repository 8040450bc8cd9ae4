import { Controller, Inject, Res } from '@nestjs/common'
import type { FastifyReply } from 'fastify'
import { Input, Operation } from '../api/http/decorators.ts'
import type { Input as InputOf } from '../api/http/input.ts'
import {
  discardParkedOperation,
  dryRunParkedOperation,
  editParkedOperation,
  getParkedOperation,
  groupParkedOperation,
  listParkedOperation,
  replayAllParkedOperation,
  replayParkedOperation,
} from '../api/operations/admin-run.ts'
import { sendJson } from '../api/rest/answer.ts'
import { decodeCursor, NUMBER_PLACE, pageText } from '../api/rest/cursor.ts'
import { authorOf, noteOf } from '../api/rest/author.ts'
import { HubError } from '../contracts/hub-error.ts'
import type { JsonObject } from '../contracts/json.ts'
import {
  listParked,
  parkedGroups,
  type ParkedFilter,
  parkedRevisions,
  type ParkedRow,
  readParked,
} from '../store/parked-queries.ts'
import { ADMIN_PORTS, type AdminPorts, type ReplayResult } from './ports.ts'

/** What could not be applied: seen by cause, read, corrected, tried, applied again or given up. */
@Controller()
export class ParkedController {
  readonly #ports: AdminPorts

  constructor(@Inject(ADMIN_PORTS) ports: AdminPorts) {
    this.#ports = ports
  }

  @Operation(groupParkedOperation)
  async groups(): Promise<object> {
    return { items: await parkedGroups(this.#ports.db) }
  }

  @Operation(listParkedOperation)
  async list(@Input() { query }: InputOf<typeof listParkedOperation>, @Res() reply: FastifyReply): Promise<void> {
    const { limit, cursor, ...filter } = query
    const list = `parked ${JSON.stringify(filter)}`
    const after = decodeCursor(list, cursor, NUMBER_PLACE)
    const rows = await listParked(this.#ports.db, filter, after === null ? 0 : Number(after), limit + 1)
    sendJson(reply, pageText(rows, limit, list, { text: parkedText, place: ({ no }) => String(no) }))
  }

  @Operation(getParkedOperation)
  async read(@Input() { params }: InputOf<typeof getParkedOperation>, @Res() reply: FastifyReply): Promise<void> {
    const row = await readParked(this.#ports.db, params.no)
    if (row === undefined) throw unknownParked()
    const former = (await parkedRevisions(this.#ports.db, params.no)).map(
      ({ change, ...revision }) => `${JSON.stringify(revision).slice(0, -1)},"change":${change}}`,
    )
    sendJson(reply, `${parkedText(row).slice(0, -1)},"revisions":[${former.join(',')}]}`)
  }

  @Operation(editParkedOperation)
  edit(@Input() input: InputOf<typeof editParkedOperation>): Promise<{ revision: number }> {
    const { data, revision } = input.body as { data: JsonObject; revision: number }
    return this.#ports.parking.edit(input.params.no, data, revision, authorOf(input))
  }

  @Operation(dryRunParkedOperation)
  dryRun(@Input() { params, body }: InputOf<typeof dryRunParkedOperation>): Promise<object> {
    const { data } = (body ?? {}) as { data?: JsonObject }
    return this.#ports.parking.dryRun(params.no, data)
  }

  @Operation(replayParkedOperation)
  replay(@Input() input: InputOf<typeof replayParkedOperation>): Promise<ReplayResult> {
    return this.#ports.parking.replay(input.params.no, authorOf(input))
  }

  @Operation(replayAllParkedOperation)
  replayAll(@Input() input: InputOf<typeof replayAllParkedOperation>): Promise<ReplayResult> {
    return this.#ports.parking.replayAll(input.body as ParkedFilter, authorOf(input))
  }

  @Operation(discardParkedOperation)
  discard(@Input() input: InputOf<typeof discardParkedOperation>): Promise<ReplayResult> {
    const note = noteOf((input.body ?? {}) as JsonObject)
    return this.#ports.parking.discard(input.params.no, authorOf(input), note)
  }
}

/** The stored change is put in as it is. */
function parkedText({ change, problems, ...row }: ParkedRow): string {
  return `${JSON.stringify(row).slice(0, -1)},"problems":${problems ?? 'null'},"change":${change}}`
}

function unknownParked(): HubError {
  return new HubError({
    code: 'parked.unknown',
    family: 'reject',
    status: 404,
    message: 'There is no parked change with this number.',
    fix: 'It may have been replayed or discarded meanwhile; read the list again.',
  })
}
