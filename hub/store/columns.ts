/** How values cross between statements and the hub, where PostgreSQL's own texts do not do. */

/** An expression: a moment as the hub writes it, ISO 8601 in UTC with milliseconds. */
export function instant(column: string): string {
  return `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`
}

/**
 * Arrays of values as PostgreSQL reads them from text. The pg package would make the same of an array, element by element
 * with a regular expression each; for batches of hundreds of rows that was a fifth of the pipeline's time.
 */
type Value = string | number | bigint | boolean | null

/** Numbers, booleans, UUIDs and times: values without a character that means something in an array. */
export function plain(values: readonly Value[]): string {
  return `{${values.map((value) => value ?? 'null').join(',')}}`
}

/** Any text. */
export function texts(values: readonly (string | null)[]): string {
  let literal = '{'
  for (let i = 0; i < values.length; i++) {
    const value = values[i]
    if (i > 0) literal += ','
    if (value == null) literal += 'null'
    else literal += `"${value.includes('"') || value.includes('\\') ? value.replace(/[\\"]/g, '\\$&') : value}"`
  }
  return `${literal}}`
}

/**
 * JSON texts, joined by a character that JSON text never contains unescaped (RFC 8259, section 7), so that nothing needs
 * to be escaped: the statement reads it with `jsonArray`. A null becomes an SQL null.
 */
export function jsons(values: readonly (string | null)[]): string {
  return values.map((value) => value ?? '~').join('\u001e')
}

/** The parameter of `jsons`, as an array of json. */
export function jsonArray(parameter: number): string {
  return `string_to_array($${parameter}::text, E'\\x1e', '~')::json[]`
}
