import { HubError } from '../../hub/contracts/hub-error.ts'
import type { Json, JsonObject } from '../../hub/contracts/json.ts'
import { schemaError, settingsError, unexpectedError } from '../shared/errors.ts'
import { valueAt } from '../shared/json-path.ts'
import type { Asking, RestAnswer, RestClient } from './client.ts'
import type { ListRequest, PageOptions, RestOptions } from './options.ts'
import { scalarText } from './raw-json.ts'
import { rawRecords, restRecord, type RestRecord } from './records.ts'
import type { ValueRule } from './values.ts'

/** Where reading page by page has come to; JSON, so that it can be part of a checkpoint. */
export interface PagePlace {
  /** Pages read before. */
  pages: number
  /** Records on the pages before. */
  rows: number
  /** The most that one page had: systems give fewer than they are asked for, but then always. */
  most: number
  /** cursor and keyset: the mark; next and link: the address. */
  mark: string | null
}

export const FIRST_PAGE: PagePlace = { pages: 0, rows: 0, most: 0, mark: null }

export function isPagePlace(value: unknown): value is PagePlace {
  const { pages, rows, most, mark } = (value ?? {}) as Record<string, unknown>
  const numbers = [pages, rows, most].every((each) => Number.isSafeInteger(each) && Number(each) >= 0)
  return numbers && (mark === null || typeof mark === 'string')
}

export interface RestPage {
  records: RestRecord[]
  total: number | undefined
  /** undefined: this was the last page. */
  next: PagePlace | undefined
}

/** The system no longer knows the mark. */
export class ExpiredPlace extends Error {
  readonly told: HubError
  constructor(told: HubError) {
    super(told.message)
    this.told = told
  }
}

export interface PageReading {
  client: RestClient
  options: RestOptions
  values: readonly ValueRule[]
  list: ListRequest
  /** What {{ since }} is; undefined: everything is asked for. */
  since: string | undefined
}

/** Throws ExpiredPlace where the system has forgotten the place. */
export async function readPage(reading: PageReading, place: PagePlace): Promise<RestPage> {
  const { client, options, list, values } = reading
  const answer = await client.ask(list.request, asking(reading, place)).catch((error: unknown) => {
    // A list that is refused is no fault of a record: the settings ask for something that there is not.
    if (!(error instanceof HubError) || error.family !== 'reject') throw error
    throw schemaError(`The request for the records of "${options.entity}" is refused: ${error.message}`, {
      ...(error.internal === undefined ? {} : { internal: error.internal }),
      fix: 'Correct the path and the parameters of the list.',
    })
  })
  if (answer.meaning === 'expired' && answer.error !== undefined) throw new ExpiredPlace(answer.error)
  const records = rawRecords(answer.raw, list, options.entity).map((raw) => restRecord(raw, options, values))
  const total = list.total === undefined ? undefined : Number(scalarText(valueAt(answer.raw, list.total)) ?? NaN)
  const known = total !== undefined && Number.isSafeInteger(total) && total >= 0 ? total : undefined
  return { records, total: known, next: nextPlace(reading, place, answer, records, known) }
}

function asking({ options, since }: PageReading, place: PagePlace): Asking {
  const { style, size, first } = options.page
  const page: JsonObject = { size, number: first + place.pages, offset: place.rows }
  if (place.mark !== null && style === 'cursor') page.cursor = place.mark
  if (place.mark !== null && style === 'keyset') page.after = place.mark
  const values: Record<string, Json | undefined> = { page, since }
  const isLink = (style === 'next' || style === 'link') && place.mark !== null
  return {
    lookup: (path) => valueAt(values[path[0] ?? ''], path.slice(1)),
    expects: ['expired'],
    ...(isLink ? { url: place.mark ?? '' } : {}),
  }
}

function nextPlace(
  { client, options }: PageReading,
  place: PagePlace,
  answer: RestAnswer,
  records: readonly RestRecord[],
  total: number | undefined,
): PagePlace | undefined {
  const { page } = options
  if (page.style === 'none') return undefined
  const next: PagePlace = {
    pages: place.pages + 1,
    rows: place.rows + records.length,
    most: Math.max(place.most, records.length),
    mark: null,
  }
  if (page.style === 'cursor' || page.style === 'next' || page.style === 'link') {
    const mark = markOf(page, answer)
    if (mark === undefined) return undefined
    // What stands in a checkpoint is stored: a key that the system echoes in its links is taken out.
    next.mark = page.style === 'cursor' ? mark : client.storable(mark, answer.url)
    if (next.mark === place.mark) throw unexpectedError('The system gives the same page again and again.')
    return next
  }
  if (records.length === 0 || records.length < place.most || (total !== undefined && next.rows >= total))
    return undefined
  if (page.style === 'keyset') {
    next.mark = lastMark(options, records)
    if (next.mark === place.mark) throw unexpectedError('The system gives the same page again and again.')
  }
  return next
}

function markOf(page: PageOptions, answer: RestAnswer): string | undefined {
  if (page.style === 'link') return linkNext(answer.headers.get('link') ?? '')
  const text = scalarText(valueAt(answer.raw, page.at))
  return text === '' || text === 'false' ? undefined : text
}

/** RFC 8288: the target of the link whose relations have `next` among them. */
export function linkNext(header: string): string | undefined {
  for (const [, target = '', parameters = ''] of header.matchAll(
    /<([^>]*)>((?:\s*;\s*[\w*-]+\s*(?:=\s*(?:"[^"]*"|[^",;\s]+))?)*)/g,
  )) {
    const relations = /;\s*rel\s*=\s*(?:"([^"]*)"|([^",;\s]+))/i.exec(parameters)
    if ((relations?.[1] ?? relations?.[2] ?? '').toLowerCase().split(/\s+/).includes('next')) return target
  }
  return undefined
}

function lastMark({ page, entity }: RestOptions, records: readonly RestRecord[]): string {
  const last = records.at(-1)
  const mark = page.after === undefined ? last?.key : scalarText(valueAt(last?.data, page.after))
  if (mark !== undefined && mark !== '') return mark
  throw settingsError('The last record of a page has nothing that the next page could be asked for by.', {
    where: `/entities/${entity}/options/page/after`,
  })
}
