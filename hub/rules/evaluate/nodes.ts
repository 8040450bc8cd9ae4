/** What the nodes of a graph do with their input. */
import { FAILED } from '../../contracts/expression/zen-expression.ts'
import type { Json, JsonObject } from '../../contracts/json.ts'
import { isJsonObject } from '../../contracts/json.ts'
import type { CallNode, ExpressionsNode, SwitchNode, TableNode } from '../document/graph.ts'
import { LIMITS } from '../limits.ts'
import { expressionFailed, notAnObject, tooLong } from './decision-error.ts'
import type { Run } from './run.ts'
import { decideTable } from './table.ts'
import { copied, merge, place } from './values.ts'
import { expressionsSentence, itemName, switchSentence } from './words.ts'

type Worker = TableNode | ExpressionsNode | CallNode

/** The node once, or once for each item of a list, with what it does to its input and output around that. */
export function runNode(node: Worker, input: Json, run: Run): Json {
  run.spend(1)
  const { inputField, outputPath, loop, passThrough } = node.transform
  const given = objectOf(input, node, 'what comes in', run)
  let from: Json = given
  if (inputField !== undefined) {
    const found = run.evaluate(inputField, run.lookup(given), node.name)
    if (found === FAILED) throw expressionFailed(run.rule, node.name, 'its input field')
    from = found
  }
  let output = loop
    ? runLoop(node, from, run)
    : work(node, objectOf(from, node, 'its input field', run), run, undefined)
  if (outputPath !== undefined) {
    const placed: JsonObject = {}
    place(placed, outputPath, output)
    output = placed
  }
  return passThrough ? merge(given, output) : output
}

function objectOf(value: Json, node: Worker, what: string, run: Run): JsonObject {
  if (isJsonObject(value)) return value
  throw notAnObject(run.rule, node.name, what)
}

function runLoop(node: Worker, list: Json, run: Run): Json {
  if (!Array.isArray(list)) throw expressionFailed(run.rule, node.name, 'the list that it goes over')
  if (list.length > LIMITS.loopItemsMax) throw tooLong(run.rule, `a list has more than ${LIMITS.loopItemsMax} items`)
  return list.map((value, at) => {
    const item = objectOf(value, node, 'an item of its list', run)
    const output = work(node, item, run, at)
    return node.transform.passThrough ? merge(item, output) : output
  })
}

function work(node: Worker, input: JsonObject, run: Run, item: number | undefined): Json {
  if (node.kind === 'table') return decideTable(node, input, run, item)
  return node.kind === 'expressions' ? calculate(node, input, run, item) : call(node, input, run, item)
}

function calculate(node: ExpressionsNode, input: JsonObject, run: Run, item: number | undefined): Json {
  run.spend(node.expressions.length)
  const results: JsonObject = {}
  const inner = run.lookup(input)
  // A copy, as in the engine: what comes out of it is another object when ways meet again (see merge).
  const lookup = (root: string): Json | undefined => (root === '$' ? copied(results) : inner(root))
  const told: { name: string; expression: string; value: Json }[] = []
  for (const { path, value } of node.expressions) {
    const found = run.evaluate(value, lookup, node.name)
    if (found === FAILED) throw expressionFailed(run.rule, node.name, path.join('.'))
    place(results, path, found)
    if (run.steps !== undefined) told.push({ name: path.join('.'), expression: value.text, value: found })
  }
  run.steps?.push({
    kind: 'expressions',
    node: node.name,
    sentence: expressionsSentence(itemName(node.name, item), told),
    ...(item === undefined ? {} : { item }),
    results: told,
  })
  return results
}

function call(node: CallNode, input: JsonObject, run: Run, item: number | undefined): Json {
  const { result, revision, trace } = run.effort.call(node.rule, input, run)
  run.effort.called[node.rule] = revision
  if (run.steps !== undefined && trace !== undefined) {
    run.steps.push({
      kind: 'call',
      node: node.name,
      sentence: `${itemName(node.name, item)}: the rule "${trace.title}" was asked.`,
      ...(item === undefined ? {} : { item }),
      trace,
    })
  }
  return result
}

/** The ids of the statements that hold. A condition that fails on types does not hold. */
export function takenStatements(node: SwitchNode, input: Json, run: Run): Set<string> {
  run.spend(node.statements.length)
  const given = isJsonObject(input) ? input : undefined
  if (given === undefined) throw notAnObject(run.rule, node.name, 'what comes in')
  const lookup = run.lookup(given)
  const taken = new Set<string>()
  const told: string[] = []
  for (const { id, condition } of node.statements) {
    if (condition !== undefined && run.evaluate(condition, lookup, node.name) !== true) continue
    taken.add(id)
    told.push(condition?.text ?? '')
    if (node.hitPolicy === 'first') break
  }
  run.steps?.push({
    kind: 'switch',
    node: node.name,
    sentence: switchSentence(node.name, told),
    taken: told,
  })
  return taken
}
