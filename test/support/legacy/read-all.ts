import { parse } from 'yaml'
import { quietContext } from '../../../connectors/conformance/quiet-context.ts'
import { CONNECTORS } from '../../../connectors/index.ts'
import type { SourceRecord } from '../../../hub/contracts/connector.ts'
import type { JsonObject } from '../../../hub/contracts/json.ts'
import { type CompiledMapping, compileMapping, parseMappingOrThrow } from '../../../hub/mapping/index.ts'

interface SystemDocument {
  connector: string
  entities: Record<string, { options: JsonObject }>
}

export interface LegacyEntity {
  system: string
  entity: string
  mapping: CompiledMapping
}

/** The entities of a workspace that have a mapping. */
export function legacyEntities(files: Record<string, string>): LegacyEntity[] {
  return Object.entries(files).flatMap(([path, text]) => {
    const [, system = '', entity = ''] = /^mappings\/([^/]+)\/([^/.]+)\.yaml$/.exec(path) ?? []
    return entity === '' ? [] : [{ system, entity, mapping: compileMapping(parseMappingOrThrow(text, path)) }]
  })
}

/** Every record of an entity, read by the system's own connector as its configuration says. */
export async function readAll(
  files: Record<string, string>,
  place: { system: string; entity: string; url: string },
): Promise<SourceRecord[]> {
  const { system, entity, url } = place
  const config = parse(files[`config/systems/${system}.yaml`] ?? '') as SystemDocument
  const spec = CONNECTORS.find(({ name }) => name === config.connector)
  const connector = await spec?.open({ url }, quietContext(system, new AbortController().signal))
  const records: SourceRecord[] = []
  const options = config.entities[entity]?.options ?? {}
  for await (const page of connector?.backfill?.({ entity, options }, null) ?? []) records.push(...page.records)
  await connector?.close()
  return records
}
