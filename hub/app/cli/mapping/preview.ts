import { HubError } from '../../../contracts/hub-error.ts'
import type { JsonObject } from '../../../contracts/json.ts'
import type { CompiledMapping } from '../../../mapping/index.ts'
import { EXIT } from '../shared/exit-codes.ts'
import type { Io } from '../shared/io.ts'
import { readRecords } from '../shared/records.ts'
import { json } from '../shared/text.ts'
import { MappingChecker, readMapping } from './mapping-files.ts'
import { PreviewTally, type Shown } from './preview-tally.ts'
import { reportText } from './preview-text.ts'

export interface PreviewRequest {
  file: string
  /** Path of the mapping to hold it against. */
  against: string | undefined
  /** Path of the records, `-` for standard input. */
  records: string
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
  let chunk: JsonObject[] = []
  for await (const { record } of readRecords(io, request.records)) {
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

/** Throws the first error of a mapping that is not right. */
export async function compiledMapping(checker: MappingChecker, file: string, io: Io): Promise<CompiledMapping> {
  const { compiled, errors } = await checker.check(await readMapping(io, file), false)
  const [error] = errors
  if (error !== undefined) throw error
  if (compiled === null) throw new Error('a mapping that does not compile has told no error')
  return compiled
}

export function noRecords(): HubError {
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
