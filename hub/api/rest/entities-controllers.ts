import { Controller, Inject, Res, type Type } from '@nestjs/common'
import type { FastifyReply } from 'fastify'
import { readEntity } from '../../store/source-record-queries.ts'
import { Input, Operation } from '../http/decorators.ts'
import type { Input as InputOf } from '../http/input.ts'
import {
  type Collection,
  COLLECTION_NAMES,
  COLLECTIONS,
  LIST_OPERATIONS,
  type listOperation,
  READ_OPERATIONS,
  type readOperation,
} from '../operations/entities.ts'
import { API_PORTS, type ApiPorts } from '../ports.ts'
import { sendJson, sendVersioned, tagOf } from './answer.ts'
import { entityTexts } from './entity-text.ts'
import { selectedText, selectionOf } from './field-selection.ts'
import { findRecords } from './find-records.ts'
import { includedRecords, withMember } from './included-records.ts'

type ListInput = InputOf<ReturnType<typeof listOperation>>
type ReadInput = InputOf<ReturnType<typeof readOperation>>

/** One controller for each canonical entity other than customer: they differ in their names only. */
export const ENTITY_CONTROLLERS: readonly Type[] = COLLECTION_NAMES.map(entityController)

function entityController(collection: Collection): Type {
  @Controller()
  class EntityController {
    readonly #ports: ApiPorts

    constructor(@Inject(API_PORTS) ports: ApiPorts) {
      this.#ports = ports
    }

    @Operation(LIST_OPERATIONS[collection])
    async list(@Input() input: ListInput, @Res() reply: FastifyReply): Promise<void> {
      sendJson(reply, await findRecords(this.#ports, collection, input))
    }

    @Operation(READ_OPERATIONS[collection])
    async read(@Input() input: ReadInput, @Res() reply: FastifyReply): Promise<void> {
      await sendRecord(this.#ports, collection, input, reply)
    }
  }
  return EntityController
}

async function sendRecord(
  { db, records }: ApiPorts,
  collection: Collection,
  input: ReadInput,
  reply: FastifyReply,
): Promise<void> {
  const target = COLLECTIONS[collection]
  const { id } = input.params
  const { include, fields } = input.query
  const selection = fields === undefined ? null : selectionOf(target, fields)
  const row = (await readEntity(db, target, id)) ?? (await records.find(db, target, id))
  const [whole = ''] = await entityTexts(db, [row])
  const text = selectedText(whole, selection)
  const ifNoneMatch = input.headers['if-none-match']
  if (include === undefined) {
    sendVersioned(reply, text, tagOf(whole), ifNoneMatch)
    return
  }
  const included = await includedRecords(db, [row], include)
  input.found(included.ids)
  const all = withMember(text, 'included', included.text)
  sendVersioned(reply, all, tagOf(all), ifNoneMatch)
}
