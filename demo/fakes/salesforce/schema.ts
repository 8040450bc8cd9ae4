/** The objects that the fake has, in the words of the describe call. */
export type FieldType =
  | 'id'
  | 'string'
  | 'textarea'
  | 'boolean'
  | 'int'
  | 'double'
  | 'currency'
  | 'percent'
  | 'date'
  | 'datetime'
  | 'time'
  | 'email'
  | 'phone'
  | 'url'
  | 'picklist'
  | 'multipicklist'
  | 'reference'
  | 'base64'
  | 'address'

export interface FieldOptions {
  type: FieldType
  label?: string
  required?: boolean
  /** Characters of texts; default 255, 32,768 for text areas. */
  length?: number
  /** Digits before the point of numbers; default 16. */
  digits?: number
  scale?: number
  externalId?: boolean
  unique?: boolean
  values?: readonly string[]
  referenceTo?: readonly string[]
  readOnly?: boolean
  defaultValue?: boolean | string
}

export interface Field extends FieldOptions {
  name: string
}

export interface ObjectOptions {
  label?: string
  /** Three characters that begin each Id. */
  keyPrefix?: string
  fields: Readonly<Record<string, FieldOptions>>
  /** Whether it is selected for Change Data Capture. Default true. */
  cdc?: boolean
  /** Whether Bulk API 2.0 can query it. Default true. */
  bulk?: boolean
}

const SYSTEM_FIELDS: Readonly<Record<string, FieldOptions>> = {
  Id: { type: 'id', readOnly: true },
  IsDeleted: { type: 'boolean', readOnly: true },
  CreatedDate: { type: 'datetime', readOnly: true },
  LastModifiedDate: { type: 'datetime', readOnly: true },
  SystemModstamp: { type: 'datetime', readOnly: true },
}

export class ObjectType {
  readonly name: string
  readonly label: string
  readonly keyPrefix: string
  readonly cdc: boolean
  readonly bulk: boolean
  readonly #fields = new Map<string, Field>()

  constructor(name: string, keyPrefix: string, options: ObjectOptions) {
    this.name = name
    this.label = options.label ?? name
    this.keyPrefix = keyPrefix
    this.cdc = options.cdc ?? true
    this.bulk = options.bulk ?? true
    for (const [field, given] of Object.entries({ ...SYSTEM_FIELDS, ...options.fields })) this.addField(field, given)
  }

  get custom(): boolean {
    return this.name.endsWith('__c')
  }

  /** The name of its change events: `ContactChangeEvent`, `Thing__ChangeEvent`. */
  get changeEvent(): string {
    return this.custom ? `${this.name.slice(0, -1)}ChangeEvent` : `${this.name}ChangeEvent`
  }

  get fields(): Field[] {
    return [...this.#fields.values()]
  }

  /** Names of fields are the same in any case. */
  field(name: string): Field | undefined {
    return this.#fields.get(name.toLowerCase())
  }

  addField(name: string, options: FieldOptions): void {
    this.#fields.set(name.toLowerCase(), { ...options, name })
  }

  dropField(name: string): void {
    this.#fields.delete(name.toLowerCase())
  }
}

const NUMBERS = new Set<FieldType>(['int', 'double', 'currency', 'percent'])

/** The members of describe that clients go by. */
export function describeField(field: Field): object {
  const { name, type } = field
  const isSystem = field.readOnly === true
  return {
    name,
    label: field.label ?? name,
    type,
    soapType: SOAP_TYPES[type] ?? 'xsd:string',
    nillable: field.required !== true && !isSystem && type !== 'boolean',
    createable: !isSystem && type !== 'address',
    updateable: !isSystem && type !== 'address',
    custom: name.endsWith('__c'),
    externalId: field.externalId ?? false,
    idLookup: type === 'id' || field.externalId === true,
    unique: field.unique ?? false,
    length: NUMBERS.has(type) || type === 'boolean' ? 0 : lengthOf(field),
    byteLength: NUMBERS.has(type) || type === 'boolean' ? 0 : lengthOf(field) * 3,
    precision: NUMBERS.has(type) && type !== 'int' ? (field.digits ?? 16) + (field.scale ?? 0) : 0,
    digits: type === 'int' ? 8 : 0,
    scale: field.scale ?? 0,
    referenceTo: field.referenceTo ?? [],
    relationshipName: null,
    compoundFieldName: null,
    calculated: false,
    filterable: !['textarea', 'base64', 'address'].includes(type),
    sortable: !['textarea', 'base64', 'address', 'multipicklist'].includes(type),
    groupable: false,
    deprecatedAndHidden: false,
    defaultValue: field.defaultValue ?? null,
    defaultedOnCreate: isSystem || type === 'boolean' || field.defaultValue !== undefined,
    restrictedPicklist: field.values !== undefined,
    picklistValues: (field.values ?? []).map((value) => ({ value, label: value, active: true, defaultValue: false })),
  }
}

const SOAP_TYPES: Partial<Record<FieldType, string>> = {
  id: 'tns:ID',
  reference: 'tns:ID',
  boolean: 'xsd:boolean',
  int: 'xsd:int',
  double: 'xsd:double',
  currency: 'xsd:double',
  percent: 'xsd:double',
  date: 'xsd:date',
  datetime: 'xsd:dateTime',
  time: 'xsd:time',
  base64: 'xsd:base64Binary',
  address: 'urn:address',
}

export function lengthOf(field: Field): number {
  if (field.type === 'id' || field.type === 'reference') return 18
  return field.length ?? (field.type === 'textarea' ? 32_768 : 255)
}

export function describeGlobal(object: ObjectType, version: string): object {
  const base = `/services/data/v${version}/sobjects/${object.name}`
  return {
    name: object.name,
    label: object.label,
    labelPlural: object.label,
    keyPrefix: object.keyPrefix,
    custom: object.custom,
    customSetting: false,
    deprecatedAndHidden: false,
    queryable: true,
    retrieveable: true,
    createable: true,
    updateable: true,
    deletable: true,
    undeletable: true,
    replicateable: true,
    searchable: true,
    triggerable: true,
    urls: { sobject: base, describe: `${base}/describe`, rowTemplate: `${base}/{ID}` },
  }
}

export function describeObject(object: ObjectType, version: string): object {
  return {
    ...describeGlobal(object, version),
    childRelationships: [],
    recordTypeInfos: [],
    fields: object.fields.map(describeField),
  }
}
