import { HubError } from '../contracts/hub-error.ts'
import { readRule, type Rule } from '../rules/index.ts'
import { writeAudit } from '../store/decision-queries.ts'
import type { Queryable } from '../store/queryable.ts'
import {
  insertRuleRevision,
  layersOf,
  lockRules,
  newestOfFile,
  publishRuleRevision,
  readRuleRevision,
  type RuleHead,
  type RuleRevisionRow,
  revisionsInForce,
  takeBack,
} from '../store/rule-queries.ts'
import { checkLayers, refuseLosses, type RuleCheck } from './check-rules.ts'
import type { RuleFile } from './rule-file.ts'
import { sourceOf } from './rule-registry.ts'

/** The texts of a rule, as somebody writes them. */
export interface RuleTexts {
  envelope: string
  graph: string
  cases: string | null
}

export interface RuleDeskOptions {
  db: Queryable
  inTransaction<T>(work: (db: Queryable) => Promise<T>): Promise<T>
  /** Told after files were read, so that this process need not wait for its next look. */
  onRead(): Promise<void>
  /** Told after a publish; resolves when every hub process decides by what is in force now. */
  onPublished(): Promise<void>
}

/** What keeps files of the workspace from being in force, by the name of the file. */
export type FileFaults = ReadonlyMap<string, readonly HubError[]>

/** Where rules are written, checked and put in force. A revision is never changed: a correction is a new one. */
export class RuleDesk {
  readonly #options: RuleDeskOptions
  #faults: FileFaults = new Map()

  constructor(options: RuleDeskOptions) {
    this.#options = options
  }

  /** Of the files as they were read at the start. */
  get faults(): FileFaults {
    return this.#faults
  }

  /**
   * Puts the files of a workspace in force that are new or have changed since they were last read. What was published
   * through the console meanwhile stays in force until its file changes. A file with a fault stops nothing but itself: what
   * was in force of that rule stays so, and the fault is kept for whoever asks (`faults`).
   */
  async importFiles(files: readonly RuleFile[]): Promise<RuleHead[]> {
    const faults = new Map<string, readonly HubError[]>()
    const readable = readFiles(files, faults)
    for (;;) {
      const rest = readable.filter(({ file }) => !faults.has(file))
      const outcome = await this.#options
        .inTransaction((db) => importAll(db, rest))
        .catch((error: unknown) => {
          if (error instanceof Unfit) return error
          throw error
        })
      if (!(outcome instanceof Unfit)) {
        this.#faults = faults
        await this.#options.onRead()
        return outcome
      }
      for (const [file, errors] of outcome.faults) faults.set(file, errors)
    }
  }

  /** Keeps a rule as a draft after checking that it can be loaded beside the others. Nothing is in force until it is published. */
  async draft(rule: string, texts: RuleTexts & { note: string | null }, author: string): Promise<RuleHead> {
    return this.#options.inTransaction(async (db) => {
      await lockRules(db)
      const row = newRow(rule, texts, author)
      const [error] = checkLayers(await revisionsInForce(db), { ...row, revision: 0, cases: null }).problems
      if (error !== undefined) throw error
      const head = { rule, revision: await insertRuleRevision(db, row) }
      await writeAudit(db, { actor: author, act: 'rule.draft', subject: subjectOf(head), facts: {} })
      return head
    })
  }

  /** All that is wrong with a rule, its cases and what it would do to the rules that call it. Keeps nothing. */
  async check(rule: string, texts: RuleTexts): Promise<RuleCheck> {
    const draft = { ...newRow(rule, texts, ''), revision: 0 }
    return checkLayers(await revisionsInForce(this.#options.db), draft)
  }

  /** Puts a revision in force, a draft or one that was so before; its cases must hold, and the rules that call it must go on. */
  async publish(head: RuleHead, author: string): Promise<RuleHead> {
    await this.#options.inTransaction(async (db) => {
      await lockRules(db)
      const row = await readRuleRevision(db, head)
      if (row === undefined) throw unknownRevision()
      const inForce = await revisionsInForce(db)
      const [uppermost] = inForce.filter(({ rule }) => rule === head.rule)
      if (uppermost?.revision === head.revision) throw alreadyPublished()
      const check = checkLayers(inForce, row)
      const [error] = check.problems
      if (error !== undefined) throw error
      if (check.failing.length > 0) throw casesFailed(row, check)
      await publishRuleRevision(db, head, author)
      await writeAudit(db, { actor: author, act: 'rule.publish', subject: subjectOf(head), facts: {} })
    })
    await this.#options.onPublished()
    return head
  }

  /** Takes the revision that was put in force last away: what was in force before is so again. */
  async rollBack(rule: string, author: string): Promise<RuleHead> {
    const head = await this.#options.inTransaction(async (db): Promise<RuleHead> => {
      await lockRules(db)
      const [layer, below] = await layersOf(db, rule)
      if (layer === undefined || below === undefined) throw nothingBelow()
      const before = await revisionsInForce(db)
      await takeBack(db, { rule, ...layer }, author)
      refuseLosses(before, await revisionsInForce(db))
      const taken = { rule, revision: layer.revision }
      await writeAudit(db, { actor: author, act: 'rule.roll-back', subject: subjectOf(taken), facts: {} })
      return { rule, revision: below.revision }
    })
    await this.#options.onPublished()
    return head
  }
}

