/** Bodies of requests that are no single JSON document. */

/** Whatever `fetch` takes as a body. A stream is read once, so a request that has one is not repeated. */
export type RawBody = string | Uint8Array<ArrayBuffer> | ArrayBuffer | Blob | ReadableStream<Uint8Array>

/** Lines of NDJSON: as they are, or as objects that are written one a line while they are sent. */
export type LinesBody<Line> = RawBody | Iterable<Line> | AsyncIterable<Line>

const CHUNK_LENGTH = 64 * 1024

export function isRaw(body: unknown): body is RawBody {
  return (
    typeof body === 'string' ||
    body instanceof Uint8Array ||
    body instanceof ArrayBuffer ||
    body instanceof Blob ||
    body instanceof ReadableStream
  )
}

/** A list can be sent again as a whole; what comes one by one goes out as it comes. */
export function linesBody(body: LinesBody<unknown>): RawBody {
  if (isRaw(body)) return body
  if (Array.isArray(body)) return body.map(lineOf).join('')
  return streamOf(body)
}

function lineOf(line: unknown): string {
  return `${JSON.stringify(line)}\n`
}

function streamOf(lines: Iterable<unknown> | AsyncIterable<unknown>): ReadableStream<Uint8Array> {
  const source =
    Symbol.asyncIterator in lines ? lines[Symbol.asyncIterator]() : (lines as Iterable<unknown>)[Symbol.iterator]()
  const encoder = new TextEncoder()
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      let text = ''
      while (text.length < CHUNK_LENGTH) {
        const { done, value } = await source.next()
        if (done === true) {
          if (text !== '') controller.enqueue(encoder.encode(text))
          controller.close()
          return
        }
        text += lineOf(value)
      }
      controller.enqueue(encoder.encode(text))
    },
    async cancel(reason) {
      await source.return?.(reason)
    },
  })
}
