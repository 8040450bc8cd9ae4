import type { CanonicalEntity } from '../contracts/canonical.ts'
import { HubError } from '../contracts/hub-error.ts'
import { isJsonObject, type Json, type JsonObject } from '../contracts/json.ts'
import type { SchemaValidator } from '../contracts/schema-validator.ts'
import type { GoldenNote, Mapper, MapOutcome, NoteTaker, ParkCause } from '../intake/pipeline/ports.ts'
import type { Queryable } from '../store/queryable.ts'
import { changeMember, type OnChange, type Rule, SOURCE_MEMBER } from '../rules/index.ts'
import type { RulesInForce } from './rule-registry.ts'

type Document = Extract<MapOutcome, { kind: 'document' }>
type Does = OnChange['does']

interface Source {
  system: string
  entity: string
}

interface Finding {
  check: string
  severity: string
  field: string
  do: string
}

/**
 * The rules in the path of changes: after a mapping has made a canonical document, they add to it and say whether it may
 * be applied. They decide for the time at which the system changed the record, so that the same change has the same effect whenever
 * it comes, and in whatever order.
 */
export class ChangeRules implements NoteTaker {
  /** Before `refusal` is asked. */
  readonly current: (db: Queryable) => Promise<void> | undefined
  readonly #validator: SchemaValidator
  #inForce: RulesInForce
  #plan: ReadonlyMap<CanonicalEntity, Readonly<Record<Does, readonly string[]>>> = new Map()

  /** `current`: resolves when what is in force may be decided by; undefined: it may. */
  constructor(
    inForce: RulesInForce,
    validator: SchemaValidator,
    current: (db: Queryable) => Promise<void> | undefined,
  ) {
    this.current = current
    this.#validator = validator
    this.#inForce = inForce
    this.use(inForce)
  }

  /** Takes what is in force from now on. */
  use(inForce: RulesInForce): void {
    const plan = new Map<CanonicalEntity, Record<Does, string[]>>()
    for (const name of inForce.rules.names()) {
      for (const { envelope } of inForce.rules.versions(name)) {
        if (envelope.onChange === undefined) continue
        const { entity, does } = envelope.onChange
        const names = plan.get(entity) ?? { enrich: [], validate: [], note: [] }
        if (!names[does].includes(name)) names[does].push(name)
        plan.set(entity, names)
      }
    }
    this.#inForce = inForce
    this.#plan = plan
  }

  /** Whether any rule looks at golden records. */
  get takesNotes(): boolean {
    return (this.#plan.get('customer')?.note.length ?? 0) > 0
  }

  /** The same mapper with the rules behind it; where none stands in the path of an entity, a look-up is all that it costs. */
  behind(mapper: Mapper): Mapper {
    return {
      current: this.current,
      map: (system, entity, kind, data, at) => {
        const outcome = mapper.map(system, entity, kind, data, at)
        if (outcome.kind !== 'document') return outcome
        const names = this.#plan.get(outcome.target)
        if (names === undefined) return outcome
        return this.#ruled(outcome, names, { system, entity }, momentOf(at))
      },
    }
  }

  /**
   * What the validations have against a document that does not come by way of a mapping (an edit, an order), for the moment
   * `at` (ISO 8601); what they had against it `before` already is nobody's fault now. Undefined: nothing.
   */
  refusal(
    target: CanonicalEntity,
    document: JsonObject,
    { source, at, before }: { source: Source; at: string; before?: JsonObject },
  ): ParkCause | undefined {
    const moment = momentOf(at)
    for (const name of this.#plan.get(target)?.validate ?? []) {
      const rule = this.#holding(name, 'validate', target, moment)
      if (rule === undefined) continue
      const known = before === undefined ? [] : knownProblems(rule, { target, document: before }, source, moment)
      const cause = refusalOf(rule, { target, document }, source, moment, new Set(known))
      if (cause !== undefined) return cause
    }
    return undefined
  }

  notesOn(golden: JsonObject, now: string): GoldenNote[] {
    const at = momentOf(now)
    const notes: GoldenNote[] = []
    for (const name of this.#plan.get('customer')?.note ?? []) {
      const rule = this.#holding(name, 'note', 'customer', at)
      if (rule === undefined) continue
      const findings = noteFindings(rule, golden, at)
      if (findings.length > 0) notes.push({ rule: name, revision: this.#revisionOf(rule), findings })
    }
    return notes
  }

  #ruled(outcome: Document, names: Readonly<Record<Does, readonly string[]>>, source: Source, at: number): MapOutcome {
    let ruled = outcome
    const enriched: Record<string, string> = {}
    for (const name of names.enrich) {
      const rule = this.#holding(name, 'enrich', outcome.target, at)
      if (rule === undefined) continue
      const decided = decideOn(rule, ruled, source, at)
      if ('cause' in decided) return { kind: 'failed', cause: decided.cause }
      const paths: string[] = []
      const document = merged(ruled.document, decided.result, '', paths)
      for (const path of paths) enriched[path] = `${name}#${this.#revisionOf(rule)}`
      ruled = { ...ruled, document }
    }
    if (ruled !== outcome) {
      const [violation] = this.#validator.validate(ruled.target, ruled.document)
      if (violation !== undefined) return { kind: 'failed', cause: brokenBy(enriched, ruled.target, violation) }
      if (Object.keys(enriched).length > 0) ruled.enriched = JSON.stringify(enriched)
    }
    for (const name of names.validate) {
      const rule = this.#holding(name, 'validate', outcome.target, at)
      const cause = rule === undefined ? undefined : refusalOf(rule, ruled, source, at)
      if (cause !== undefined) return { kind: 'failed', cause }
    }
    return ruled
  }

  #holding(name: string, does: Does, entity: CanonicalEntity, at: number): Rule | undefined {
    const rule = this.#inForce.rules.versions(name).find((version) => version.isInForce(at))
    const { onChange } = rule?.envelope ?? {}
    return onChange?.does === does && onChange.entity === entity ? rule : undefined
  }

  #revisionOf({ name, revision }: Rule): number {
    return this.#inForce.numberOf(name, revision)
  }
}

