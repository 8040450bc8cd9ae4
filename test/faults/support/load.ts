/** A load whose outcome is known beforehand: people in two systems, each record changed several times, some deleted at last. */
import type { JsonObject } from '../../../hub/contracts/json.ts'
import { mulberry32, shuffled } from '../../support/febrl.ts'
import { generatedPeople } from '../../support/generated-people.ts'

/** A CloudEvent as it is sent to POST /v1/changes. */
export interface LoadEvent extends JsonObject {
  id: string
  source: string
  subject: string
}

/** What a lane must hold when everything has been applied. */
export interface LaneTruth {
  system: string
  entity: string
  key: string
  sequence: string
  deleted: boolean
  visits: number
}

export interface Load {
  events: LoadEvent[]
  /** By `system/entity/key`. */
  lanes: Map<string, LaneTruth>
}

export interface LoadOptions {
  people: number
  /** Changes of each record. */
  versions: number
  seed: number
  /** Begins ids and keys, so that two loads on one hub do not meet. */
  prefix?: string
}

const SYSTEMS = [
  { system: 'crm', entity: 'Contact' },
  { system: 'billing', entity: 'Account' },
] as const
/** One record in so many ends deleted. */
const DELETED_OF = 40
/** Changes of this many people travel mixed up: their records change again while earlier changes are under way. */
const PEOPLE_PER_BLOCK = 400

const mapping = (entity: string, attribute: string): string => `source: ${entity}
target: customer
key: id
defaults: { region: GB, country: GB }
fields:
  kind: { constant: person }
  status: { constant: active }
  name.given: given
  name.family: family
  birthDate: born
  addresses:
    - { houseNumber: house, street: street, city: city, postalCode: code, country: { constant: GB }, purpose: { constant: home } }
  attributes.${attribute}: visits
`

/** The workspace of the load: both systems say the same of a person, and each counts its visits in an attribute of its own. */
export const LOAD_WORKSPACE: Record<string, string> = {
  'config/systems/crm.yaml': 'connector: push\ntitle: The CRM\n',
  'config/systems/billing.yaml': 'connector: push\ntitle: Billing\n',
  'mappings/crm/Contact.yaml': mapping('Contact', 'crmVisits'),
  'mappings/billing/Account.yaml': mapping('Account', 'billingVisits'),
}

/** The attribute that the records of a system leave in the golden record. */
export const attributeOf = (system: string): string => `${system}Visits`

export const laneOf = (lane: { system: string; entity: string; key: string }): string =>
  `${lane.system}/${lane.entity}/${lane.key}`

export function makeLoad({ people, versions, seed, prefix = 'p' }: LoadOptions): Load {
  const random = mulberry32(seed)
  const lanes = new Map<string, LaneTruth>()
  const events: LoadEvent[] = []
  const persons = new Map<number, JsonObject>()
  for (const { person, document } of generatedPeople(people * 2, random)) {
    if (!persons.has(person)) persons.set(person, document)
  }
  let block: LoadEvent[] = []
  for (let person = 0; person < people; person++) {
    const record = recordOf(persons.get(person) ?? {})
    for (const { system, entity } of SYSTEMS) {
      const key = `${prefix}${person}`
      const deleted = random() * DELETED_OF < 1
      lanes.set(laneOf({ system, entity, key }), {
        system,
        entity,
        key,
        sequence: String(versions),
        deleted,
        visits: versions,
      })
      for (let version = 1; version <= versions; version++) {
        const gone = deleted && version === versions
        block.push(eventOf({ system, entity, key }, version, gone ? null : { id: key, ...record, visits: version }))
      }
    }
    if ((person + 1) % PEOPLE_PER_BLOCK === 0 || person + 1 === people) {
      events.push(...shuffled(block, seed + person))
      block = []
    }
  }
  return { events, lanes }
}

function recordOf(document: JsonObject): JsonObject {
  const { name, birthDate, addresses } = document as {
    name: { given: string; family: string }
    birthDate: string
    addresses: [{ houseNumber: string; street: string; city: string; postalCode: string }]
  }
  const [{ houseNumber, street, city, postalCode }] = addresses
  return { given: name.given, family: name.family, born: birthDate, house: houseNumber, street, city, code: postalCode }
}

/** Sequences are numbers, so that 10 comes after 9. */
export function eventOf(
  lane: { system: string; entity: string; key: string },
  version: number,
  data: JsonObject | null,
): LoadEvent {
  return {
    specversion: '1.0',
    id: `${lane.entity}-${lane.key}-${version}`,
    source: `/systems/${lane.system}`,
    type: data === null ? 'omnihub.change.deleted' : 'omnihub.change.upserted',
    subject: `${lane.entity}/${encodeURIComponent(lane.key)}`,
    time: '2026-03-01T09:30:00Z',
    sequence: String(version),
    sequencetype: 'Integer',
    ...(data === null ? {} : { data }),
  }
}
