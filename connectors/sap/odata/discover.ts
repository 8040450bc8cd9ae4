import type { DiscoveredEntity } from '../../../hub/contracts/connector.ts'
import type { JsonObject } from '../../../hub/contracts/json.ts'
import { likelyWatermark } from '../../shared/likely-watermark.ts'
import type { EntityType } from './model.ts'
import type { ODataService } from './service.ts'

/** The entity sets of a service, by name, with options that would read them. */
export async function discoverOData(service: ODataService): Promise<DiscoveredEntity[]> {
  const model = await service.model()
  return [...model.sets]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([set, type]) => ({
      entity: set,
      keyFields: [...type.keyFields],
      fields: [...type.properties.values()].map(({ name, type: edm, nullable, many }) => ({
        name,
        type: many ? `Collection(${edm})` : edm,
        nullable,
      })),
      suggestedOptions: { service: service.path, version: service.version, entitySet: set, ...following(type) },
    }))
}

/** The pairs that SAP's own services use, else a timestamp that looks like it. */
function following(type: EntityType): JsonObject {
  const has = (...names: string[]): boolean => names.every((name) => type.properties.has(name))
  const create = has('CreationDate', 'CreationTime') ? { createFields: ['CreationDate', 'CreationTime'] } : {}
  if (has('LastChangeDateTime')) return { changeFields: ['LastChangeDateTime'] }
  if (has('LastChangeDate', 'LastChangeTime')) return { changeFields: ['LastChangeDate', 'LastChangeTime'], ...create }
  if (has('LastChangeDate')) {
    return { changeFields: ['LastChangeDate'], ...(has('CreationDate') ? { createFields: ['CreationDate'] } : {}) }
  }
  const fields = [...type.properties.values()].filter(({ many }) => !many)
  const likely = likelyWatermark(fields, (edm) => /^Edm\.(DateTime|DateTimeOffset|Date)$/.test(edm))
  return likely === undefined ? { follow: 'scan' } : { changeFields: [likely] }
}
