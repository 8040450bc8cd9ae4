/** `omnihub audit`: the audit trail, seen and verified from a shell. */
import { HubError } from '../../../contracts/hub-error.ts'
import { isJsonObject, type JsonObject } from '../../../contracts/json.ts'
import type { AuditVerdict, KnownHead } from '../../../security/audit-verify.ts'
import type { HubOptions } from '../shared/command.ts'
import { databaseUrlOf } from '../shared/database-url.ts'
import { EXIT } from '../shared/exit-codes.ts'
import type { Io } from '../shared/io.ts'
import { json, plural, table } from '../shared/text.ts'
import { openHub } from './hub-client.ts'
import { firstItems } from './first-items.ts'
import { textOf } from './operate.ts'

type VerifyOptions = HubOptions & { head: string | undefined; 'database-url': string | undefined }

export async function verifyTrail(options: VerifyOptions, io: Io): Promise<number> {
  const heads = headsOf(options.head)
  const verdict = await verdictOf(options, heads, io)
  if (options.json) io.out(json(verdict))
  else io.out(wordsOf(verdict))
  return verdict.sound ? EXIT.done : EXIT.failed
}

async function verdictOf(options: VerifyOptions, heads: KnownHead[], io: Io): Promise<AuditVerdict> {
  const { 'database-url': databaseUrl } = options
  if (databaseUrl === undefined) {
    const hub = await openHub(options, io)
    return (await hub.post('/admin/v1/audit/verify', { body: { heads } })) as unknown as AuditVerdict
  }
  const [{ openDatabase }, { verifyAudit }] = await Promise.all([
    import('../../../store/database.ts'),
    import('../../../security/audit-verify.ts'),
  ])
  const url = databaseUrlOf(databaseUrl, io)
  // A trail of years takes longer than any request may.
  const db = openDatabase(url, { poolMax: 1, applicationName: 'omnihub-cli', statementTimeoutMs: 0 })
  try {
    return await verifyAudit(db, heads)
  } finally {
    await db.close()
  }
}

function headsOf(text: string | undefined): KnownHead[] {
  return (text ?? '')
    .split(',')
    .filter((one) => one.trim() !== '')
    .map((one) => {
      const [, position, hash] = /^(\d{1,15}):([0-9a-fA-F]{64})$/.exec(one.trim()) ?? []
      if (position !== undefined && hash !== undefined && Number(position) > 0)
        return { position: Number(position), hash }
      throw new HubError({
        code: 'cli.usage.audit-head',
        family: 'reject',
        message: 'A head is a position and 64 hexadecimal digits.',
        where: '--head',
        fix: 'Write it as `omnihub audit verify` printed it: 1200:9f2c...',
      })
    })
}

const MEANINGS: Readonly<Record<AuditVerdict['faults'][number]['kind'], string>> = {
  'entry-changed': 'the entry or its hash is not what was chained',
  'entry-removed': 'the entry is gone',
  'link-removed': 'links from here on are gone',
  'entry-not-chained': 'the entry is in no chain',
  'head-differs': 'the chain up to here is another one than was noted',
  'end-removed': 'the chain ended later once than it does now',
}

function wordsOf({ sound, entries, waiting, head, faults }: AuditVerdict): string {
  const lines = [
    sound
      ? `The audit trail is sound: ${plural(entries, 'entry', 'entries')}, ${waiting} still to be chained.`
      : `The audit trail was altered: ${faults.length >= 100 ? 'at least ' : ''}${plural(faults.length, 'fault')} in ${plural(entries, 'entry', 'entries')}.`,
    ...(head === null ? [] : [`head ${head.position}:${head.hash}`]),
  ]
  const rows = faults.map((fault) => [
    String(fault.position ?? '-'),
    String(fault.entry ?? '-'),
    fault.kind,
    MEANINGS[fault.kind],
  ])
  return `${lines.join('\n')}\n${rows.length === 0 ? '' : table(['position', 'entry', 'fault', 'meaning'], rows)}`
}

type ListOptions = HubOptions & {
  limit: number
} & Record<'actor' | 'act' | 'subject' | 'from' | 'to', string | undefined>

export async function listTrail(options: ListOptions, io: Io): Promise<number> {
  const { actor, act, subject, from, to, limit } = options
  const hub = await openHub(options, io)
  const { found } = await firstItems(hub, '/admin/v1/audit', { actor, act, subject, from, to }, limit)
  if (options.json) io.out(json(found))
  else if (found.length === 0) io.out('There is no such entry.\n')
  else io.out(table(['no', 'at', 'actor', 'act', 'subject', 'records', 'facts'], found.map(rowOf)))
  return EXIT.done
}

const SHOWN_RECORDS = 3

function rowOf(entry: JsonObject): string[] {
  const records = Array.isArray(entry['records']) ? entry['records'].map(String) : []
  const more = records.length > SHOWN_RECORDS ? ` +${records.length - SHOWN_RECORDS}` : ''
  return [
    textOf(entry['no']),
    textOf(entry['at']),
    textOf(entry['actor']),
    textOf(entry['act']),
    textOf(entry['subject']),
    records.slice(0, SHOWN_RECORDS).join(' ') + more,
    isJsonObject(entry['facts']) ? JSON.stringify(entry['facts']) : '',
  ]
}
