import { UNKNOWN } from './comparison.ts'
import type { Comparison, ScoreContext } from './comparison.ts'
import type { AddressFeatures, IdentifierFeatures, IdentityFeatures } from './features.ts'
import { FIELD, LEVELS_MAX } from './fields.ts'
import { jaroWinkler, oneSlipApart } from './jaro-winkler.ts'
import { addressText, identifierText } from './keys.ts'
import type { MatchModel, WeightTable } from './model.ts'

const SAME = 0
const SLIP = 1
/** The last digits that a number keeps however its country and area are written. */
const PHONE_ENDING = 8
/** Mailboxes that name a task, not a person. */
const ROLE_MAILBOXES = new Set([
  'info',
  'office',
  'admin',
  'sales',
  'contact',
  'support',
  'accounts',
  'billing',
  'mail',
  'service',
  'hello',
  'enquiries',
  'noreply',
  'no-reply',
  'test',
  'customer',
])
const CLOSE_STREET = 0.9
const CLOSE_CITY = 0.9

/** Phones, e-mails, identifiers, system and the best pair of addresses; persons and organizations alike. */
export function compareContacts(
  a: IdentityFeatures,
  b: IdentityFeatures,
  model: MatchModel,
  table: WeightTable,
  context: ScoreContext,
  into: Comparison,
): void {
  const levels = into.levels
  levels[FIELD.phone] = phoneLevel(a, b, context)
  levels[FIELD.email] = emailLevel(a.emails, b.emails, context)
  if (a.identifiers !== undefined && b.identifiers !== undefined) {
    compareIdentifiers(a.identifiers, b.identifiers, model, context, levels)
  }
  if (a.system !== undefined && b.system !== undefined) {
    levels[FIELD.system] = a.system === b.system ? 0 : 1
    if (a.system !== b.system) into.alone = context.aloneOf?.(a.system, b.system)
  }
  if (a.addresses !== undefined && b.addresses !== undefined)
    compareAddresses(a.addresses, b.addresses, table, context, into)
}

/** Levels of a person's numbers; an organization has no mobile of its own, so its levels begin with the second. */
const PHONE = { sameMobile: 0, same: 1, ending: 2, different: 3 } as const

function phoneLevel(a: IdentityFeatures, b: IdentityFeatures, context: ScoreContext): number {
  if (a.phones === undefined || b.phones === undefined) return UNKNOWN
  let level: number = UNKNOWN
  for (const left of a.phones) {
    if (context.isGeneric?.('phone', left) === true) continue
    for (const right of b.phones) {
      if (left === right) level = better(level, isMobile(a, b, left) ? PHONE.sameMobile : PHONE.same)
      if (left === right || context.isGeneric?.('phone', right) === true) continue
      level = better(level, endAlike(left, right) ? PHONE.ending : PHONE.different)
    }
  }
  return a.kind === 'organization' && level > PHONE.sameMobile ? level - 1 : level
}

/** One of two records that share a number is enough to know what kind of number it is. */
function isMobile(a: IdentityFeatures, b: IdentityFeatures, number: string): boolean {
  return a.mobiles?.includes(number) === true || b.mobiles?.includes(number) === true
}

function endAlike(left: string, right: string): boolean {
  if (left.length < PHONE_ENDING || right.length < PHONE_ENDING) return false
  return left.slice(-PHONE_ENDING) === right.slice(-PHONE_ENDING)
}

function emailLevel(a: string[] | undefined, b: string[] | undefined, context: ScoreContext): number {
  if (a === undefined || b === undefined) return UNKNOWN
  let level = UNKNOWN
  for (const left of a) {
    if (context.isGeneric?.('email', left) === true) continue
    for (const right of b) {
      if (left === right) return SAME
      if (context.isGeneric?.('email', right) === true) continue
      const mailbox = left.slice(0, left.lastIndexOf('@'))
      const alike = right.startsWith(mailbox) && right.charCodeAt(mailbox.length) === 64 && !ROLE_MAILBOXES.has(mailbox)
      level = better(level, alike ? 1 : 2)
    }
  }
  return level
}

