import type { LaneKey } from './apply-queries.ts'
import { plain, texts } from './columns.ts'
import type { Queryable } from './queryable.ts'

/** What the hub keeps of a person beside its records, part by part, as JSON texts in pages. */

export interface PersonalScope {
  customers: readonly string[]
  /** Numbers, lanes and hub ids of all records. */
  numbers: readonly number[]
  lanes: readonly LaneKey[]
  records: readonly string[]
}

const ROWS_PER_PAGE = 200
/** The whole trail is looked through for each page of it, so that one page must do for most. */
const READS_PER_PAGE = 10_000

interface Part {
  name: string
  why: string
  /** Rows `(place, item)` of the scope after a place (null: from the first), at most so many. */
  sql: string
  rowsPerPage: number
}

const CUSTOMERS = `$1::uuid[]`
const AFTER = '$6'
const SCOPE = `
  with scope as (
    select ${CUSTOMERS} as customers, $2::bigint[] as numbers, $3::text[] as records
  ), lane as (
    select l.system, l.entity, l.key from unnest($4::text[], $5::text[], $8::text[]) as l(system, entity, key)
  )`

function part(name: string, why: string, sql: string, rowsPerPage = ROWS_PER_PAGE): Part {
  return { name, why, sql, rowsPerPage }
}

