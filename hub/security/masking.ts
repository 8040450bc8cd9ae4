import { type CanonicalEntity, isCanonicalEntity } from '../contracts/canonical.ts'
import { isJsonObject, type Json, type JsonObject } from '../contracts/json.ts'

/** A field that a role does not see. */
export interface MaskedField {
  entity: CanonicalEntity
  /** `emails.address` as its parts. A field speaks for all below it. */
  path: readonly string[]
  /** masked: that there is a value; hidden: nothing. */
  sight: 'masked' | 'hidden'
}

/** A field and how far the way to it has been gone. */
interface Sought {
  field: MaskedField
  gone: number
}

export const MASK = '***'

/** Names of collections in answers, and of the entities that their items are. */
const COLLECTIONS: ReadonlyMap<string, CanonicalEntity> = new Map([
  ['customers', 'customer'],
  ['accounts', 'account'],
  ['invoices', 'invoice'],
  ['payments', 'payment'],
  ['orders', 'order'],
  ['products', 'product'],
  ['stock-levels', 'stock-level'],
  ['cases', 'case'],
  ['interactions', 'interaction'],
  ['offers', 'offer'],
])

/** What systems sent, and words made of values: nobody knows which part of them is which field. */
const OPAQUE: ReadonlySet<string> = new Set(['raw', 'trace', 'note', 'notes', 'problem', 'problems', 'faults'])
/** Members beside which the name of a field stands, rather than above. */
const NAMING = ['field', 'path'] as const

/**
 * Takes from an answer what a role does not see, whatever the answer looks like: golden records, pages, provenance by field
 * path, versions, events, records of systems. It goes by the names on the way to a value. Where it can not tell which entity
 * it is in, the fields of all hold; what systems sent in their own terms is masked as a whole. So it may take too much, and
 * never too little by looking at the wrong place.
 */
export class Masking {
  readonly #all: readonly Sought[]
  readonly #byEntity = new Map<CanonicalEntity, Sought[]>()

  constructor(fields: readonly MaskedField[]) {
    this.#all = fields.map((field) => ({ field, gone: 0 }))
    for (const sought of this.#all) {
      const { entity } = sought.field
      this.#byEntity.set(entity, [...(this.#byEntity.get(entity) ?? []), sought])
    }
  }

  /** `entity`: what the answer holds, where all of it is known to be of one. */
  json(value: Json, entity: CanonicalEntity | null): Json {
    return this.#walk(value, entity === null ? this.#all : this.#of(entity))
  }

  text(json: string, entity: CanonicalEntity | null): string {
    return JSON.stringify(this.json(JSON.parse(json) as Json, entity))
  }

  /** Whether a field, or a part of it, or something that it is a part of, is not seen. */
  covers(entity: CanonicalEntity, path: readonly string[]): boolean {
    return this.#of(entity).some(({ field }) => {
      const shared = Math.min(field.path.length, path.length)
      return field.path.slice(0, shared).every((part, at) => part === path[at])
    })
  }

  #of(entity: CanonicalEntity): readonly Sought[] {
    return this.#byEntity.get(entity) ?? []
  }

  #walk(value: Json, sought: readonly Sought[]): Json {
    if (Array.isArray(value)) {
      return value.flatMap((item) => {
        const seen = this.#walk(item, sought)
        return isJsonObject(seen) &&
          Object.keys(seen).length === 0 &&
          isJsonObject(item) &&
          Object.keys(item).length > 0
          ? []
          : [seen]
      })
    }
    if (!isJsonObject(value)) return value
    return this.#object(value, this.#narrowed(value, sought))
  }

  /** A person or an organization is a customer wherever it stands. */
  #narrowed(value: JsonObject, sought: readonly Sought[]): readonly Sought[] {
    if (value['kind'] !== 'person' && value['kind'] !== 'organization') return sought
    return [...this.#of('customer'), ...sought.filter(({ gone }) => gone > 0)]
  }

  #object(value: JsonObject, sought: readonly Sought[]): JsonObject {
    const named = NAMING.map((name) => value[name]).find((name) => typeof name === 'string')
    const beside = named === undefined ? sought : advanced(sought, String(named))
    const entries: [string, Json][] = []
    for (const [name, member] of Object.entries(value)) {
      const isName = (NAMING as readonly string[]).includes(name) && typeof member === 'string'
      const seen = isName ? member : this.#member(value, name, member, beside)
      if (seen !== undefined) entries.push([name, seen])
    }
    // `Object.fromEntries` makes a member of any name, `__proto__` too.
    return Object.fromEntries(entries)
  }

  #member(holder: JsonObject, name: string, member: Json, sought: readonly Sought[]): Json | undefined {
    if (isOpaque(holder, name)) return masked(member)
    const next = advanced(sought, name)
    const reached = next.find(({ field, gone }) => gone === field.path.length)
    if (reached !== undefined) return reached.field.sight === 'hidden' ? undefined : masked(member)
    const entity = entityOf(holder, name)
    if (entity === null) return this.#walk(member, next)
    return this.#walk(member, [...this.#of(entity), ...next.filter(({ gone }) => gone > 0)])
  }
}

/** The name of a member may be a whole path: `emails[0].address`, as provenance has it. */
function advanced(sought: readonly Sought[], name: string): readonly Sought[] {
  const parts = name.includes('.') || name.includes('[') ? name.replaceAll(/\[[^\]]*\]/g, '').split('.') : [name]
  let changed = false
  const next = sought.map((one) => {
    let { gone } = one
    for (const part of parts) if (one.field.path[gone] === part) gone += 1
    if (gone === one.gone) return one
    changed = true
    return { field: one.field, gone }
  })
  return changed ? next : sought
}

/** The entity of what a member holds, where its name or the type of the event says so. */
function entityOf(holder: JsonObject, name: string): CanonicalEntity | null {
  if (name === 'data') return entityOfEvent(holder)
  return COLLECTIONS.get(name) ?? null
}

/** `customer.updated` -> customer; null for anything else. */
function entityOfEvent({ type }: JsonObject): CanonicalEntity | null {
  const entity = typeof type === 'string' && /^[a-z-]+\.[a-z.-]+$/.test(type) ? (type.split('.')[0] ?? '') : ''
  return isCanonicalEntity(entity) ? entity : null
}

/** `data` is a record of a system unless it belongs to one of the hub's own events. */
function isOpaque(holder: JsonObject, name: string): boolean {
  return OPAQUE.has(name) || (name === 'data' && entityOfEvent(holder) === null)
}

/** Every value replaced, the names left. */
function masked(value: Json): Json {
  if (Array.isArray(value)) return value.map(masked)
  if (isJsonObject(value))
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, masked(member)]))
  return value === null ? null : MASK
}
