/**
 * The key of a record as one text. One key column: its value as it is, whatever characters it has. Several: the values
 * joined by `:`, with `%` and `:` inside a value percent-encoded, so that two different keys never become one text.
 */
export function joinKey(parts: readonly string[]): string {
  const [only] = parts
  if (parts.length === 1 && only !== undefined) return only
  return parts.map((part) => part.replaceAll('%', '%25').replaceAll(':', '%3A')).join(':')
}

/** The inverse of joinKey for a key of `count` columns; undefined where the text is no such key. */
export function splitKey(key: string, count: number): string[] | undefined {
  if (count === 1) return [key]
  const parts = key.split(':')
  if (parts.length !== count) return undefined
  return parts.map((part) => part.replaceAll('%3A', ':').replaceAll('%25', '%'))
}
