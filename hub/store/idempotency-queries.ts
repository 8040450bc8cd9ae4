import type { Queryable } from './queryable.ts'

export interface KeptAnswer {
  /** SHA-256 of what was asked. */
  requestHash: Buffer
  status: number
  headers: string
  body: string
}

/** Waits for another request with the same key; the lock ends with the transaction. */
export async function lockIdempotencyKey(db: Queryable, caller: string, key: string): Promise<void> {
  await db.query({
    name: 'idempotency-lock',
    text: `select pg_advisory_xact_lock(hashtextextended('omnihub idempotency ' || $1 || ' ' || $2, 0))`,
    values: [caller, key],
  })
}

export async function keptAnswer(db: Queryable, caller: string, key: string): Promise<KeptAnswer | undefined> {
  const { rows } = await db.query<KeptAnswer>({
    name: 'idempotency-read',
    text: `
      select request_hash as "requestHash", status, headers::text as headers, body from idempotent_answer
      where caller = $1 and key = $2 and at > now() - interval '1 day'`,
    values: [caller, key],
  })
  return rows[0]
}

/** Keeps an answer, and forgets those that nobody may ask for again. */
export async function keepAnswer(db: Queryable, caller: string, key: string, answer: KeptAnswer): Promise<void> {
  await db.query({
    name: 'idempotency-forget',
    text: `delete from idempotent_answer where at < now() - interval '1 day'`,
  })
  await db.query({
    name: 'idempotency-keep',
    text: `
      insert into idempotent_answer (caller, key, request_hash, status, headers, body) values ($1, $2, $3, $4, $5, $6)
      on conflict (caller, key) do update set request_hash = excluded.request_hash, status = excluded.status,
        headers = excluded.headers, body = excluded.body, at = now()`,
    values: [caller, key, answer.requestHash, answer.status, answer.headers, answer.body],
  })
}
