/** The members of a rule's input that the rule itself makes out of what was read, where a caller does not send them. */
import { compileZen } from '../../contracts/expression/zen-expression.ts'
import type { ZenExpression } from '../../contracts/expression/zen-expression.ts'
import type { Path } from '../../contracts/expression/names.ts'
import type { Json, JsonObject } from '../../contracts/json.ts'
import { isJsonObject } from '../../contracts/json.ts'
import { CLOCK_NAMES } from './clock-names.ts'
import { membersOf } from './members-of.ts'
import { nearest, quoted, step } from './problems.ts'
import type { Report } from './problems.ts'

export interface Fill {
  /** The member of the input. */
  member: string
  value: ZenExpression
  /** What it stands for, in words; undefined: the expression says it itself. */
  says: string | undefined
  /** Names of what is read: without any of them there is nothing to fill in from. */
  roots: readonly string[]
}

interface Surroundings {
  fill: JsonObject
  reads: readonly string[]
  hasClock: boolean
  /** Schema of the input, references resolved. */
  input: JsonObject
}

const POINTER = '/fill'

/** In the order in which they are written; undefined: something was reported. */
export function readFills(surroundings: Surroundings, report: Report): Fill[] | undefined {
  const fills: Fill[] = []
  let isRight = true
  for (const [member, written] of Object.entries(surroundings.fill)) {
    const fill = readFill(member, written, surroundings, report)
    if (fill === undefined) isRight = false
    else fills.push(fill)
  }
  return isRight ? fills : undefined
}

function readFill(member: string, written: Json, around: Surroundings, report: Report): Fill | undefined {
  const { reads, input } = around
  const pointer = POINTER + step(member)
  const members = membersOf(input)
  if (!Object.hasOwn(members, member)) {
    const near = nearest(member, Object.keys(members))
    const fix = `${near === undefined ? '' : `Did you mean ${near}? `}Describe it in the properties of the input.`
    return wrong(report, pointer, `The input has no member ${quoted(member)} to fill in.`, fix)
  }
  if (reads.includes(member)) {
    const fix = 'Take it out of reads, or give the calculated member another name.'
    return wrong(report, pointer, `${quoted(member)} is read by the hub, so it can not be filled in too.`, fix)
  }
  const { value: text, says } = isJsonObject(written) ? written : { value: written, says: undefined }
  const isObject = isJsonObject(written)
  const place = isObject ? `${pointer}/value` : pointer
  const compiled = compileZen(String(text), { dates: true })
  if (!compiled.ok) {
    const message = `${quoted(String(text))} is no expression: ${compiled.problem} (character ${compiled.at + 1}).`
    return report(place, { code: 'rule.expression.invalid', message })
  }
  const { expression } = compiled
  for (const path of expression.reads) {
    const fault = pathFault(path, around)
    if (fault !== undefined) return wrong(report, place, fault.message, fault.fix)
  }
  const roots = [...new Set(expression.reads.map(([root = '']) => String(root)))].filter(
    (root) => !CLOCK_NAMES.includes(root),
  )
  if (roots.length === 0) {
    const fix = `Read ${reads.join(' or ') || 'something of the customer (reads)'}, or let the graph say it.`
    return wrong(report, place, 'The expression reads nothing that the hub reads, so it is no way to fill in.', fix)
  }
  return { member, value: expression, says: typeof says === 'string' ? says : undefined, roots }
}

function wrong(report: Report, pointer: string, message: string, fix: string): undefined {
  return report(pointer, { code: 'rule.envelope.invalid', message, fix })
}

interface Fault {
  message: string
  fix: string
}

function pathFault(path: Path, { reads, hasClock, input }: Surroundings): Fault | undefined {
  const [root = ''] = path.map(String)
  if (CLOCK_NAMES.includes(root)) {
    if (hasClock) return undefined
    const fix = 'Give the rule a timeZone.'
    return { message: `${quoted(root)} is known only to rules that say a time zone.`, fix }
  }
  if (!reads.includes(root)) {
    const near = nearest(root, reads)
    const fix = `${near === undefined ? '' : `Did you mean ${near}? `}A fill reads what stands in reads${hasClock ? ', now and today' : ''}.`
    return { message: `${quoted(root)} is not in reads, so the hub does not have it.`, fix }
  }
  const lost = unknownStep(path, membersOf(input)[root])
  if (lost === undefined) return undefined
  const near = nearest(lost.name, lost.known)
  const fix = `${near === undefined ? '' : `Did you mean ${near}? `}There are ${lost.known.join(', ')}.`
  return { message: `${quoted(path.join('.'))} can not be there: the schema has no ${quoted(lost.name)}.`, fix }
}

/** The first name on a path that a closed schema does not have; undefined: all of it may be there. */
function unknownStep([, ...path]: Path, start: Json | undefined): { name: string; known: string[] } | undefined {
  let schema = start
  for (const name of path) {
    if (schema === undefined || !isJsonObject(schema)) return undefined
    if (typeof name === 'number') {
      schema = schema['items']
      continue
    }
    if (schema['properties'] === undefined || schema['additionalProperties'] !== false) return undefined
    const members = membersOf(schema)
    if (!Object.hasOwn(members, name)) return { name, known: Object.keys(members) }
    schema = members[name]
  }
  return undefined
}
