import { Controller, Inject, Res, type Type } from '@nestjs/common'
import type { FastifyReply } from 'fastify'
import type { JsonObject } from '../../contracts/json.ts'
import { entryOf } from '../../delivery/record-writes/view.ts'
import { listRecordWrites, ORDER_STATES, type RecordWriteRow } from '../../store/record-write-queries.ts'
import { Input, Operation } from '../http/decorators.ts'
import type { Input as InputOf } from '../http/input.ts'
import { type Collection, COLLECTION_NAMES, COLLECTIONS } from '../operations/entities.ts'
import {
  CREATE_OPERATIONS,
  type createOperation,
  discardRecordWriteOperation,
  getRecordWriteOperation,
  listRecordWritesOperation,
  PATCH_OPERATIONS,
  type patchOperation,
  retryRecordWriteOperation,
} from '../operations/record-writes.ts'
import { API_PORTS, type ApiPorts } from '../ports.ts'
import { sendJson } from './answer.ts'
import { authorOf } from './author.ts'
import { decodeCursor, NUMBER_PLACE, pageText } from './cursor.ts'
import { once, onceRequest } from './idempotent.ts'
import { noPrecondition } from '../../delivery/record-writes/refusals.ts'
import { waitOf } from './prefer.ts'
import { decideOnCreate } from './domain/decide-on-create.ts'
import { answerPlaced } from './record-write-answer.ts'

type CreateInput = InputOf<ReturnType<typeof createOperation>>
type PatchInput = InputOf<ReturnType<typeof patchOperation>>

/** One controller for each canonical entity other than customer, for making and changing its records. */
export const RECORD_WRITE_CONTROLLERS: readonly Type[] = COLLECTION_NAMES.map(recordWriteController)

function recordWriteController(collection: Collection): Type {
  @Controller()
  class RecordWriteController {
    readonly #ports: ApiPorts

    constructor(@Inject(API_PORTS) ports: ApiPorts) {
      this.#ports = ports
    }

    @Operation(CREATE_OPERATIONS[collection])
    create(@Input() input: CreateInput, @Res() reply: FastifyReply): Promise<void> {
      return createRecord(this.#ports, collection, input, reply)
    }

    @Operation(PATCH_OPERATIONS[collection])
    patch(@Input() input: PatchInput, @Res() reply: FastifyReply): Promise<void> {
      return patchRecord(this.#ports, collection, input, reply)
    }
  }
  return RecordWriteController
}

async function createRecord(
  ports: ApiPorts,
  collection: Collection,
  input: CreateInput,
  reply: FastifyReply,
): Promise<void> {
  const { system } = input.query
  const request = onceRequest(input, ['POST', collection, system])
  const { result, isReplay } = await ports.db.transaction((db) =>
    once(db, request, async () => {
      const body = input.body as JsonObject
      const author = authorOf(input)
      const placed = await ports.records.create(db, {
        entity: COLLECTIONS[collection],
        document: body,
        ...(system === undefined ? {} : { system }),
        author,
        at: new Date().toISOString(),
      })
      const decision = await decideOnCreate(ports, db, collection, { body, write: placed.write, author })
      return { ...placed, ...(decision === null ? {} : { decision: { ...decision } }) }
    }),
  )
  const wait = waitOf(input.headers.prefer)
  const { decision, ...placed } = result
  const beside = decision === undefined ? {} : { decision }
  await answerPlaced(ports, { collection, placed, kind: 'create', isReplay, wait, beside }, reply)
}

async function patchRecord(
  ports: ApiPorts,
  collection: Collection,
  input: PatchInput,
  reply: FastifyReply,
): Promise<void> {
  const { id } = input.params
  const ifMatch = input.headers['if-match']
  if (ifMatch === undefined) throw noPrecondition()
  const request = onceRequest(input, ['PATCH', collection, id, ifMatch])
  const { result, isReplay } = await ports.db.transaction((db) =>
    once(db, request, async () => ({
      ...(await ports.records.patch(db, {
        entity: COLLECTIONS[collection],
        id,
        patch: input.body as JsonObject,
        ifMatch,
        author: authorOf(input),
        at: new Date().toISOString(),
      })),
    })),
  )
  const wait = waitOf(input.headers.prefer)
  await answerPlaced(ports, { collection, placed: result, kind: 'patch', isReplay, wait }, reply)
}

const UNFINISHED = ORDER_STATES.flatMap((name, state) => (name === 'written' ? [] : [state]))

/** Orders of records: how far they are, and what operators do about those that their systems do not have. */
@Controller()
export class RecordWritesController {
  readonly #ports: ApiPorts

  constructor(@Inject(API_PORTS) ports: ApiPorts) {
    this.#ports = ports
  }

  @Operation(getRecordWriteOperation)
  read(@Input() { params }: InputOf<typeof getRecordWriteOperation>): Promise<object> {
    return this.#ports.records.view(params.write)
  }

  @Operation(listRecordWritesOperation)
  async list(
    @Input() { query, found }: InputOf<typeof listRecordWritesOperation>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { limit, cursor, state, system } = query
    const states = UNFINISHED.filter((one) => state === undefined || ORDER_STATES[one] === state)
    const list = `record-writes ${state ?? ''} ${system ?? ''}`
    const after = decodeCursor(list, cursor, NUMBER_PLACE)
    const filter = { state: states, system: system ?? null }
    const rows = await listRecordWrites(this.#ports.db, filter, after === null ? 0 : Number(after), limit + 1)
    found(rows.slice(0, limit).map(({ recordId }) => recordId))
    const view = {
      text: (row: RecordWriteRow) => JSON.stringify(entryOf(row)),
      place: ({ no }: RecordWriteRow) => String(no),
    }
    sendJson(reply, pageText(rows, limit, list, view))
  }

  @Operation(retryRecordWriteOperation)
  retry(@Input() input: InputOf<typeof retryRecordWriteOperation>): Promise<object> {
    return this.#ports.records.retry(input.params.write, authorOf(input))
  }

  @Operation(discardRecordWriteOperation)
  discard(@Input() input: InputOf<typeof discardRecordWriteOperation>): Promise<object> {
    return this.#ports.records.discard(input.params.write, authorOf(input))
  }
}
