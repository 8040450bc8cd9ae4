import { Controller, Inject, Res } from '@nestjs/common'
import type { FastifyReply } from 'fastify'
import { Input, Operation } from '../api/http/decorators.ts'
import type { Input as InputOf } from '../api/http/input.ts'
import {
  getWriteBackOperation,
  listWriteBacksOperation,
  resolveWriteBackOperation,
  retryWriteBackOperation,
} from '../api/operations/write-back.ts'
import { sendJson } from '../api/rest/answer.ts'
import { authorOf, noteOf } from '../api/rest/author.ts'
import { decodeCursor, NUMBER_PLACE, pageText } from '../api/rest/cursor.ts'
import { writeBackDetails } from '../api/rest/write-back-view.ts'
import { HubError } from '../contracts/hub-error.ts'
import type { JsonObject } from '../contracts/json.ts'
import { listWriteBacks, readWriteBack, WRITE_STATE, type WriteStateName } from '../store/write-back-queries.ts'
import { ADMIN_PORTS, type AdminPorts } from './ports.ts'

/** What the hub has to write to systems: seen, decided where systems and hub differ, tried again. */
@Controller()
export class WriteBacksController {
  readonly #ports: AdminPorts

  constructor(@Inject(ADMIN_PORTS) ports: AdminPorts) {
    this.#ports = ports
  }

  @Operation(listWriteBacksOperation)
  async list(
    @Input() { query, found }: InputOf<typeof listWriteBacksOperation>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { limit, cursor, state, system } = query
    const filter = {
      ...(state === undefined ? {} : { state: WRITE_STATE[state as WriteStateName] }),
      ...(system === undefined ? {} : { system }),
    }
    const list = `write-backs ${JSON.stringify(filter)}`
    const after = decodeCursor(list, cursor, NUMBER_PLACE)
    const rows = await listWriteBacks(this.#ports.db, filter, after === null ? 0 : Number(after), limit + 1)
    found(rows.slice(0, limit).flatMap(({ customer }) => customer ?? []))
    const view = {
      text: (row: (typeof rows)[number]) => JSON.stringify(writeBackDetails(row)),
      place: ({ recordNo }: (typeof rows)[number]) => String(recordNo),
    }
    sendJson(reply, pageText(rows, limit, list, view))
  }

  @Operation(getWriteBackOperation)
  async read(@Input() { params, found }: InputOf<typeof getWriteBackOperation>): Promise<object> {
    const row = await readWriteBack(this.#ports.db, params.no)
    if (row === undefined || row.state === WRITE_STATE.idle) throw unknownWriteBack()
    if (row.customer !== null) found([row.customer])
    return writeBackDetails(row)
  }

  @Operation(resolveWriteBackOperation)
  resolve(@Input() input: InputOf<typeof resolveWriteBackOperation>): Promise<object> {
    const body = input.body as JsonObject & { winner: 'hub' | 'system' }
    const act = { author: authorOf(input), note: noteOf(body) }
    return this.#ports.writeBacks.resolve(input.params.no, body.winner, act)
  }

  @Operation(retryWriteBackOperation)
  retry(@Input() input: InputOf<typeof retryWriteBackOperation>): Promise<object> {
    return this.#ports.writeBacks.retry(input.params.no, authorOf(input))
  }
}

function unknownWriteBack(): HubError {
  return new HubError({
    code: 'write-back.unknown',
    family: 'reject',
    status: 404,
    message: 'There is nothing to write with this number.',
    fix: 'It may have been written meanwhile; read the list again.',
  })
}
