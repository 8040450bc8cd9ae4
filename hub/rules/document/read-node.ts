import { compileZen } from '../../contracts/expression/zen-expression.ts'
import type { ZenExpression } from '../../contracts/expression/zen-expression.ts'
import { FORBIDDEN_NAMES } from '../../contracts/expression/names.ts'
import type { Json, JsonObject } from '../../contracts/json.ts'
import { isJsonObject } from '../../contracts/json.ts'
import { LIMITS } from '../limits.ts'
import type { CallNode, ExpressionsNode, InputNode, OutputNode, SwitchNode, Transform } from './graph.ts'
import { quoted } from './problems.ts'
import type { Report } from './problems.ts'

export interface NodeText {
  id: string
  name: string
  pointer: string
  content: Json | undefined
  report: Report
  /** Cells read so far, over all tables of the document. */
  budget: { cells: number }
}

type Kind = 'standard' | 'unary' | 'results'

/** Reads the content of one node; every method answers undefined where it has reported something. */
export class NodeReader {
  readonly base: { id: string; name: string; pointer: string }
  readonly budget: { cells: number }
  readonly #content: Json | undefined
  readonly #report: Report
  /** A table repeats its cells; each text is checked once. */
  readonly #compiled = new Map<string, ZenExpression>()

  constructor({ id, name, pointer, content, report, budget }: NodeText) {
    this.base = { id, name, pointer }
    this.budget = budget
    this.#content = content
    this.#report = report
  }

  /** Reports at a place inside the content. */
  wrong(inside: string, message: string, fix?: string, code = 'rule.node.invalid'): undefined {
    const said = `In the node ${quoted(this.base.name)}: ${message}`
    return this.#report(this.#at(inside), { code, message: said, ...(fix === undefined ? {} : { fix }) })
  }

