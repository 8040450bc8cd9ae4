import { OmnihubError } from './error.ts'

/** The chunks of a stream; ending the loop early ends the stream. Not every browser can iterate over one itself. */
export async function* chunksOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  const reader = stream.getReader()
  let isOver = false
  try {
    for (;;) {
      const { done, value } = await reader.read()
      isOver = done
      if (done) return
      yield value
    }
  } finally {
    if (!isOver) await reader.cancel().catch(() => undefined)
    reader.releaseLock()
  }
}

/** The lines of a stream of UTF-8 text, without their ends. A rest without an end is a line too. */
export async function* linesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of chunksOf(stream)) {
    const parts = (rest + decoder.decode(chunk, { stream: true })).split('\n')
    rest = parts.pop() ?? ''
    yield* parts
  }
  rest += decoder.decode()
  if (rest !== '') yield rest
}

/** An answer of one JSON object a line (NDJSON), read as it comes. The request is sent when it is iterated or opened. */
export class Lines<Item> implements AsyncIterable<Item> {
  readonly #open: () => Promise<Response>
  readonly #operation: string

  constructor(operation: string, open: () => Promise<Response>) {
    this.#operation = operation
    this.#open = open
  }

  /** The answer as it is, to be kept in a file or passed on. */
  response(): Promise<Response> {
    return this.#open()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Item, void, undefined> {
    const { body } = await this.#open()
    if (body === null) return
    const lines = linesOf(body)
    try {
      for (;;) {
        const { done, value } = await lines.next().catch((error: unknown) => {
          throw this.#broken('The answer broke off before its end.', error)
        })
        if (done === true) return
        if (value.trim() !== '') yield this.#parsed(value)
      }
    } finally {
      await lines.return()
    }
  }

  #parsed(line: string): Item {
    try {
      return JSON.parse(line) as Item
    } catch (error) {
      throw this.#broken('A line of the answer is no JSON: it broke off there.', error)
    }
  }

  #broken(message: string, cause: unknown): OmnihubError {
    return new OmnihubError({ code: 'client.answer.incomplete', message, operation: this.#operation, cause })
  }
}