/** The better of two levels: lower numbers agree more, and anything beats knowing nothing. */
function better(left: number, right: number): number {
  return left === UNKNOWN || (right !== UNKNOWN && right < left) ? right : left
}

/** Only identifiers of one scheme (and country, where both name one) are compared. */
function compareIdentifiers(
  a: IdentifierFeatures[],
  b: IdentifierFeatures[],
  model: MatchModel,
  context: ScoreContext,
  levels: Int8Array,
): void {
  for (const left of a) {
    if (context.isGeneric?.('identifier', identifierText(left)) === true) continue
    for (const right of b) {
      if (left.scheme !== right.scheme) continue
      if (left.country !== undefined && right.country !== undefined && left.country !== right.country) continue
      if (context.isGeneric?.('identifier', identifierText(right)) === true) continue
      const group = model.schemes.get(left.scheme)
      const same = left.value === right.value
      if (group === 'nationalId') {
        const level = same ? SAME : oneSlipApart(left.value, right.value) ? SLIP : 2
        levels[FIELD.nationalId] = better(levels[FIELD.nationalId] ?? UNKNOWN, level)
      } else if (group === 'document') {
        levels[FIELD.document] = better(levels[FIELD.document] ?? UNKNOWN, same ? SAME : 1)
      } else if (same) levels[FIELD.otherId] = SAME
    }
  }
}

const AREA = { same: 0, nearly: 1, postcode: 2, city: 3, near: 4, different: 5 }
const PART = { same: 0, close: 1, crossed: 2, different: 3 }
const NUMBER = { same: 0, slip: 1, otherUnit: 2, different: 3 }

/** Levels of one pair of addresses; where records have several, the pair with the most evidence stands for all. */
interface AddressLevels {
  area: number
  inArea: number
  elsewhere: number
  number: number
  locality: number
}

function compareAddresses(
  a: AddressFeatures[],
  b: AddressFeatures[],
  table: WeightTable,
  context: ScoreContext,
  into: Comparison,
): void {
  let best: AddressLevels | undefined
  let bestWeight = -Infinity
  let bestArea: string | undefined
  for (const left of a) {
    for (const right of b) {
      const levels = addressLevels(left, right, context)
      const weight = addressWeight(levels, table)
      if (weight < bestWeight) continue
      const area =
        levels.area <= AREA.postcode && levels.area !== UNKNOWN && left.postcode === right.postcode
          ? left.postcode
          : undefined
      // Two pairs can weigh the same to the last bit; the choice must not hang on which record comes first.
      if (weight === bestWeight && best !== undefined && !precedes(levels, area, best, bestArea)) continue
      best = levels
      bestWeight = weight
      bestArea = area
    }
  }
  if (best === undefined) return
  into.levels[FIELD.area] = best.area
  into.levels[FIELD.streetInArea] = best.inArea
  into.levels[FIELD.streetElsewhere] = best.elsewhere
  into.levels[FIELD.houseNumber] = best.number
  into.levels[FIELD.locality] = best.locality
  into.area = bestArea
}

function precedes(a: AddressLevels, areaA: string | undefined, b: AddressLevels, areaB: string | undefined): boolean {
  const rankA = `${a.area},${a.inArea},${a.elsewhere},${a.number},${a.locality},${areaA ?? ''}`
  const rankB = `${b.area},${b.inArea},${b.elsewhere},${b.number},${b.locality},${areaB ?? ''}`
  return rankA < rankB
}

