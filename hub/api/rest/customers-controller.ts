import { Controller, Inject, Res } from '@nestjs/common'
import type { FastifyReply } from 'fastify'
import type { Lane } from '../../contracts/change.ts'
import { HubError } from '../../contracts/hub-error.ts'
import type { JsonObject } from '../../contracts/json.ts'
import {
  customerVersions,
  familyOf,
  type GoldenRow,
  readCustomer,
  readCustomers,
} from '../../store/customer-queries.ts'
import { GatheredReads } from '../../store/gathered-reads.ts'
import { eventText, type LoggedEvent } from '../../store/event-queries.ts'
import { sourcesOfCustomer } from '../../store/source-record-queries.ts'
import { timelineOf } from '../../store/stream-queries.ts'
import { WRITE_STATE, writeBacksOfCustomer } from '../../store/write-back-queries.ts'
import { Input, Operation } from '../http/decorators.ts'
import type { Input as InputOf } from '../http/input.ts'
import {
  getCustomerOperation,
  getHistoryOperation,
  getProvenanceOperation,
  getSourcesOperation,
  getTimelineOperation,
  joinCustomersOperation,
  listCustomersOperation,
  splitCustomerOperation,
} from '../operations/customers.ts'
import { type Collection, COLLECTIONS } from '../operations/entities.ts'
import { editCustomerOperation, getCustomerWriteBacksOperation } from '../operations/write-back.ts'
import { API_PORTS, type ApiPorts } from '../ports.ts'
import { sendJson, sendVersioned, tagOf } from './answer.ts'
import { authorOf, noteOf } from './author.ts'
import { decodeCursor, NUMBER_PLACE, pageText } from './cursor.ts'
import { refuseEnvelope } from './customer-refusals.ts'
import { editCustomer, neededPrecondition } from './edit-customer.ts'
import { explainCustomer } from './explain-customer.ts'
import { answering, findCustomer } from './find-customer.ts'
import { type Selection, selectedText, selectionOf } from './field-selection.ts'
import { findCustomers } from './find-customers.ts'
import { onceRequest } from './idempotent.ts'
import { mergePatch } from './merge-patch.ts'
import { recordsOfCustomer } from './related-records.ts'
import { writeBackEntry } from './write-back-view.ts'

/** Customers: read, found, explained, joined and split. */
@Controller()
export class CustomersController {
  readonly #ports: ApiPorts
  readonly #reads: GatheredReads<GoldenRow>

