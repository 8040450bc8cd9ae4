import type { EntityConfig, SettingsSchema } from '../../hub/contracts/connector.ts'
import { isJsonObject, type Json, type JsonObject } from '../../hub/contracts/json.ts'
import { settingsError } from '../shared/errors.ts'
import { readSettings } from '../shared/settings.ts'
import { type DeletedWhen, tableOptions } from '../shared/table-options.ts'
import type { ODataVersion } from './odata/model.ts'
import type { IdocSettings } from './settings.ts'

export type SapOptions = ODataOptions | IdocOptions | BapiOptions

export interface ODataOptions {
  protocol: 'odata'
  entity: string
  where: string
  service: string
  version: ODataVersion
  entitySet: string
  keyFields: string[] | undefined
  select: string[] | undefined
  expand: string[]
  filter: string | undefined
  follow: 'change' | 'delta' | 'scan'
  changeFields: string[]
  createFields: string[]
  lookBackSeconds: number | undefined
  pageSize: number
  updateMethod: 'PATCH' | 'MERGE' | 'PUT'
  deletedWhen: DeletedWhen | undefined
  /** Who numbers new records: SAP, from a number range of its own, or the hub. */
  numbering: 'internal' | 'external'
  markField: string | undefined
}

export interface IdocOptions {
  protocol: 'idoc'
  entity: string
  where: string
  /** MESTYP, which is the entity's name. */
  messageType: string
  /** Basic type of IDocs that the hub sends; undefined where it sends none. */
  idocType: string | undefined
  precondition: 'refuse' | 'ignore'
}

export interface BapiOptions {
  protocol: 'bapi'
  entity: string
  where: string
  bapi: JsonObject
  pageSize: number
}

const DEFAULT_PAGE = 500

export const SAP_ENTITY_OPTIONS: SettingsSchema = {
  type: 'object',
  properties: {
    protocol: {
      type: 'string',
      enum: ['odata', 'bapi'],
      default: 'odata',
      title: 'Protocol',
      description: 'How the entity is reached. An entity that only IDocs bring (mode: push) has no options.',
    },
    service: {
      type: 'string',
      title: 'Service',
      description: 'Path of the OData service.',
      examples: ['/sap/opu/odata/sap/API_BUSINESS_PARTNER'],
    },
    version: { type: 'string', enum: ['2', '4'], default: '2', title: 'OData version', description: '"2" or "4".' },
    entitySet: { type: 'string', title: 'Entity set', description: 'By default the name of the entity.' },
    keyFields: {
      type: 'array',
      items: { type: 'string' },
      title: 'Key fields',
      description: 'Fields that name a record, in their order; by default those of the metadata.',
    },
    select: {
      type: 'array',
      items: { type: 'string' },
      title: 'Select',
      description: 'Fields to read; by default all. Key and change fields are always read.',
    },
    expand: {
      type: 'array',
      items: { type: 'string' },
      default: [],
      title: 'Expand',
      description: 'Navigations whose records are read within the record; `a/b` for one inside another.',
      examples: [['to_BusinessPartnerAddress', 'to_BusinessPartnerAddress/to_EmailAddress']],
    },
    filter: {
      type: 'string',
      title: 'Filter',
      description: 'An OData $filter that every record must meet. A record that leaves it is not told as deleted.',
      examples: ["BusinessPartnerCategory eq '1'"],
    },
    follow: {
      type: 'string',
      enum: ['change', 'delta', 'scan'],
      default: 'change',
      title: 'Follow',
      description:
        'How changes are found: by change fields; by delta tokens, where the service has them; by reading everything and comparing.',
    },
    changeFields: {
      type: 'array',
      items: { type: 'string' },
      default: [],
      title: 'Change fields',
      description: 'When a record last changed: one timestamp, or a date and a time.',
      examples: [['LastChangeDate', 'LastChangeTime'], ['LastChangeDateTime']],
    },
    createFields: {
      type: 'array',
      items: { type: 'string' },
      default: [],
      title: 'Creation fields',
      description: 'When a record was made, where the change fields stay empty until the first change.',
      examples: [['CreationDate', 'CreationTime']],
    },
    lookBackSeconds: {
      type: 'integer',
      minimum: 0,
      maximum: 2_592_000,
      title: 'Look-back (s)',
      description:
        'How much later than its change time a record may become visible. Default 120; 172800 where only a day is known.',
    },
    pageSize: {
      type: 'integer',
      minimum: 1,
      maximum: 10_000,
      default: DEFAULT_PAGE,
      title: 'Page size',
      description: 'Records asked for at a time at most.',
    },
    updateMethod: {
      type: 'string',
      enum: ['PATCH', 'MERGE', 'PUT'],
      default: 'PATCH',
      title: 'Update method',
      description:
        'HTTP method of changes; MERGE is sent as POST with X-HTTP-Method. PUT also resets the fields not given.',
    },
    deletedWhen: {
      type: 'object',
      title: 'Deleted when',
      description: 'Deletion flags: {column, value}, {column, values: [..]} or {column, notNull: true}.',
      examples: [{ column: 'IsMarkedForArchiving', value: true }],
    },
    numbering: {
      type: 'string',
      enum: ['internal', 'external'],
      default: 'internal',
      title: 'Numbering',
      description: 'Who numbers new records: SAP (internal number range), or the hub, whose keys it takes (external).',
    },
    markField: {
      type: 'string',
      title: 'Mark',
      description:
        'Text field that carries the mark of records that the hub makes under numbers of SAP, so that a create whose answer was lost makes no second one.',
      examples: ['PurchaseOrderByCustomer'],
    },
    bapi: {
      type: 'object',
      title: 'BAPI',
      description: 'Function modules and how their tables map: {list, get, update, create}; see the README.',
    },
  },
  additionalProperties: false,
}

