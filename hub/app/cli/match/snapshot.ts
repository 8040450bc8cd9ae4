import { countValues, frequencySnapshot, type MatchSnapshot, measureAlone } from '../../../identity/snapshot.ts'
import { EXIT } from '../shared/exit-codes.ts'
import { writeTextFile } from '../shared/files.ts'
import type { Io } from '../shared/io.ts'
import { plural, table } from '../shared/text.ts'
import { readModel } from './model-file.ts'
import { type CustomerSource, readCustomers } from './sources.ts'

export interface SnapshotRequest extends CustomerSource {
  model: string | undefined
  version: string | undefined
  out: string | undefined
  force: boolean
  asJson: boolean
}

const VALUES_SHOWN = 5

/** `omnihub match snapshot`: how frequent values are in a company's records, and how far its systems overlap. */
export async function takeSnapshot(request: SnapshotRequest, io: Io): Promise<number> {
  const { model } = await readModel(io, request.model)
  const records = await readCustomers(io, request)
  const version = request.version ?? new Date(io.now()).toISOString().slice(0, 19)
  const counted = countValues(records.map(({ features }) => features))
  const snapshot = frequencySnapshot(version, counted, records.length === 0 ? {} : measureAlone(records, model))
  const { out, force } = request
  if (out !== undefined) await writeTextFile(io, out, `${JSON.stringify(snapshot)}\n`, { force })
  if (request.asJson) io.out(`${JSON.stringify(snapshot)}\n`)
  else
    io.out(
      `${snapshotText(snapshot)}${out === undefined ? 'Nothing was written; --out <file> writes the snapshot.' : `Written: ${out}`}\n`,
    )
  return EXIT.done
}

function snapshotText({ records, frequencies, alone }: MatchSnapshot): string {
  const rows = Object.entries(frequencies).flatMap(([field, values]) =>
    Object.entries(values)
      .slice(0, VALUES_SHOWN)
      .map(([value, share]) => [field, value, `${(100 * share).toPrecision(2)} %`]),
  )
  const parts = [`${plural(records, 'record')}\n`]
  if (rows.length > 0) parts.push(table(['field', 'most frequent', 'of records'], rows))
  const pairs = Object.entries(alone).map(([pair, share]) => [
    pair.split('|').map(decodeURIComponent).join(' and '),
    `${(100 * share).toPrecision(2)} %`,
  ])
  if (pairs.length > 0) parts.push(table(['systems', 'different customers alone in both'], pairs))
  return parts.join('\n')
}
