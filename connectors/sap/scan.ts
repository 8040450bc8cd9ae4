import type { Checkpoint, Page, SourceRecord } from '../../hub/contracts/connector.ts'
import { digest, hashRow } from '../shared/row-hash.ts'
import type { TableOptions } from '../shared/table-options.ts'
import { recordOf } from '../shared/table-records.ts'
import type { TableRow } from '../shared/table-source.ts'

/** What the last complete pass of this process saw: mark of the key -> hash of the state. */
export type ScanMemory = Map<string, { key: string; hash: string }>

/**
 * Follows an entity that tells neither when nor whether it changed, by reading all of it in each pass and comparing with the
 * pass before. Deletes surface too. The states are remembered by this process alone: its first pass delivers everything
 * once, and what was deleted while no process watched is found by a new snapshot.
 *
 * The number of the pass is part of each version, so that a record that goes from A to B and back to A is three changes; a
 * pass that is repeated from the same place has the same number.
 */
export async function* scanPass(
  readPage: (after: readonly string[] | null, limit: number) => Promise<TableRow[]>,
  options: TableOptions,
  memory: ScanMemory,
  checkpoint: Checkpoint | null,
): AsyncGenerator<Page> {
  if (checkpoint === null) {
    yield { records: [], checkpoint: { pass: 1 } }
    return
  }
  const pass = typeof checkpoint.pass === 'number' ? checkpoint.pass : 1
  const next = { pass: pass + 1 }
  const gone = new Map(memory)
  let after: readonly string[] | null = null
  for (;;) {
    const rows = await readPage(after, options.pageSize)
    const states = rows.map((row) => ({ row, mark: markOf(row.key), hash: hashRow(row.data) }))
    for (const { mark } of states) gone.delete(mark)
    const news = states.filter(({ mark, hash }) => memory.get(mark)?.hash !== hash)
    if (news.length > 0) {
      yield { records: news.map(({ row, hash }) => recordOf(row, options, `${pass}~${hash}`)), checkpoint: next }
      // Only now are they durable.
      for (const { row, mark, hash } of news) memory.set(mark, { key: row.key, hash })
    }
    if (rows.length < options.pageSize) break
    after = rows.at(-1)?.position ?? null
  }
  if (gone.size === 0) return
  const deletes = [...gone.values()].map(({ key }): SourceRecord => ({
    entity: options.entity,
    key,
    kind: 'delete',
    version: `${pass}~deleted`,
    data: null,
  }))
  yield { records: deletes, checkpoint: next }
  for (const mark of gone.keys()) memory.delete(mark)
}

function markOf(key: string): string {
  return digest(key).toString('base64url', 0, 12)
}
