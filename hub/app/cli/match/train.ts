import { stat } from 'node:fs/promises'
import { parse } from 'yaml'
import { HubError } from '../../../contracts/hub-error.ts'
import type { Kind } from '../../../identity/fields.ts'
import { compileModel, type MatchingDocument } from '../../../identity/model.ts'
import type { IdentityRecord } from '../../../identity/resolve.ts'
import { type TrainReport, trainModel } from '../../../identity/train.ts'
import { EXIT } from '../shared/exit-codes.ts'
import { exists, pathOf, writeTextFile } from '../shared/files.ts'
import type { Io } from '../shared/io.ts'
import { json, plural, table } from '../shared/text.ts'
import { type ModelFile, readModel } from './model-file.ts'
import { withFigures } from './model-text.ts'
import { type CustomerSource, readCustomers } from './sources.ts'

export interface TrainRequest extends CustomerSource {
  kind: Kind | 'both'
  model: string | undefined
  out: string | undefined
  force: boolean
  version: string | undefined
  seed: number
  asJson: boolean
}

/** `omnihub match train`: weights from a company's own records. Prints what it learnt; writes only where told to. */
export async function trainMatching(request: TrainRequest, io: Io): Promise<number> {
  const { out, force } = request
  // Told before the minutes of work, not after.
  if (out !== undefined && !force && (await isThere(io, out))) throw exists(out)
  const base = await readModel(io, request.model)
  const records = await readCustomers(io, request)
  const version = request.version ?? `trained-${new Date(io.now()).toISOString().slice(0, 10)}`
  const { document, reports, skipped } = trainKinds(records, base.document, version, request)
  if (out !== undefined) await writeTextFile(io, out, textOf(base, document), { force })
  if (request.asJson) io.out(json({ version, base: base.name, out: out ?? null, reports, skipped }))
  else {
    for (const report of reports) io.out(reportText(report))
    for (const { kind, message } of skipped) io.out(`${kind}: left as it was. ${message}\n`)
    io.out(
      out === undefined
        ? 'Nothing was written; --out <file> writes the model.\n'
        : `Written: ${out} (version ${version})\n`,
    )
  }
  return EXIT.done
}

async function isThere(io: Io, path: string): Promise<boolean> {
  return stat(pathOf(io, path)).then(
    () => true,
    () => false,
  )
}

interface Trained {
  document: MatchingDocument
  reports: TrainReport[]
  /** Kinds that the records say too little about, where both were asked for. */
  skipped: { kind: Kind; code: string; message: string }[]
}

function trainKinds(
  records: readonly IdentityRecord[],
  document: MatchingDocument,
  version: string,
  { kind, seed }: TrainRequest,
): Trained {
  const trained: Trained = { document, reports: [], skipped: [] }
  let first: unknown
  for (const one of kind === 'both' ? (['person', 'organization'] as const) : [kind]) {
    try {
      const result = trainModel(records, trained.document, { kind: one, version, random: seededRandom(seed) })
      trained.document = result.document
      trained.reports.push(result.report)
    } catch (error) {
      if (!(error instanceof HubError) || error.family !== 'reject') throw error
      first ??= error
      trained.skipped.push({ kind: one, code: error.code, message: error.message })
    }
  }
  if (trained.reports.length === 0) throw first
  return trained
}

/** Mulberry32: the same seed gives the same training. */
function seededRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** What is written must be what the hub can read. */
function textOf({ text, tree, document }: ModelFile, trained: MatchingDocument): string {
  const made = withFigures(text, tree, document, trained)
  compileModel(parse(made))
  return made
}

const CHANGES_SHOWN = 40

function reportText(report: TrainReport): string {
  const { kind, records, candidatePairs, randomPairs, rounds, converged, expectedCopies, alone, changes } = report
  const lines = [
    `${kind}: ${plural(records, 'record')}, ${plural(candidatePairs, 'pair')} that share a key, ${plural(randomPairs, 'pair')} drawn at random`,
    `  about ${plural(Math.round(expectedCopies), 'pair')} are one customer`,
    `  ${converged ? 'settled' : 'not yet settled'} after ${plural(rounds, 'round')}`,
  ]
  for (const [pair, share] of Object.entries(alone)) {
    const systems = pair.split('|').map(decodeURIComponent).join(' and ')
    lines.push(`  ${systems}: ${(100 * share).toPrecision(2)} % of different customers stand alone in both`)
  }
  const strongest = [...changes].sort((a, b) => shift(b) - shift(a)).slice(0, CHANGES_SHOWN)
  const rows = strongest.map(({ field, level, who, before, after }) => [
    field,
    level,
    who === 'same' ? 'one customer' : 'strangers',
    figure(before),
    figure(after),
  ])
  if (rows.length > 0) lines.push('', table(['field', 'agreement', 'among', 'before', 'after'], rows).trimEnd())
  if (changes.length > rows.length) lines.push(`... and ${plural(changes.length - rows.length, 'smaller change')}`)
  return `${lines.join('\n')}\n\n`
}

function shift({ before, after }: TrainReport['changes'][number]): number {
  return Math.abs(Math.log2(after / before))
}

function figure(probability: number): string {
  return probability >= 0.001 ? probability.toFixed(4) : probability.toExponential(1)
}