interface ReadFile extends RuleFile {
  rule: Rule
  graph: string
}

/** The files that are a rule by themselves; what is wrong with the others goes to `faults`. */
function readFiles(files: readonly RuleFile[], faults: Map<string, readonly HubError[]>): ReadFile[] {
  const read: ReadFile[] = []
  for (const { file, envelope, graph, cases } of files) {
    if (graph === null) {
      faults.set(file, [graphMissing(file)])
      continue
    }
    const reading = readRule(fileSource(file, envelope, graph))
    if (!reading.ok) faults.set(file, reading.errors)
    else read.push({ file, envelope, graph, cases, rule: reading.rule })
  }
  for (const one of read) {
    const other = read.find((two) => two !== one && two.rule.name === one.rule.name && overlap(two.rule, one.rule))
    if (other !== undefined) faults.set(one.file, [overlapping(one, other)])
  }
  return read
}

function overlap(a: Rule, b: Rule): boolean {
  const { NEGATIVE_INFINITY: never, POSITIVE_INFINITY: ever } = Number
  return (a.validFrom ?? never) < (b.validTo ?? ever) && (b.validFrom ?? never) < (a.validTo ?? ever)
}

/** Ends a transaction in which files were put in force that can not be. */
class Unfit extends Error {
  readonly faults: FileFaults

  constructor(faults: FileFaults) {
    super('rules that can not be in force')
    this.faults = faults
  }
}

/** All files together, since new ones may call each other; throws `Unfit` and has done nothing where one can not be in force. */
async function importAll(db: Queryable, files: readonly ReadFile[]): Promise<RuleHead[]> {
  await lockRules(db)
  const before = await revisionsInForce(db)
  const heads: (RuleHead & { file: ReadFile })[] = []
  for (const file of files) {
    const known = await newestOfFile(db, file.file)
    const { envelope, graph, cases } = file
    if (known?.envelope === envelope && known.graph === graph && known.cases === cases) continue
    const row = { ...newRow(file.rule.name, file, 'workspace'), file: file.file }
    const head = { rule: file.rule.name, revision: await insertRuleRevision(db, row) }
    await publishRuleRevision(db, head, 'workspace')
    await writeAudit(db, { actor: 'workspace', act: 'rule.publish', subject: subjectOf(head), facts: {} })
    heads.push({ ...head, file })
  }
  const faults = heads.length === 0 ? new Map<string, HubError[]>() : await faultsOf(db, heads, before)
  if (faults.size > 0) throw new Unfit(faults)
  return heads.map(({ rule, revision }) => ({ rule, revision }))
}

