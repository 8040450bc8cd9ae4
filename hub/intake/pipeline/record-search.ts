import { laneOf } from '../../contracts/change.ts'
import type { JsonObject } from '../../contracts/json.ts'
import { RECORD_SEARCH, type RecordEntity } from '../../contracts/record-search.ts'
import type { Queryable } from '../../store/queryable.ts'
import {
  dropRecordSearch,
  facetOf,
  type RecordSearchRow,
  referenceFacetOf,
  saveRecordSearch,
} from '../../store/record-search-queries.ts'
import { changedAtOf, type RecordChange } from './record-change.ts'
import { foldForSearch } from './search-text.ts'

/** Keeps what the written records of entities other than customer are found by. After the records themselves. */
export function recordSearchWrites(db: Queryable, changes: readonly RecordChange[]): Promise<number>[] {
  const rows: RecordSearchRow[] = []
  const gone: number[] = []
  for (const change of changes) {
    const { no, before, mapped, lane } = change
    if (mapped.kind === 'document' && mapped.target !== 'customer') {
      const found = foundBy(mapped.target, mapped.document, lane.system)
      rows.push({ recordNo: no, target: mapped.target, ...found, changedAt: changedAtOf(change) })
    } else if (before !== undefined && before.target !== 'customer') gone.push(no)
  }
  return [dropRecordSearch(db, gone), saveRecordSearch(db, rows)]
}

/** What a document is found by; references without a system are of the record's own. */
export function foundBy(
  target: RecordEntity,
  document: JsonObject,
  system: string,
): Pick<RecordSearchRow, 'facets' | 'day' | 'due' | 'words'> {
  const { equal, references, day, due, words } = RECORD_SEARCH[target]
  const facets = equal.flatMap((name) => {
    const value = document[name]
    return typeof value === 'string' ? [facetOf(target, name, value)] : []
  })
  for (const name of Object.keys(references)) {
    const lane = laneOf(document[name], system)
    if (lane !== undefined) facets.push(referenceFacetOf(target, name, lane))
  }
  const texts = words.flatMap((name) => {
    const value = document[name]
    return typeof value === 'string' ? [value] : []
  })
  return {
    facets,
    day: momentIn(document, day?.members ?? []),
    due: momentIn(document, due?.members ?? []),
    words: texts.length === 0 ? null : foldForSearch(texts.join(' ')),
  }
}

/** A day as it is; a moment in UTC, in the form that PostgreSQL and JavaScript both write. */
function momentIn(document: JsonObject, names: readonly string[]): string | null {
  const text = names.map((name) => document[name]).find((value) => typeof value === 'string')
  if (text === undefined || text.length <= 'YYYY-MM-DD'.length) return text ?? null
  const at = new Date(text)
  return Number.isNaN(at.getTime()) ? null : at.toISOString()
}
