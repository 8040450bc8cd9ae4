import type { CheckOutcome, Verdict } from './run.ts'

/** What a run of the kit found, without what differs from run to run: by check number. */
export type CheckScores = Record<string, CheckScore>

export interface CheckScore {
  verdict: Verdict
  /** Why it is waived or not applicable. */
  reason?: string
  /** Parts that the system has no such thing for, each with the reason. */
  untried?: Record<string, string>
}

/** By connector, then by variant of its harness (empty where it has one only). */
export type Scores = Record<string, Record<string, CheckScores>>

export function scoresOf(outcomes: readonly CheckOutcome[]): CheckScores {
  return Object.fromEntries(
    outcomes
      .toSorted((a, b) => a.number - b.number)
      .map(({ number, verdict, reason, untried }) => [
        String(number),
        {
          verdict,
          ...(reason === undefined || verdict === 'failed' ? {} : { reason }),
          ...(untried.length === 0 ? {} : { untried: Object.fromEntries(untried.toSorted().map(splitNote)) }),
        },
      ]),
  )
}

/** `ability: reason` */
function splitNote(note: string): [string, string] {
  const at = note.indexOf(': ')
  return [note.slice(0, at), note.slice(at + 2)]
}

/** With connectors and variants in the order of their names, so that two runs write the same text. */
export function sortedScores(scores: Scores): Scores {
  const byName = <T>(record: Record<string, T>): [string, T][] =>
    Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(
    byName(scores).map(([connector, variants]) => [connector, Object.fromEntries(byName(variants))]),
  )
}
