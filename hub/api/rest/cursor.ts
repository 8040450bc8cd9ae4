import { HubError } from '../../contracts/hub-error.ts'

/**
 * Cursors are opaque to callers: where the last page ended, and a mark of the list that it belongs to, so that a cursor
 * of one list is not taken for a place in another.
 */
export function encodeCursor(list: string, place: string): string {
  return Buffer.from(`${list}\n${place}`).toString('base64url')
}

/** The place in a cursor of this list; null where there is none; throws where the cursor is no such thing. */
export function decodeCursor(list: string, cursor: string | undefined, form: RegExp): string | null {
  if (cursor === undefined) return null
  const [mark, place, ...rest] = Buffer.from(cursor, 'base64url').toString('utf8').split('\n')
  if (mark === list && place !== undefined && rest.length === 0 && form.test(place)) return place
  throw new HubError({
    code: 'request.cursor.invalid',
    family: 'reject',
    status: 400,
    message: 'The cursor does not belong to this list.',
    where: '?cursor',
    fix: 'Use the `next` of the page before, with the same other parameters, or leave it out to begin anew.',
  })
}

export const UUID_PLACE = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
export const NUMBER_PLACE = /^\d{1,15}$/

/**
 * A page as JSON text: `items` are texts already. One more row than `limit` was read, to know whether there is a next
 * page; rows that `keeps` drops make a page shorter, and do not end the list.
 */
export function pageText<Row>(
  rows: readonly Row[],
  limit: number,
  list: string,
  view: { text(row: Row): string; place(row: Row): string; keeps?(row: Row): boolean },
): string {
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  const next = rows.length > limit && last !== undefined ? encodeCursor(list, view.place(last)) : null
  const kept = shown.filter((row) => view.keeps?.(row) ?? true)
  return pageOf(
    kept.map((row) => view.text(row)),
    next,
  )
}

export function pageOf(items: readonly string[], next: string | null): string {
  return `{"items":[${items.join(',')}],"next":${JSON.stringify(next)}}`
}
