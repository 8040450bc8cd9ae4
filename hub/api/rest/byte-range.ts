/** One part of a file: from (inclusive) to (exclusive). */
export interface ByteRange {
  from: number
  to: number
}

/**
 * Reads `Range: bytes=...` (RFC 9110, section 14). Null: all is sent, since there is no such header, or one that names other units, several
 * parts or nothing that can be read. `unsatisfiable`: there are no such bytes.
 */
export function byteRange(header: string | undefined, size: number): ByteRange | null | 'unsatisfiable' {
  const [, first, last] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header?.trim() ?? '') ?? []
  if (first === undefined || last === undefined || (first === '' && last === '')) return null
  if (first === '') {
    const length = Math.min(Number(last), size)
    return length === 0 ? 'unsatisfiable' : { from: size - length, to: size }
  }
  if (last !== '' && Number(last) < Number(first)) return null
  if (Number(first) >= size) return 'unsatisfiable'
  return { from: Number(first), to: last === '' ? size : Math.min(Number(last) + 1, size) }
}
