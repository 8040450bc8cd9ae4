/**
 * How fast rules decide on one thread, trace off, each row beside its bare loops (DESIGN.md section 9): the Zen engine
 * called directly, which validates nothing, and the same decision written by hand. Both give the same results first.
 * `node bench/decisions.ts`, under 25 s. Rates are per second of processor time, which other work on a shared machine
 * changes least (the engine uses threads of its own, all of which count); every row is the best of several turns.
 */
import { readFileSync } from 'node:fs'
import { availableParallelism, cpus } from 'node:os'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { ZenDecisionContent, ZenEngine } from '@gorules/zen-engine'
import type { Json, JsonObject } from '../hub/contracts/json.ts'
import { loadRules } from '../hub/rules/index.ts'

const FIGURE = 50_000
const TURNS = 3
const TURN_MS = 150
const WARM_MS = 900
const INPUTS = 512
/** How many promises the engine is given at a time: with one it waits for its own threads. */
const TOGETHER = 64
const AT = Date.parse('2026-03-20T00:00:00Z')
const FOLDER = join(import.meta.dirname, '../rules')
const NAMES = ['credit-limit', 'service-level', 'dunning-stage', 'offer-price', 'preferred-channel', 'next-best-action']

const read = (file: string): string => readFileSync(join(FOLDER, file), 'utf8')
const money = (amount: number): JsonObject => ({ amount: amount.toFixed(2), currency: 'AUD' })
const day = (at: number): string => new Date(Date.parse('2026-03-20') - at * 86_400_000).toISOString().slice(0, 10)

function creditInput(i: number): JsonObject {
  return {
    kind: i % 5 === 0 ? 'organization' : 'person',
    status: ['active', 'active', 'active', 'prospect', 'closed'][i % 7] ?? 'active',
    monthsAsCustomer: (i * 7) % 90,
    missedPayments: i % 11 > 8 ? i % 4 : 0,
  }
}

const INPUT_OF: Record<string, (i: number) => JsonObject> = {
  'credit-limit': creditInput,
  'service-level': (i) => ({
    kind: i % 4 === 0 ? 'organization' : 'person',
    monthlySpend: money((i * 37) % 1_500),
    monthsAsCustomer: (i * 7) % 90,
  }),
  'dunning-stage': (i) => ({
    status: ['open', 'overdue', 'paid', 'overdue'][i % 4] ?? 'open',
    dueOn: day((i * 5) % 120),
    balance: money((i * 13) % 400),
  }),
  'offer-price': (i) => ({
    ...creditInput(i),
    technology: ['fibre', 'coax', 'copper'][i % 3] ?? 'fibre',
    termMonths: [0, 12, 24][i % 3] ?? 0,
    plan: { speed: [50, 250, 1_000][i % 3] ?? 50, listPrice: money(59 + (i % 60)) },
  }),
  'preferred-channel': (i) => ({
    purpose: i % 3 === 0 ? 'marketing' : 'service',
    customer: {
      kind: 'person',
      status: 'active',
      name: { given: 'Ada', family: `Lovelace ${i}` },
      preferredChannel: ['email', 'sms', 'post', 'phone'][i % 4] ?? 'email',
      emails: [{ address: `ada${i}@lovelace.au`, purpose: 'home', primary: true }],
      phones: [{ number: `+6141234${String(1_000 + (i % 9_000))}`, purpose: i % 2 === 0 ? 'mobile' : 'home' }],
      addresses: [{ purpose: 'home', lines: ['1 George Street'], city: 'Sydney', postalCode: '2000', country: 'AU' }],
      consents: [{ purpose: 'marketing', channel: 'email', state: i % 2 === 0 ? 'granted' : 'withdrawn' }],
    },
  }),
  'next-best-action': (i) => ({
    invoices: Array.from({ length: i % 4 }, (_, n) => ({
      status: 'open',
      dueOn: day((i * 3 + n * 31) % 100),
      balance: money(20 + n),
    })),
    cases: [{ kind: 'complaint', status: i % 6 === 0 ? 'open' : 'closed' }],
    monthsToContractEnd: i % 13,
    usagePercent: (i * 17) % 100,
    hasApp: i % 2 === 0,
  }),
}

/** The hub gives every rule the moment; the engine has to find it in the input, and a called rule in each item of a list. */
function withClock(input: JsonObject): JsonObject {
  const clock = { today: '2026-03-20', now: new Date(AT).toISOString() }
  const { invoices } = input
  if (!Array.isArray(invoices)) return { ...input, ...clock }
  return { ...input, ...clock, invoices: invoices.map((invoice) => ({ ...(invoice as JsonObject), ...clock })) }
}

/** What a programmer would write in place of the table credit-limit. */
function creditByHand(input: JsonObject): JsonObject {
  const { kind, status } = input
  const months = Number(input['monthsAsCustomer'])
  const missed = Number(input['missedPayments'])
  const of = (amount: string, depositWanted: boolean): JsonObject => ({
    limit: { amount, currency: 'GBP' },
    depositWanted,
  })
  if (status === 'inactive' || status === 'closed') return of('0', true)
  if (missed >= 3) return of('0', true)
  if (missed >= 1) return of('150', true)
  if (kind === 'organization') return status === 'active' && months >= 24 ? of('5000', false) : of('1500', false)
  if (status === 'active' && months >= 36) return of('1200', false)
  return status === 'active' && months >= 6 ? of('600', false) : of('300', false)
}

