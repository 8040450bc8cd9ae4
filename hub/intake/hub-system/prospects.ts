import { randomUUID } from 'node:crypto'
import type { JsonObject } from '../../contracts/json.ts'
import type { PipelineTools } from '../pipeline/apply-batch.ts'
import { HUB_SYSTEM } from '../../contracts/hub-system.ts'
import {
  type HubCustomerRecord,
  hubCustomerRecord,
  hubRecordsOfCustomer,
  hubRecordsOfMatchKeys,
  hasSeveralRecords,
} from '../../store/hub-record-queries.ts'
import { lockIdentityAlone } from '../../store/identity-lock.ts'
import type { Queryable } from '../../store/queryable.ts'
import { foldProspect, isNamed, mayBeOne } from './fold-prospect.ts'
import type { HubRecords } from './hub-records.ts'

export interface NewProspect {
  document: JsonObject
  /** ISO 8601. */
  at: string
}

export interface ProspectPlace {
  customerId: string
  /** The hub knew this customer already. */
  matched: boolean
}

/** Of those that share a way to reach somebody: a value that more records have is nobody's own. */
const CANDIDATES_MAX = 12
/** Kinds of match keys that name a person rather than describe one. */
const REACHING: ReadonlySet<string> = new Set(['email', 'phone', 'identifier'])

/**
 * People who are no customers yet. Each is one record of the hub's own, however often and through however many channels they
 * come by: what is said again is folded into it, so that visits do not look like a crowd that shares an address.
 */
export class Prospects {
  readonly #records: HubRecords
  readonly #tools: () => PipelineTools

  constructor(records: HubRecords, tools: () => PipelineTools) {
    this.#records = records
    this.#tools = tools
  }

  /**
   * In the caller's transaction: whose record this is, by the rules of identity; where they leave it alone, by an e-mail
   * address, a phone number or an identifier that a prospect has too who may be the same.
   */
  async create(db: Queryable, prospect: NewProspect): Promise<ProspectPlace> {
    await lockIdentityAlone(db)
    const key = randomUUID()
    await db.query({ text: 'savepoint prospect' })
    await this.#records.write(db, { entity: 'customer', key, ...prospect })
    const placed = await hubCustomerRecord(db, key)
    if (placed === undefined) throw new Error('a prospect was applied and is not there')
    const known = await this.#knownRecord(db, placed, prospect.document)
    if (known === undefined) {
      await db.query({ text: 'release savepoint prospect' })
      return { customerId: placed.customerId, matched: await hasSeveralRecords(db, placed.customerId) }
    }
    // As if it had never been: the one record that there is of this person says it instead.
    await db.query({ text: 'rollback to savepoint prospect' })
    const document = foldProspect({ document: JSON.parse(known.raw) as JsonObject, at: known.changedAt }, prospect)
    await this.#records.write(db, { entity: 'customer', key: known.key, document, at: prospect.at })
    const after = await hubCustomerRecord(db, known.key)
    return { customerId: after?.customerId ?? known.customerId, matched: true }
  }

  /** The hub's record of a customer that has no other; undefined: it has others, or none of the hub's. */
  async only(db: Queryable, customerId: string): Promise<{ key: string; document: JsonObject } | undefined> {
    if (await hasSeveralRecords(db, customerId)) return undefined
    const [record] = await hubRecordsOfCustomer(db, customerId)
    return record === undefined ? undefined : { key: record.key, document: JSON.parse(record.raw) as JsonObject }
  }

  replace(db: Queryable, record: { key: string; document: JsonObject; at: string }): Promise<void> {
    return this.#records.write(db, { entity: 'customer', ...record })
  }

  /** The record that the hub has of the same person; undefined: this is the first. */
  async #knownRecord(
    db: Queryable,
    { key, customerId }: HubCustomerRecord,
    document: JsonObject,
  ): Promise<HubCustomerRecord | undefined> {
    const joined = (await hubRecordsOfCustomer(db, customerId)).find((one) => one.key !== key)
    if (joined !== undefined || (await hasSeveralRecords(db, customerId))) return joined
    const wanted = this.#reachOf(document)
    if (wanted.size === 0) return undefined
    const found = await hubRecordsOfMatchKeys(db, [...wanted.values()], CANDIDATES_MAX + 1)
    const others = found.filter((one) => one.key !== key)
    const candidates = others.filter(({ raw, golden }) => {
      const isReached = [...this.#reachOf(JSON.parse(raw) as JsonObject).keys()].some((name) => wanted.has(name))
      return isReached && mayBeOne(JSON.parse(golden) as JsonObject, document)
    })
    return others.length > CANDIDATES_MAX ? undefined : theOne(candidates, isNamed(document))
  }

  /** How somebody can be reached, in the form in which matching compares it; with the hashes that it is found by. */
  #reachOf(document: JsonObject): Map<string, number> {
    const { keys } = this.#tools().matcher.read(document, HUB_SYSTEM)
    return new Map(
      keys.filter(({ kind }) => REACHING.has(kind)).map(({ kind, text, hash }) => [`${kind}|${text}`, hash]),
    )
  }
}

type Candidate = HubCustomerRecord & { golden: string }

/**
 * Several who may be the same are told apart by their names: somebody with a name is rather who has one too, somebody
 * without rather who has none. Where that leaves several, none of them is taken.
 */
function theOne(candidates: readonly Candidate[], named: boolean): Candidate | undefined {
  const alike = candidates.filter(({ golden }) => isNamed(JSON.parse(golden) as JsonObject) === named)
  return [candidates, alike].find((some) => new Set(some.map(({ customerId }) => customerId)).size === 1)?.[0]
}
