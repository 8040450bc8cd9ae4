/** A client as a system of record has one: it pushes until each change was answered as accepted, whatever happens meanwhile. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { LoadEvent } from './load.ts'

export interface PushOptions {
  /** Where hubs are; each attempt goes to the next one. Read anew for every attempt. */
  urls: () => readonly string[]
  key: string
  eventsPerCall?: number
  /** Calls under way at once. */
  callers?: number
  /** Not faster than this. Default: as fast as answers come. */
  eventsPerSecond?: number
  /** A change that is not accepted within this time fails the push. */
  patienceMs?: number
}

export interface Refusal {
  status: number
  retryAfter: string | null
  contentType: string | null
  body: { code?: string; status?: number }
}

export interface Push {
  readonly accepted: number
  /** Answers other than 202, in order. */
  readonly refusals: readonly Refusal[]
  /** Attempts that got no answer at all: the hub was away or died. */
  readonly unanswered: number
  /** The longest time that one call took until its 202, ms. */
  readonly longestMs: number
  readonly total: number
  /** Whether `done` has resolved or rejected. */
  readonly settled: boolean
  /** Resolves when everything was accepted. */
  readonly done: Promise<void>
}

const CALL_TIMEOUT_MS = 30_000
const PAUSE_MS = 50

export function pushAll(events: readonly LoadEvent[], options: PushOptions): Push {
  const { eventsPerCall = 100, callers = 6, eventsPerSecond = Infinity, patienceMs = 90_000 } = options
  const refusals: Refusal[] = []
  const state = { accepted: 0, unanswered: 0, longestMs: 0, attempts: 0, next: 0 }

  const attempt = async (body: string, count: number): Promise<boolean> => {
    const urls = options.urls()
    const url = urls[state.attempts++ % urls.length] ?? ''
    let answer: Response
    let text: string
    try {
      answer = await fetch(`${url}/v1/changes`, {
        method: 'POST',
        headers: { authorization: `Bearer ${options.key}`, 'content-type': 'application/cloudevents-batch+json' },
        body,
        signal: AbortSignal.timeout(CALL_TIMEOUT_MS),
      })
      text = await answer.text()
    } catch {
      state.unanswered++
      return false
    }
    const json = JSON.parse(text) as { accepted?: number; duplicates?: number; code?: string }
    if (answer.status === 202) {
      if ((json.accepted ?? 0) + (json.duplicates ?? 0) !== count) throw new Error(`an answer counts wrongly: ${text}`)
      return true
    }
    const { headers, status } = answer
    refusals.push({
      status,
      retryAfter: headers.get('retry-after'),
      contentType: headers.get('content-type'),
      body: json,
    })
    if (status !== 503) throw new Error(`POST /v1/changes answered ${status}: ${text}`)
    return false
  }

  const startedAt = performance.now()
  const caller = async (): Promise<void> => {
    while (state.next < events.length) {
      const early = (state.next / eventsPerSecond) * 1_000 - (performance.now() - startedAt)
      if (early > 0) await sleep(early)
      const batch = events.slice(state.next, (state.next += eventsPerCall))
      const body = JSON.stringify(batch)
      const begin = performance.now()
      while (!(await attempt(body, batch.length))) {
        if (performance.now() - begin > patienceMs) throw new Error(`not accepted within ${patienceMs} ms`)
        await sleep(PAUSE_MS)
      }
      state.longestMs = Math.max(state.longestMs, performance.now() - begin)
      state.accepted += batch.length
    }
  }

  const done = Promise.all(Array.from({ length: callers }, caller)).then(() => undefined)
  let settled = false
  // Awaited by the test at its end; a failure in between must not end the process.
  const settle = (): void => void (settled = true)
  done.then(settle, settle)
  return {
    get accepted() {
      return state.accepted
    },
    refusals,
    get unanswered() {
      return state.unanswered
    },
    get longestMs() {
      return state.longestMs
    },
    total: events.length,
    get settled() {
      return settled
    },
    done,
  }
}
