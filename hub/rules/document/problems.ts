import { HubError } from '../../contracts/hub-error.ts'
import { LIMITS } from '../limits.ts'

export interface RuleProblem {
  code: string
  message: string
  fix?: string
}

/** Collects what is wrong with the documents of a rule, each with its place: `file#/json/pointer`. */
export class RuleProblems {
  readonly errors: HubError[] = []

  /** `pointer` may be '' for the whole document. More than 50 problems are not told one by one. */
  add(file: string, pointer: string, { code, message, fix }: RuleProblem): undefined {
    if (this.errors.length >= LIMITS.problemsMax) return undefined
    const where = pointer === '' ? file : `${file}#${pointer}`
    this.errors.push(
      new HubError({
        code,
        family: 'config',
        message: `${where}: ${message}`,
        where,
        ...(fix === undefined ? {} : { fix }),
      }),
    )
    return undefined
  }
}

/** The same for one document. */
export interface Report {
  (pointer: string, problem: RuleProblem): undefined
}

export function reportFor(problems: RuleProblems, file: string): Report {
  return (pointer, problem) => problems.add(file, pointer, problem)
}

/** One step of a JSON pointer (RFC 6901); names come from documents and are cut. */
export function step(name: string | number): string {
  const text = String(name)
  const cut = text.length > 64 ? `${text.slice(0, 64)}...` : text
  return `/${cut.replaceAll('~', '~0').replaceAll('/', '~1')}`
}

/** A text from a document inside a message, cut and in quotes. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}...` : text)
}

/** The known name that differs least from a wrong one, for "did you mean"; undefined where none is near. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  let best: string | undefined
  let least = (name.length <= 3 ? 1 : Math.max(2, Math.floor(name.length / 3))) + 1
  for (const candidate of known.slice(0, 200)) {
    const distance = editDistance(name.slice(0, 64).toLowerCase(), candidate.slice(0, 64).toLowerCase())
    if (distance < least) {
      least = distance
      best = candidate
    }
  }
  return best
}

function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const changed = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      row.push(Math.min(changed, (previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1))
    }
    previous = row
  }
  return previous[b.length] ?? 0
}
