import { createHash } from 'node:crypto'
import type { Queryable } from './queryable.ts'

export interface RejectedMessage {
  system: string
  /** What the publisher calls the message, as it came; the same message again is not counted twice. */
  messageId: string
  code: string
  message: string
  where: string | null
  body: Buffer
}

/**
 * Keeps a message that can't be a change, and counts it: accepted by the bus, rejected by the hub. Its entry is not named
 * as the change would be: the same change, mended and sent again under its id, must not be taken for a duplicate.
 */
export async function insertRejected(db: Queryable, shard: number, rejected: RejectedMessage): Promise<void> {
  await db.query({
    name: 'rejected-insert',
    text: `
      with entry as (
        insert into change_entry (system, change_id, state) values ($2, $3, 4) on conflict do nothing returning no
      ), counted as (
        insert into ledger_count as l (shard, accepted, rejected) select $1::integer, 1, 1 from entry
        on conflict (shard) do update set accepted = l.accepted + 1, rejected = l.rejected + 1
      )
      insert into rejected_message (no, system, code, message, location, body)
      select no, $2, $4, $5, $6, $7 from entry`,
    values: [
      shard,
      rejected.system,
      entryName(rejected),
      rejected.code,
      storable(rejected.message),
      rejected.where === null ? null : storable(rejected.where),
      rejected.body,
    ],
  })
}

function entryName({ messageId, body }: RejectedMessage): string {
  return `rejected:${createHash('sha256').update(messageId).update('\0').update(body).digest('hex')}`
}

/** The place of a fault may name a member of the message, and so hold what PostgreSQL can't store. */
function storable(text: string): string {
  return text.replaceAll('\0', '\ufffd')
}