  missingCell(inside: string, row: number, column: string): undefined {
    return this.#report(this.#at(inside), {
      code: 'rule.cell.missing',
      message: `In the node ${quoted(this.base.name)}: row ${row} has no cell for ${quoted(column)}, so it could never apply.`,
      fix: 'Write "" where anything will do.',
    })
  }

  #at(inside: string): string {
    return `${this.base.pointer}/content${inside}`
  }

  content(): JsonObject | undefined {
    if (this.#content !== undefined && isJsonObject(this.#content)) return this.#content
    return this.wrong('', 'the content must be an object.')
  }

  list(content: JsonObject, name: string, most: number): JsonObject[] | undefined {
    const list = content[name]
    if (!Array.isArray(list) || !list.every((item) => isJsonObject(item))) {
      return this.wrong(`/${name}`, `${name} must be a list of objects.`)
    }
    if (list.length > most) {
      return this.wrong(
        `/${name}`,
        `there are ${list.length} ${name}; ${most} are allowed.`,
        undefined,
        'rule.graph.too-large',
      )
    }
    return list as JsonObject[]
  }

  /** `results`: `$` stands for the results so far. */
  expression(text: string, kind: Kind, inside: string): ZenExpression | undefined {
    const key = `${kind} ${text}`
    const known = this.#compiled.get(key)
    if (known !== undefined) return known
    const compiled = compileZen(text, {
      kind: kind === 'unary' ? 'unary' : 'standard',
      dates: true,
      dollar: kind !== 'standard',
    })
    if (!compiled.ok) {
      const hint = text === '-' ? 'Leave the cell empty where anything will do.' : undefined
      const message = `${quoted(text)} is no expression: ${compiled.problem} (character ${compiled.at + 1}).`
      return this.wrong(inside, message, hint, 'rule.expression.invalid')
    }
    this.#compiled.set(key, compiled.expression)
    return compiled.expression
  }

  /** Where a result goes: names with dots between them. */
  path(text: Json | undefined, inside: string): readonly string[] | undefined {
    const names = typeof text === 'string' ? text.split('.') : []
    const isRight =
      names.length > 0 && names.length <= 8 && names.every((name) => /^[^\s.$[\]"'][^.[\]"']{0,99}$/.test(name))
    if (isRight && !names.some((name) => FORBIDDEN_NAMES.has(name))) return names
    return this.wrong(
      inside,
      `${quoted(String(text ?? ''))} is no name for a result.`,
      'Write a name, or names with dots: a.b',
    )
  }

  /** Two results at one place, or one inside the other, would depend on which comes last. */
  areApart(paths: readonly (readonly string[])[], inside: string): boolean {
    for (const [at, path] of paths.entries()) {
      const other = paths.find(
        (one, index) => index < at && one.every((name, i) => i >= path.length || path[i] === name),
      )
      if (other === undefined) continue
      const message = `the results ${quoted(other.join('.'))} and ${quoted(path.join('.'))} take the same place.`
      this.wrong(`${inside}/${at}`, message, 'Give one of them another name.')
      return false
    }
    return true
  }

  input(): InputNode | undefined {
    return this.#hasNoSchema() ? { kind: 'input', ...this.base } : undefined
  }

  output(): OutputNode | undefined {
    return this.#hasNoSchema() ? { kind: 'output', ...this.base } : undefined
  }

  /** The editor can keep a schema in these nodes, which the hub would have to keep beside the envelope's. */
  #hasNoSchema(): boolean {
    const schema = this.#content !== undefined && isJsonObject(this.#content) ? this.#content['schema'] : undefined
    if (schema === undefined || schema === null || (typeof schema === 'string' && schema.trim() === '')) return true
    this.wrong('/schema', 'the schema stands in the envelope.', 'Move it to input or output of the envelope.')
    return false
  }

  expressions(): ExpressionsNode | undefined {
    const content = this.content()
    const list = content && this.list(content, 'expressions', LIMITS.expressionsMax)
    const transform = content && this.transform(content)
    if (list === undefined || transform === undefined) return undefined
    const expressions: { path: readonly string[]; value: ZenExpression }[] = []
    for (const [at, { key, value }] of list.entries()) {
      const inside = `/expressions/${at}`
      // The editor keeps an empty line below the last one.
      if (key === '' || value === '') continue
      const path = this.path(key, `${inside}/key`)
      if (typeof value !== 'string') return this.wrong(`${inside}/value`, 'an expression must be a text.')
      const expression = this.expression(value, 'results', `${inside}/value`)
      if (path === undefined || expression === undefined) return undefined
      expressions.push({ path, value: expression })
    }
    if (
      !this.areApart(
        expressions.map(({ path }) => path),
        '/expressions',
      )
    )
      return undefined
    return { kind: 'expressions', ...this.base, expressions, transform }
  }

  switch(): SwitchNode | undefined {
    const content = this.content()
    const list = content && this.list(content, 'statements', LIMITS.expressionsMax)
    const hitPolicy = content && this.hitPolicy(content)
    if (list === undefined || hitPolicy === undefined) return undefined
    const statements: SwitchNode['statements'][number][] = []
    for (const [at, { id, condition }] of list.entries()) {
      const inside = `/statements/${at}`
      if (typeof id !== 'string' || statements.some((one) => one.id === id)) {
        return this.wrong(`${inside}/id`, 'every statement needs an id of its own.')
      }
      if (typeof condition !== 'string') return this.wrong(`${inside}/condition`, 'a condition must be a text.')
      const expression = condition === '' ? undefined : this.expression(condition, 'standard', `${inside}/condition`)
      if (condition !== '' && expression === undefined) return undefined
      statements.push({ id, condition: expression })
    }
    if (statements.length === 0) return this.wrong('/statements', 'a switch needs a statement.')
    return { kind: 'switch', ...this.base, hitPolicy, statements }
  }

  call(): CallNode | undefined {
    const content = this.content()
    const transform = content && this.transform(content)
    if (content === undefined || transform === undefined) return undefined
    const key = content['key']
    const rule = typeof key === 'string' ? key.trim().replace(/\.json$/, '') : ''
    if (rule === '') return this.wrong('/key', 'the rule to call is not named.', 'Write the name of a rule.')
    return { kind: 'call', ...this.base, rule, transform }
  }

  hitPolicy(content: JsonObject): 'first' | 'collect' | undefined {
    const policy = content['hitPolicy'] ?? 'first'
    if (policy === 'first' || policy === 'collect') return policy
    return this.wrong(
      '/hitPolicy',
      `the hit policy ${quoted(String(policy))} is not known.`,
      'There are first and collect.',
    )
  }

  transform(content: JsonObject): Transform | undefined {
    const { executionMode = 'single', passThrough = false } = content
    if (executionMode !== 'single' && executionMode !== 'loop') {
      return this.wrong('/executionMode', 'the execution mode is not known.', 'There are single and loop.')
    }
    if (typeof passThrough !== 'boolean') return this.wrong('/passThrough', 'passThrough must be true or false.')
    const written = (name: string): string | undefined => {
      const text = content[name]
      return typeof text === 'string' && text.trim() !== '' ? text : undefined
    }
    const field = written('inputField')
    const inputField = field === undefined ? undefined : this.expression(field, 'standard', '/inputField')
    if (field !== undefined && inputField === undefined) return undefined
    if (inputField === undefined && executionMode === 'loop') {
      return this.wrong('/inputField', 'a loop needs the list that it goes over.', 'Name it in inputField.')
    }
    const place = written('outputPath')
    const outputPath = place === undefined ? undefined : this.path(place, '/outputPath')
    if (place !== undefined && outputPath === undefined) return undefined
    return { inputField, outputPath, loop: executionMode === 'loop', passThrough }
  }
}
