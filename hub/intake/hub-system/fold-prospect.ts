import { HUB_SYSTEM } from '../../contracts/hub-system.ts'
import { isJsonObject, type Json, type JsonObject } from '../../contracts/json.ts'
import { parseGoldenConfig } from '../../golden/golden-config.ts'
import { createSurvivorship } from '../../golden/merge-customer.ts'
import { foldWords } from '../../identity/fold.ts'

/** The newer word counts, part by part; of lists everything stays. */
const folding = createSurvivorship(
  parseGoldenConfig(
    `systems: [${HUB_SYSTEM}]\ndefault: most-recent\nfields: { status: most-recent, name: { rule: most-recent, together: false }, organization: { rule: most-recent, together: false } }`,
  ),
)

/** What two visits of one person say together. Pure. */
export function foldProspect(
  before: { document: JsonObject; at: string },
  now: { document: JsonObject; at: string },
): JsonObject {
  const view = (key: string, { document, at }: typeof now) => ({
    lane: { system: HUB_SYSTEM, entity: 'customer', key },
    document,
    changedAt: at,
    mappingRevision: 0,
  })
  return folding.merge([view('before', before), view('now', now)], [])
}

/**
 * Whether two records that share a way to reach somebody may be of one person: nothing that both say differs. A family has
 * one telephone, so a shared one is not enough where names differ.
 */
export function mayBeOne(a: JsonObject, b: JsonObject): boolean {
  if (a.kind !== b.kind) return false
  const texts: [Json | undefined, Json | undefined][] = [
    [a.birthDate, b.birthDate],
    ...(['given', 'family', 'full'] as const).map((part): [Json | undefined, Json | undefined] => [
      partOf(a.name, part),
      partOf(b.name, part),
    ]),
    [partOf(a.organization, 'legalName'), partOf(b.organization, 'legalName')],
    [partOf(a.organization, 'tradeName'), partOf(b.organization, 'tradeName')],
  ]
  return texts.every(([one, other]) => typeof one !== 'string' || typeof other !== 'string' || isSame(one, other))
}

/** Whether anything in it is a name. */
export function isNamed({ name, organization }: JsonObject): boolean {
  return [name, organization].some(
    (value) => isJsonObject(value ?? null) && Object.keys(value as JsonObject).length > 0,
  )
}

function isSame(one: string, other: string): boolean {
  return foldWords(one) === foldWords(other)
}

function partOf(value: Json | undefined, name: string): Json | undefined {
  return isJsonObject(value ?? null) ? (value as JsonObject)[name] : undefined
}
