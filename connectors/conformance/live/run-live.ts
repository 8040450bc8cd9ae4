import type { Check } from '../check.ts'
import type { ConnectorHarness, SystemUnderTest } from '../harness.ts'
import { CHECKS, type CheckOutcome, runCheck } from '../run.ts'
import { readingChecks } from './reading-checks.ts'
import type { LiveSubject } from './subject.ts'
import { writingChecks } from './writing-checks.ts'

const NEEDS_HANDS = "it takes a system that may be changed, broken and restarted: the connector's own harness"
const NEEDS_LEAVE = 'it writes; name an entity whose records may be changed with --write-entity'

/**
 * The part of the kit that can be tried on a system at work. Nothing is written unless the subject says where; the log is
 * not followed, because that would leave a reader behind on the system's side. Every number of the kit has an outcome.
 */
export async function runLive(
  subject: LiveSubject,
  onOutcome: (outcome: CheckOutcome) => void = () => undefined,
): Promise<CheckOutcome[]> {
  const { spec, settings, secrets, pace } = subject
  const harness: ConnectorHarness = { spec, start: () => Promise.reject(new Error('it runs already')) }
  const system: SystemUnderTest = {
    settings,
    secrets,
    modes: ['poll'],
    freshEntity: () => Promise.reject(new Error('a live system has no entities to play with')),
    stop: () => Promise.resolve(),
    ...(pace === undefined ? {} : { pace }),
  }
  const said: string[] = []
  const outcomes: CheckOutcome[] = []
  for (const check of liveChecks(subject)) {
    const outcome = await within(subject.timeoutMs, check, runCheck(check, harness, system, said))
    outcomes.push(outcome)
    onOutcome(outcome)
  }
  return outcomes
}

function liveChecks(subject: LiveSubject): Check[] {
  const tried = [...readingChecks(subject), ...writingChecks(subject)]
  return CHECKS.map(({ number, title }) => {
    const check = tried.find((one) => one.number === number)
    if (check) return check
    const isWrite = [16, 17, 18, 22].includes(number) && subject.spec.capabilities.write && !subject.write
    return { number, title, inapplicable: () => (isWrite ? NEEDS_LEAVE : NEEDS_HANDS), run: () => Promise.resolve() }
  })
}

async function within(ms: number, { number, title }: Check, running: Promise<CheckOutcome>): Promise<CheckOutcome> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<CheckOutcome>((resolve) => {
    timer = setTimeout(() => {
      resolve({ number, title, verdict: 'failed', reason: `it did not end within ${ms} ms`, untried: [], ms })
    }, ms)
  })
  try {
    return await Promise.race([running, late])
  } finally {
    clearTimeout(timer)
  }
}
