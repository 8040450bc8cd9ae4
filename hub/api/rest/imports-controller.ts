import { Controller, Inject, Res } from '@nestjs/common'
import type { FastifyReply } from 'fastify'
import { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { HubError } from '../../contracts/hub-error.ts'
import { type ImportView, viewOf } from '../../intake/bulk/import-view.ts'
import type { RecordTarget } from '../../intake/bulk/line-parser.ts'
import { Input, Operation } from '../http/decorators.ts'
import type { Input as InputOf } from '../http/input.ts'
import {
  cancelImportOperation,
  getImportFaultsOperation,
  getImportOperation,
  listImportsOperation,
  startImportOperation,
} from '../operations/bulk.ts'
import { API_PORTS, type ApiPorts } from '../ports.ts'
import { sendJson } from './answer.ts'
import { askerOf } from './bulk-asker.ts'
import { decodeCursor, NUMBER_PLACE, pageText } from './cursor.ts'

@Controller()
export class ImportsController {
  readonly #ports: ApiPorts

  constructor(@Inject(API_PORTS) ports: ApiPorts) {
    this.#ports = ports
  }

  @Operation(startImportOperation)
  async start(@Input() input: InputOf<typeof startImportOperation>, @Res() reply: FastifyReply): Promise<void> {
    const { query, stream } = input
    const source = stream ?? Readable.from([])
    const target = targetOf(query)
    const bytes = decoded(source, input.headers['content-encoding'])
    try {
      const view = await this.#ports.imports.run({
        importer: askerOf(input),
        id: query.id?.toLowerCase() ?? null,
        target,
        fromLine: query.fromLine,
        bytes,
        stopping: this.#ports.stopping,
      })
      sendJson(reply.code(202).header('location', `/v1/imports/${view.id}`), JSON.stringify(view))
    } finally {
      if (bytes !== source) bytes.destroy()
      letEnd(source)
    }
  }

  @Operation(listImportsOperation)
  async list(@Input() input: InputOf<typeof listImportsOperation>, @Res() reply: FastifyReply): Promise<void> {
    const { state, limit, cursor } = input.query
    const list = `imports ${state ?? ''}`
    const before = decodeCursor(list, cursor, NUMBER_PLACE)
    const place = before === null ? null : Number(before)
    const rows = await this.#ports.imports.list(askerOf(input), state ?? null, place, limit + 1)
    const view = { text: (row: (typeof rows)[number]) => JSON.stringify(viewOf(row, null)), place: numberOf }
    sendJson(reply, pageText(rows, limit, list, view))
  }

  @Operation(getImportOperation)
  read(@Input() input: InputOf<typeof getImportOperation>): Promise<ImportView> {
    return this.#ports.imports.view(askerOf(input), input.params.id)
  }

  @Operation(getImportFaultsOperation)
  async faults(@Input() input: InputOf<typeof getImportFaultsOperation>, @Res() reply: FastifyReply): Promise<void> {
    const { imports } = this.#ports
    const asker = askerOf(input)
    // Refuses before the answer has begun.
    await imports.view(asker, input.params.id)
    const lines = Readable.from(imports.faults(asker, input.params.id), { objectMode: false })
    reply.header('content-type', 'application/x-ndjson; charset=utf-8').send(lines)
  }

  @Operation(cancelImportOperation)
  cancel(@Input() input: InputOf<typeof cancelImportOperation>): Promise<ImportView> {
    return this.#ports.imports.cancel(askerOf(input), input.params.id)
  }
}

function numberOf({ no }: { no: number }): string {
  return String(no)
}

function targetOf({ system, entity, batch = '' }: InputOf<typeof startImportOperation>['query']): RecordTarget | null {
  if (system !== undefined && entity !== undefined) return { system, entity, batch }
  if (system === undefined && entity === undefined && batch === '') return null
  throw new HubError({
    code: 'import.target.incomplete',
    family: 'reject',
    status: 400,
    message: 'Records need both `system` and `entity`; `batch` is for records only.',
    where: system === undefined ? '?system' : '?entity',
    fix: 'Name both for lines that are records as the system has them, and none of the three for CloudEvents.',
  })
}

/** The lines, at the pace of whoever reads them. */
function decoded(stream: Readable, encoding: string | undefined): Readable {
  if (encoding === undefined || encoding === 'identity') return stream
  if (encoding === 'gzip') return unzipped(stream)
  throw new HubError({
    code: 'import.encoding.unsupported',
    family: 'reject',
    status: 415,
    message: 'Lines may be compressed by gzip only.',
    fix: 'Send them with `Content-Encoding: gzip`, or as they are.',
  })
}

/** Not by `pipeline`: bytes that are no gzip must not end the connection that the answer goes over. */
function unzipped(stream: Readable): Readable {
  const lines = createGunzip()
  // Thrown to the reader, also where it comes before anybody reads.
  lines.on('error', () => stream.unpipe(lines))
  stream.once('close', () => {
    if (!stream.readableEnded) lines.destroy(Object.assign(new Error('aborted'), { code: 'ECONNRESET' }))
  })
  return stream.on('error', () => undefined).pipe(lines)
}

/** How long a sender may go on after the answer: whoever reads it at once has to be told first, and then stops. */
const REST_MS = 30_000

/** What comes after the answer is read over, so that the answer is not lost with the connection. */
function letEnd(stream: Readable): void {
  if (stream.readableEnded || stream.destroyed) return
  const end = setTimeout(() => stream.destroy(), REST_MS).unref()
  stream.once('close', () => {
    clearTimeout(end)
  })
  stream.resume()
}
