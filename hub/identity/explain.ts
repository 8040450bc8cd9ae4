import type { FieldWeight, PairScore } from './score.ts'
import type { MatchModel } from './model.ts'

/** A pair's score in words for a data steward. Names no personal value: the console shows those beside it. */
export interface PairExplanation {
  outcome: 'join' | 'join-and-review' | 'review' | 'apart'
  summary: string
  /** Strongest first. `for` and `against` one customer. */
  lines: { field: FieldWeight['field']; level: string; weight: number; side: 'for' | 'against'; text: string }[]
}

const FIELD_WORDS: Record<FieldWeight['field'], string> = {
  given: 'Given names',
  family: 'Family names',
  nameOrder: 'Given and family names',
  middle: 'Middle names',
  generation: 'Junior, senior and the like',
  gender: 'Genders',
  birthDate: 'Birth dates',
  nationalId: 'Official numbers',
  document: 'Passports or licences',
  otherId: 'Other numbers',
  name: 'Organization names',
  legalForm: 'Legal forms',
  domain: 'E-mail domains',
  phone: 'Telephone numbers',
  email: 'E-mail addresses',
  area: 'Post codes and towns',
  streetInArea: 'Streets within the area',
  streetElsewhere: 'Streets',
  houseNumber: 'House numbers',
  locality: 'Localities',
  system: 'Systems',
  prior: 'Two records taken at random',
  alone: 'Each record',
  relatives: 'Relatives',
}

const LEVEL_WORDS: Record<string, string> = {
  same: 'are the same',
  'same-common': 'are the same, and common',
  nickname: 'stand for each other',
  close: 'differ by a slip',
  similar: 'are alike',
  initial: 'agree in the initial',
  part: 'agree in part',
  different: 'differ',
  straight: 'stand in their places',
  swapped: 'are exchanged',
  'one-sided': 'are given on one side only',
  slip: 'differ by a slip',
  parts: 'agree in two of three parts',
  reordered: 'have the same words in another order',
  ending: 'end alike',
  'local-part': 'have the same name before the @',
  'nearly-same': 'agree but for a slip',
  postcode: 'agree in the post code',
  city: 'agree in the town',
  near: 'are alike',
  crossed: 'stand in each other’s place',
  'other-unit': 'agree, but the units differ',
  other: 'differ',
  strangers: 'are seldom one customer',
  'in-other-systems': 'has no other like it in the system of the other',
  household: 'in one household would agree in much of this too',
  group: 'in one group of companies would agree in much of this too',
}

/** Weights nearer to nothing than this are not worth a steward's time. */
const WORTH_SAYING = 0.3

export function explainPair(score: PairScore, model: MatchModel): PairExplanation {
  const outcome = outcomeOf(score, model)
  const lines = score.fields
    .filter(({ weight }) => Math.abs(weight) >= WORTH_SAYING)
    .sort((x, y) => Math.abs(y.weight) - Math.abs(x.weight))
    .map(({ field, level, weight }) => ({
      field,
      level,
      weight,
      side: weight > 0 ? ('for' as const) : ('against' as const),
      text: `${FIELD_WORDS[field]} ${LEVEL_WORDS[level] ?? level} (${weight > 0 ? '+' : ''}${weight.toFixed(1)})`,
    }))
  return { outcome, summary: summaryOf(score, outcome), lines }
}

/**
 * What the hub does with two records that have no others beside them. A steward looks at what lies within the review
 * band, and at what is joined only because both records stand alone.
 */
export function outcomeOf(
  score: Pick<PairScore, 'weight' | 'amongOthers'>,
  model: MatchModel,
): PairExplanation['outcome'] {
  const { weight, amongOthers } = score
  const inBand = weight >= model.reviewBand.from && weight < model.reviewBand.to
  if (weight < model.joinThreshold) return inBand ? 'review' : 'apart'
  return inBand || amongOthers < model.joinThreshold ? 'join-and-review' : 'join'
}

function summaryOf(score: PairScore, outcome: PairExplanation['outcome']): string {
  if (score.weight === -Infinity) return 'A person and an organization are never one customer.'
  const odds =
    score.probability >= 0.9999
      ? 'more than 99.99 %'
      : score.probability < 0.0001
        ? 'less than 0.01 %'
        : `${(100 * score.probability).toFixed(score.probability > 0.99 || score.probability < 0.01 ? 2 : 0)} %`
  const what = {
    join: 'They are joined.',
    'join-and-review': 'They are joined, and a steward should look.',
    review: 'They stay apart until a steward decides.',
    apart: 'They stay apart.',
  }[outcome]
  return `The evidence weighs ${score.weight.toFixed(1)} bits: ${odds} likely to be one customer. ${what}`
}
