/** What happened inside a bus, for the log and the metrics: never a body, never a credential. */
export interface BusReport {
  what:
    | 'connected'
    | 'disconnected'
    | 'connect-failed'
    | 'blocked'
    | 'unblocked'
    | 'consumer-failed'
    | 'handler-failed'
    | 'unroutable'
  /** Which connection, queue or consumer it happened to. */
  where: string
  /** How often in a row, where that makes sense (failed attempts, repeats of a batch). */
  attempt?: number
  error?: unknown
}

export type Reporter = (report: BusReport) => void
