import type { SourceRecord } from '../../hub/contracts/connector.ts'
import type { ReadRecord } from './file-reader.ts'

export interface RecordPage {
  records: SourceRecord[]
  /** The line of the last record. */
  line: number
  isLast: boolean
}

const BYTES_MAX = 4 * 1024 * 1024

/** Groups records into pages, bounded by number and by size; always ends with a last one, which may be empty. */
export async function* inPages(records: AsyncIterable<ReadRecord>, pageSize: number): AsyncGenerator<RecordPage> {
  let page: SourceRecord[] = []
  let bytes = 0
  let lastLine = 0
  for await (const { record, line } of records) {
    if (page.length >= pageSize || bytes >= BYTES_MAX) {
      yield { records: page, line: lastLine, isLast: false }
      page = []
      bytes = 0
    }
    page.push(record)
    bytes += sizeOf(record)
    lastLine = line
  }
  yield { records: page, line: lastLine, isLast: true }
}

function sizeOf({ data }: SourceRecord): number {
  let size = 0
  for (const value of Object.values(data ?? {})) size += typeof value === 'string' ? value.length + 20 : 50
  return size
}
