import { HubError } from '../contracts/hub-error.ts'
import {
  type AuditedReads,
  auditHead,
  insertAuditedReads,
  insertAuditLinks,
  lockAuditChain,
  takeUnchained,
} from '../store/audit-queries.ts'
import type { Database } from '../store/database.ts'
import { CHAIN_START, chainHash } from './audit-chain.ts'
import type { Principal } from './key-verifier.ts'

export interface AuditTrailOptions {
  db: Database
  /** Told what went wrong when reads could not be written or chained; both are tried again. */
  onError(error: unknown): void
  /** How long a read may be in memory only. Default 200 ms. */
  flushMs?: number
  /** Reads held in memory at most, while the database takes none. Default 200,000. */
  heldMax?: number
}

/** Somebody reads personal data. */
export interface AuditedRead {
  principal: Principal
  operation: string
  /** What was asked for, where it is no record with a UUID: the address with the names in it. */
  subject: string
  /** UUIDs of the records. */
  records: readonly string[]
  /** Names of the parameters, never their values. */
  parameters: readonly string[]
}

const FLUSH_MS = 200
const SEAL_PAUSE_MS = 1_000
const HELD_MAX = 200_000
const RECORDS_PER_ENTRY = 10_000
const SEALED_AT_ONCE = 2_000

interface Gathered {
  read: AuditedRead
  firstAt: number
  lastAt: number
  requests: number
  records: Set<string>
}

type GatheredReads = Map<string, Map<string, Map<string, Gathered>>>

/**
 * Writes who read what, and chains all entries of the trail.
 *
 * Reads are gathered in memory, by caller, operation and parameters, and written together a moment later: a process that is
 * killed loses those of its last moment, at most `flushMs`. Reads that can not be held any more are refused, so that nothing is
 * read unseen for longer than that. Administrative acts do not come this way: they are written in their own transactions.
 *
 * Chaining is done by whichever process gets the lock, over the entries that all of them have written, in one order.
 */
export class AuditTrail {
  readonly #options: AuditTrailOptions
  /** By operation, caller, and what else tells entries apart: keys that exist already, so that a read makes no new text. */
  #gathered: GatheredReads = new Map()
  #held = 0
  #timer: NodeJS.Timeout | undefined
  #running: Promise<void> = Promise.resolve()
  #sealedAt = -Infinity

  constructor(options: AuditTrailOptions) {
    this.#options = options
  }

