/** How an operation is called: a row of the generated table. */
export interface OperationRow {
  readonly id: string
  readonly method: string
  /** As OpenAPI writes it: `/v1/customers/{id}`. */
  readonly path: string
  /** Names of parameters here -> there. */
  readonly query: Readonly<Record<string, string>>
  readonly headers: Readonly<Record<string, string>>
  /** Media type of the body; absent: it takes none. */
  readonly body?: string
  /** Media type of a body that is a list, where it differs. */
  readonly batch?: string
  readonly answer: 'json' | 'text' | 'lines' | 'events' | 'response' | 'none'
  /** Whether sending the same request twice does what once would do. */
  readonly idempotent: boolean
  /** Whether it takes an Idempotency-Key. */
  readonly keyed: boolean
}
