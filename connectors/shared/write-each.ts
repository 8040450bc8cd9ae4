import type { RecordWrite, WriteResult } from '../../hub/contracts/connector.ts'
import { HubError } from '../../hub/contracts/hub-error.ts'

/** Writes one record after the other: the failure of one is told for that one. What is no HubError ends the whole. */
export async function writeEach(
  writes: readonly RecordWrite[],
  writeOne: (write: RecordWrite) => Promise<WriteResult>,
): Promise<WriteResult[]> {
  return oneAfterTheOther(writes, writeOne, ({ key }, error) => ({ outcome: 'failed', key, error }))
}

/** The same for anything that has an outcome of its own, with `failed` for what a HubError stopped. */
export async function oneAfterTheOther<Item, Outcome>(
  items: readonly Item[],
  doOne: (item: Item) => Promise<Outcome>,
  failed: (item: Item, error: HubError) => Outcome,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = []
  for (const item of items) {
    try {
      outcomes.push(await doOne(item))
    } catch (error) {
      if (!(error instanceof HubError)) throw error
      outcomes.push(failed(item, error))
    }
  }
  return outcomes
}
