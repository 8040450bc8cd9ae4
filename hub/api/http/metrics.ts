import type { onResponseHookHandler } from 'fastify'
import { Histogram, type Registry } from 'prom-client'

/** Seconds; the figures of the API are in milliseconds, so the fine steps are there. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

/**
 * Counts requests by operation and status and measures how long they took. Labels are names that the hub declares,
 * never what a caller sent: paths, ids and keys would make a new series each.
 */
export function requestMetrics(registry: Registry): (operation: string) => onResponseHookHandler {
  const durations = new Histogram({
    name: 'omnihub_http_request_duration_seconds',
    help: 'Time from the head of a request to the end of its answer.',
    labelNames: ['operation', 'status'],
    buckets: BUCKETS,
    registers: [registry],
  })
  return (operation) => (_request, reply, done) => {
    durations.observe({ operation, status: reply.statusCode }, reply.elapsedTime / 1000)
    done()
  }
}