/** A time that nothing can read counts as the beginning of 1970, as it does for the order of changes. */
function momentOf(at: string): number {
  const moment = Date.parse(at)
  return Number.isNaN(moment) ? 0 : moment
}

type Target = Pick<Document, 'target' | 'document'>

function decideOn(
  rule: Rule,
  { target, document }: Target,
  source: Source,
  at: number,
): { result: JsonObject } | { cause: ParkCause } {
  const { members } = rule.envelope.input
  const input: JsonObject = { [changeMember(target)]: document }
  if (members?.has(SOURCE_MEMBER) ?? true) input[SOURCE_MEMBER] = { ...source }
  try {
    return { result: rule.decide(input, { at }).result }
  } catch (error) {
    if (!(error instanceof HubError)) throw error
    const { code, message, where, fix } = error
    const cause = { code, message: `A rule in the path of changes could not decide. ${message}` }
    return { cause: { ...cause, ...(where === undefined ? {} : { where }), ...(fix === undefined ? {} : { fix }) } }
  }
}

function refusalOf(
  rule: Rule,
  outcome: Target,
  source: Source,
  at: number,
  known: ReadonlySet<string> = NOTHING_KNOWN,
): ParkCause | undefined {
  const decided = decideOn(rule, outcome, source, at)
  if ('cause' in decided) return decided.cause
  const findings = errorsIn(decided.result).filter((finding) => !known.has(nameOf(finding)))
  const [first] = findings
  if (first === undefined) return undefined
  return {
    code: 'rule.change-refused',
    message: `The rule ${rule.name} refuses the change: ${first.check}.`,
    where: `/${first.field.replaceAll('.', '/').replaceAll(/\[(\d+)\]/g, '/$1')}`,
    fix: first.do,
    problems: findings.map(({ check, field, do: fix }) => ({ code: check, where: field, message: fix })),
  }
}

const NOTHING_KNOWN: ReadonlySet<string> = new Set()

function knownProblems(rule: Rule, before: Target, source: Source, at: number): string[] {
  const decided = decideOn(rule, before, source, at)
  return 'cause' in decided ? [] : errorsIn(decided.result).map(nameOf)
}

function errorsIn(result: JsonObject): Finding[] {
  return findingsIn(result).filter(({ severity }) => severity === 'error')
}

function nameOf({ check, field }: Finding): string {
  return `${check} ${field}`
}

/** A rule that can not decide is a finding too: nothing is stopped by it, but somebody should know. */
function noteFindings(rule: Rule, golden: JsonObject, at: number): Json[] {
  try {
    return findingsIn(rule.decide({ customer: golden }, { at }).result).map((finding) => ({ ...finding }))
  } catch (error) {
    if (!(error instanceof HubError)) throw error
    const { code, message, where } = error
    return [{ check: code, severity: 'warning', field: where ?? '', do: message }]
  }
}

function findingsIn(result: JsonObject): Finding[] {
  return (result['findings'] ?? []) as unknown as Finding[]
}

/** A document with what a rule gave: members are put together, all else takes the place of what was there; null says nothing. */
function merged(document: JsonObject, added: JsonObject, within: string, paths: string[]): JsonObject {
  const result = { ...document }
  for (const [name, value] of Object.entries(added)) {
    if (value === null) continue
    const path = within === '' ? name : `${within}.${name}`
    const before = Object.hasOwn(result, name) ? (result[name] ?? null) : null
    if (isJsonObject(value)) result[name] = merged(isJsonObject(before) ? before : {}, value, path, paths)
    else if (JSON.stringify(before) !== JSON.stringify(value)) {
      result[name] = value
      paths.push(path)
    }
  }
  return result
}

function brokenBy(
  enriched: Readonly<Record<string, string>>,
  target: string,
  { pointer, message }: { pointer: string; message: string },
): ParkCause {
  const names = [...new Set(Object.values(enriched).map((name) => name.split('#')[0] ?? ''))]
  return {
    code: 'rule.enrichment-invalid',
    message: `What ${names.join(' and ')} added breaks the schema of ${target}: ${message}`,
    where: pointer,
    fix: 'Mend the rule, then replay.',
  }
}
