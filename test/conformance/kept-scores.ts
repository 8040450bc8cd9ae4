/** test/conformance/scores.json: what the last run of the kit found, in the repository because docs/connectors.md shows it. */
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type CheckScores, type Scores, sortedScores } from '../../connectors/conformance/scores.ts'
import { CONNECTORS } from '../../connectors/index.ts'

const FILE = fileURLToPath(new URL('scores.json', import.meta.url))

export const UPDATE_COMMAND = 'UPDATE_SCORES=1 npm test -- --runInBand test/conformance && npm run docs'

export const updatesScores = process.env.UPDATE_SCORES === '1'

/** As they were when the run began. */
export const KEPT_SCORES = read()

/** Writes the scores of one harness, and drops those of connectors that are no more. */
export function keepScores(connector: string, variant: string, found: CheckScores): void {
  const kept = read()
  const names = new Set(CONNECTORS.map(({ name }) => name))
  const known = Object.fromEntries(Object.entries(kept).filter(([name]) => names.has(name)))
  const scores = sortedScores({ ...known, [connector]: { ...known[connector], [variant]: found } })
  writeFileSync(FILE, `${JSON.stringify(scores, null, 2)}\n`)
}

function read(): Scores {
  return JSON.parse(readFileSync(FILE, 'utf8')) as Scores
}
