import { isCommonFamilyName, isCommonGivenName, isKnownGivenName } from './common-names.ts'
import { UNKNOWN } from './comparison.ts'
import type { Comparison } from './comparison.ts'
import type { IdentityFeatures } from './features.ts'
import { FIELD, LEVELS_MAX } from './fields.ts'
import { jaroWinkler, oneSlipApart } from './jaro-winkler.ts'
import type { WeightTable } from './model.ts'
import { areNicknames } from './nicknames.ts'

/** Levels as fields.ts numbers them. */
const GIVEN = { same: 0, common: 1, nickname: 2, close: 3, similar: 4, initial: 5, part: 6, different: 7 }
const FAMILY = { same: 0, common: 1, close: 2, similar: 3, part: 4, different: 5 }
const GIVEN_OF_FAMILY = [GIVEN.same, GIVEN.common, GIVEN.close, GIVEN.similar, GIVEN.part, GIVEN.different]
const STRAIGHT = 0
const SWAPPED = 1

/** Jaro-Winkler from which names are a slip of each other, and from which they are merely alike. */
const CLOSE = 0.92
const SIMILAR = 0.85
/** In a shorter name one other letter makes another name. */
const SLIP_LENGTH_MIN = 4

export function comparePersons(a: IdentityFeatures, b: IdentityFeatures, table: WeightTable, into: Comparison): void {
  compareNames(a, b, table, into)
  const levels = into.levels
  if (a.middle !== undefined && b.middle !== undefined) levels[FIELD.middle] = middleLevel(a.middle, b.middle)
  if (a.generation !== undefined || b.generation !== undefined) {
    if (a.generation === b.generation) levels[FIELD.generation] = 0
    else levels[FIELD.generation] = a.generation === undefined || b.generation === undefined ? 1 : 2
  }
  if (a.gender !== undefined && b.gender !== undefined) levels[FIELD.gender] = a.gender === b.gender ? 0 : 1
  if (a.born !== undefined && b.born !== undefined) levels[FIELD.birthDate] = birthLevel(a.born, b.born)
}

function compareNames(a: IdentityFeatures, b: IdentityFeatures, table: WeightTable, into: Comparison): void {
  const levels = into.levels
  const given = givenLevel(a, b)
  const family = familyLevel(a.family, a.familyWords, b.family, b.familyWords)
  if (!isAgreement(given) && !isAgreement(family) && compareSwapped(a, b, given, family, table, into)) return
  levels[FIELD.given] = given
  levels[FIELD.family] = family
  levels[FIELD.nameOrder] = given === UNKNOWN && family === UNKNOWN ? UNKNOWN : STRAIGHT
  if (given === GIVEN.same || given === GIVEN.common) into.given = a.given
  if (family === FAMILY.same || family === FAMILY.common) into.family = a.family
}

/** Given and family levels alike: the first ones are good. */
function isAgreement(level: number): boolean {
  return level !== UNKNOWN && level <= FAMILY.close
}

/**
 * Lays given beside family names and takes that order where it explains the records better. The worse of the two
 * agreements counts as the given name's: a family name that was found again in the wrong place does not tell relatives
 * apart. Which of the records was filled in wrongly is not known, so term frequencies, which differ by field, stay out.
 */
function compareSwapped(
  a: IdentityFeatures,
  b: IdentityFeatures,
  given: number,
  family: number,
  table: WeightTable,
  into: Comparison,
): boolean {
  const forth = familyLevel(a.given, a.givenWords, b.family, b.familyWords)
  const back = familyLevel(a.family, a.familyWords, b.given, b.givenWords)
  if (!isAgreement(forth) && !isAgreement(back)) return false
  const [better, worse] = forth === UNKNOWN || (back !== UNKNOWN && back < forth) ? [back, forth] : [forth, back]
  const swappedGiven = worse === UNKNOWN ? UNKNOWN : (GIVEN_OF_FAMILY[worse] ?? UNKNOWN)
  const straightWeight = nameWeight(table, given, family, STRAIGHT)
  if (nameWeight(table, swappedGiven, better, SWAPPED) <= straightWeight) return false
  into.levels[FIELD.given] = swappedGiven
  into.levels[FIELD.family] = better
  into.levels[FIELD.nameOrder] = SWAPPED
  return true
}

