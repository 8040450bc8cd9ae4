import { Controller, Inject, Res, type Type } from '@nestjs/common'
import type { FastifyReply } from 'fastify'
import { laneName } from '../../contracts/change.ts'
import { HubError } from '../../contracts/hub-error.ts'
import {
  entitiesOfKey,
  entitiesPointingAt,
  type EntityRow,
  listEntities,
  readEntity,
  type RecordPage,
  wasEntity,
} from '../../store/source-record-queries.ts'
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
import { decodeCursor, NUMBER_PLACE, pageText } from './cursor.ts'
import { entityTexts } from './entity-text.ts'
import { findCustomer } from './find-customer.ts'
import { checkKeyLookup, oneWayOnly } from './find-customers.ts'
import { rowsOfCustomer } from './related-records.ts'

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
      const text = await readRecord(this.#ports, collection, input.params.id)
      sendVersioned(reply, text, tagOf(text), input.headers['if-none-match'])
    }
  }
  return EntityController
}

async function readRecord({ db }: ApiPorts, collection: Collection, id: string): Promise<string> {
  const target = COLLECTIONS[collection]
  const row = await readEntity(db, target, id)
  if (row === undefined) throw noSuchRecord(await wasEntity(db, target, id))
  const [text = ''] = await entityTexts(db, [row])
  return text
}

function noSuchRecord(gone: boolean): HubError {
  return gone
    ? new HubError({
        code: 'record.deleted',
        family: 'reject',
        status: 410,
        message: 'The record was deleted in its system.',
        where: '{id}',
      })
    : new HubError({
        code: 'record.unknown',
        family: 'reject',
        status: 404,
        message: 'There is no record of this kind with this id.',
        where: '{id}',
      })
}

async function findRecords(ports: ApiPorts, collection: Collection, { query, found }: ListInput): Promise<string> {
  const { limit, cursor, ...filter } = query
  const list = `${collection} ${JSON.stringify(filter)}`.slice(0, 400)
  const after = decodeCursor(list, cursor, NUMBER_PLACE)
  const page = { after: after === null ? 0 : Number(after), limit: limit + 1 }
  const rows = await readRows(ports, collection, query, page)
  const shown = rows.slice(0, limit)
  found(shown.map(({ id }) => id))
  const texts = new Map((await entityTexts(ports.db, shown)).map((text, index) => [shown[index], text]))
  return pageText(rows, limit, list, { text: (row) => texts.get(row) ?? 'null', place: ({ no }) => String(no) })
}

async function readRows(
  ports: ApiPorts,
  collection: Collection,
  query: ListInput['query'],
  page: RecordPage,
): Promise<EntityRow[]> {
  const { db } = ports
  const target = COLLECTIONS[collection]
  const ways = (['customer', 'account', 'key'] as const).filter((name) => query[name] !== undefined)
  if (ways.length > 1) throw oneWayOnly(ways)
  checkKeyLookup(query)
  const { customer, account, system, key, entity } = query
  if (customer !== undefined) {
    return rowsOfCustomer(db, (await findCustomer(db, customer)).id, collection, page)
  }
  if (account !== undefined) {
    const row = await readEntity(db, 'account', account)
    if (row === undefined) throw noSuchRecord(await wasEntity(db, 'account', account))
    return entitiesPointingAt(db, target, { customers: [], accounts: [laneName(row)] }, page)
  }
  if (system !== undefined && key !== undefined) {
    const entities = entity === undefined ? ports.entitiesOf(system) : [entity]
    return entitiesOfKey(db, target, { system, entities, key }, page)
  }
  return listEntities(db, target, page)
}
