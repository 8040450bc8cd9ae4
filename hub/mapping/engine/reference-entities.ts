import { fieldsOf } from '../document/document.ts'
import type { MappingDocument } from '../document/document.ts'

/** Target path, without the places in lists (`lines.product`) -> the source entity that the reference there points at. */
export function referenceEntities(document: MappingDocument): ReadonlyMap<string, string> {
  const entities = new Map<string, string>()
  for (const { target, source } of fieldsOf(document.root)) {
    if (source.kind === 'ref') entities.set(target.replaceAll(/\[\d*\]/g, ''), source.entity)
  }
  return entities
}
