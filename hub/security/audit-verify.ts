import { auditHead, type AuditLinkRow, auditLinks, countUnchained, strayAuditEntries } from '../store/audit-queries.ts'
import type { Database } from '../store/database.ts'
import { CHAIN_START, chainHash } from './audit-chain.ts'

/** A place in the chain with what stands there, as it was noted outside of the database. */
export interface KnownHead {
  position: number
  /** 64 hexadecimal digits. */
  hash: string
}

export interface AuditFault {
  /** `entry-changed`: the entry or its hash is not what was chained; the others say what is or is not there. */
  kind: 'entry-changed' | 'entry-removed' | 'link-removed' | 'entry-not-chained' | 'head-differs' | 'end-removed'
  /** Place in the chain; null for entries that are in none. */
  position: number | null
  /** Number of the entry; null where nobody knows it any more. */
  entry: number | null
}

export interface AuditVerdict {
  sound: boolean
  /** Links looked at. */
  entries: number
  /** Entries of the last moment that are still to be chained. */
  waiting: number
  /** To be kept outside: with it the next verification also sees whether the end was cut off or all was written anew. */
  head: KnownHead | null
  /** At most 100; there may be more. */
  faults: AuditFault[]
}

const LINKS_PER_READ = 500
const FAULTS_MAX = 100

/**
 * Goes over the whole chain, as of one moment. An entry that was changed, removed or put in between is named with its place.
 * The end of the chain can be cut off, or all of it made anew, by somebody who may do anything in the database: that shows
 * only against heads that were noted elsewhere, `known`.
 */
export async function verifyAudit(db: Database, known: readonly KnownHead[] = []): Promise<AuditVerdict> {
  return db.transaction(
    async (tx) => {
      const heads = new Map(known.map(({ position, hash }) => [position, hash.toLowerCase()]))
      const faults: AuditFault[] = []
      let last: { position: number; hash: Buffer } = { position: 0, hash: CHAIN_START }
      let entries = 0
      for (;;) {
        const links = await auditLinks(tx, last.position, LINKS_PER_READ)
        for (const link of links) {
          faults.push(...faultsOf(last, link))
          const noted = heads.get(link.position)
          if (noted !== undefined && noted !== link.hash.toString('hex')) {
            faults.push({ kind: 'head-differs', position: link.position, entry: link.entry })
          }
          last = link
        }
        entries += links.length
        if (links.length < LINKS_PER_READ || faults.length >= FAULTS_MAX) break
      }
      const end = await auditHead(tx)
      for (const position of heads.keys()) {
        if (position > (end?.position ?? 0)) faults.push({ kind: 'end-removed', position, entry: null })
      }
      const strays = await strayAuditEntries(tx, FAULTS_MAX)
      faults.push(...strays.map((entry) => ({ kind: 'entry-not-chained' as const, position: null, entry })))
      return {
        sound: faults.length === 0,
        entries,
        waiting: await countUnchained(tx),
        head: end === undefined ? null : { position: end.position, hash: end.hash.toString('hex') },
        faults: faults.slice(0, FAULTS_MAX),
      }
    },
    { isolation: 'repeatable read', readOnly: true },
  )
}

function faultsOf(last: { position: number; hash: Buffer }, link: AuditLinkRow): AuditFault[] {
  const { position, entry } = link
  if (position !== last.position + 1) {
    // The hash of the first link after the gap can't be made again; one fault tells of both.
    return [{ kind: 'link-removed', position: last.position + 1, entry: null }]
  }
  if (link.no === null) return [{ kind: 'entry-removed', position, entry }]
  if (chainHash(last.hash, position, link).equals(link.hash)) return []
  return [{ kind: 'entry-changed', position, entry }]
}
