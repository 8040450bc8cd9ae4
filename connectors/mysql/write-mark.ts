/**
 * The hub's own writes carry their idempotency key in a comment of the statement, which the binary log keeps beside the
 * rows (MariaDB: binlog_annotate_row_events, on by default; MySQL: binlog_rows_query_log_events).
 */
export function writeMark(idempotencyKey: string): string {
  // Encoded, so that no key can end the comment.
  return `/* omnihub:${encodeURIComponent(idempotencyKey).replaceAll('*', '%2A')} */`
}

export function writerOf(statement: string): string | undefined {
  const key = /\/\* omnihub:(\S+) \*\//.exec(statement)?.[1]
  return key === undefined ? undefined : decodeURIComponent(key)
}
