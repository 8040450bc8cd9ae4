/** A run of many requests: the same seed and number give the same request. */
import * as fc from 'fast-check'
import type { JsonObject } from '../../../hub/contracts/json.ts'
import type { Judge } from './judge.ts'
import { mutated } from './mutate.ts'
import type { FuzzOperation } from './operations.ts'
import type { Pools } from './pools.ts'
import { randomOf, seedOf } from './random.ts'
import { type FuzzRequest, requestsOf } from './requests.ts'
import type { FuzzAnswer, Sender } from './send.ts'

/** Operations that go over all that is stored, or hold others up: one request in so many of their turns. */
const SELDOM: Readonly<Record<string, number>> = {
  trainMatchingModel: 8,
  takeMatchingSnapshot: 8,
  publishMatchingModel: 4,
  rollBackMatchingModel: 4,
  activateMatchingSnapshot: 4,
  withdrawMatchingSnapshot: 4,
  verifyAudit: 8,
  listAudit: 3,
  testSubscription: 3,
  getOpenApi: 8,
  getAsyncApi: 8,
  getDocs: 8,
  followEvents: 2,
  publishMapping: 4,
  rollBackMapping: 4,
  // These use up what others need.
  discardParked: 8,
  replayAllParked: 8,
  deleteSubscription: 8,
  eraseCustomer: 8,
  revokeKey: 8,
  rotateSecrets: 8,
  endExport: 8,
  resetSystem: 8,
  backfillSystem: 8,
  forgetSystem: 8,
  startExport: 4,
  exportPersonalData: 3,
}

export interface Plan {
  seed: number
  operations: readonly FuzzOperation[]
  pools: Pools
  schemas: Readonly<Record<string, JsonObject>>
}

/** The requests of a run, by number. */
export class Requests {
  readonly #plan: Plan
  readonly #turns: readonly FuzzOperation[]
  readonly #made = new Map<FuzzOperation, fc.Arbitrary<FuzzRequest>>()

  constructor(plan: Plan) {
    this.#plan = plan
    const { operations } = plan
    const most = Math.max(...Object.values(SELDOM))
    this.#turns = Array.from({ length: most }, (_, round) =>
      operations.filter(({ id }) => round % (SELDOM[id] ?? 1) === (SELDOM[id] ?? 1) - 1),
    ).flat()
  }

  at(index: number): FuzzRequest {
    const operation = this.#turns[index % this.#turns.length]
    if (operation === undefined) throw new Error('There are no operations.')
    const seed = seedOf(this.#plan.seed, index)
    const [request] = fc.sample(this.#arbitrary(operation), { seed, numRuns: 1 })
    if (request === undefined) throw new Error(`Nothing was made for ${operation.id}.`)
    const random = randomOf(seed)
    const kind = random.below(10)
    return kind < 4 ? request : mutated(request, random, kind < 8 ? 1 : 2 + random.below(4))
  }

  #arbitrary(operation: FuzzOperation): fc.Arbitrary<FuzzRequest> {
    const known = this.#made.get(operation)
    if (known !== undefined) return known
    const made = requestsOf(operation, this.#plan.pools, this.#plan.schemas)
    this.#made.set(operation, made)
    return made
  }
}

export interface Finding {
  index: number
  request: FuzzRequest
  answer: FuzzAnswer
  faults: string[]
}

export interface Outcome {
  sent: number
  findings: Finding[]
  /** How often each operation answered with each status. */
  statuses: Map<string, Map<number, number>>
  /** The longest, in ms, by operation. */
  slowest: Map<string, number>
  /** What each operation said last to a request that nothing was done to, where it refused it. */
  refusals: Map<string, string>
  /** All together, in ms, by operation. */
  took: Map<string, number>
}

export interface CampaignOptions {
  requests: Requests
  sender: Sender
  judge: Judge
  /** Numbers of the first request and of the one after the last. */
  from: number
  to: number
  lanes: number
  /** The run ends after so many findings: one fault is often found many times. */
  findingsMax: number
}

export async function campaign(options: CampaignOptions): Promise<Outcome> {
  const outcome: Outcome = {
    sent: 0,
    findings: [],
    statuses: new Map(),
    slowest: new Map(),
    took: new Map(),
    refusals: new Map(),
  }
  let next = options.from
  const lane = async (): Promise<void> => {
    while (next < options.to && outcome.findings.length < options.findingsMax) {
      const index = next++
      const request = options.requests.at(index)
      const answer = await options.sender.send(request)
      const faults = options.judge.faults(request, answer)
      note(outcome, request, answer)
      if (faults.length > 0) outcome.findings.push({ index, request, answer, faults })
    }
  }
  await Promise.all(Array.from({ length: options.lanes }, lane))
  return outcome
}

function note(outcome: Outcome, { operation, method, broken }: FuzzRequest, answer: FuzzAnswer): void {
  outcome.sent++
  const { statuses, slowest, took } = outcome
  took.set(operation.id, (took.get(operation.id) ?? 0) + answer.ms)
  if (method !== operation.method) return
  if (broken.length === 0 && answer.status >= 404) outcome.refusals.set(operation.id, answer.text.slice(0, 300))
  const own = statuses.get(operation.id) ?? new Map<number, number>()
  own.set(answer.status, (own.get(answer.status) ?? 0) + 1)
  statuses.set(operation.id, own)
  slowest.set(operation.id, Math.max(slowest.get(operation.id) ?? 0, answer.ms))
}
