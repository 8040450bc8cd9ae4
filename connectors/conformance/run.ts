import type { Check } from './check.ts'
import { BASIC_CHECKS } from './checks-basics.ts'
import { FAULT_CHECKS } from './checks-faults.ts'
import { READING_CHECKS } from './checks-reading.ts'
import { WRITING_CHECKS } from './checks-writing.ts'
import type { ConnectorHarness, Mode, SystemUnderTest } from './harness.ts'
import { Bench } from './reading.ts'

/** All checks, the one that looks for secrets in what the others said last. */
export const CHECKS: readonly Check[] = [
  ...[...BASIC_CHECKS, ...READING_CHECKS, ...WRITING_CHECKS, ...FAULT_CHECKS]
    .sort((a, b) => a.number - b.number)
    .slice(1),
  ...BASIC_CHECKS.slice(0, 1),
]

export type Verdict = 'passed' | 'failed' | 'waived' | 'not applicable' | 'stale waiver'

export interface CheckOutcome {
  number: number
  title: string
  verdict: Verdict
  /** Why it failed, or is waived. */
  reason?: string
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
  const outcome = (verdict: Verdict, reason?: string): CheckOutcome => ({
    number,
    title,
    verdict,
    ms: Date.now() - startedAt,
    ...(reason === undefined ? {} : { reason }),
  })
  if (check.needs && !check.needs(harness, system)) return outcome('not applicable')
  const waiver = harness.waivers?.[number]
  const failure = await failureOf(check, harness, system, said)
  if (failure === undefined) {
    return waiver === undefined
      ? outcome('passed')
      : outcome('stale waiver', `It passes; remove the waiver "${waiver}".`)
  }
  return waiver === undefined ? outcome('failed', failure) : outcome('waived', waiver)
}

async function failureOf(
  check: Check,
  harness: ConnectorHarness,
  system: SystemUnderTest,
  said: string[],
): Promise<string | undefined> {
  const modes: Mode[] = check.perMode ? system.modes : system.modes.slice(0, 1)
  for (const mode of modes) {
    const bench = new Bench(harness, system, said)
    try {
      await check.run(bench, mode)
    } catch (error) {
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
      const internal = (error as { internal?: string }).internal
      return `${check.perMode ? `by ${mode}: ` : ''}${text}${internal === undefined ? '' : `\n${internal}`}`
    } finally {
      await bench.close()
    }
  }
  return undefined
}

/** The outcomes as lines of text. */
export function scoreTable(connector: string, outcomes: readonly CheckOutcome[]): string {
  const lines = outcomes
    .toSorted((a, b) => a.number - b.number)
    .map(({ number, verdict, ms, title, reason }) => {
      const why = verdict === 'waived' ? ` (${reason})` : ''
      return `${String(number).padStart(4)}  ${verdict.padEnd(14)} ${String(ms).padStart(6)} ms  ${title}${why}`
    })
  const passed = outcomes.filter(({ verdict }) => verdict === 'passed').length
  const applicable = outcomes.filter(({ verdict }) => verdict !== 'not applicable').length
  return [`Conformance of ${connector}: ${passed} of ${applicable} applicable checks pass`, ...lines].join('\n')
}
