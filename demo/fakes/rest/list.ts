import type { HttpFaults } from '../http/faults.ts'
import type { Collection, StoredRecord } from './store.ts'

/** A list request that is refused. */
export class ListProblem extends Error {
  readonly status: number
  readonly code: string
  readonly field: string | undefined
  constructor(status: number, code: string, field?: string) {
    super(code)
    this.status = status
    this.code = code
    this.field = field
  }
}

export interface ListPage {
  records: StoredRecord[]
  total: number
  cursor: string | undefined
  /** Of the next page. */
  nextQuery: URLSearchParams | undefined
}

const PARAMETERS = new Set(['limit', 'page', 'offset', 'cursor', 'after', 'updated_since'])
const LIMIT_DEFAULT = 100
const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z$/

/** Throws ListProblem. */
export function listPage(
  collection: Collection,
  query: URLSearchParams,
  { pageMax, epoch, faults }: { pageMax: number; epoch: number; faults: HttpFaults },
): ListPage {
  for (const name of query.keys()) if (!PARAMETERS.has(name)) throw new ListProblem(400, 'unknown_parameter', name)
  const styles = ['page', 'offset', 'cursor', 'after'].filter((name) => query.has(name))
  if (styles.length > 1) throw new ListProblem(400, 'one_style_only', styles[1])
  const limit = Math.min(integer(query, 'limit', LIMIT_DEFAULT, 1), pageMax)
  const since = query.get('updated_since')
  if (since !== null && !ISO.test(since)) throw new ListProblem(400, 'no_time', 'updated_since')
  const order = since === null ? 'id' : 'updated_at'
  const sorted = collection.sorted(order)
  const begin = since === null ? 0 : firstAfter(sorted, (record) => record.updated_at > new Date(since).toISOString())
  const from = begin + startOf(sorted, begin, query, { limit, order, epoch })
  const records = sorted.slice(from, from + limit)
  const isLast = from + limit >= sorted.length
  const next = isLast ? undefined : cursorOf(records.at(-1), order, epoch)
  const nextQuery = isLast ? undefined : nextOf(query, { from: from - begin, limit, cursor: next, style: styles[0] })
  if (faults.repeatRecords && from > 0) records.unshift(...sorted.slice(from - 1, from))
  if (faults.reverseRecords) records.reverse()
  return { records, total: sorted.length - begin, cursor: next, nextQuery }
}

function startOf(
  sorted: readonly StoredRecord[],
  begin: number,
  query: URLSearchParams,
  { limit, order, epoch }: { limit: number; order: 'id' | 'updated_at'; epoch: number },
): number {
  const after = query.get('after')
  if (after !== null) {
    if (order !== 'id') throw new ListProblem(400, 'after_needs_order_of_id', 'after')
    return firstAfter(sorted, (record) => record.id > after)
  }
  const cursor = query.get('cursor')
  if (cursor === null)
    return query.has('page') ? (integer(query, 'page', 1, 1) - 1) * limit : integer(query, 'offset', 0, 0)
  const [of, time, id, inOrder] = readCursor(cursor)
  if (of !== epoch) throw new ListProblem(410, 'cursor_expired', 'cursor')
  if (inOrder !== order) throw new ListProblem(400, 'cursor_of_another_list', 'cursor')
  const at = firstAfter(sorted, (record) => {
    if (order === 'id') return record.id > id
    return record.updated_at > time || (record.updated_at === time && record.id > id)
  })
  return Math.max(0, at - begin)
}

/** Place of the first record for which it holds; it holds for all that follow. */
function firstAfter(sorted: readonly StoredRecord[], holds: (record: StoredRecord) => boolean): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >> 1
    const record = sorted[middle]
    if (record !== undefined && holds(record)) high = middle
    else low = middle + 1
  }
  return low
}

function cursorOf(last: StoredRecord | undefined, order: string, epoch: number): string | undefined {
  if (last === undefined) return undefined
  return Buffer.from(JSON.stringify([epoch, last.updated_at, last.id, order])).toString('base64url')
}

function readCursor(text: string): [number, string, string, string] {
  try {
    const parts = JSON.parse(Buffer.from(text, 'base64url').toString()) as unknown
    if (Array.isArray(parts) && parts.length === 4) return parts as [number, string, string, string]
  } catch {
    // Told below.
  }
  throw new ListProblem(400, 'no_cursor', 'cursor')
}

function nextOf(
  query: URLSearchParams,
  {
    from,
    limit,
    cursor,
    style,
  }: { from: number; limit: number; cursor: string | undefined; style: string | undefined },
): URLSearchParams {
  const next = new URLSearchParams(query)
  if (style === 'page') next.set('page', String(Math.floor(from / limit) + 2))
  else if (style === 'offset') next.set('offset', String(from + limit))
  else {
    next.delete('after')
    next.set('cursor', cursor ?? '')
  }
  return next
}

function integer(query: URLSearchParams, name: string, otherwise: number, min: number): number {
  const text = query.get(name)
  if (text === null) return otherwise
  const value = Number(text)
  if (/^\d{1,9}$/.test(text) && value >= min) return value
  throw new ListProblem(400, 'no_number', name)
}
