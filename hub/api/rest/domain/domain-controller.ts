import { Controller, Inject, Res } from '@nestjs/common'
import type { FastifyReply } from 'fastify'
import type { Json, JsonObject } from '../../../contracts/json.ts'
import { acceptedContactChanges } from '../../../store/decision-log-queries.ts'
import type { Queryable } from '../../../store/queryable.ts'
import { readEntity } from '../../../store/source-record-queries.ts'
import { Input, Operation } from '../../http/decorators.ts'
import type { Input as InputOf } from '../../http/input.ts'
import { changeContactOperation, payInvoiceOperation } from '../../operations/domain.ts'
import { API_PORTS, type ApiPorts } from '../../ports.ts'
import { sendJson } from '../answer.ts'
import { authorOf } from '../author.ts'
import { editCustomer } from '../edit-customer.ts'
import { entityTexts } from '../entity-text.ts'
import { once, onceRequest } from '../idempotent.ts'
import { waitOf } from '../prefer.ts'
import { settle } from '../record-write-answer.ts'
import { type ContactChange, withContactChanges } from './contact-changes.ts'
import type { PaymentOrder } from './create-payment.ts'
import { decideByRule, type RuleDecision } from './decide-by-rule.ts'
import { payInvoice } from './pay-invoice.ts'
import { Turns } from './turns.ts'

/** What channels do for customers, decided by the shared rules before it is done. */
@Controller()
export class DomainController {
  readonly #ports: ApiPorts
  /** Payments of one invoice, since each has to see what the one before it ordered. */
  readonly #payments = new Turns()

  constructor(@Inject(API_PORTS) ports: ApiPorts) {
    this.#ports = ports
  }

  @Operation(payInvoiceOperation)
  async pay(@Input() input: InputOf<typeof payInvoiceOperation>, @Res() reply: FastifyReply): Promise<void> {
    const { id } = input.params
    const request = onceRequest(input, ['POST', `/v1/invoices/${id}/payments`])
    const order = input.body as unknown as PaymentOrder
    const author = authorOf(input)
    const { db } = this.#ports
    const { result, isReplay } = await this.#payments.take(id, () =>
      db.transaction((tx) =>
        once(tx, request, async () => {
          const { decision, ...placed } = await payInvoice(this.#ports, tx, { invoiceId: id, order, author })
          return { ...placed, decision: decision === null ? null : { ...decision } }
        }),
      ),
    )
    const wait = waitOf(input.headers.prefer)
    const { decision, ...placed } = result
    const settled = await settle(this.#ports, { placed, isReplay, wait }, reply)
    const { view, id: paymentId, text } = settled
    input.found([paymentId])
    if (text !== null) reply.code(201).header('location', `/v1/payments/${paymentId}`)
    const payment = text ?? JSON.stringify({ id: paymentId })
    const rest = JSON.stringify({ decision, writes: [view] })
    sendJson(reply, `{"payment":${payment},"invoice":${await invoiceText(db, id)},${rest.slice(1)}`)
  }

  @Operation(changeContactOperation)
  async changeContact(
    @Input() input: InputOf<typeof changeContactOperation>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { id } = input.params
    const ifMatch = input.headers['if-match'] ?? null
    const body = input.body as unknown as ContactRequest
    const author = authorOf(input)
    let decision: RuleDecision | null = null
    const answer = await editCustomer(this.#ports, {
      id,
      wanted: (core) => withContactChanges(core, body.changes),
      accept: async (db, row) => {
        decision = await decideByRule(this.#ports, db, {
          rule: 'contact-change',
          input: await contactInput(db, row.id, body),
          actor: author,
        })
      },
      ifMatch,
      once: onceRequest(input, ['POST', `/v1/customers/${id}/contact-changes`, ifMatch ?? undefined]),
      author,
      body: (golden, writeBack) =>
        `{"customer":${golden},"decision":${JSON.stringify(decision)},"writeBack":${writeBack}}`,
    })
    if (answer.id !== id) {
      input.found([answer.id])
      reply.header('content-location', `/v1/customers/${answer.id}`)
    }
    if (answer.isReplay) reply.header('idempotency-replayed', 'true')
    reply.header('etag', `"${answer.id}.${answer.version}"`).header('cache-control', 'private, no-cache')
    sendJson(reply, answer.text)
  }
}

interface ContactRequest {
  channel: string
  verified?: boolean
  changes: ContactChange[]
}

/** What the rule decides on: who, by which channel, and which members, not what they become. */
async function contactInput(db: Queryable, customerId: string, body: ContactRequest): Promise<JsonObject> {
  const { channel, verified = false, changes } = body
  const members = [...new Set(changes.map(({ member }) => member))]
  const recentChanges = await acceptedContactChanges(db, customerId)
  const input: Record<string, Json> = { customer: { id: customerId }, channel, verified, members, recentChanges }
  return input
}

async function invoiceText(db: Queryable, id: string): Promise<string> {
  const row = await readEntity(db, 'invoice', id)
  const [text = 'null'] = row === undefined ? [] : await entityTexts(db, [row])
  return text
}