  start(): void {
    this.#timer ??= setInterval(() => {
      void this.#turn()
    }, this.#options.flushMs ?? FLUSH_MS)
  }

  /** Writes what is held and ends. */
  async stop(): Promise<void> {
    clearInterval(this.#timer)
    this.#timer = undefined
    await this.#running
    await this.flush().catch(this.#options.onError)
  }

  /** Before anything is answered; throws `audit.unavailable` where no more reads can be held. */
  read(read: AuditedRead): void {
    if (this.#held >= (this.#options.heldMax ?? HELD_MAX)) throw unavailable()
    this.#gather(read, read.records, 1)
  }

  /** What an answer to a read that was told of holds beside what was asked for: the customers on a page of a search. */
  found(read: AuditedRead, records: readonly string[]): void {
    // What the read itself was gathered in may have been written meanwhile; it is no second request.
    this.#gather(read, records, 0)
  }

  #gather(read: AuditedRead, records: readonly string[], requests: number): void {
    const callers = this.#gathered.get(read.operation)
    const groups = callers?.get(read.principal.keyId)
    const known = groups?.get(groupOf(read))
    const now = Date.now()
    if (known === undefined) {
      this.#held += 1 + records.length
      this.#put({ read, firstAt: now, lastAt: now, requests, records: new Set(records) })
      return
    }
    known.lastAt = now
    known.requests += requests
    this.#addRecords(known, records)
  }

  #put(gathered: Gathered): void {
    const { operation, principal } = gathered.read
    const callers = this.#gathered.get(operation) ?? new Map<string, Map<string, Gathered>>()
    const groups = callers.get(principal.keyId) ?? new Map<string, Gathered>()
    this.#gathered.set(operation, callers)
    callers.set(principal.keyId, groups)
    groups.set(groupOf(gathered.read), gathered)
  }

  #addRecords(gathered: Gathered, records: readonly string[]): void {
    const before = gathered.records.size
    for (const id of records) gathered.records.add(id)
    this.#held += gathered.records.size - before
  }

  /** Writes the reads held, and chains what waits. */
  async flush(): Promise<void> {
    await this.#write()
    while ((await this.#seal()) === SEALED_AT_ONCE);
  }

  #turn(): Promise<void> {
    const turn = async (): Promise<void> => {
      try {
        await this.#write()
        if (performance.now() - this.#sealedAt < SEAL_PAUSE_MS) return
        this.#sealedAt = performance.now()
        while ((await this.#seal()) === SEALED_AT_ONCE);
      } catch (error) {
        this.#options.onError(error)
      }
    }
    // One after the other: a slow database must not be asked for more and more at once.
    return (this.#running = this.#running.then(turn))
  }

  async #write(): Promise<void> {
    if (this.#gathered.size === 0) return
    const gathered = this.#gathered
    const held = this.#held
    this.#gathered = new Map()
    try {
      await insertAuditedReads(this.#options.db, [...allOf(gathered)].flatMap(entriesOf))
    } catch (error) {
      for (const older of allOf(gathered)) this.#putBack(older)
      throw error
    }
    this.#held -= held
  }

  #putBack(older: Gathered): void {
    const { operation, principal } = older.read
    const newer = this.#gathered.get(operation)?.get(principal.keyId)?.get(groupOf(older.read))
    if (newer === undefined) {
      this.#put(older)
      return
    }
    newer.firstAt = older.firstAt
    newer.requests += older.requests
    for (const id of older.records) newer.records.add(id)
  }

  /** Chains some of what waits; answers how many, 0 too where another process is at it. */
  async #seal(): Promise<number> {
    return this.#options.db.transaction(async (tx) => {
      if (!(await lockAuditChain(tx))) return 0
      const [head, entries] = [await auditHead(tx), await takeUnchained(tx, SEALED_AT_ONCE)]
      if (entries.length === 0) return 0
      let { position, hash } = head ?? { position: 0, hash: CHAIN_START }
      const links = entries.map((entry) => {
        position += 1
        hash = chainHash(hash, position, entry)
        return { position, entry: entry.no, hash }
      })
      await insertAuditLinks(tx, links)
      return entries.length
    })
  }
}

function groupOf({ subject, parameters }: AuditedRead): string {
  return parameters.length === 0 ? subject : `${subject} ${parameters.join(' ')}`
}

function* allOf(reads: GatheredReads): Generator<Gathered> {
  for (const callers of reads.values()) for (const groups of callers.values()) yield* groups.values()
}

function entriesOf({ read, firstAt, lastAt, requests, records }: Gathered): AuditedReads[] {
  const { principal, operation, subject, parameters } = read
  const entry = {
    at: new Date(firstAt).toISOString(),
    lastAt: new Date(lastAt).toISOString(),
    actor: `${principal.name} (${principal.keyId})`,
    act: `read.${operation}`,
    subject,
    facts: { requests, ...(parameters.length === 0 ? {} : { parameters }) },
  }
  if (records.size <= RECORDS_PER_ENTRY) return [{ ...entry, records: [...records] }]
  const all = [...records]
  const parts = Array.from({ length: Math.ceil(all.length / RECORDS_PER_ENTRY) }, (_, i) =>
    all.slice(i * RECORDS_PER_ENTRY, (i + 1) * RECORDS_PER_ENTRY),
  )
  return parts.map((part) => ({ ...entry, records: part }))
}

function unavailable(): HubError {
  return new HubError({
    code: 'audit.unavailable',
    family: 'retry',
    message: 'The hub can not note who reads what at the moment, so nothing with personal data can be read.',
    fix: 'Send the request again.',
    retryAfterMs: 2_000,
  })
}