  constructor(@Inject(API_PORTS) ports: ApiPorts) {
    this.#ports = ports
    this.#reads = new GatheredReads({
      one: (id) => readCustomer(ports.db, id),
      many: (ids) => readCustomers(ports.db, ids),
      idOf: ({ id }) => id,
    })
  }

  @Operation(getCustomerOperation)
  async read(@Input() input: InputOf<typeof getCustomerOperation>, @Res() reply: FastifyReply): Promise<void> {
    const { db } = this.#ports
    const id = input.params.id.toLowerCase()
    const row = await answering(db, id, await this.#reads.read(id))
    tellSurvivor(reply, input, row)
    const ifNoneMatch = input.headers['if-none-match']
    const { include, fields } = input.query
    if (include === undefined && fields === undefined) {
      sendVersioned(reply, row.golden, `${row.id}.${row.version}`, ifNoneMatch)
      return
    }
    const names = [...new Set(include ?? [])]
    const selection = fields === undefined ? null : fieldsBeside(fields, names)
    if (include === undefined) {
      // A part of a version has the tag of the version: an edit may be made on it.
      sendVersioned(reply, selectedText(row.golden, selection), `${row.id}.${row.version}`, ifNoneMatch)
      return
    }
    const brought = await Promise.all(
      names.map(async (name) => `,"${name}":[${(await recordsOfCustomer(db, row.id, name)).join(',')}]`),
    )
    const own = names.includes('consents') ? withoutConsents(row.golden) : row.golden
    const text = selectedText(`${own.slice(0, -1)}${brought.join('')}}`, selection)
    // Records change without a new version of the customer, so the tag is one of all that is sent.
    sendVersioned(reply, text, tagOf(text), ifNoneMatch)
  }

  @Operation(listCustomersOperation)
  async list(@Input() input: InputOf<typeof listCustomersOperation>, @Res() reply: FastifyReply): Promise<void> {
    sendJson(reply, await findCustomers(this.#ports, input.query, input.found))
  }

  @Operation(getProvenanceOperation)
  async provenance(@Input() input: InputOf<typeof getProvenanceOperation>, @Res() reply: FastifyReply): Promise<void> {
    const row = await findCustomer(this.#ports.db, input.params.id)
    tellSurvivor(reply, input, row)
    const fields = await explainCustomer(this.#ports, row.id)
    sendJson(reply, JSON.stringify({ customer: row.id, version: row.version, fields }))
  }

  @Operation(getSourcesOperation)
  async sources(@Input() input: InputOf<typeof getSourcesOperation>, @Res() reply: FastifyReply): Promise<void> {
    const row = await findCustomer(this.#ports.db, input.params.id)
    tellSurvivor(reply, input, row)
    const records = (await sourcesOfCustomer(this.#ports.db, row.id)).map(
      ({ raw, document, fieldTimes, enriched, ...record }) => {
        const head = JSON.stringify(record)
        return `${head.slice(0, -1)},"raw":${raw ?? 'null'},"document":${document ?? 'null'},"fieldTimes":${fieldTimes ?? 'null'},"enriched":${enriched ?? 'null'}}`
      },
    )
    sendJson(reply, `{"customer":"${row.id}","records":[${records.join(',')}]}`)
  }

  @Operation(getHistoryOperation)
  async history(@Input() input: InputOf<typeof getHistoryOperation>, @Res() reply: FastifyReply): Promise<void> {
    const { db } = this.#ports
    const { id } = input.params
    // The answer is of the very id, but an erased or unknown one is no more to be seen here than anywhere.
    await findCustomer(db, id)
    const { limit, cursor } = input.query
    const list = `history ${id}`
    const before = decodeCursor(list, cursor, NUMBER_PLACE)
    const rows = await customerVersions(db, id, before === null ? null : Number(before), limit + 1)
    const text = pageText(rows, limit, list, {
      text: ({ golden, ...version }) => `${JSON.stringify(version).slice(0, -1)},"customer":${golden}}`,
      place: ({ version }) => String(version),
    })
    sendJson(reply, text)
  }

  @Operation(getTimelineOperation)
  async timeline(@Input() input: InputOf<typeof getTimelineOperation>, @Res() reply: FastifyReply): Promise<void> {
    const { db } = this.#ports
    const row = await findCustomer(db, input.params.id)
    tellSurvivor(reply, input, row)
    const { limit, cursor } = input.query
    const list = `timeline ${row.id}`
    const before = decodeCursor(list, cursor, NUMBER_PLACE)
    const family = await familyOf(db, row.id)
    const rows = await timelineOf(db, family, before === null ? null : Number(before), limit + 1)
    const view = { text: eventText, place: ({ position }: LoggedEvent) => String(position) }
    sendJson(reply, pageText(rows, limit, list, view))
  }

  @Operation(editCustomerOperation)
  async edit(@Input() input: InputOf<typeof editCustomerOperation>, @Res() reply: FastifyReply): Promise<void> {
    const { headers, params } = input
    const patch = input.body as JsonObject
    const ifMatch = neededPrecondition(headers['if-match'])
    refuseEnvelope(patch)
    const { id, version, text, isReplay } = await editCustomer(this.#ports, {
      id: params.id,
      wanted: (core) => mergePatch(core, patch),
      ifMatch,
      once: onceRequest(input, ['PATCH', `/v1/customers/${params.id}`, ifMatch]),
      author: authorOf(input),
    })
    if (id !== params.id) reply.header('content-location', `/v1/customers/${id}`)
    if (isReplay) reply.header('idempotency-replayed', 'true')
    reply.header('etag', `"${id}.${version}"`).header('cache-control', 'private, no-cache')
    sendJson(reply, text)
  }

  @Operation(getCustomerWriteBacksOperation)
  async writeBacks(
    @Input() input: InputOf<typeof getCustomerWriteBacksOperation>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const row = await findCustomer(this.#ports.db, input.params.id)
    tellSurvivor(reply, input, row)
    const rows = await writeBacksOfCustomer(this.#ports.db, row.id)
    const items = rows.filter(({ state }) => state !== WRITE_STATE.idle).map(writeBackEntry)
    sendJson(reply, JSON.stringify({ customer: row.id, items }))
  }

  @Operation(joinCustomersOperation)
  async join(@Input() input: InputOf<typeof joinCustomersOperation>, @Res() reply: FastifyReply): Promise<void> {
    const body = input.body as JsonObject & { with: string }
    const act = { author: authorOf(input), note: noteOf(body) }
    const { survivor } = await this.#ports.stewardship.join(input.params.id, body.with.toLowerCase(), act)
    const row = await readCustomer(this.#ports.db, survivor)
    reply.header('content-location', `/v1/customers/${survivor}`)
    sendJson(reply, `{"survivor":"${survivor}","customer":${row?.golden ?? 'null'}}`)
  }

  @Operation(splitCustomerOperation)
  async split(@Input() input: InputOf<typeof splitCustomerOperation>): Promise<object> {
    const body = input.body as JsonObject & { records: (Lane & JsonObject)[] }
    const act = { author: authorOf(input), note: noteOf(body) }
    return this.#ports.stewardship.split(input.params.id, distinctLanes(body.records), act)
  }
}

/** What is brought along comes whole, unless a field in it is named. */
function fieldsBeside(fields: readonly string[], included: readonly Collection[]): Selection {
  const beside = Object.fromEntries(included.map((name) => [name, COLLECTIONS[name]]))
  const selection = selectionOf('customer', fields, beside)
  for (const name of included) if (!selection.has(name)) selection.set(name, null)
  return selection
}

type Asked = Pick<InputOf<{ params: { id: { type: 'string' } } }>, 'params' | 'found'>

/** The customer that answers may be another one than was asked for. */
function tellSurvivor(reply: FastifyReply, { params, found }: Asked, row: GoldenRow): void {
  if (row.id === params.id) return
  found([row.id])
  reply.header('content-location', `/v1/customers/${row.id}`)
}

function distinctLanes(lanes: readonly Lane[]): readonly Lane[] {
  const names = new Set(lanes.map(({ system, entity, key }) => JSON.stringify([system, entity, key])))
  if (names.size === lanes.length) return lanes
  throw new HubError({
    code: 'customer.split.repeated-record',
    family: 'reject',
    message: 'A record is named twice.',
    where: '/records',
    fix: 'Name each record once.',
  })
}

/** The records of consents take the place of what the golden record says in short: a member is there once. */
function withoutConsents(golden: string): string {
  const { consents: _short, ...rest } = JSON.parse(golden) as JsonObject
  return JSON.stringify(rest)
}
