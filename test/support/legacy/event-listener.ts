import type { RunningApi } from '../api.ts'

/** What a subscriber of GET /v1/events hears from now on. */
export interface EventListener {
  heard: readonly { type: string; data: string }[]
  stop(): Promise<void>
}

export async function listenToEvents(api: RunningApi, query = ''): Promise<EventListener> {
  const abort = new AbortController()
  const answer = await fetch(`${api.url}/v1/events${query}`, {
    headers: { authorization: `Bearer ${api.adminKey}` },
    signal: abort.signal,
  })
  if (answer.status !== 200 || answer.body === null) throw new Error(`no events: ${answer.status}`)
  const heard: { type: string; data: string }[] = []
  const reading = readInto(heard, answer.body.pipeThrough(new TextDecoderStream())).catch((error: unknown) => {
    if (!abort.signal.aborted) throw error
  })
  return {
    heard,
    stop: async () => {
      abort.abort()
      await reading
    },
  }
}

async function readInto(heard: { type: string; data: string }[], texts: AsyncIterable<string>): Promise<void> {
  let rest = ''
  for await (const text of texts) {
    const messages = (rest + text).split('\n\n')
    rest = messages.pop() ?? ''
    for (const message of messages) {
      const fields = new Map(message.split('\n').map((line) => [line.split(': ', 1)[0], line.replace(/^\w+: /, '')]))
      const [type, data] = [fields.get('event'), fields.get('data')]
      if (type !== undefined && data !== undefined) heard.push({ type, data })
    }
  }
}
