import { HubError } from '../../contracts/hub-error.ts'

/** A place in a document: line and column from 1. */
export interface Position {
  line: number
  column: number
}

export interface ConfigProblem {
  code: string
  message: string
  fix?: string
  position: Position
  facts?: Record<string, unknown>
}

/** Gathers what is wrong with one document, so that an engineer sees all of it at once, up to a bound. */
export class ConfigProblems {
  readonly fileName: string
  readonly errors: HubError[] = []

  constructor(fileName: string) {
    this.fileName = fileName
  }

  add(problem: ConfigProblem): void {
    if (this.errors.length >= PROBLEMS_MAX) return
    const { position } = problem
    const where = `${this.fileName}:${position.line}:${position.column}`
    this.errors.push(
      new HubError({
        code: problem.code,
        family: 'config',
        message: `${where}: ${problem.message}`,
        where,
        ...(problem.fix === undefined ? {} : { fix: problem.fix }),
        ...(problem.facts === undefined ? {} : { facts: problem.facts }),
      }),
    )
  }

  /** A key, a name or a word that is not one of those allowed. */
  addUnknown(code: string, what: string, found: string, allowed: readonly string[], position: Position): void {
    const nearest = nearestName(found, allowed)
    const list = [...allowed].sort().join(', ')
    this.add({
      code,
      message: `${what} ${JSON.stringify(clip(found))} is not known.`,
      fix: `${nearest === undefined ? '' : `Did you mean ${nearest}? `}Allowed: ${list}.`,
      position,
      facts: { found: clip(found), allowed: [...allowed].sort(), ...(nearest === undefined ? {} : { nearest }) },
    })
  }
}

const PROBLEMS_MAX = 50
const CLIPPED_CHARACTERS_MAX = 60

/** Text from a document as a message may show it. */
export function clip(text: string): string {
  return text.length <= CLIPPED_CHARACTERS_MAX ? text : `${text.slice(0, CLIPPED_CHARACTERS_MAX)}...`
}

/** The allowed name with the smallest edit distance, where it's near enough to be what was meant. */
export function nearestName(found: string, allowed: readonly string[]): string | undefined {
  const wanted = found.toLowerCase().slice(0, CLIPPED_CHARACTERS_MAX)
  let best: string | undefined
  let bestDistance = Math.max(2, Math.floor(wanted.length / 3)) + 1
  for (const name of allowed) {
    const distance = editDistance(wanted, name.toLowerCase())
    if (distance < bestDistance) {
      best = name
      bestDistance = distance
    }
  }
  return best
}

/** Levenshtein distance, two rows at a time. */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const substitution = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      row.push(Math.min(substitution, (previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1))
    }
    previous = row
  }
  return previous[b.length] ?? 0
}
