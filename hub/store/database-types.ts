/**
 * How values come out of PostgreSQL. Nothing is parsed that the hub would only write again, and nothing is rounded:
 *
 * | type | in TypeScript |
 * |---|---|
 * | bigint, numeric | text; a query that wants a number says `::float8` and knows that it fits |
 * | json, jsonb | text, as stored |
 * | timestamptz | ISO 8601 text in UTC, with microseconds where there are any: `2024-05-01T12:00:00.123456Z` |
 * | timestamp | ISO 8601 text without a zone |
 * | date | `2024-05-01` |
 * | others | as the pg package does: numbers, booleans, text, Buffers, arrays |
 *
 * Arrays of these types hold the same.
 */
import pg from 'pg'

const { builtins } = pg.types
type Parse = (text: string) => unknown

const asIs: Parse = (text) => text
// A session runs with TimeZone UTC and DateStyle ISO (database.ts), so the offset is always +00.
const instant: Parse = (text) => text.replace(' ', 'T').replace(/\+00$/, 'Z')
const localTime: Parse = (text) => text.replace(' ', 'T')

const textArray = pg.types.getTypeParser(1009 as never, 'text') as (text: string) => (string | null)[]
const arrayOf =
  (parse: Parse): Parse =>
  (text) =>
    textArray(text).map((item) => (item === null ? null : parse(item)))

const PARSERS = new Map<number, Parse>([
  [builtins.INT8, asIs],
  [builtins.NUMERIC, asIs],
  [builtins.JSON, asIs],
  [builtins.JSONB, asIs],
  [builtins.DATE, asIs],
  [builtins.TIMESTAMP, localTime],
  [builtins.TIMESTAMPTZ, instant],
  // The arrays of the same types, in the same order; the catalogue's numbers never change.
  [1016, arrayOf(asIs)],
  [1231, arrayOf(asIs)],
  [199, arrayOf(asIs)],
  [3807, arrayOf(asIs)],
  [1182, arrayOf(asIs)],
  [1115, arrayOf(localTime)],
  [1185, arrayOf(instant)],
])

/** For the `types` of a pg client; unlike pg.types.setTypeParser it touches no other user of the package. */
export const DATABASE_TYPES: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
    (format === 'binary' ? undefined : PARSERS.get(oid)) ??
    pg.types.getTypeParser(oid as never, format as never)) as typeof pg.types.getTypeParser,
}
