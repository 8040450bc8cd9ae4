import { Bench } from './bench.ts'
import type { Check } from './check.ts'
import { BASIC_CHECKS } from './checks-basics.ts'
import { CREATING_CHECKS } from './checks-creating.ts'
import { FAULT_CHECKS } from './checks-faults.ts'
import { INPUT_CHECKS } from './checks-input.ts'
import { READING_CHECKS } from './checks-reading.ts'
import { WRITING_CHECKS } from './checks-writing.ts'
import type { ConnectorHarness, SystemUnderTest } from './harness.ts'

/** All checks, the one that looks for secrets in what the others said last. */
export const CHECKS: readonly Check[] = [
  ...[...BASIC_CHECKS, ...READING_CHECKS, ...WRITING_CHECKS, ...CREATING_CHECKS, ...FAULT_CHECKS, ...INPUT_CHECKS]
    .sort((a, b) => a.number - b.number)
    .slice(1),
  ...BASIC_CHECKS.slice(0, 1),
]

export type Verdict = 'passed' | 'failed' | 'waived' | 'not applicable' | 'stale waiver'

export interface CheckOutcome {
  number: number
  title: string
  verdict: Verdict
  /** Why it failed, is waived, or is not applicable. */
  reason?: string
  /** Parts of a check that could not be tried with this system, each with its reason. */
  untried: string[]
  ms: number
}

/**
 * Runs all checks against a system that the harness starts, one after the other, and stops it.
 * The connector conforms when no verdict is `failed` or `stale waiver`.
 */
export async function runConformance(
  harness: ConnectorHarness,
  onOutcome: (outcome: CheckOutcome) => void = () => undefined,
): Promise<CheckOutcome[]> {
  const system = await harness.start()
  const said: string[] = []
  const outcomes: CheckOutcome[] = []
  try {
    for (const check of CHECKS) {
      const outcome = await runCheck(check, harness, system, said)
      outcomes.push(outcome)
      onOutcome(outcome)
    }
  } finally {
    await system.stop()
  }
  return outcomes
}

export async function runCheck(
  check: Check,
  harness: ConnectorHarness,
  system: SystemUnderTest,
  said: string[],
): Promise<CheckOutcome> {
  const { number, title } = check
  const startedAt = Date.now()
  const untried: string[] = []
  const outcome = (verdict: Verdict, reason?: string): CheckOutcome => ({
    number,
    title,
    verdict,
    untried,
    ms: Date.now() - startedAt,
    ...(reason === undefined ? {} : { reason }),
  })
  const inapplicable = inapplicability(check, harness, system)
  const waiver = harness.waivers?.[number]
  if (inapplicable !== undefined) {
    return waiver === undefined
      ? outcome('not applicable', inapplicable)
      : outcome('stale waiver', `It is not applicable (${inapplicable}); remove the waiver "${waiver}".`)
  }
  const failure = await failureOf(check, harness, system, said, untried)
  if (failure === undefined) {
    return waiver === undefined
      ? outcome('passed')
      : outcome('stale waiver', `It passes; remove the waiver "${waiver}".`)
  }
  return waiver === undefined ? outcome('failed', failure) : outcome('waived', waiver)
}

function inapplicability(check: Check, harness: ConnectorHarness, system: SystemUnderTest): string | undefined {
  const { modes } = check
  if (modes && !system.modes.some((mode) => modes.includes(mode))) {
    return `its changes come by ${system.modes.join(' and ')} only`
  }
  return check.inapplicable?.(harness, system)
}

async function failureOf(
  check: Check,
  harness: ConnectorHarness,
  system: SystemUnderTest,
  said: string[],
  untried: string[],
): Promise<string | undefined> {
  const { modes } = check
  const chosen = modes ? system.modes.filter((mode) => modes.includes(mode)) : system.modes.slice(0, 1)
  for (const mode of chosen) {
    const bench = new Bench(harness, system, said)
    const by = modes ? `by ${mode}: ` : ''
    try {
      await check.run(bench, mode)
    } catch (error) {
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
      const internal = (error as { internal?: string }).internal
      return `${by}${text}${internal === undefined ? '' : `\n${internal}`}`
    } finally {
      await bench.close()
      for (const note of bench.untried) if (!untried.includes(note)) untried.push(note)
    }
  }
  return undefined
}

/** The outcomes as lines of text. */
export function scoreTable(title: string, outcomes: readonly CheckOutcome[]): string {
  const lines = outcomes.toSorted((a, b) => a.number - b.number).map(scoreLine)
  const passed = outcomes.filter(({ verdict }) => verdict === 'passed').length
  const applicable = outcomes.filter(({ verdict }) => verdict !== 'not applicable').length
  return [`Conformance of ${title}: ${passed} of ${applicable} applicable checks pass`, ...lines].join('\n')
}

function scoreLine({ number, verdict, ms, title, reason, untried }: CheckOutcome): string {
  const notes = [
    ...(reason === undefined || verdict === 'failed' ? [] : [reason]),
    ...(untried.length === 0 ? [] : [`not tried: ${untried.join('; ')}`]),
  ]
  const why = notes.length === 0 ? '' : ` (${notes.join('; ')})`
  return `${String(number).padStart(4)}  ${verdict.padEnd(14)} ${String(ms).padStart(6)} ms  ${title}${why}`
}
