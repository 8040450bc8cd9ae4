import { Controller, Inject, Res } from '@nestjs/common'
import type { FastifyReply } from 'fastify'
import { Readable } from 'node:stream'
import { HubError } from '../../contracts/hub-error.ts'
import { familyOf } from '../../store/customer-queries.ts'
import { Input, Operation } from '../http/decorators.ts'
import type { Input as InputOf } from '../http/input.ts'
import {
  eraseCustomerOperation,
  exportPersonalDataOperation,
  getErasureOfCustomerOperation,
} from '../operations/privacy.ts'
import { API_PORTS, type ApiPorts, type ErasureOrder } from '../ports.ts'
import { authorOf, noteOf } from './author.ts'
import { explainCustomer } from './explain-customer.ts'
import { findCustomer } from './find-customer.ts'
import { personalData } from './personal-data.ts'

/** Each reads for as long as its reader takes. */
const EXPORTS_MAX = 3

/** What a person may ask of whoever holds their data: to see it, and to have it erased. */
@Controller()
export class PrivacyController {
  readonly #ports: ApiPorts
  #exports = 0

  constructor(@Inject(API_PORTS) ports: ApiPorts) {
    this.#ports = ports
  }

  @Operation(exportPersonalDataOperation)
  async personalData(
    @Input() input: InputOf<typeof exportPersonalDataOperation>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { db } = this.#ports
    const row = await findCustomer(db, input.params.id)
    if (this.#exports >= EXPORTS_MAX) throw tooMany()
    this.#exports++
    try {
      const customers = await familyOf(db, row.id)
      const provenance = await explainCustomer(this.#ports, row.id)
      const text = personalData(db, { id: row.id, customers, golden: row.golden, provenance })
      const stream = Readable.from(text, { objectMode: false })
      stream.once('close', () => {
        this.#exports--
      })
      reply
        .header('content-type', 'application/json; charset=utf-8')
        .header('cache-control', 'no-store')
        .header('content-disposition', `attachment; filename="personal-data-${row.id}.json"`)
        .send(stream)
    } catch (error) {
      this.#exports--
      throw error
    }
  }

  @Operation(eraseCustomerOperation)
  async erase(@Input() input: InputOf<typeof eraseCustomerOperation>): Promise<object> {
    const { reason, requestedAt } = input.body as { reason: ErasureOrder['reason']; requestedAt?: string }
    return this.#ports.erasures.erase({
      customerId: input.params.id.toLowerCase(),
      reason,
      note: noteOf(input.body as { note?: string }),
      requestedAt: requestedAt === undefined ? null : pastMoment(requestedAt),
      author: authorOf(input),
    })
  }

  @Operation(getErasureOfCustomerOperation)
  async erasure(@Input() { params }: InputOf<typeof getErasureOfCustomerOperation>): Promise<object> {
    return this.#ports.erasures.ofCustomer(params.id)
  }
}

function pastMoment(text: string): string {
  const ms = Date.parse(text)
  if (ms <= Date.now()) return new Date(ms).toISOString()
  throw new HubError({
    code: 'request.body.invalid',
    family: 'reject',
    message: 'A request was made at a moment of the past.',
    where: '/requestedAt',
    fix: 'Write it as 2026-03-14T09:26:53Z, or leave it out.',
  })
}

function tooMany(): HubError {
  return new HubError({
    code: 'privacy.exports.too-many',
    family: 'retry',
    message: `This process makes at most ${EXPORTS_MAX} exports of personal data at a time.`,
    fix: 'Try again when one of them has ended.',
    retryAfterMs: 5_000,
  })
}