const OF_PROTOCOL: Record<string, string[]> = {
  odata: [
    'service version entitySet keyFields select expand filter follow changeFields createFields lookBackSeconds',
    'pageSize updateMethod deletedWhen numbering markField',
  ]
    .join(' ')
    .split(' '),
  bapi: ['bapi', 'pageSize'],
}

/** An entity without options is one of IDocs. Throws `connector.settings` with a pointer into the options. */
export function sapOptions(config: EntityConfig, idoc: IdocSettings): SapOptions {
  const where = `/entities/${config.entity}/options`
  const common = { entity: config.entity, where }
  if (Object.keys(config.options).length === 0) {
    const { types, precondition } = idoc
    return { ...common, protocol: 'idoc', messageType: config.entity, idocType: types[config.entity], precondition }
  }
  const given = readSettings(SAP_ENTITY_OPTIONS, config.options, where)
  const protocol = given.protocol as 'odata' | 'bapi'
  for (const name of Object.keys(config.options)) {
    if (name === 'protocol' || OF_PROTOCOL[protocol]?.includes(name)) continue
    throw settingsError(`The option "${name}" means nothing with the protocol "${protocol}".`, {
      where: `${where}/${name}`,
      fix: 'Leave it out.',
    })
  }
  if (protocol === 'bapi') {
    if (!isJsonObject(given.bapi ?? null)) throw needed('bapi', where)
    return { ...common, protocol, bapi: given.bapi as JsonObject, pageSize: given.pageSize as number }
  }
  return { ...common, protocol, ...odataOptions(config, given, where) }
}

function odataOptions(
  config: EntityConfig,
  given: JsonObject,
  where: string,
): Omit<ODataOptions, 'protocol' | 'entity' | 'where'> {
  const { service } = given
  if (service === undefined) throw needed('service', where)
  if (!/^\/[^?#\s]*[^/?#\s]$/.test(String(service))) {
    throw settingsError('The option "service" must be a path that begins with / and does not end with one.', {
      where: `${where}/service`,
    })
  }
  const follow = given.follow as ODataOptions['follow']
  const [changeFields, createFields] = [given.changeFields as string[], given.createFields as string[]]
  if (follow !== 'change' && changeFields.length + createFields.length > 0) {
    throw settingsError(`With follow: ${follow} there are no change fields.`, { where: `${where}/changeFields` })
  }
  if (createFields.length > 0 && changeFields.length === 0) throw needed('changeFields', where)
  return {
    service: String(service),
    version: given.version as ODataVersion,
    entitySet: (given.entitySet as string | undefined) ?? config.entity,
    keyFields: namesOption(given.keyFields, `${where}/keyFields`),
    select: namesOption(given.select, `${where}/select`),
    expand: given.expand as string[],
    filter: given.filter as string | undefined,
    follow,
    changeFields,
    createFields,
    lookBackSeconds: given.lookBackSeconds as number | undefined,
    pageSize: given.pageSize as number,
    updateMethod: given.updateMethod as ODataOptions['updateMethod'],
    deletedWhen: deletedWhenOption(config, given.deletedWhen),
    numbering: given.numbering as ODataOptions['numbering'],
    markField: given.markField as string | undefined,
  }
}

/** The same rule, with the same errors, as that of the tables. */
function deletedWhenOption(config: EntityConfig, given: Json | undefined): DeletedWhen | undefined {
  if (given === undefined) return undefined
  return tableOptions({ entity: config.entity, options: { deletedWhen: given } }).deletedWhen
}

function namesOption(given: Json | undefined, where: string): string[] | undefined {
  if (given === undefined) return undefined
  const names = given as string[]
  if (names.length === 0 || names.includes('') || new Set(names).size !== names.length) {
    throw settingsError('The list must name at least one field, each once.', { where })
  }
  return names
}

function needed(name: string, where: string): Error {
  const { description } = SAP_ENTITY_OPTIONS.properties[name] ?? { description: '' }
  return settingsError(`The option "${name}" is missing.`, { where: `${where}/${name}`, fix: description })
}
