import type { ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'

/** What the fake does wrong on request; each counts down to nothing. */
export class Faults {
  #throttled = { times: 0, seconds: 0, status: 429 }
  #drops = 0
  #hangs = 0
  #failures: { status: number; code: string; times: number } = { status: 500, code: '', times: 0 }
  #lostAnswers = 0
  delayMs = 0

  /** The next requests are refused with Retry-After. @param status 429 (API management) or 503 (ICM) */
  throttle(times: number, seconds: number, status = 429): void {
    this.#throttled = { times, seconds, status }
  }

  /** The next answers break off in their middle. */
  drop(times: number): void {
    this.#drops = times
  }

  /** The next requests are never answered. */
  hang(times: number): void {
    this.#hangs = times
  }

  /** The next requests fail with an SAP error. */
  fail(times: number, status: number, code: string): void {
    this.#failures = { times, status, code }
  }

  /** The next changes are done, and then the connection breaks before their answer. */
  loseAnswers(times: number): void {
    this.#lostAnswers = times
  }

  /** Before a request is looked at: false where it is not to be answered, or was. */
  async admits(response: ServerResponse): Promise<boolean> {
    if (this.delayMs > 0) await sleep(this.delayMs)
    if (this.#hangs > 0) {
      this.#hangs -= 1
      return false
    }
    if (this.#throttled.times > 0) {
      this.#throttled.times -= 1
      const { status, seconds } = this.#throttled
      response
        .writeHead(status, { 'retry-after': String(seconds), 'content-type': 'text/plain' })
        .end('Too many requests')
      return false
    }
    return true
  }

  /** The error that the next request must get. */
  failure(): { status: number; code: string } | undefined {
    if (this.#failures.times === 0) return undefined
    this.#failures.times -= 1
    return this.#failures
  }

  /** Sends an answer, or spoils it. */
  send(
    response: ServerResponse,
    status: number,
    headers: Record<string, string | string[]>,
    body: string,
    isChange: boolean,
  ): void {
    if (isChange && this.#lostAnswers > 0) {
      this.#lostAnswers -= 1
      response.destroy()
      return
    }
    const length = String(Buffer.byteLength(body))
    const withLength = status === 204 ? headers : { ...headers, 'content-length': length }
    if (this.#drops > 0 && body.length > 1) {
      this.#drops -= 1
      response.writeHead(status, withLength)
      response.write(body.slice(0, body.length >> 1), () => response.destroy())
      return
    }
    response.writeHead(status, withLength).end(status === 204 ? undefined : body)
  }
}
