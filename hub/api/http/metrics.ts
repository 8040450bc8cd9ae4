import type { FastifyReply } from 'fastify'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { ServerResponse } from 'node:http'
import type { Metric, Registry } from 'prom-client'

/** Seconds; the figures of the API are in milliseconds, so the fine steps are there. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
const NAME = 'omnihub_http_request_duration_seconds'
const HELP = 'Time from the head of a request to the end of its answer.'
const FINISHED = 'http.server.response.finish'

export interface RequestMetrics {
  /** What notes the beginning of a request of this operation. */
  begin(operation: string): (reply: FastifyReply) => void
  close(): void
}

/** What is known of one operation's answers with one status. */
interface Tally {
  /** How many took at most as long as each step of BUCKETS and longer than the one before. */
  steps: number[]
  count: number
  seconds: number
}

type Tallies = Map<number, Tally>

const TALLIES = Symbol('tallies')
const BEGAN_AT = Symbol('began at')

/** A response that carries what is to be counted when it ends; a map from responses would cost the collector more. */
type Counted = ServerResponse & { [TALLIES]?: Tallies; [BEGAN_AT]?: number }

/**
 * Counts requests by operation and status and measures how long they took. Labels are names that the hub declares,
 * never what a caller sent: paths, ids and keys would make a new series each.
 *
 * This is the one thing done to every answer, so it is done with bare numbers: the end of an answer is heard on Node's own
 * channel (a hook of Fastify puts listeners on every response), and the histogram is written out when somebody asks for it
 * (prom-client looks a series up by its labels on every observation). Together these would cost as much as the rest of the shell.
 */
export function requestMetrics(registry: Registry): RequestMetrics {
  const operations = new Map<string, Tallies>()
  const finished = (message: unknown): void => {
    const { response } = message as { response: Counted }
    const { [TALLIES]: tallies, [BEGAN_AT]: beganAt, statusCode } = response
    if (tallies !== undefined && beganAt !== undefined) count(tallies, statusCode, (performance.now() - beganAt) / 1000)
  }
  subscribe(FINISHED, finished)
  const described = { name: NAME, help: HELP, type: 'histogram', aggregator: 'sum' }
  const metric = {
    ...described,
    get: () => Promise.resolve({ ...described, values: [...operations].flatMap(samplesOf) }),
    reset: () => {
      for (const tallies of operations.values()) tallies.clear()
    },
  }
  registry.registerMetric(metric as unknown as Metric)
  return {
    begin: (operation) => {
      const tallies: Tallies = operations.get(operation) ?? new Map<number, Tally>()
      operations.set(operation, tallies)
      return (reply) => {
        const response: Counted = reply.raw
        response[TALLIES] = tallies
        response[BEGAN_AT] = performance.now()
      }
    },
    close: () => {
      unsubscribe(FINISHED, finished)
    },
  }
}

function count(tallies: Tallies, status: number, seconds: number): void {
  let tally = tallies.get(status)
  if (tally === undefined) {
    tally = { steps: BUCKETS.map(() => 0), count: 0, seconds: 0 }
    tallies.set(status, tally)
  }
  tally.count++
  tally.seconds += seconds
  const step = BUCKETS.findIndex((limit) => seconds <= limit)
  if (step >= 0) tally.steps[step] = (tally.steps[step] ?? 0) + 1
}

interface Sample {
  metricName: string
  labels: Record<string, string | number>
  value: number
}

/** The series of one operation, as Prometheus wants a histogram: each bucket with all below it. */
function samplesOf([operation, tallies]: [string, Tallies]): Sample[] {
  return [...tallies].flatMap(([status, { steps, count: total, seconds }]) => {
    let sum = 0
    const buckets = BUCKETS.map((le, step) => {
      sum += steps[step] ?? 0
      return { metricName: `${NAME}_bucket`, labels: { le, operation, status }, value: sum }
    })
    return [
      ...buckets,
      { metricName: `${NAME}_bucket`, labels: { le: '+Inf', operation, status }, value: total },
      { metricName: `${NAME}_sum`, labels: { operation, status }, value: seconds },
      { metricName: `${NAME}_count`, labels: { operation, status }, value: total },
    ]
  })
}