function nameWeight(table: WeightTable, given: number, family: number, order: number): number {
  return (
    (table.stranger[FIELD.nameOrder * LEVELS_MAX + order] ?? 0) +
    (given === UNKNOWN ? 0 : (table.stranger[FIELD.given * LEVELS_MAX + given] ?? 0)) +
    (family === UNKNOWN ? 0 : (table.stranger[FIELD.family * LEVELS_MAX + family] ?? 0))
  )
}

function givenLevel(a: IdentityFeatures, b: IdentityFeatures): number {
  const left = a.given
  const right = b.given
  if (left === undefined || right === undefined) return UNKNOWN
  if (left === right) {
    if (left.length === 1) return GIVEN.initial
    return isCommonGivenName(left) ? GIVEN.common : GIVEN.same
  }
  if (left.length === 1 || right.length === 1) return left[0] === right[0] ? GIVEN.initial : GIVEN.different
  if (areNicknames(left, right)) return GIVEN.nickname
  if (sharesWord(left, a.givenWords, right, b.givenWords)) return GIVEN.part
  if (left === b.middle || right === a.middle) return GIVEN.part
  const bothKnown = isKnownGivenName(left) && isKnownGivenName(right)
  return bothKnown ? GIVEN.different : similarity(left, right, GIVEN.close, GIVEN.similar, GIVEN.different)
}

function familyLevel(
  left: string | undefined,
  leftWords: string[] | undefined,
  right: string | undefined,
  rightWords: string[] | undefined,
): number {
  if (left === undefined || right === undefined) return UNKNOWN
  if (left === right) return isCommonFamilyName(left) ? FAMILY.common : FAMILY.same
  const level = similarity(left, right, FAMILY.close, FAMILY.similar, FAMILY.different)
  return level !== FAMILY.close && sharesWord(left, leftWords, right, rightWords) ? FAMILY.part : level
}

/** Whether a name of several words and another have one in common: `mary jane` and `mary`, `garcia lopez` and `garcia`. */
function sharesWord(
  left: string,
  leftWords: string[] | undefined,
  right: string,
  rightWords: string[] | undefined,
): boolean {
  if (leftWords === undefined && rightWords === undefined) return false
  const shorter = leftWords ?? [left]
  const longer = rightWords ?? [right]
  return shorter.some((word) => word.length > 2 && longer.includes(word))
}

function similarity(left: string, right: string, close: number, similar: number, different: number): number {
  if (left.length >= SLIP_LENGTH_MIN && right.length >= SLIP_LENGTH_MIN && oneSlipApart(left, right)) return close
  const likeness = jaroWinkler(left, right)
  if (likeness >= CLOSE) return close
  return likeness >= SIMILAR ? similar : different
}

function middleLevel(left: string, right: string): number {
  if (left === right) return left.length === 1 ? 1 : 0
  if (left[0] === right[0] && (left.length === 1 || right.length === 1)) return 1
  return similarity(left, right, 0, 2, 2)
}

/** Dates as YYYYMMDD: the same; one slip (a digit, two neighbours, day and month exchanged); two of three parts; different. */
export function birthLevel(left: string, right: string): number {
  if (left === right) return 0
  if (
    left.slice(0, 4) === right.slice(0, 4) &&
    left.slice(4, 6) === right.slice(6) &&
    left.slice(6) === right.slice(4, 6)
  )
    return 1
  let differing = 0
  let first = -1
  for (let at = 0; at < 8; at++) {
    if (left.charCodeAt(at) === right.charCodeAt(at)) continue
    if (first < 0) first = at
    differing++
  }
  if (differing === 1) return 1
  if (differing === 2 && left[first] === right[first + 1] && left[first + 1] === right[first]) return 1
  const sameParts =
    Number(left.slice(0, 4) === right.slice(0, 4)) +
    Number(left.slice(4, 6) === right.slice(4, 6)) +
    Number(left.slice(6) === right.slice(6))
  return sameParts === 2 ? 2 : 3
}
