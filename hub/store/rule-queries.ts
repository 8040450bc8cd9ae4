import type { Queryable } from './queryable.ts'

export interface RuleHead {
  rule: string
  revision: number
}

export interface RuleRevisionRow extends RuleHead {
  envelope: string
  graph: string
  cases: string | null
  hash: string
  validFrom: string | null
  validTo: string | null
  /** The workspace file that it was read from, without its ending; null: written through the admin API. */
  file: string | null
  author: string
  note: string | null
  createdAt: string
}

const COLUMNS = `
  r.rule, r.revision, r.envelope, r.graph, r.cases, r.hash, r.valid_from as "validFrom", r.valid_to as "validTo", r.file,
  r.author, r.note, r.created_at as "createdAt"`

/** Changes whenever a rule is put in force or taken back: small, and asked for several times a second. */
export async function ruleGeneration(db: Queryable): Promise<number> {
  const { rows } = await db.query<{ no: number }>({
    name: 'rule-generation',
    text: 'select coalesce(max(no), 0)::float8 as no from rule_publication',
  })
  return rows[0]?.no ?? 0
}

/**
 * The revisions that may decide at some moment, those of one rule from the uppermost down. One that lies whole below a
 * newer one never decides, so a rule that is published often does not grow.
 */
export async function revisionsInForce(db: Queryable): Promise<RuleRevisionRow[]> {
  const { rows } = await db.query<RuleRevisionRow>({
    name: 'rule-in-force',
    text: `
      with layer as (
        select p.no, p.rule, p.revision, coalesce(r.valid_from, '-infinity') as since, coalesce(r.valid_to, 'infinity') as until
        from rule_publication p join rule_revision r on r.rule = p.rule and r.revision = p.revision where p.active
      )
      select ${COLUMNS} from layer l join rule_revision r on r.rule = l.rule and r.revision = l.revision
      where not exists (
        select from layer above
        where above.rule = l.rule and above.no > l.no and above.since <= l.since and above.until >= l.until
      )
      order by r.rule, l.no desc`,
  })
  return rows
}

export async function readRuleRevision(db: Queryable, head: RuleHead): Promise<RuleRevisionRow | undefined> {
  const { rows } = await db.query<RuleRevisionRow>({
    name: 'rule-read',
    text: `select ${COLUMNS} from rule_revision r where r.rule = $1 and r.revision = $2`,
    values: [head.rule, head.revision],
  })
  return rows[0]
}

/** Revisions by what decisions call them; one for each hash. */
export async function revisionsByHash(db: Queryable, hashes: readonly string[]): Promise<RuleRevisionRow[]> {
  const { rows } = await db.query<RuleRevisionRow>({
    name: 'rule-by-hash',
    text: `select distinct on (r.hash) ${COLUMNS} from rule_revision r where r.hash = any ($1::text[]) order by r.hash, r.revision`,
    values: [hashes],
  })
  return rows
}

/** The newest revision that came from a workspace file, by which a changed file is recognised. */
export async function newestOfFile(db: Queryable, file: string): Promise<RuleRevisionRow | undefined> {
  const { rows } = await db.query<RuleRevisionRow>({
    name: 'rule-newest-of-file',
    text: `select ${COLUMNS} from rule_revision r where r.file = $1 order by r.no desc limit 1`,
    values: [file],
  })
  return rows[0]
}

export type NewRuleRevision = Omit<RuleRevisionRow, 'revision' | 'createdAt'>

/** Adds a revision after the newest one. Callers hold the lock of the rules (see lockRules). */
export async function insertRuleRevision(db: Queryable, row: NewRuleRevision): Promise<number> {
  const { rows } = await db.query<{ revision: number }>({
    name: 'rule-draft',
    text: `
      insert into rule_revision (rule, revision, envelope, graph, cases, hash, valid_from, valid_to, file, author, note)
      select $1, coalesce(max(revision), 0) + 1, $2, $3, $4, $5, $6, $7, $8, $9, $10 from rule_revision where rule = $1
      returning revision`,
    values: [
      row.rule,
      row.envelope,
      row.graph,
      row.cases,
      row.hash,
      row.validFrom,
      row.validTo,
      row.file,
      row.author,
      row.note,
    ],
  })
  return rows[0]?.revision ?? 0
}

