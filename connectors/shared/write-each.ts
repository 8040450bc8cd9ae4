import type { RecordWrite, WriteResult } from '../../hub/contracts/connector.ts'
import { HubError } from '../../hub/contracts/hub-error.ts'

/** Writes one record after the other: the failure of one is told for that one. What is no HubError ends the whole. */
export async function writeEach(
  writes: readonly RecordWrite[],
  writeOne: (write: RecordWrite) => Promise<WriteResult>,
): Promise<WriteResult[]> {
  const results: WriteResult[] = []
  for (const write of writes) {
    try {
      results.push(await writeOne(write))
    } catch (error) {
      if (!(error instanceof HubError)) throw error
      results.push({ outcome: 'failed', key: write.key, error })
    }
  }
  return results
}