/** In the order in which they are told. `place` is a text that sorts the rows. */
export const PERSONAL_PARTS: readonly Part[] = [
  part(
    'versions',
    'What the customer was before, so that changes can be explained and undone.',
    `select lpad(v.version::text, 10, '0') || v.customer_id as place, json_build_object('customer', v.customer_id,
       'version', v.version, 'at', v.at, 'cause', v.cause, 'changed', v.changed, 'golden', v.golden) as item
     from customer_former v where v.customer_id = any ((select customers from scope)::uuid[])`,
  ),
  part(
    'records',
    'The records of the systems, as they sent them and as the hub reads them: what the customer is made of, and what belongs to it.',
    `select lpad(r.no::text, 20, '0') as place, json_build_object('system', r.system, 'entity', r.entity, 'key', r.key,
       'canonicalEntity', r.target, 'id', coalesce(r.public_id, r.customer_id), 'changedAt', r.changed_at, 'deleted', r.deleted,
       'raw', r.raw, 'document', r.document) as item
     from source_record r where r.no = any ((select numbers from scope)::bigint[])`,
  ),
  part(
    'overrides',
    'Values that staff or the person set, which outrank what systems say.',
    `select o.customer_id || o.path as place, json_build_object('customer', o.customer_id, 'path', o.path, 'value', o.value,
       'author', o.author, 'at', o.at) as item
     from golden_override o where o.customer_id = any ((select customers from scope)::uuid[])`,
  ),
  part(
    'matchDecisions',
    'What staff decided about whose records these are.',
    `select lpad(d.a::text, 20, '0') || d.b as place, json_build_object('kind', d.kind, 'author', d.author, 'note', d.note,
       'at', d.at) as item
     from match_decision d
     where d.a = any ((select numbers from scope)::bigint[]) or d.b = any ((select numbers from scope)::bigint[])`,
  ),
  part(
    'notes',
    'What rules found in the record, for whoever looks after the quality of data.',
    `select n.customer_id || n.rule as place, json_build_object('customer', n.customer_id, 'rule', n.rule, 'findings', n.findings,
       'at', n.at) as item
     from customer_note n where n.customer_id = any ((select customers from scope)::uuid[])`,
  ),
  part(
    'decisions',
    'What was decided about the person by rule, so that it can be explained (GDPR, article 22). They go after the time of OMNIHUB_DECISION_LOG_DAYS.',
    `select d.id::text as place, json_build_object('id', d.id, 'rule', d.rule, 'revision', d.revision, 'at', d.decided_at,
       'actor', d.actor, 'given', d.given, 'filled', d.filled, 'result', d.result, 'code', d.code, 'trace', d.trace) as item
     from decision_log d where d.customer_id = any ((select customers from scope)::uuid[])`,
  ),
  part(
    'writesToSystems',
    'What is to be, or was, carried to systems so that all of them say the same.',
    `select 'b' || lpad(w.record_no::text, 20, '0') as place, json_build_object('system', w.system, 'entity', w.entity,
       'key', w.key, 'wants', w.wants, 'overlay', w.overlay, 'attempt', w.attempt, 'conflict', w.conflict,
       'updatedAt', w.updated_at) as item
     from write_back w where w.record_no = any ((select numbers from scope)::bigint[])
     union all
     select 'r' || lpad(w.no::text, 20, '0'), json_build_object('system', w.system, 'entity', w.entity, 'key', w.key,
       'wanted', w.wanted, 'author', w.author, 'createdAt', w.created_at, 'updatedAt', w.updated_at)
     from record_write w where w.record_id::text = any ((select records from scope)::text[])`,
  ),
  part(
    'parkedChanges',
    'Changes that could not be applied and wait for somebody, with their earlier forms.',
    `select lpad(p.no::text, 20, '0') as place, json_build_object('change', p.change, 'cause', p.cause_code,
       'message', p.cause_message, 'parkedAt', p.parked_at,
       'earlier', (select coalesce(json_agg(e.change order by e.revision), '[]') from parked_revision e where e.no = p.no)) as item
     from parked_change p join lane l on l.system = p.system and l.entity = p.entity and l.key = p.key`,
  ),
  part(
    'deliveries',
    'Receivers outside of the hub that events of the person were sent to, or are being sent to.',
    `select 'a' || lpad(a.no::text, 20, '0') as place, json_build_object('receiver', s.owner,
       'host', substring(s.url from '^[a-z]+://([^/?#]+)'), 'event', a.event_id, 'type', a.type, 'at', a.at,
       'outcome', a.outcome) as item
     from event_log e join webhook_attempt a on a.event_id = e.id::text join subscription s on s.id = a.subscription_id
     where e.customer_id = any ((select customers from scope)::uuid[])
     union all
     select 'w' || lpad(d.no::text, 20, '0'), json_build_object('receiver', s.owner,
       'host', substring(s.url from '^[a-z]+://([^/?#]+)'), 'event', e.id, 'type', e.type, 'outcome', 'waiting')
     from event_log e join webhook_delivery d on d.position = e.position join subscription s on s.id = d.subscription_id
     where e.customer_id = any ((select customers from scope)::uuid[])`,
  ),
  part(
    'reads',
    'Who read the data, and what else was done with it: the audit trail, which must show that access was lawful.',
    `select lpad(a.no::text, 20, '0') as place, json_build_object('at', a.at, 'lastAt', a.last_at, 'actor', a.actor, 'act', a.act) as item
     from audit_entry a
     where a.records && (select customers || records::uuid[] from scope)
       or a.subject = any ((select customers from scope)::text[])`,
    READS_PER_PAGE,
  ),
]

/** The items of a part, page by page. */
export async function* personalPart(
  db: Queryable,
  { name, sql, rowsPerPage }: Part,
  scope: PersonalScope,
): AsyncGenerator<string[]> {
  for (let after: string | null = null; ;) {
    const { rows }: { rows: { place: string; item: string }[] } = await db.query({
      name: `personal-${name}`,
      text: `
        ${SCOPE}
        select place, item::text as item from (${sql}) found
        where ${AFTER}::text is null or place collate "C" > ${AFTER} order by place collate "C" limit $7`,
      values: [
        plain(scope.customers),
        plain(scope.numbers),
        texts(scope.records),
        texts(scope.lanes.map(({ system }) => system)),
        texts(scope.lanes.map(({ entity }) => entity)),
        after,
        rowsPerPage,
        texts(scope.lanes.map(({ key }) => key)),
      ],
    })
    if (rows.length > 0) yield rows.map(({ item }) => item)
    const last = rows.at(-1)
    if (last === undefined || rows.length < rowsPerPage) return
    after = last.place
  }
}
