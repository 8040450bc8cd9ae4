import { HubError } from '../../contracts/hub-error.ts'
import type { Json, JsonObject } from '../../contracts/json.ts'
import { isJsonObject } from '../../contracts/json.ts'
import type { CompiledMapping } from '../compile-mapping.ts'
import { clip, ConfigProblems } from '../document/config-error.ts'
import type { Position } from '../document/config-error.ts'
import { readYamlTree, treeToJson } from '../document/yaml-tree.ts'
import type { MapTree, Tree } from '../document/yaml-tree.ts'
import { differences, differenceText } from './difference.ts'

/** One case of `<Entity>.cases.yaml`. */
export interface MappingCase {
  /** A sentence. */
  title: string
  input: JsonObject
  expect:
    | { kind: 'document'; document: JsonObject }
    | { kind: 'error'; code: string; target: string | undefined }
    | { kind: 'deleted' }
  position: Position
}

export interface CaseResult {
  title: string
  /** file:line:column */
  where: string
  passed: boolean
  /** What differs, for people; empty where the case passed. */
  difference: string
}

export type CasesResult =
  { ok: true; results: CaseResult[]; passed: number; failed: number } | { ok: false; errors: HubError[] }

const CASE_KEYS = ['title', 'input', 'expect', 'error', 'deleted']

/**
 * Runs the cases of a mapping. A case has a title, an input, and either `expect` (the document; `{ error: code }` and
 * `{ deleted: true }` are understood there too), `error: code` or `deleted: true`. An error case may say the target as
 * well: `{ code, target }`. Errors in the cases file itself come back as those of a mapping do.
 */
export function runCases(compiled: CompiledMapping, casesText: string, fileName = 'cases'): CasesResult {
  const problems = new ConfigProblems(fileName)
  const tree = readYamlTree(casesText, problems)
  const cases = tree === null ? [] : readCases(tree, problems)
  if (problems.errors.length > 0) return { ok: false, errors: problems.errors }
  const results = cases.map((one) => runCase(compiled, one, fileName))
  const passed = results.filter((result) => result.passed).length
  return { ok: true, results, passed, failed: results.length - passed }
}

function readCases(tree: Tree, problems: ConfigProblems): MappingCase[] {
  const list = tree.kind === 'map' ? tree.entries.get('cases')?.value : tree
  if (list?.kind !== 'list' || list.items.length === 0) {
    problems.add({
      code: 'mapping.value.invalid',
      message: 'A cases file is a list of at least one case.',
      fix: 'Write - title: ..., input: {...}, expect: {...}',
      position: tree.position,
    })
    return []
  }
  const titles = new Set<string>()
  return list.items.flatMap((item) => {
    const one = readCase(item, problems)
    if (one !== undefined && titles.has(one.title))
      invalid(problems, one.position, `Two cases have the title ${JSON.stringify(clip(one.title))}.`)
    if (one !== undefined) titles.add(one.title)
    return one ?? []
  })
}

function invalid(problems: ConfigProblems, position: Position, message: string): undefined {
  problems.add({ code: 'mapping.value.invalid', message, position })
  return undefined
}

function readCase(tree: Tree, problems: ConfigProblems): MappingCase | undefined {
  if (tree.kind !== 'map') return invalid(problems, tree.position, 'A case is a map with title, input and expect.')
  for (const [name, entry] of tree.entries) {
    if (!CASE_KEYS.includes(name))
      problems.addUnknown('mapping.key.unknown', 'The key of a case,', name, CASE_KEYS, entry.keyPosition)
  }
  const title = tree.entries.get('title')?.value
  if (title?.kind !== 'scalar' || typeof title.value !== 'string' || title.value.trim() === '') {
    return invalid(problems, tree.position, 'A case needs a title: one sentence.')
  }
  const input = jsonAt(tree, 'input')
  if (input === undefined || !isJsonObject(input)) {
    return invalid(
      problems,
      tree.position,
      `The case ${JSON.stringify(clip(title.value))} needs input: the source record.`,
    )
  }
  const expect = readExpectation(tree)
  if (expect === undefined) {
    return invalid(
      problems,
      tree.position,
      `The case ${JSON.stringify(clip(title.value))} needs exactly one of expect, error and deleted: true.`,
    )
  }
  return { title: title.value, input, expect, position: tree.position }
}

function jsonAt(tree: MapTree, name: string): Json | undefined {
  const value = tree.entries.get(name)?.value
  return value === undefined ? undefined : treeToJson(value)
}

function readExpectation(tree: MapTree): MappingCase['expect'] | undefined {
  const given = ['expect', 'error', 'deleted'].filter((name) => tree.entries.has(name))
  if (given.length !== 1) return undefined
  const expect = jsonAt(tree, 'expect')
  const isWrapped = expect !== undefined && isJsonObject(expect) && Object.keys(expect).length === 1
  const error = jsonAt(tree, 'error') ?? (isWrapped ? expect['error'] : undefined)
  const deleted = jsonAt(tree, 'deleted') ?? (isWrapped ? expect['deleted'] : undefined)
  if (deleted === true) return { kind: 'deleted' }
  if (typeof error === 'string') return { kind: 'error', code: error, target: undefined }
  if (error !== undefined && isJsonObject(error) && typeof error['code'] === 'string') {
    return {
      kind: 'error',
      code: error['code'],
      target: typeof error['target'] === 'string' ? error['target'] : undefined,
    }
  }
  return expect !== undefined && isJsonObject(expect) ? { kind: 'document', document: expect } : undefined
}

function runCase(compiled: CompiledMapping, one: MappingCase, fileName: string): CaseResult {
  const difference = caseDifference(compiled, one)
  const where = `${fileName}:${one.position.line}:${one.position.column}`
  return { title: one.title, where, passed: difference === '', difference }
}

function caseDifference(compiled: CompiledMapping, { input, expect }: MappingCase): string {
  let isDeleted: boolean
  try {
    isDeleted = compiled.isDeleted(input)
  } catch (thrown) {
    if (!(thrown instanceof HubError)) throw thrown
    return expect.kind === 'error' && expect.code === thrown.code ? '' : `+ ${thrown.code}: ${thrown.message}`
  }
  if (expect.kind === 'deleted') return isDeleted ? '' : '- the record counts as deleted\n+ it does not'
  if (isDeleted) return '+ the record counts as deleted'
  const result = compiled.apply(input)
  const told = result.ok ? [] : result.errors.map((error) => `+ ${error.code}: ${error.message}`)
  if (expect.kind === 'document')
    return result.ok ? differenceText(differences(expect.document, result.document)) : told.join('\n')
  const wanted = `- ${expect.code}${expect.target === undefined ? '' : ` at ${expect.target}`}`
  if (result.ok) return `${wanted}\n+ a document`
  const found = result.errors.some(
    (error) => error.code === expect.code && (expect.target === undefined || error.target === expect.target),
  )
  return found ? '' : [wanted, ...told].join('\n')
}
