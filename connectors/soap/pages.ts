import type { Json } from '../../hub/contracts/json.ts'
import { unexpectedError } from '../shared/errors.ts'
import { scalarText } from '../shared/scalar-text.ts'
import type { ListOptions, SoapEntity } from './entity-options.ts'
import { positionValues, type Row, rowsAt, valueAt } from './rows.ts'
import { decodeAnswer, type SoapClient } from './soap-client.ts'
import { fillTemplate } from './template.ts'

/** The page to ask for next, as it stands in checkpoints; {} is the first. */
export interface Place {
  token?: string
  page?: number
  offset?: number
  after?: string[]
  /** Key of the first record of the page before, to see a service that gives the same page for ever. */
  first?: string
}

export interface ListPage {
  rows: Row[]
  /** Undefined behind the last page. */
  next: Place | undefined
  total: number | undefined
  headers: Headers
}

export interface Reading {
  client: SoapClient
  entity: SoapEntity
  list: ListOptions
}

/** One page. Throws `connector.unexpected` where the service repeats pages or answers with something else. */
export async function readPage(
  { client, entity, list }: Reading,
  place: Place,
  since: string | undefined,
  pageSize = list.pageSize,
): Promise<ListPage> {
  const operation = await client.operation(list.operation, `${list.where}/operation`)
  const values = {
    pageSize,
    page: list.paging === 'page' ? (place.page ?? list.firstPage) : undefined,
    offset: list.paging === 'offset' ? (place.offset ?? 0) : undefined,
    token: place.token,
    since,
    ...(place.after ? positionValues(place.after, entity.keyFields, 'after') : {}),
  }
  const answer = await client.call(operation, fillTemplate(list.arguments, values))
  const decoded = decodeAnswer(answer)
  const rows = rowsAt(decoded, list.rows, entity)
  const totalText = list.total && scalarText(valueAt(decoded, list.total))
  const total = totalText !== undefined && /^\d{1,15}$/.test(totalText) ? Number(totalText) : undefined
  return { rows, next: nextPlace(list, place, rows, decoded), total, headers: answer.headers }
}

function nextPlace(list: ListOptions, place: Place, rows: readonly Row[], decoded: Json): Place | undefined {
  const [first, last] = [rows[0], rows.at(-1)]
  if (list.paging === 'token') {
    const token = list.nextToken && scalarText(valueAt(decoded, list.nextToken))
    if (token === undefined || token === '') return undefined
    if (token === place.token) throw repeats()
    return { token }
  }
  // A page may have fewer records than asked for (a service's own limit), so only an empty one is the last.
  if (list.paging === 'none' || first === undefined || last === undefined) return undefined
  if (first.key === place.first) throw repeats()
  if (list.paging === 'page') return { page: (place.page ?? list.firstPage) + 1, first: first.key }
  if (list.paging === 'offset') return { offset: (place.offset ?? 0) + rows.length, first: first.key }
  return { after: last.position, first: first.key }
}

function repeats(): Error {
  return unexpectedError('The service gives the same page again and again.', {
    fix: 'Check that the arguments of the list have the placeholder of its paging in the right place.',
  })
}
