import { CANONICAL_ENTITIES } from '../../contracts/canonical.ts'
import { CANONICAL_SCHEMAS } from '../../contracts/generated/schemas.ts'
import type { JsonObject } from '../../contracts/json.ts'
import { componentSchemas, localized } from '../openapi/document.ts'
import { COLLECTION_NAMES } from '../operations/entities.ts'
import type { OperationSpec } from '../operations/operation.ts'
import { messagePlan, type MessagePlan } from './message-plan.ts'
import { typeName } from './names.ts'
import { SchemaShapes } from './schema-shapes.ts'
import { type RootElement, schemaText } from './xsd.ts'

/** Which operations of the API are a service of SOAP: all those under these addresses that SOAP has a form for. */
export const SOAP_SERVICES = [
  {
    name: 'customers',
    title: 'Customers',
    text: 'Find, read, edit, explain, join and split customers.',
    under: ['customers'],
  },
  {
    name: 'records',
    title: 'Records',
    text: 'Accounts, invoices, payments, orders, products, stock levels, cases, interactions, consents and offers.',
    under: [...COLLECTION_NAMES, 'writes'],
  },
  { name: 'decisions', title: 'Decisions', text: 'The rules, and decisions by them.', under: ['decisions', 'rules'] },
] as const

export type SoapServiceName = (typeof SOAP_SERVICES)[number]['name']

/**
 * What an officer for data protection does, one at a time and at length, is no work of channels: documents of any size would have
 * to be held whole to be written as XML.
 */
const NOT_FOR_SOAP: ReadonlySet<string> = new Set(['Privacy'])

/** The operations of the API that belong to a service by their address and are for channels. */
export function operationsUnder(name: SoapServiceName, operations: readonly OperationSpec[]): OperationSpec[] {
  const under: readonly string[] = SOAP_SERVICES.find((service) => service.name === name)?.under ?? []
  return operations.filter(({ path, tag }) => under.includes(collectionOf(path) ?? '') && !NOT_FOR_SOAP.has(tag))
}

/** Names in the WSDL, where they are not those of the API with a capital letter. */
const NAMES: Readonly<Record<string, string>> = {
  listCustomers: 'FindCustomers',
  getCustomerProvenance: 'GetProvenance',
  getCustomerSources: 'GetSources',
  getCustomerHistory: 'GetHistory',
  getCustomerTimeline: 'GetTimeline',
  getCustomerNotes: 'GetNotes',
  getCustomerWriteBacks: 'GetWriteBacks',
}

/** One address: its operations, and the schema of their messages. */
export interface SoapService {
  name: SoapServiceName
  title: string
  text: string
  namespace: string
  /** By the name of the operation, which is also that of the element that asks for it. */
  plans: ReadonlyMap<string, MessagePlan>
  /** XSD of all messages. */
  schema: string
}

/** `/v1/stock-levels/{id}` -> `stock-levels`; undefined for what is not under /v1. */
function collectionOf(path: string): string | undefined {
  return /^\/v1\/([a-z-]+)/.exec(path)?.[1]
}

export function soapNamespace(name: SoapServiceName): string {
  return `urn:omnihub:${name}:1`
}

/** Made when the first service is: they are the same for all of them. */
let schemas: Record<string, JsonObject> | undefined

/** Makes a service of the operations under its addresses. */
export function soapService(name: SoapServiceName, operations: readonly OperationSpec[]): SoapService {
  const { title, text } = SOAP_SERVICES.find((service) => service.name === name) ?? SOAP_SERVICES[0]
  const shapes = new SchemaShapes((schemas ??= messageSchemas()))
  const plans = new Map<string, MessagePlan>()
  for (const spec of operationsUnder(name, operations)) {
    const plan = messagePlan(NAMES[spec.id] ?? typeName(spec.id), spec, shapes)
    if (plan === undefined) continue
    if (plans.has(plan.name)) throw new Error(`Two operations of the service ${name} are called ${plan.name}.`)
    plans.set(plan.name, plan)
  }
  const roots = [...plans.values()].flatMap((plan): RootElement[] => [
    { name: plan.name, shape: plan.request },
    { name: `${plan.name}Response`, shape: plan.response },
  ])
  const namespace = soapNamespace(name)
  return { name, title, text, namespace, plans, schema: schemaText(namespace, roots, shapes.types) }
}

/**
 * The schemas to which operations refer, and beside them each record as one source says it. A workspace's own description of
 * `attributes` is left to the operations: they are names and values in every WSDL, so that one client fits all hubs.
 */
function messageSchemas(): Record<string, JsonObject> {
  const sent = CANONICAL_ENTITIES.map((entity): [string, JsonObject] => {
    const { $schema: _schema, $id: _id, ...schema } = CANONICAL_SCHEMAS[entity]
    return [`${entity}.contribution`, localized(schema) as JsonObject]
  })
  return { ...componentSchemas({}), ...Object.fromEntries(sent) }
}
