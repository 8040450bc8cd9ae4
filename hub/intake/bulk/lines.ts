/** A line of a file, blank ones left out. */
export interface Line {
  /** From 1, blank lines counted. */
  no: number
  /** Without the line's end; null: it has more bytes than a line may have. */
  bytes: Buffer | null
}

const LINE_FEED = 0x0a
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf])

export interface LineOptions {
  /** Number of the first line that comes. */
  first: number
  bytesMax: number
}

/**
 * Cuts a stream of bytes into lines, some at a time. Holds no more than one line and one piece of the stream, however long a line is.
 * The last line needs no end; where the stream breaks, what has no end is left out, since nobody knows whether it was whole.
 */
export async function* readLines(
  source: AsyncIterable<Buffer>,
  { first, bytesMax }: LineOptions,
): AsyncGenerator<Line[]> {
  const cutter = new LineCutter(first, bytesMax)
  for await (const piece of source) {
    const lines = cutter.take(piece)
    if (lines.length > 0) yield lines
  }
  const last = cutter.end()
  if (last.length > 0) yield last
}

class LineCutter {
  #no: number
  readonly #bytesMax: number
  #held: Buffer[] = []
  #heldBytes = 0
  #isTooLong = false

  constructor(first: number, bytesMax: number) {
    this.#no = first
    this.#bytesMax = bytesMax
  }

  take(piece: Buffer): Line[] {
    const lines: Line[] = []
    let from = 0
    for (let at = piece.indexOf(LINE_FEED); at >= 0; at = piece.indexOf(LINE_FEED, from)) {
      this.#hold(piece.subarray(from, at))
      this.#cut(lines)
      from = at + 1
    }
    // A copy: the piece is used again by whoever reads the socket.
    if (from < piece.length) this.#hold(Buffer.from(piece.subarray(from)))
    return lines
  }

  end(): Line[] {
    const lines: Line[] = []
    if (this.#heldBytes > 0 || this.#isTooLong) this.#cut(lines)
    return lines
  }

  #hold(part: Buffer): void {
    if (this.#heldBytes + part.length > this.#bytesMax) {
      this.#isTooLong = true
      this.#held = []
      this.#heldBytes = 0
    }
    if (this.#isTooLong || part.length === 0) return
    this.#held.push(part)
    this.#heldBytes += part.length
  }

  #cut(lines: Line[]): void {
    const no = this.#no
    this.#no += 1
    const [only] = this.#held
    const whole = this.#held.length === 1 && only !== undefined ? only : Buffer.concat(this.#held)
    const isTooLong = this.#isTooLong
    this.#held = []
    this.#heldBytes = 0
    this.#isTooLong = false
    if (isTooLong) {
      lines.push({ no, bytes: null })
      return
    }
    const bytes = trimmed(no === 1 && whole.subarray(0, 3).equals(BYTE_ORDER_MARK) ? whole.subarray(3) : whole)
    if (bytes.length > 0) lines.push({ no, bytes })
  }
}

/** Without blanks around it, the carriage return of a line's end too. */
function trimmed(bytes: Buffer): Buffer {
  let [from, to] = [0, bytes.length]
  while (from < to && isBlank(bytes[from])) from += 1
  while (to > from && isBlank(bytes[to - 1])) to -= 1
  return from === 0 && to === bytes.length ? bytes : bytes.subarray(from, to)
}

function isBlank(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x09 || byte === 0x0d
}
