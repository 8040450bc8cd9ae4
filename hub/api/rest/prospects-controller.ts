import { refusedError } from '../../contracts/rule-refusal.ts'
import { Controller, Inject, Res } from '@nestjs/common'
import type { FastifyReply } from 'fastify'
import { HubError } from '../../contracts/hub-error.ts'
import { HUB_SYSTEM } from '../../contracts/hub-system.ts'
import type { JsonObject } from '../../contracts/json.ts'
import { writeAudit } from '../../store/decision-queries.ts'
import type { Queryable } from '../../store/queryable.ts'
import { Input, Operation } from '../http/decorators.ts'
import type { Input as InputOf } from '../http/input.ts'
import { createCustomerOperation } from '../operations/prospects.ts'
import { API_PORTS, type ApiPorts } from '../ports.ts'
import { sendJson } from './answer.ts'
import { authorOf } from './author.ts'
import { invalidCustomer, refuseEnvelope } from './customer-refusals.ts'
import { findCustomer } from './find-customer.ts'
import { once, onceRequest } from './idempotent.ts'
import { withMember } from './included-records.ts'

/** Customers that begin in the hub. */
@Controller()
export class ProspectsController {
  readonly #ports: ApiPorts

  constructor(@Inject(API_PORTS) ports: ApiPorts) {
    this.#ports = ports
  }

  @Operation(createCustomerOperation)
  async create(@Input() input: InputOf<typeof createCustomerOperation>, @Res() reply: FastifyReply): Promise<void> {
    const { db, edits } = this.#ports
    const request = onceRequest(input, ['POST', '/v1/customers'])
    const document = prospectOf(this.#ports, input.body as JsonObject)
    const author = authorOf(input)
    const { result, isReplay } = await edits.within((tx) =>
      once(tx, request, async () => ({ ...(await this.#place(tx, document, author)) })),
    )
    const row = await findCustomer(db, result.customerId)
    input.found([row.id])
    if (isReplay) reply.header('idempotency-replayed', 'true')
    reply.header('etag', `"${row.id}.${row.version}"`).header('cache-control', 'private, no-cache')
    reply
      .code(result.matched ? 200 : 201)
      .header(result.matched ? 'content-location' : 'location', `/v1/customers/${row.id}`)
    sendJson(reply, withMember(row.golden, 'matched', String(result.matched)))
  }

  async #place(db: Queryable, document: JsonObject, author: string): Promise<{ customerId: string; matched: boolean }> {
    const placed = await this.#ports.prospects.create(db, { document, at: new Date().toISOString() })
    const facts: JsonObject = { matched: placed.matched, fields: Object.keys(document) }
    await writeAudit(db, { actor: author, act: 'customer.create', subject: placed.customerId, facts })
    return placed
  }
}

/** One of these makes it somebody. */
const SOMEBODY = ['name', 'organization', 'emails', 'phones', 'identifiers', 'addresses'] as const

/** The checked document; pure but for the rules in force. */
function prospectOf({ validator, changeRules }: ApiPorts, body: JsonObject): JsonObject {
  refuseEnvelope(body)
  const document: JsonObject = { ...body, status: 'prospect' }
  const faults = validator.validate('customer', document, { all: true })
  if (faults.length > 0) throw invalidCustomer(faults)
  if (!SOMEBODY.some((name) => hasContent(document[name]))) throw nobody()
  const source = { system: HUB_SYSTEM, entity: 'customer' }
  const refusal = changeRules.refusal('customer', document, { source, at: new Date().toISOString() })
  if (refusal !== undefined) throw refusedError(refusal)
  return document
}

function hasContent(value: JsonObject[string] | undefined): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length > 0
}

function nobody(): HubError {
  return new HubError({
    code: 'customer.create.nobody',
    family: 'reject',
    message: 'Nothing in it says who this is or how to reach them.',
    where: '',
    fix: `Send at least one of ${SOMEBODY.join(', ')}.`,
  })
}