function addressWeight(levels: AddressLevels, table: WeightTable): number {
  const of = (field: number, level: number): number =>
    level === UNKNOWN ? 0 : (table.stranger[field * LEVELS_MAX + level] ?? 0)
  return (
    of(FIELD.area, levels.area) +
    of(FIELD.streetInArea, levels.inArea) +
    of(FIELD.streetElsewhere, levels.elsewhere) +
    of(FIELD.houseNumber, levels.number) +
    of(FIELD.locality, levels.locality)
  )
}

function addressLevels(a: AddressFeatures, b: AddressFeatures, context: ScoreContext): AddressLevels {
  const area = areaLevel(a, b)
  const none = { area, inArea: UNKNOWN, elsewhere: UNKNOWN, number: UNKNOWN, locality: UNKNOWN }
  if (isGenericDoor(a, context) || isGenericDoor(b, context)) return none
  const street = partLevel(a.street, b.street, b.locality, a.locality)
  const inArea = area !== UNKNOWN && area !== AREA.different
  const locality = partLevel(a.locality, b.locality, b.street, a.street)
  return {
    area,
    inArea: inArea ? street : UNKNOWN,
    elsewhere: inArea ? UNKNOWN : street,
    // The number of another street's house means nothing.
    number: street === PART.different ? UNKNOWN : numberLevel(a, b),
    locality: inArea ? locality : UNKNOWN,
  }
}

function isGenericDoor(address: AddressFeatures, context: ScoreContext): boolean {
  if (context.isGeneric === undefined) return false
  const door = addressText(address)
  return door !== undefined && context.isGeneric('address', door)
}

function areaLevel(a: AddressFeatures, b: AddressFeatures): number {
  if (a.country !== undefined && b.country !== undefined && a.country !== b.country) return AREA.different
  const postcode = partOf(
    a.postcode,
    b.postcode,
    (left, right) => left.length === right.length && oneSlipApart(left, right),
  )
  const city = partOf(
    a.city,
    b.city,
    (left, right) => oneSlipApart(left, right) || jaroWinkler(left, right) >= CLOSE_CITY,
  )
  if (postcode === UNKNOWN && city === UNKNOWN) return UNKNOWN
  if (postcode === PART.same) {
    if (city === PART.same) return AREA.same
    return city === PART.close ? AREA.nearly : AREA.postcode
  }
  if (city === PART.same) return postcode === PART.close ? AREA.nearly : AREA.city
  return postcode === PART.close || city === PART.close ? AREA.near : AREA.different
}

function partOf(
  left: string | undefined,
  right: string | undefined,
  isClose: (left: string, right: string) => boolean,
): number {
  if (left === undefined || right === undefined) return UNKNOWN
  if (left === right) return PART.same
  return isClose(left, right) ? PART.close : PART.different
}

/** Street or locality, also where they stand in each other's place (`crossed`). */
function partLevel(
  left: string | undefined,
  right: string | undefined,
  rightOther: string | undefined,
  leftOther: string | undefined,
): number {
  if (left !== undefined && right !== undefined) {
    if (left === right) return PART.same
    if (isCloseStreet(left, right)) return PART.close
  }
  const crossed =
    (left !== undefined && rightOther !== undefined && (left === rightOther || isCloseStreet(left, rightOther))) ||
    (right !== undefined && leftOther !== undefined && (right === leftOther || isCloseStreet(right, leftOther)))
  if (crossed) return PART.crossed
  return left === undefined || right === undefined ? UNKNOWN : PART.different
}

function isCloseStreet(left: string, right: string): boolean {
  return oneSlipApart(left, right) || jaroWinkler(left, right) >= CLOSE_STREET
}

function numberLevel(a: AddressFeatures, b: AddressFeatures): number {
  const left = a.number
  const right = b.number
  if (left === undefined || right === undefined) return UNKNOWN
  if (left === right)
    return a.unit !== undefined && b.unit !== undefined && a.unit !== b.unit ? NUMBER.otherUnit : NUMBER.same
  return left.length + right.length > 2 && oneSlipApart(left, right) ? NUMBER.slip : NUMBER.different
}