/** What came out last is kept, so that no loop can be optimised away. */
let sink: unknown

/** Decisions a second of processor time (of all threads of the process), and by the clock. */
interface Rate {
  processor: number
  clock: number
}

async function measure(work: () => Promise<void> | undefined, each: number): Promise<Rate> {
  const best: Rate = { processor: 0, clock: 0 }
  for (let turn = 0; turn < TURNS; turn++) {
    const before = process.cpuUsage()
    const start = performance.now()
    let done = 0
    let elapsed = 0
    while (elapsed < TURN_MS) {
      const waiting = work()
      if (waiting !== undefined) await waiting
      done += each
      elapsed = performance.now() - start
    }
    const { user, system } = process.cpuUsage(before)
    best.processor = Math.max(best.processor, (done / (user + system)) * 1_000_000)
    best.clock = Math.max(best.clock, (done / elapsed) * 1_000)
  }
  return best
}

const rate = (value: number): string => `${Math.round(value).toLocaleString('en').padStart(10)}/s`

function row(what: string, { processor, clock }: Rate, note = ''): void {
  console.log(`${what.padEnd(42)}${rate(processor)}${rate(clock)}   ${note}`)
}

async function main(): Promise<void> {
  const loaded = loadRules(
    NAMES.map((name) => ({
      envelope: { file: `${name}.rule.yaml`, text: read(`${name}.rule.yaml`) },
      graph: { file: `${name}.json`, text: read(`${name}.json`) },
    })),
  )
  if (!loaded.ok) throw new Error(loaded.errors.map(({ message }) => message).join('\n'))
  const { rules } = loaded
  const graphOf = (name: string): Buffer => Buffer.from(read(`${name.replace('.json', '')}.json`))
  // One content for each rule: the engine has died of contents that were made anew for each load (0.54, Linux).
  const contents = new Map(NAMES.map((name) => [name, new ZenDecisionContent(graphOf(name))]))
  const contentOf = (key: string): Promise<ZenDecisionContent> => {
    const content = contents.get(key.replace('.json', ''))
    return content === undefined ? Promise.reject(new Error(key)) : Promise.resolve(content)
  }
  const engine = new ZenEngine({ loader: contentOf })
  console.log(
    `Decisions, one thread of ${availableParallelism()} x ${cpus()[0]?.model ?? 'unknown'}, Node ${process.version}`,
  )
  console.log(`Rules validate input and output, the bare loops do not.\n\n${' '.repeat(42)}  processor s       clock s`)
  let missed = 0
  for (const name of NAMES) {
    const inputs = Array.from({ length: INPUTS }, (_, i) => INPUT_OF[name]?.(i) ?? {})
    const direct = engine.createDecision(graphOf(name))
    const known = inputs.map(withClock)
    for (const [i, input] of inputs.entries()) {
      const ours = rules.decide(name, input, { at: AT }).result
      const theirs = (await direct.evaluate(known[i] ?? {})).result as Json
      if (!isDeepStrictEqual(JSON.parse(JSON.stringify(theirs)), ours))
        throw new Error(`${name}: the engine decides otherwise`)
      if (name === 'credit-limit' && !isDeepStrictEqual(creditByHand(input), ours))
        throw new Error('by hand it is otherwise')
    }
    // A large rule is compiled several times over before it is as fast as it stays.
    for (const end = performance.now() + WARM_MS; performance.now() < end;) {
      for (const input of inputs) sink = rules.decide(name, input, { at: AT })
    }
    const one = await measure(() => {
      for (const input of inputs) sink = rules.decide(name, input, { at: AT })
      return undefined
    }, INPUTS)
    if (one.processor < FIGURE) missed++
    row(`${name}, trace off`, one, `${(one.processor / FIGURE).toFixed(1)} of the figure of ${FIGURE}/s`)
    const traced = await measure(() => {
      for (const input of inputs) sink = rules.decide(name, input, { at: AT, trace: true })
      return undefined
    }, INPUTS)
    row(`${name}, with trace`, traced, `${(traced.processor / one.processor).toFixed(2)} of that`)
    let at = 0
    const bare = await measure(async () => {
      const some = known.slice(at, at + TOGETHER)
      at = (at + TOGETHER) % INPUTS
      sink = await Promise.all(some.map((input) => direct.evaluate(input)))
    }, TOGETHER)
    row(`${name}, Zen engine alone`, bare, `the rule does ${(one.processor / bare.processor).toFixed(1)} times as many`)
    if (name === 'credit-limit') {
      const hand = await measure(() => {
        for (const input of inputs) sink = creditByHand(input)
        return undefined
      }, INPUTS)
      row(`${name}, by hand`, hand)
    }
  }
  engine.dispose()
  if (sink === undefined) throw new Error('nothing was measured')
  console.log(
    missed === 0 ? '\nAll rules reach the figure.' : `\n${missed} of ${NAMES.length} rules are below the figure.`,
  )
}

await main()
