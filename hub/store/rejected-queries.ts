import type { Queryable } from './queryable.ts'

export interface RejectedMessage {
  system: string
  /** What the message is known by: its message-id, or a hash of its body; the same message again is not counted twice. */
  messageId: string
  code: string
  message: string
  where: string | null
  body: Buffer
}

/** Keeps a message that can't be a change, and counts it: accepted by the bus, rejected by the hub. */
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
      rejected.messageId,
      rejected.code,
      rejected.message,
      rejected.where,
      rejected.body,
    ],
  })
}