/**
 * Held until the transaction ends. One lock for all rules: they call each other, so two that are put in force side by side
 * would each be checked without the other; and publications are numbered in the order in which they are seen.
 */
export async function lockRules(db: Queryable): Promise<void> {
  await db.query({ name: 'rule-lock', text: `select pg_advisory_xact_lock(hashtextextended('rules', 0))` })
}

/** The revisions of a rule that lie on each other, the uppermost first; those that a newer one covers among them. */
export async function layersOf(db: Queryable, rule: string): Promise<{ no: number; revision: number }[]> {
  const { rows } = await db.query<{ no: number; revision: number }>({
    name: 'rule-layers',
    text: 'select no::float8 as no, revision from rule_publication where rule = $1 and active order by no desc limit 2',
    values: [rule],
  })
  return rows
}

export async function publishRuleRevision(db: Queryable, head: RuleHead, author: string): Promise<void> {
  await db.query({
    name: 'rule-publish',
    text: `insert into rule_publication (rule, revision, act, active, author) values ($1, $2, 'publish', true, $3)`,
    values: [head.rule, head.revision, author],
  })
}

/** Takes the uppermost layer away. */
export async function takeBack(db: Queryable, layer: RuleHead & { no: number }, author: string): Promise<void> {
  await db.query({
    name: 'rule-take-back',
    text: `
      with taken as (update rule_publication set active = false where no = $1)
      insert into rule_publication (rule, revision, act, active, author) values ($2, $3, 'roll-back', false, $4)`,
    values: [layer.no, layer.rule, layer.revision, author],
  })
}

export type RuleHistoryRow = Omit<RuleRevisionRow, 'envelope' | 'graph' | 'cases'> & {
  /** draft: never in force; published: in force where no newer one holds; retired: was. */
  state: 'draft' | 'published' | 'retired'
  publishedAt: string | null
  publishedBy: string | null
}

/** All revisions of a rule, newest first, without their texts. */
export async function ruleHistory(db: Queryable, rule: string): Promise<RuleHistoryRow[]> {
  const { rows } = await db.query<RuleHistoryRow>({
    name: 'rule-history',
    text: `
      with layer as (
        select p.no, p.revision, coalesce(r.valid_from, '-infinity') as since, coalesce(r.valid_to, 'infinity') as until
        from rule_publication p join rule_revision r on r.rule = p.rule and r.revision = p.revision
        where p.rule = $1 and p.active
      ), shown as (
        select l.revision from layer l where not exists (
          select from layer above where above.no > l.no and above.since <= l.since and above.until >= l.until
        )
      )
      select r.rule, r.revision, r.hash, r.valid_from as "validFrom", r.valid_to as "validTo", r.file, r.author, r.note,
             r.created_at as "createdAt",
             case when exists (select from shown s where s.revision = r.revision) then 'published'
                  when p.at is null then 'draft' else 'retired' end as state,
             p.at as "publishedAt", p.author as "publishedBy"
      from rule_revision r
      left join lateral (
        select at, author from rule_publication
        where rule = r.rule and revision = r.revision and act = 'publish' order by no desc limit 1
      ) p on true
      where r.rule = $1 order by r.revision desc limit 1000`,
    values: [rule],
  })
  return rows
}

export interface RuleOverviewRow {
  rule: string
  newest: number
  drafts: number
}

/** Every rule that has a revision, with how many of its revisions came after the last one in force. */
export async function ruleOverview(db: Queryable): Promise<RuleOverviewRow[]> {
  const { rows } = await db.query<RuleOverviewRow>({
    name: 'rule-overview',
    text: `
      select r.rule, max(r.revision) as newest,
             count(*) filter (where r.revision > coalesce(p.revision, 0))::integer as drafts
      from rule_revision r
      left join (select rule, max(revision) as revision from rule_publication where act = 'publish' group by rule) p
        on p.rule = r.rule
      group by r.rule order by r.rule`,
  })
  return rows
}
