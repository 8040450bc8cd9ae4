import { HubError } from '../contracts/hub-error.ts'
import type { JsonObject } from '../contracts/json.ts'
import { readEnvelope } from './document/envelope.ts'
import { fieldProblems } from './document/check-fields.ts'
import { quoted, RuleProblems, reportFor, nearest } from './document/problems.ts'
import { readGraph } from './document/read-graph.ts'
import { readJsonText } from './document/read-text.ts'
import { Rule } from './rule.ts'
import type { DecideOptions, Decision } from './rule.ts'

/** The texts of one rule: its envelope (YAML) and its graph (JDM, JSON), with the names that messages use for them. */
export interface RuleSource {
  envelope: { file: string; text: string }
  graph: { file: string; text: string }
}

export type RuleSetResult = { ok: true; rules: RuleSet } | { ok: false; errors: HubError[] }

/** Rules by name, each in one or several versions that hold one after the other. */
export class RuleSet {
  readonly #versions: ReadonlyMap<string, readonly Rule[]>

  constructor(versions: ReadonlyMap<string, readonly Rule[]>) {
    this.#versions = versions
  }

  /** Whether there is a rule of this name, at whatever time it holds. */
  has(name: string): boolean {
    return this.#versions.has(name)
  }

  /** In the order of the alphabet. */
  names(): string[] {
    return [...this.#versions.keys()].sort()
  }

  /** All versions of a rule, the one that holds first first (layered: the one that decides first first); none: there is no such rule. */
  versions(name: string): readonly Rule[] {
    return this.#versions.get(name) ?? []
  }

  /** Throws `rule.unknown` (404) or `rule.not-in-force` (422). */
  at(name: string, at: number): Rule {
    const versions = this.versions(name)
    // Nearly all rules have one version.
    for (const version of versions) if (version.isInForce(at)) return version
    throw versions.length === 0 ? unknown(name, this.names()) : notInForce(name, at)
  }

  /** Decides by the version that holds at `options.at`; for errors see Rule.decide and `at`. */
  decide(name: string, input: JsonObject, options: DecideOptions): Decision {
    return this.at(name, options.at).decide(input, options)
  }
}

function unknown(name: string, known: readonly string[]): HubError {
  const near = nearest(name, known)
  return new HubError({
    code: 'rule.unknown',
    family: 'reject',
    status: 404,
    message: `There is no rule named ${quoted(name)}.`,
    fix: near === undefined ? 'GET the list of rules for their names.' : `Did you mean ${near}?`,
  })
}

function notInForce(name: string, at: number): HubError {
  return new HubError({
    code: 'rule.not-in-force',
    family: 'reject',
    message: `No version of the rule ${name} holds at ${new Date(at).toISOString()}.`,
    fix: 'Ask for another moment, or publish a version whose validFrom and validTo include it.',
  })
}

export interface LoadOptions {
  /**
   * Sources of one name may hold at the same time: the one that comes first decides, and the others where it does not hold.
   * Absent: they must hold one after the other.
   */
  layered?: boolean
}

/**
 * Reads, checks and compiles rules that may call each other. All that is wrong is told at once, each with file, pointer
 * and fix (see docs/errors.md, `rule.`); rules are all loaded or none.
 */
export function loadRules(sources: readonly RuleSource[], { layered = false }: LoadOptions = {}): RuleSetResult {
  const problems = new RuleProblems()
  const versions = new Map<string, Rule[]>()
  const rules = new RuleSet(versions)
  const loaded: { rule: Rule; source: RuleSource }[] = []
  for (const source of sources) {
    const rule = loadRule(source, problems, rules)
    if (rule === undefined) continue
    loaded.push({ rule, source })
    versions.set(rule.name, [...(versions.get(rule.name) ?? []), rule])
  }
  if (!layered) {
    for (const [name, all] of versions)
      versions.set(
        name,
        all.toSorted((a, b) => begin(a) - begin(b)),
      )
    for (const { rule, source } of loaded) checkOverlap(rule, source, rules, problems)
  }
  if (problems.errors.length === 0) for (const one of loaded) checkOne(one.rule, one.source, rules, problems)
  return problems.errors.length > 0 ? { ok: false, errors: problems.errors } : { ok: true, rules }
}

export type RuleReading = { ok: true; rule: Rule } | { ok: false; errors: HubError[] }

/** One rule by itself, to know what it is called and when it holds; whether those that it calls are there is not looked at. */
export function readRule(source: RuleSource): RuleReading {
  const problems = new RuleProblems()
  const rule = loadRule(source, problems, new RuleSet(new Map()))
  return rule === undefined ? { ok: false, errors: problems.errors } : { ok: true, rule }
}

const begin = ({ validFrom }: Rule): number => validFrom ?? Number.NEGATIVE_INFINITY
const end = ({ validTo }: Rule): number => validTo ?? Number.POSITIVE_INFINITY

function loadRule({ envelope, graph }: RuleSource, problems: RuleProblems, rules: RuleSet): Rule | undefined {
  const read = readEnvelope(envelope.text, reportFor(problems, envelope.file))
  const report = reportFor(problems, graph.file)
  const document = readJsonText(graph.text, report)
  const checked = document === undefined ? undefined : readGraph(document, report)
  if (read === undefined || checked === undefined || document === undefined) return undefined
  return new Rule(read, checked, document, (name, at) => rules.at(name, at))
}

function checkOverlap(rule: Rule, source: RuleSource, rules: RuleSet, problems: RuleProblems): void {
  const other = rules
    .versions(rule.name)
    .find((one) => one !== rule && begin(one) <= begin(rule) && begin(rule) < end(one))
  if (other !== undefined) {
    const message = `Two versions of the rule ${rule.name} hold at the same time.`
    const fix = 'Give the older one a validTo that is the validFrom of the newer one.'
    problems.add(source.envelope.file, '/validFrom', { code: 'rule.version.overlap', message, fix })
  }
}

/** What can only be seen with all rules there. */
function checkOne(rule: Rule, source: RuleSource, rules: RuleSet, problems: RuleProblems): void {
  const report = reportFor(problems, source.graph.file)
  for (const node of rule.graph.nodes) {
    if (node.kind !== 'call' || rules.versions(node.rule).length > 0) continue
    const near = nearest(node.rule, rules.names())
    report(`${node.pointer}/content/key`, {
      code: 'rule.call.unknown',
      message: `The node ${quoted(node.name)} calls ${quoted(node.rule)}, which is no rule.`,
      fix: `${near === undefined ? '' : `Did you mean ${near}? `}There are ${rules.names().join(', ')}.`,
    })
  }
  const circle = circleFrom(rule.name, rules)
  if (circle !== undefined) {
    const message = `The rules call each other in a circle: ${circle.join(' -> ')}.`
    report('', { code: 'rule.call.cyclic', message, fix: 'Take what they share into a rule of its own.' })
  }
  for (const problem of fieldProblems(rule, rules)) report(problem.pointer, problem)
}

/** The way from a rule back to itself, through any version of the rules on it. */
function circleFrom(start: string, rules: RuleSet): string[] | undefined {
  const cameFrom = new Map<string, string>()
  const waiting = [start]
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    for (const next of rules.versions(name).flatMap(({ calls }) => calls)) {
      if (next === start) {
        const way = [start]
        for (let at: string | undefined = name; at !== undefined && at !== start; at = cameFrom.get(at)) way.push(at)
        return [start, ...way.slice(1).reverse(), start]
      }
      if (cameFrom.has(next)) continue
      cameFrom.set(next, name)
      waiting.push(next)
    }
  }
  return undefined
}
