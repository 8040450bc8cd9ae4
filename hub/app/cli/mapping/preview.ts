import { HubError } from '../../../contracts/hub-error.ts'
import type { JsonObject } from '../../../contracts/json.ts'
import { type CompiledMapping, differenceText, type PreviewedRecord } from '../../../mapping/index.ts'
import { EXIT } from '../shared/exit-codes.ts'
import type { Io } from '../shared/io.ts'
import { readRecords } from '../shared/records.ts'
import { indent, json, leafLines, plural, printable, table } from '../shared/text.ts'
import { MappingChecker, readMapping } from './mapping-files.ts'
import { type PreviewReport, PreviewTally, type Shown } from './preview-tally.ts'

export interface PreviewRequest {
  file: string
  /** Path of the mapping to hold it against. */
  against: string | undefined
  /** Path of the records, `-` for standard input; or the records that a running hub has. */
  records: string | AsyncIterable<JsonObject>
  shown: Shown
  samplesMax: number
  asJson: boolean
}

const CHUNK_RECORDS = 500

/** `omnihub mapping preview`: what a mapping makes of real records. Nothing is kept or sent anywhere. */
export async function previewRecords(request: PreviewRequest, io: Io): Promise<number> {
  const checker = new MappingChecker(io)
  const compiled = await compiledMapping(checker, request.file, io)
  const before = request.against === undefined ? undefined : await compiledMapping(checker, request.against, io)
  if (request.shown === 'changed' && before === undefined) throw nothingToCompare()
  const { shown, samplesMax } = request
  const validator = await checker.validator(request.file)
  const tally = new PreviewTally({ compiled, before, validator, samplesMax, shown })
  const records = typeof request.records === 'string' ? recordsOf(io, request.records) : request.records
  let chunk: JsonObject[] = []
  for await (const record of records) {
    if (chunk.push(record) < CHUNK_RECORDS) continue
    tally.add(chunk)
    chunk = []
  }
  tally.add(chunk)
  const { report } = tally
  if (report.records === 0) throw noRecords()
  io.out(request.asJson ? json({ mapping: request.file, ...report }) : reportText(report, before !== undefined))
  return report.failed === 0 ? EXIT.done : EXIT.failed
}

async function* recordsOf(io: Io, source: string): AsyncGenerator<JsonObject> {
  for await (const { record } of readRecords(io, source)) yield record
}

async function compiledMapping(checker: MappingChecker, file: string, io: Io): Promise<CompiledMapping> {
  const { compiled, errors } = await checker.check(await readMapping(io, file), false)
  const [error] = errors
  if (error !== undefined) throw error
  if (compiled === null) throw new Error('a mapping that does not compile has told no error')
  return compiled
}

function reportText(report: PreviewReport, isCompared: boolean): string {
  const shown = report.samples.map((record, at) => recordText(record, at + 1, isCompared))
  const counts = [`${plural(report.records, 'record')}: ${report.mapped} mapped`, `${report.failed} failed`]
  counts.push(`${report.deleted} deleted`)
  if (isCompared) counts.push(`${report.changed} otherwise than before`)
  const parts = [...shown, `${counts.join(', ')}\n`]
  if (report.errors.length > 0) {
    const rows = report.errors.map(({ records, code, message }) => [records, code, message])
    parts.push(table(['records', 'code', 'what'], rows))
  }
  const filled = Object.entries(report.filled).sort(([, a], [, b]) => b - a)
  if (filled.length > 0) {
    const rows = filled.map(([path, count]) => [path, count, `${Math.round((100 * count) / report.records)} %`])
    parts.push(table(['field', 'filled', ''], rows))
  }
  return parts.join('\n')
}

function recordText(record: PreviewedRecord, number: number, isCompared: boolean): string {
  const { key, input, outcome, changes = [] } = record
  const name = key === null ? `record ${number}` : `record ${number}, key ${printable(key)}`
  if (isCompared) {
    const text =
      changes.length === 0 ? '  as before' : indent(differenceText(changes).split('\n').map(printable).join('\n'))
    return `${name}: ${outcome.kind}\n${text}\n`
  }
  const after =
    outcome.kind === 'mapped'
      ? leafLines(outcome.document, '+')
      : outcome.kind === 'failed'
        ? outcome.errors.map(({ code, message }) => `! ${code}: ${printable(message)}`)
        : []
  return `${name}: ${outcome.kind}\n${indent([...leafLines(input, '-'), ...after].join('\n'))}\n`
}

function noRecords(): HubError {
  return new HubError({
    code: 'cli.records.none',
    family: 'reject',
    message: 'There are no records to preview.',
    fix: 'Give records as NDJSON (one object a line) or as a JSON array.',
  })
}

function nothingToCompare(): HubError {
  return new HubError({
    code: 'cli.usage.against-missing',
    family: 'reject',
    message: '`--only changed` needs a mapping to hold the new one against.',
    fix: 'Name it with --against <file>.',
  })
}
