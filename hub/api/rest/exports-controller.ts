import { Controller, Inject, Res } from '@nestjs/common'
import type { FastifyReply } from 'fastify'
import { pipeline, Readable } from 'node:stream'
import { constants, createGzip } from 'node:zlib'
import { HubError } from '../../contracts/hub-error.ts'
import type { JsonObject } from '../../contracts/json.ts'
import type { ExportData } from '../../delivery/bulk/export-desk.ts'
import type { ExportRequest } from '../../delivery/bulk/export-request.ts'
import type { BulkJob } from '../../store/bulk-queries.ts'
import { Input, Operation } from '../http/decorators.ts'
import type { Input as InputOf } from '../http/input.ts'
import {
  endExportOperation,
  getExportDataOperation,
  getExportOperation,
  listExportsOperation,
  startExportOperation,
} from '../operations/bulk.ts'
import { API_PORTS, type ApiPorts } from '../ports.ts'
import { sendJson } from './answer.ts'
import { askerOf } from './bulk-asker.ts'
import { byteRange } from './byte-range.ts'
import { once, onceRequest } from './idempotent.ts'
import { decodeCursor, NUMBER_PLACE, pageText } from './cursor.ts'

@Controller()
export class ExportsController {
  readonly #ports: ApiPorts

  constructor(@Inject(API_PORTS) ports: ApiPorts) {
    this.#ports = ports
  }

  @Operation(startExportOperation)
  async start(@Input() input: InputOf<typeof startExportOperation>, @Res() reply: FastifyReply): Promise<void> {
    const body = input.body as Partial<ExportRequest> & Pick<ExportRequest, 'entity'>
    const { entity, filter = null, fields = null, since = null } = body
    const { db, exports } = this.#ports
    const asker = askerOf(input)
    const order = { entity, filter, fields, since: moment(since) }
    const request = onceRequest(input, ['POST', '/v1/exports'])
    const { result, isReplay } = await db.transaction((tx) =>
      once(tx, request, async () => ({ id: (await exports.create(tx, asker, order)).id })),
    )
    exports.wake()
    const job = await exports.read(asker, result.id)
    if (isReplay) reply.header('idempotency-replayed', 'true')
    sendJson(reply.code(202).header('location', `/v1/exports/${job.id}`), viewText(job))
  }

  @Operation(listExportsOperation)
  async list(@Input() input: InputOf<typeof listExportsOperation>, @Res() reply: FastifyReply): Promise<void> {
    const { state, limit, cursor } = input.query
    const list = `exports ${state ?? ''}`
    const before = decodeCursor(list, cursor, NUMBER_PLACE)
    const place = before === null ? null : Number(before)
    const rows = await this.#ports.exports.list(askerOf(input), state ?? null, place, limit + 1)
    sendJson(reply, pageText(rows, limit, list, { text: viewText, place: ({ no }) => String(no) }))
  }

  @Operation(getExportOperation)
  async read(@Input() input: InputOf<typeof getExportOperation>, @Res() reply: FastifyReply): Promise<void> {
    sendJson(reply, viewText(await this.#ports.exports.read(askerOf(input), input.params.id)))
  }

  @Operation(endExportOperation)
  async end(@Input() input: InputOf<typeof endExportOperation>, @Res() reply: FastifyReply): Promise<void> {
    sendJson(reply, viewText(await this.#ports.exports.end(askerOf(input), input.params.id)))
  }

  @Operation(getExportDataOperation)
  async data(@Input() input: InputOf<typeof getExportDataOperation>, @Res() reply: FastifyReply): Promise<void> {
    const { params, query, headers } = input
    const data = await this.#ports.exports.data(askerOf(input), params.id)
    const etag = `"${params.id}"`
    reply.header('content-type', 'application/x-ndjson; charset=utf-8').header('etag', etag)
    reply.header('accept-ranges', 'bytes').header('vary', 'accept-encoding')
    const ifRange = headers['if-range']
    const range = headers.range === undefined || (ifRange !== undefined && ifRange !== etag) ? undefined : headers.range
    if (range !== undefined && query.fromLine !== undefined) throw oneOfBoth()
    const part = byteRange(range, data.bytes)
    if (part === 'unsatisfiable') {
      reply.header('content-range', `bytes */${data.bytes}`)
      throw noSuchBytes()
    }
    if (part !== null) {
      reply.code(206).header('content-range', `bytes ${part.from}-${part.to - 1}/${data.bytes}`)
      sendBytes(reply, data, part.from, part.to, false)
      return
    }
    const from = query.fromLine === undefined ? 0 : await data.byteOfLine(query.fromLine)
    sendBytes(
      reply,
      data,
      from,
      data.bytes,
      /\bgzip\b(?!\s*;\s*q=0(?:\.0+)?(?:,|$))/.test(headers['accept-encoding'] ?? ''),
    )
  }
}

/** Days that no calendar has are taken as those after them. */
function moment(text: string | null): string | null {
  return text === null ? null : new Date(Date.parse(text)).toISOString()
}

function sendBytes(reply: FastifyReply, data: ExportData, from: number, to: number, isCompressed: boolean): void {
  const bytes = Readable.from(data.read(from, to), { objectMode: false, highWaterMark: 1 })
  if (!isCompressed) {
    reply.header('content-length', to - from).send(bytes)
    return
  }
  // An error on the way ends the connection: half a file must not look like a whole one.
  const compressed = pipeline(bytes, createGzip({ level: constants.Z_BEST_SPEED }), () => undefined)
  reply.header('content-encoding', 'gzip').send(compressed)
}

function viewText(job: BulkJob): string {
  const { id, state, request, looked, total, lines, bytes, snapshotAt, problem } = job
  const { entity, filter, fields, since } = request as JsonObject & Record<keyof ExportRequest, string>
  const { actor: createdBy, createdAt, updatedAt, endedAt } = job
  // Before it is ready it expires in no way that anybody could see.
  const expiresAt = state === 'completed' ? job.expiresAt : null
  const progress = { looked, total, lines, bytes, snapshotAt, problem }
  const stamps = { createdBy, createdAt, updatedAt, endedAt, expiresAt }
  return JSON.stringify({ id, state, entity, filter, fields, since, ...progress, ...stamps })
}

function oneOfBoth(): HubError {
  return new HubError({
    code: 'export.range.conflict',
    family: 'reject',
    status: 400,
    message: 'A part is named by Range or by `fromLine`, not by both.',
    where: '?fromLine',
  })
}

function noSuchBytes(): HubError {
  return new HubError({
    code: 'export.range.unsatisfiable',
    family: 'reject',
    status: 416,
    message: 'The export has no such bytes.',
    fix: 'The header Content-Range says how many there are.',
  })
}
