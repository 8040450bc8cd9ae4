import { type Lane, laneName } from '../contracts/change.ts'
import { HubError } from '../contracts/hub-error.ts'
import { upsertDecisions, writeAudit } from '../store/decision-queries.ts'
import { customerRecords } from '../store/match-queries.ts'
import { lockIdentityAlone } from '../store/identity-lock.ts'
import type { Queryable } from '../store/queryable.ts'
import { applyBatch } from './pipeline/apply-batch.ts'
import type { StewardAct, StewardshipOptions } from './stewardship.ts'
import { startingOver } from './worker.ts'

export type MatchWord = 'must-join' | 'must-not-join'

/** A steward's word on one pair of records, from the review list; whole customers are joined and split by Stewardship. */
export class MatchDecisions {
  readonly #options: StewardshipOptions

  constructor(options: StewardshipOptions) {
    this.#options = options
  }

  /** Keeps the word and applies it, in one transaction. Returns the customers that the records belong to now. */
  async decide(pair: { a: Lane; b: Lane }, kind: MatchWord, act: StewardAct): Promise<{ a: string; b: string }> {
    if (laneName(pair.a) === laneName(pair.b)) throw sameRecord()
    const { inTransaction, tools, onDecided } = this.#options
    const result = await startingOver(() =>
      inTransaction(async (db) => {
        await lockIdentityAlone(db)
        const { a, b } = await pairOf(db, pair)
        await upsertDecisions(db, [{ a: a.no, b: b.no }], kind, act.author, act.note)
        // Keys and words about people are with the decision, which goes when they are erased; the trail can lose nothing.
        const facts = { a: a.no, b: b.no, systems: [pair.a.system, pair.b.system] }
        await writeAudit(db, { actor: act.author, act: `match.${kind}`, subject: 'matches', facts })
        const touches = [a.no, b.no].map((recordNo) => ({ recordNo, remap: false }))
        await applyBatch(db, tools(), { items: [], touches })
        const after = await pairOf(db, pair)
        // Thrown inside of the transaction, so that a word without effect is not kept.
        if ((after.a.customer === after.b.customer) !== (kind === 'must-join')) throw withoutEffect()
        return { a: after.a.customer, b: after.b.customer }
      }),
    )
    onDecided()
    return result
  }
}

type Found = Awaited<ReturnType<typeof customerRecords>>[number]

async function pairOf(db: Queryable, { a, b }: { a: Lane; b: Lane }): Promise<{ a: Found; b: Found }> {
  const rows = new Map((await customerRecords(db, [a, b])).map((row) => [laneName(row), row]))
  const found = (lane: Lane, where: string): Found => {
    const row = rows.get(laneName(lane))
    if (row !== undefined) return row
    throw new HubError({
      code: 'match.record.unknown',
      family: 'reject',
      status: 404,
      message: 'There is no such record, or it belongs to no customer.',
      where,
    })
  }
  return { a: found(a, '/a'), b: found(b, '/b') }
}

function sameRecord(): HubError {
  return new HubError({
    code: 'match.same-record',
    family: 'reject',
    message: 'A decision is about two records.',
    where: '/b',
  })
}

function withoutEffect(): HubError {
  return new HubError({
    code: 'match.decision-contradicted',
    family: 'reject',
    status: 409,
    message: 'Other decisions about these customers contradict this one, so it would have no effect.',
    fix: 'Withdraw the other decisions first, or split the customer; GET /admin/v1/matches/decisions lists them.',
  })
}
