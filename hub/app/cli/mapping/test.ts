import { parse } from 'yaml'
import { asHubError, type HubError } from '../../../contracts/hub-error.ts'
import { isJsonObject, type JsonObject } from '../../../contracts/json.ts'
import type { SchemaValidator } from '../../../contracts/schema-validator.ts'
import type { CaseResult, CompiledMapping } from '../../../mapping/index.ts'
import { EXIT } from '../shared/exit-codes.ts'
import type { Io } from '../shared/io.ts'
import { errorFacts } from '../shared/show-error.ts'
import { indent, json, plural, printable } from '../shared/text.ts'
import { defaultMappingFolder, findMappings, MappingChecker, type NamedMapping, readMapping } from './mapping-files.ts'

interface TestedMapping {
  file: string
  /** What is wrong with the documents themselves: then no case could run. */
  errors: readonly HubError[]
  cases: readonly CaseResult[]
}

/** `omnihub mapping test`: runs the cases beside mappings and tells each by its sentence. */
export async function testMappings(paths: readonly string[], asJson: boolean, io: Io): Promise<number> {
  const checker = new MappingChecker(io)
  const tested: TestedMapping[] = []
  for (const file of await findMappings(io, paths.length > 0 ? paths : [defaultMappingFolder(io)])) {
    tested.push(await testOne(checker, file, io))
  }
  const all = tested.flatMap(({ cases }) => cases)
  const failed = all.filter(({ passed }) => !passed).length
  const wrong = tested.filter(({ errors }) => errors.length > 0).length
  const ok = failed === 0 && wrong === 0
  if (asJson) {
    const mappings = tested.map(({ errors, ...rest }) => ({ ...rest, errors: errors.map(errorFacts) }))
    io.out(json({ ok, passed: all.length - failed, failed, mappings }))
  } else {
    for (const one of tested) io.out(textFor(one))
    io.out(summary(tested, all.length, failed, wrong))
  }
  return ok ? EXIT.done : EXIT.failed
}

async function testOne(checker: MappingChecker, file: string, io: Io): Promise<TestedMapping> {
  try {
    const mapping = await readMapping(io, file)
    const { errors, cases, compiled } = await checker.check(mapping, true)
    if (compiled === null || errors.length > 0) return { file, errors, cases }
    return { file, errors, cases: withSchema(mapping, cases, compiled, await checker.validator(file)) }
  } catch (error) {
    const known = asHubError(error)
    if (known.family === 'bug') throw error
    return { file, errors: [known], cases: [] }
  }
}

/**
 * A case can describe exactly what a mapping makes and be a document that the hub would park: one that breaks its
 * schema. Such a case fails too.
 */
function withSchema(
  mapping: NamedMapping,
  results: readonly CaseResult[],
  compiled: CompiledMapping,
  validator: SchemaValidator,
): CaseResult[] {
  const document: unknown = parse(mapping.cases?.text ?? '[]', { maxAliasCount: 100 })
  const list: unknown = isJsonObject(document) ? document['cases'] : document
  return results.map((result, at) => {
    const one: unknown = Array.isArray(list) ? list[at] : undefined
    const input: unknown = isJsonObject(one) ? one['input'] : undefined
    if (!result.passed || !isJsonObject(input) || makesNone(compiled, input)) return result
    const mapped = compiled.apply(input)
    const { target } = compiled.document
    const broken = mapped.ok ? validator.validate(target, mapped.document, { all: true }) : []
    if (broken.length === 0) return result
    const lines = broken.map(({ pointer, message }) => `! ${pointer} ${message}`)
    return { ...result, passed: false, difference: [`The schema of ${target} is broken:`, ...lines].join('\n') }
  })
}

/** Whether the record counts as deleted, or can not even be asked. */
function makesNone(compiled: CompiledMapping, input: JsonObject): boolean {
  try {
    return compiled.isDeleted(input)
  } catch {
    return true
  }
}

function textFor({ file, errors, cases }: TestedMapping): string {
  const lines = [file]
  for (const { message, fix } of errors) {
    lines.push(`  wrong   ${printable(message)}`)
    if (fix !== undefined) lines.push(`          ${printable(fix)}`)
  }
  for (const { title, where, passed, difference } of cases) {
    lines.push(passed ? `  ok      ${printable(title)}` : `  FAILED  ${printable(title)}   ${where}`)
    if (!passed) lines.push(indent(difference.split('\n').map(printable).join('\n'), '          '))
  }
  if (errors.length === 0 && cases.length === 0) lines.push('  no cases')
  return `${lines.join('\n')}\n`
}

function summary(tested: readonly TestedMapping[], cases: number, failed: number, wrong: number): string {
  const parts = [
    plural(tested.length, 'mapping'),
    plural(cases, 'case'),
    `${cases - failed} passed`,
    `${failed} failed`,
  ]
  if (wrong > 0) parts.push(`${plural(wrong, 'mapping')} wrong`)
  const bare = tested.filter((one) => one.errors.length === 0 && one.cases.length === 0).length
  if (bare > 0) parts.push(`${bare} without cases`)
  return `${parts.join(', ')}\n`
}
