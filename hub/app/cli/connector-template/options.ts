import { type EntityConfig, readSettings, type SettingsSchema } from '../../../../connectors/authoring.ts'

/** What config/systems/*.yaml may say of each entity. */
export const ENTITY_OPTIONS: SettingsSchema = {
  type: 'object',
  properties: {
    pageSize: {
      type: 'integer',
      minimum: 1,
      maximum: 10_000,
      default: 500,
      title: 'Page size',
      description: 'Records asked for at a time.',
    },
    lookBackSeconds: {
      type: 'integer',
      minimum: 0,
      maximum: 86_400,
      default: 60,
      title: 'Look-back (s)',
      description: 'How much later than its time of change a record may become visible.',
    },
  },
  additionalProperties: false,
}

export function optionsOf({ entity, options }: EntityConfig): {
  entity: string
  pageSize: number
  lookBackSeconds: number
} {
  const given = readSettings(ENTITY_OPTIONS, options, `/entities/${entity}/options`)
  return { entity, pageSize: Number(given.pageSize), lookBackSeconds: Number(given.lookBackSeconds) }
}
