/** What the HTTP shell needs of a log; the hub's own (hub/app/log.ts) fits. */
export interface HttpLog {
  debug(facts: HttpLogFacts, text: string): void
  info(facts: HttpLogFacts, text: string): void
  warn(facts: HttpLogFacts, text: string): void
  error(facts: HttpLogFacts, text: string): void
}

export interface HttpLogFacts {
  requestId?: string
  operation?: string
  status?: number
  address?: string
  error?: unknown
}
