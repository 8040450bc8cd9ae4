import type { ConnectorSpec, SettingSchema, SettingsSchema } from '../../hub/contracts/connector.ts'

/** A JSON Schema as editors read it. */
type Schema = Record<string, unknown>

const MARK = 'Made from the specs of connectors/ by `npm run docs`.'
const PREFIX = 'connector-'
/** Anywhere in a text; a secret is nothing else. */
const REFERENCE = { type: 'string', pattern: '\\$\\{(env|file):[^${}]+\\}' }
const WHOLE_REFERENCE = { type: 'string', pattern: '^\\$\\{(env|file):[^${}]+\\}$' }

/** schemas/config/system.schema.json with what each connector takes in its place, so that editors complete and check that too. */
export function withConnectorSchemas(text: string, connectors: readonly ConnectorSpec[]): string {
  const schema = JSON.parse(text) as { allOf?: Schema[]; $defs?: Record<string, Schema> }
  const written = (schema.allOf ?? []).filter(({ $comment }) => $comment !== MARK)
  const definitions = Object.entries(schema.$defs ?? {}).filter(([name]) => !name.startsWith(PREFIX))
  const rules = connectors.map(({ name }) => ({
    $comment: MARK,
    if: { properties: { connector: { const: name } }, required: ['connector'] },
    then: {
      properties: {
        settings: { $ref: `#/$defs/${PREFIX}${name}-settings` },
        entities: {
          additionalProperties: { properties: { options: { $ref: `#/$defs/${PREFIX}${name}-options` } } },
        },
      },
    },
  }))
  const made = connectors.flatMap(({ name, settings, entityOptions }) => [
    [`${PREFIX}${name}-settings`, members(settings, true)],
    [`${PREFIX}${name}-options`, members(entityOptions ?? { properties: {} }, false)],
  ])
  const $defs = Object.fromEntries([...definitions, ...made]) as Record<string, Schema>
  return JSON.stringify({ ...schema, allOf: [...written, ...rules], $defs })
}

/** @param references whether values may be references to the environment or a file */
function members(
  { properties, required }: { properties: SettingsSchema['properties']; required?: string[] },
  references: boolean,
): Schema {
  return {
    type: 'object',
    additionalProperties: false,
    ...(required === undefined ? {} : { required }),
    properties: Object.fromEntries(Object.entries(properties).map(([name, each]) => [name, value(each, references)])),
  }
}

function value(setting: SettingSchema, references: boolean): Schema {
  const { title, description, secret } = setting
  const about = { title, description, ...('default' in setting ? { default: setting.default } : {}) }
  if (secret === true) return { ...about, ...WHOLE_REFERENCE }
  const plain = plainValue(setting, references)
  const mayRefer = references && (setting.type !== 'string' || setting.enum !== undefined)
  // An absent value may be written as null in YAML: `settings: { port: }`.
  return { ...about, anyOf: [plain, ...(mayRefer ? [REFERENCE] : []), { type: 'null' }] }
}

function plainValue(setting: SettingSchema, references: boolean): Schema {
  const { type, items, properties, required, minimum, maximum, examples } = setting
  if (properties !== undefined) {
    return members({ properties, ...(required === undefined ? {} : { required }) }, references)
  }
  return {
    type,
    ...(setting.enum === undefined ? {} : { enum: setting.enum }),
    ...(minimum === undefined ? {} : { minimum }),
    ...(maximum === undefined ? {} : { maximum }),
    ...(examples === undefined ? {} : { examples }),
    ...(items === undefined ? {} : { items: 'title' in items ? value(items, references) : { type: items.type } }),
  }
}
