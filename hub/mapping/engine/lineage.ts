import type { ScopedPath } from '../conversions/conversion.ts'
import type { FieldNode, MappingDocument, TargetNode } from '../document/document.ts'
import { formatPath } from '../document/path.ts'
import type { Path } from '../document/path.ts'

/** Target path -> source paths, sorted. Inside a repeated list, the item's paths are told as `contacts[].email`. */
export function lineageOf(document: MappingDocument): ReadonlyMap<string, readonly string[]> {
  const lineage = new Map<string, readonly string[]>()
  collect(document.root, null, lineage)
  return lineage
}

function collect(node: TargetNode, each: string | null, lineage: Map<string, readonly string[]>): void {
  if (node.kind === 'field') lineage.set(node.target, readsOf(node, each))
  else if (node.kind === 'object') for (const member of node.members.values()) collect(member, each, lineage)
  else for (const item of node.items) collect(item.node, item.each === null ? each : within(item.each, each), lineage)
}

function within(from: ScopedPath, each: string | null): string {
  const path = formatPath(from.path)
  return `${from.scope === 'item' && each !== null ? (path === '' ? each : `${each}.${path}`) : path}[]`
}

function readsOf(field: FieldNode, each: string | null): string[] {
  const { source } = field
  const paths = new Set<string>()
  const add = (from: ScopedPath): void => {
    if (from.scope === 'record' || each === null) paths.add(formatPath(from.path))
    else paths.add(from.path.length === 0 ? each : `${each}.${formatPath(from.path)}`)
  }
  if (source.kind === 'path') add(source.from)
  else if (source.kind === 'paths') source.from.forEach(add)
  else if (source.kind === 'ref') source.key.forEach(add)
  else if (source.kind === 'expression') {
    for (const path of source.expression.reads) paths.add(expressionRead(path, each))
  }
  for (const step of field.steps) step.reads.forEach(add)
  return [...paths].sort()
}

function expressionRead(path: Path, each: string | null): string {
  if (each === null || path[0] !== 'item') return formatPath(path)
  return path.length === 1 ? each : `${each}.${formatPath(path.slice(1))}`
}