/** What is wrong with each of the new layers, with the rules in force before that they would stop among it. */
async function faultsOf(
  db: Queryable,
  heads: readonly (RuleHead & { file: ReadFile })[],
  before: readonly RuleRevisionRow[],
): Promise<Map<string, HubError[]>> {
  const rows = await revisionsInForce(db)
  const faults = new Map<string, HubError[]>()
  for (const head of heads) {
    const row = rows.find(({ rule, revision }) => rule === head.rule && revision === head.revision)
    if (row === undefined) continue
    const named = { ...row, file: head.file.file }
    const others = rows.filter((one) => one !== row)
    const check = checkLayers(others, named, before)
    if (check.problems.length > 0) faults.set(head.file.file, check.problems)
    else if (check.failing.length > 0) faults.set(head.file.file, [casesFailed(named, check)])
  }
  return faults
}

/** A file's texts as the loader takes them; messages call them by their paths. */
export function fileSource(file: string, envelope: string, graph: string) {
  return {
    envelope: { file: `rules/${file}.rule.yaml`, text: envelope },
    graph: { file: `rules/${file}.json`, text: graph },
  }
}

function newRow(
  rule: string,
  texts: RuleTexts,
  author: string,
): Omit<RuleRevisionRow, 'revision' | 'createdAt'> & {
  createdAt: string
} {
  const { envelope, graph, cases } = texts
  const note = 'note' in texts && typeof texts.note === 'string' ? texts.note : null
  const bare = { rule, envelope, graph, cases, file: null, author, note, createdAt: '' }
  const reading = readRule(sourceOf({ ...bare, revision: 0, hash: '', validFrom: null, validTo: null }))
  if (!reading.ok) throw reading.errors[0] ?? new Error('a rule that is wrong without a reason')
  const { name, revision, validFrom, validTo } = reading.rule
  if (name !== rule) throw wrongName(rule, name)
  return { ...bare, hash: revision, validFrom: instant(validFrom), validTo: instant(validTo) }
}

function instant(ms: number | undefined): string | null {
  return ms === undefined ? null : new Date(ms).toISOString()
}

function subjectOf({ rule, revision }: RuleHead): string {
  return `rules/${rule}#${revision}`
}

function casesFailed({ rule, file }: Pick<RuleRevisionRow, 'rule' | 'file'>, { failing }: RuleCheck): HubError {
  const [first] = failing
  return new HubError({
    code: 'rule.cases-failed',
    family: 'config',
    status: 422,
    message: `The rule ${rule} does not do what its cases say: ${first?.title ?? ''}`,
    where: first?.where ?? `${file ?? rule}.cases.yaml`,
    fix: 'Mend the rule or the case; `difference` shows what was expected (-) and what came (+).',
    facts: { failing },
  })
}

function graphMissing(file: string): HubError {
  return new HubError({
    code: 'rule.graph.missing',
    family: 'config',
    message: `The rule ${file} has no graph beside its envelope.`,
    where: `rules/${file}.rule.yaml`,
    fix: `Save it from the Zen editor as rules/${file}.json.`,
  })
}

function overlapping(one: ReadFile, other: ReadFile): HubError {
  return new HubError({
    code: 'rule.version.overlap',
    family: 'config',
    message: `Two versions of the rule ${one.rule.name} hold at the same time: ${one.file} and ${other.file}.`,
    where: `rules/${one.file}.rule.yaml#/validFrom`,
    fix: 'Give the older one a validTo that is the validFrom of the newer one.',
  })
}

function wrongName(rule: string, name: string): HubError {
  return new HubError({
    code: 'rule.wrong-name',
    family: 'config',
    status: 422,
    message: `The envelope is that of ${name}, but it stands for ${rule}.`,
    where: `${rule}.rule.yaml#/name`,
    fix: `Write \`name: ${rule}\`, or send it to the address of ${name}.`,
  })
}

export function unknownRevision(): HubError {
  return new HubError({
    code: 'rule.revision.unknown',
    family: 'reject',
    status: 404,
    message: 'There is no such rule, or no such revision of it.',
  })
}

function alreadyPublished(): HubError {
  return new HubError({
    code: 'rule.already-published',
    family: 'reject',
    status: 409,
    message: 'This revision is the one that was put in force last.',
  })
}

function nothingBelow(): HubError {
  return new HubError({
    code: 'rule.nothing-to-roll-back',
    family: 'reject',
    status: 409,
    message: 'No earlier revision of this rule was ever in force.',
  })
}
