/** Whether what an envelope says of its uses fits the schemas of its input and output. */
import { isJsonObject } from '../../contracts/json.ts'
import type { Json, JsonObject } from '../../contracts/json.ts'
import type { RuleUses } from './envelope.ts'
import { membersOf } from './members-of.ts'
import { quoted } from './problems.ts'

interface UseFault {
  pointer: string
  message: string
  fix: string
}

/** The member of the input that holds the document of a change: `stock-level` -> `stockLevel`. */
export function changeMember(entity: string): string {
  return entity.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase())
}

/** Which system a changed record comes from: a member that a rule in the path of changes may ask for. */
export const SOURCE_MEMBER = 'source'

export function usesFault(uses: RuleUses, input: JsonObject, output: JsonObject): UseFault | undefined {
  return readsFault(uses, input) ?? changeFault(uses, input, output)
}

function readsFault({ reads }: RuleUses, input: JsonObject): UseFault | undefined {
  const members = membersOf(input)
  const strange = reads.findIndex((name) => !(name in members))
  if (strange < 0) return undefined
  return {
    pointer: `/reads/${strange}`,
    message: `The input has no member ${quoted(reads[strange] ?? '')} to put it into.`,
    fix: 'Describe it in the properties of the input, or take it out of reads.',
  }
}

function changeFault({ onChange, fills }: RuleUses, input: JsonObject, output: JsonObject): UseFault | undefined {
  if (onChange === undefined) return undefined
  const { entity, does } = onChange
  const member = changeMember(entity)
  const pointer = '/onChange'
  if (does === 'note' && entity !== 'customer') {
    const fix = 'Use validate or enrich for other entities.'
    return { pointer: `${pointer}/does`, message: 'Notes are kept beside golden records of customers only.', fix }
  }
  if (!(member in membersOf(input))) {
    const fix = `Describe ${member} in the properties of the input.`
    return { pointer, message: `The input has no member ${quoted(member)} for the changed document.`, fix }
  }
  const filled = fills.filter(({ roots }) => roots.includes(member)).map((fill) => fill.member)
  const given = [member, ...filled, ...(does === 'note' ? [] : [SOURCE_MEMBER])]
  const missing = ((input['required'] ?? []) as string[]).find((name) => !given.includes(name))
  if (missing !== undefined) {
    const fix = `A change gives ${member}${does === 'note' ? '' : ` and ${SOURCE_MEMBER}`}; make other members optional.`
    return { pointer, message: `The input requires ${quoted(missing)}, which a change does not have.`, fix }
  }
  if (does === 'enrich' || isFindings(membersOf(output)['findings'])) return undefined
  const fix = 'Answer {findings: [{check, severity: error | warning, field, do}]}.'
  return { pointer, message: 'The output has no list of findings.', fix }
}

function isFindings(schema: Json | undefined): boolean {
  if (schema === undefined || !isJsonObject(schema) || schema['type'] !== 'array') return false
  const items = schema['items'] ?? null
  if (!isJsonObject(items)) return false
  const members = membersOf(items)
  const required = (items['required'] ?? []) as string[]
  return ['check', 'severity', 'field', 'do'].every((name) => name in members && required.includes(name))
}
