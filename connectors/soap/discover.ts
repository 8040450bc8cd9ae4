/** What a WSDL says of its records, and a guess at the options that would read and write them. */
import type { DiscoveredEntity } from '../../hub/contracts/connector.ts'
import type { JsonObject } from '../../hub/contracts/json.ts'
import { likelyWatermark } from '../shared/likely-watermark.ts'
import type { ComplexType, ElementSlot, Operation, Path, Wsdl, XsdType } from './wsdl-model.ts'

const DEPTH_MAX = 5
const ROLES = {
  token: /^(next_?)?(page_?)?(token|cursor|continuation(_?token)?|bookmark)$/i,
  pageSize: /^(page_?size|limit|max(_?(rows|results|records))?|rows_?per_?page)$/i,
  page: /^page(_?(no|number|index))?$/i,
  offset: /^(offset|skip|start_?(row|index|at))$/i,
  since: /^((changed|modified|updated)_?(since|after|from)|since)$/i,
}
const NEXT = /^(next|next_?page)?_?(token|cursor|continuation(_?token)?|bookmark|next)$/i
const TOTAL = /^total(_?(count|rows|records|results))?$/i
const KEY = /(^|_)(id|no|nr|number|key|code)$|[a-z](Id|No|Nr|Number|Key|Code)$/
const LISTS = /^(list|find|search|query|select|getall|get\w*s$|read\w*s$|fetch)/i
const WRITES = /^(put|upsert|update|save|set|modify|change|store)/i

interface Found {
  entity: string
  list: Operation
  path: Path
  row: ElementSlot
  type: ComplexType
}

export function discoverEntities(wsdl: Wsdl): DiscoveredEntity[] {
  const operations = [...wsdl.operations.values()].filter(({ isEncoded }) => !isEncoded)
  const lists = operations.flatMap((operation): Found[] => {
    const found = operation.output && repeated(operation.output, [], 0)
    return found ? [{ entity: found.row.name, list: operation, ...found }] : []
  })
  const names = new Map<string, Found>()
  // Of several operations that list the same records, the one that is called like a list.
  for (const found of lists.sort((a, b) => Number(LISTS.test(b.list.name)) - Number(LISTS.test(a.list.name)))) {
    if (!names.has(found.entity)) names.set(found.entity, found)
  }
  return [...names.values()].sort((a, b) => (a.entity < b.entity ? -1 : 1)).map((found) => describe(found, operations))
}

/** The first element that repeats and has elements inside. */
function repeated(
  slot: ElementSlot,
  path: Path,
  depth: number,
): { path: Path; row: ElementSlot; type: ComplexType } | undefined {
  const type = slot.type()
  if (type.kind === 'simple' || depth > DEPTH_MAX) return undefined
  for (const row of type.elements) {
    const inner = row.many ? row.type() : undefined
    if (inner?.kind === 'complex' && inner.elements.length > 0) return { path: [...path, row.name], row, type: inner }
  }
  for (const each of type.elements) {
    const found = each.many ? undefined : repeated(each, [...path, each.name], depth + 1)
    if (found) return found
  }
  return undefined
}

function describe(found: Found, operations: readonly Operation[]): DiscoveredEntity {
  const { entity, type, list, path } = found
  const scalars = type.elements.filter((each) => each.type().kind === 'simple' && !each.many)
  const get = operations.find(
    (each) => each !== list && each.output && pathTo(each.output, type) && !repeated(each.output, [], 0),
  )
  const keyFields = keysOf(scalars, get)
  const fields = type.elements.map((each) => ({
    name: each.name,
    type: typeName(each),
    nullable: each.optional || each.nillable,
  }))
  const watermark = likelyWatermark(fields, (name) => name === 'dateTime' || name === 'date')
  const suggestedOptions: JsonObject = { keyFields, list: listOptions(list, path) }
  if (watermark !== undefined && roleOf(list, 'since')) suggestedOptions.incremental = { field: watermark }
  const [key] = keyFields
  if (get?.output && key !== undefined) {
    const row = pathTo(get.output, type) ?? []
    suggestedOptions.get = { operation: get.name, arguments: getArguments(get, keyFields), row: row.join('/') }
  }
  const upsert = operations.find((each) => WRITES.test(each.name) && argumentOf(each, type) !== undefined)
  if (upsert)
    suggestedOptions.upsert = { operation: upsert.name, arguments: { [argumentOf(upsert, type) ?? '']: '{record}' } }
  return { entity, keyFields, fields, suggestedOptions }
}

function keysOf(scalars: readonly ElementSlot[], get: Operation | undefined): string[] {
  const asked = get ? elementsOf(get.input).map((each) => each.name) : []
  const both = scalars.filter((each) => asked.includes(each.name)).map((each) => each.name)
  if (both.length > 0) return both
  const likely = scalars.find((each) => KEY.test(each.name)) ?? scalars[0]
  return likely ? [likely.name] : []
}

function listOptions(list: Operation, path: Path): JsonObject {
  const args: JsonObject = {}
  for (const role of Object.keys(ROLES) as (keyof typeof ROLES)[]) {
    const name = roleOf(list, role)
    if (name !== undefined) args[name] = `{${role}}`
  }
  const answers = list.output ? elementsOf(list.output) : []
  const next = answers.find((each) => NEXT.test(each.name))
  const total = answers.find((each) => TOTAL.test(each.name))
  const values = Object.values(args)
  if (next === undefined) removeRole(args, '{token}')
  const paging =
    next && values.includes('{token}')
      ? 'token'
      : values.includes('{page}')
        ? 'page'
        : values.includes('{offset}')
          ? 'offset'
          : 'none'
  for (const role of ['page', 'offset']) if (role !== paging) removeRole(args, `{${role}}`)
  return {
    operation: list.name,
    arguments: args,
    rows: path.join('/'),
    paging,
    ...(paging === 'token' && next ? { nextToken: next.name } : {}),
    ...(total ? { total: total.name } : {}),
  }
}

function removeRole(args: JsonObject, placeholder: string): void {
  for (const [name, value] of Object.entries(args)) if (value === placeholder) Reflect.deleteProperty(args, name)
}

function getArguments(get: Operation, keyFields: readonly string[]): JsonObject {
  const names = elementsOf(get.input).map((each) => each.name)
  const same = keyFields.filter((name) => names.includes(name))
  if (same.length > 0)
    return Object.fromEntries(same.map((name) => [name, keyFields.length > 1 ? `{key.${name}}` : '{key}']))
  const [first] = names
  return first === undefined ? {} : { [first]: '{key}' }
}

function roleOf(operation: Operation, role: keyof typeof ROLES): string | undefined {
  return elementsOf(operation.input).find((each) => ROLES[role].test(each.name))?.name
}

function elementsOf(slot: ElementSlot): readonly ElementSlot[] {
  const type = slot.type()
  return type.kind === 'complex' ? type.elements : []
}

function argumentOf(operation: Operation, type: ComplexType): string | undefined {
  return elementsOf(operation.input).find((each) => each.type() === type)?.name
}

/** Where in an answer an element of this very type is. */
function pathTo(slot: ElementSlot, type: XsdType, depth = 0): Path | undefined {
  if (slot.type() === type) return []
  if (depth > DEPTH_MAX) return undefined
  for (const each of elementsOf(slot)) {
    const path = each.many ? undefined : pathTo(each, type, depth + 1)
    if (path) return [each.name, ...path]
  }
  return undefined
}

function typeName(slot: ElementSlot): string {
  const type = slot.type()
  const name = type.kind === 'simple' ? type.base : (type.text?.base ?? 'object')
  return slot.many ? `${name}[]` : name
}
