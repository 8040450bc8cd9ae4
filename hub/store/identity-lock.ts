import type { Queryable } from './queryable.ts'

/**
 * What keeps two transactions from resolving identities past each other. Every transaction that may regroup customers
 * holds this one lock until it ends: exclusively, or shared with others of the process that owns identity resolution
 * and that keeps them apart in its memory (KeyGate).
 */
const IDENTITY_LOCK = 0x6f6d6e69

/** Resolves once no other transaction that may regroup customers is under way; none begins until this one has ended. */
export async function lockIdentityAlone(db: Queryable): Promise<void> {
  await db.query({
    name: 'identity-lock',
    text: 'select pg_advisory_xact_lock($1::bigint)',
    values: [IDENTITY_LOCK],
  })
}

/** Shares the lock with the owner's other transactions. False: the process does not own identity resolution (any more). */
export async function lockIdentityAsOwner(db: Queryable, processId: string): Promise<boolean> {
  const locked = db.query({
    name: 'identity-lock-shared',
    text: 'select pg_advisory_xact_lock_shared($1::bigint)',
    values: [IDENTITY_LOCK],
  })
  // A statement of its own: only what begins under the lock sees who owns it now.
  const owner = db.query<{ process: string | null }>({
    name: 'identity-owner',
    text: 'select process from identity_owner',
  })
  const [, { rows }] = await Promise.all([locked, owner])
  return rows[0]?.process === processId
}

/** Hands ownership to a process that is alone, or takes it from everybody. Waits for the transactions under way. */
export async function setIdentityOwner(db: Queryable, processId: string | null): Promise<void> {
  await lockIdentityAlone(db)
  await db.query({
    name: 'identity-owner-set',
    text: `
      insert into identity_owner (process) values ($1)
      on conflict (singleton) do update set process = excluded.process`,
    values: [processId],
  })
}
