import { Controller, Inject, Res } from '@nestjs/common'
import type { FastifyReply } from 'fastify'
import { Readable } from 'node:stream'
import { Input, Operation } from '../api/http/decorators.ts'
import type { Input as InputOf } from '../api/http/input.ts'
import { getLedgerOperation, streamCrossReferencesOperation } from '../api/operations/admin-run.ts'
import { HubError } from '../contracts/hub-error.ts'
import { type Ledger, readLedger } from '../store/ledger-queries.ts'
import { crossReferenceLines } from './cross-references.ts'
import { ADMIN_PORTS, type AdminPorts } from './ports.ts'

/** Each holds a connection of the database for as long as its reader takes. */
const STREAMS_MAX = 3

/** The account of changes, and which record belongs to which customer. */
@Controller()
export class LedgerController {
  readonly #ports: AdminPorts
  #streams = 0

  constructor(@Inject(ADMIN_PORTS) ports: AdminPorts) {
    this.#ports = ports
  }

  @Operation(getLedgerOperation)
  ledger(): Promise<Ledger> {
    return readLedger(this.#ports.db)
  }

  @Operation(streamCrossReferencesOperation)
  crossReferences(
    @Input() { query }: InputOf<typeof streamCrossReferencesOperation>,
    @Res() reply: FastifyReply,
  ): void {
    if (this.#streams >= STREAMS_MAX) throw tooMany()
    this.#streams++
    const lines = crossReferenceLines(this.#ports.db, query)
    const stream = Readable.from(lines, { objectMode: false, highWaterMark: 1 })
    stream.once('close', () => {
      this.#streams--
    })
    reply.header('content-type', 'application/x-ndjson; charset=utf-8').send(stream)
  }
}

function tooMany(): HubError {
  return new HubError({
    code: 'cross-references.too-many-readers',
    family: 'retry',
    message: `This process serves at most ${STREAMS_MAX} readers of the cross-references at a time.`,
    fix: 'Try again when one of them has ended.',
    retryAfterMs: 5_000,
  })
}
