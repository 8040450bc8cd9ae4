/** A token of a token server or a login. */
export interface Token {
  text: string
  /** Wall clock, ms, after which it is not used any more; undefined: until it is refused. */
  until: number | undefined
}

/** Keeps a token while it is good; those who need a new one at the same time wait for the same. */
export class TokenCache {
  readonly #fetch: () => Promise<Token>
  readonly #now: () => number
  #token: Token | undefined
  #coming: Promise<Token> | undefined

  constructor(fetch: () => Promise<Token>, now: () => number) {
    this.#fetch = fetch
    this.#now = now
  }

  async get(): Promise<string> {
    const token = this.#token
    if (token !== undefined && (token.until === undefined || this.#now() < token.until)) return token.text
    this.#coming ??= this.#fetch().finally(() => void (this.#coming = undefined))
    const fresh = await this.#coming
    this.#token = fresh
    return fresh.text
  }

  /** Only the one that was refused: somebody else may have got a new one meanwhile. */
  forget(text: string): void {
    if (this.#token?.text === text) this.#token = undefined
  }
}

/** A token is given up a little before its end, so that no request is under way when it ends. */
export function untilOf(now: number, lifetimeSeconds: number | undefined): number | undefined {
  if (lifetimeSeconds === undefined || !(lifetimeSeconds > 0)) return undefined
  return now + lifetimeSeconds * 1000 - Math.min(30_000, lifetimeSeconds * 100)
}
