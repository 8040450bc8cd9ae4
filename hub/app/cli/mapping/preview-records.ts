import { HubError } from '../../../contracts/hub-error.ts'
import type { JsonObject } from '../../../contracts/json.ts'
import type { Io } from '../shared/io.ts'

export interface RecordsRequest {
  records: string | undefined
  system: string | undefined
}

/** Where a preview takes its records from: exactly one of a file and a running hub. */
export async function recordsFor(
  _file: string,
  { records, system }: RecordsRequest,
  _io: Io,
): Promise<string | AsyncIterable<JsonObject>> {
  if (records !== undefined && system === undefined) return Promise.resolve(records)
  throw new HubError({
    code: 'cli.usage.source',
    family: 'reject',
    message: 'Name one source of records: --records <file>, or --system <name>.',
  })
}
