import { HubError } from '../../../contracts/hub-error.ts'
import type { ScoreContext } from '../../../identity/comparison.ts'
import { explainPair } from '../../../identity/explain.ts'
import { identityFeatures } from '../../../identity/features.ts'
import { matchKeys } from '../../../identity/keys.ts'
import type { KeyKind } from '../../../identity/key-kinds.ts'
import { type MatchSnapshot, snapshotContext } from '../../../identity/snapshot.ts'
import { scorePair } from '../../../identity/score.ts'
import { isJsonObject } from '../../../contracts/json.ts'
import { EXIT } from '../shared/exit-codes.ts'
import { readTextFile } from '../shared/files.ts'
import type { Io } from '../shared/io.ts'
import { parseExact } from '../shared/records.ts'
import { json } from '../shared/text.ts'
import { customerOf } from './customer-records.ts'
import { readModel } from './model-file.ts'

export interface ExplainRequest {
  a: string
  b: string
  model: string | undefined
  snapshot: string | undefined
  systems: { a: string | undefined; b: string | undefined }
  asJson: boolean
}

const KEY_WORDS: Record<KeyKind, string> = {
  phone: 'a telephone number',
  email: 'an e-mail address',
  identifier: 'a number of an official document or a customer number',
  address: 'a door',
  name: 'a whole name',
  nameBirth: 'a name that sounds alike, with the birth date',
  namePostcode: 'a name that sounds alike, with the post code',
  birthArea: 'a birth date, with the area',
  streetArea: 'a street that sounds alike, with the area',
  nameStreet: 'a name and a street that sound alike',
}

/** `omnihub match explain`: why two records would be joined, or not. Names no personal value. */
export async function explainMatch(request: ExplainRequest, io: Io): Promise<number> {
  const { model, name } = await readModel(io, request.model)
  const context = request.snapshot === undefined ? {} : await readSnapshot(io, request.snapshot)
  const a = await featuresOf(io, request.a, request.systems.a)
  const b = await featuresOf(io, request.b, request.systems.b)
  const score = scorePair(a, b, model, context)
  const { outcome, summary, lines } = explainPair(score, model)
  const theirs = new Set(matchKeys(b).map(({ kind, text }) => `${kind}|${text}`))
  const shared = new Set(matchKeys(a).flatMap(({ kind, text }) => (theirs.has(`${kind}|${text}`) ? [kind] : [])))
  const isCompared = a.kind === b.kind && shared.size > 0
  const keys = [...shared].map((kind) => KEY_WORDS[kind])
  if (request.asJson) {
    const { weight, probability } = score
    const facts = { outcome: isCompared ? outcome : 'apart', compared: isCompared, sharedKeys: [...shared] }
    io.out(
      json({
        ...facts,
        weight: Number.isFinite(weight) ? weight : null,
        probability,
        joinThreshold: model.joinThreshold,
        summary,
        lines,
        model: name,
      }),
    )
    return EXIT.done
  }
  io.out(`${summary}\n`)
  if (a.kind === b.kind) io.out(`${meeting(keys)}\n`)
  for (const side of ['for', 'against'] as const) {
    const texts = lines.filter((line) => line.side === side).map(({ text }) => `  ${text}`)
    if (texts.length > 0) io.out(`\n${side === 'for' ? 'For one customer' : 'Against'}:\n${texts.join('\n')}\n`)
  }
  if (lines.length > 0)
    io.out(`\nWeights are in bits: each doubles or halves the odds. Joined from ${model.joinThreshold} on (${name}).\n`)
  return EXIT.done
}

function meeting(keys: readonly string[]): string {
  return keys.length > 0
    ? `The hub would compare them: they share ${keys.join('; ')}.`
    : 'But the hub would never compare them: they share no telephone number, e-mail address, door, name or other key. Alone they stay apart.'
}

async function featuresOf(
  io: Io,
  file: string,
  system: string | undefined,
): Promise<ReturnType<typeof identityFeatures>> {
  const record = parseExact(Buffer.from(await readTextFile(io, file)), file)
  if (!isJsonObject(record)) {
    throw new HubError({
      code: 'cli.records.not-object',
      family: 'reject',
      message: 'A record is a JSON object.',
      where: file,
      fix: 'Give one canonical customer in the file.',
    })
  }
  const customer = customerOf(record, file)
  const from = system ?? customer.system
  return identityFeatures(customer.document, from === undefined ? {} : { system: from })
}

const FREQUENCY_FIELDS = ['given', 'family', 'name', 'area'] as const

async function readSnapshot(io: Io, file: string): Promise<Pick<ScoreContext, 'frequencyOf' | 'aloneOf'>> {
  const found = parseExact(Buffer.from(await readTextFile(io, file, 64 * 1024 * 1024)), file)
  const frequencies = isJsonObject(found) ? found['frequencies'] : undefined
  const isWhole = isJsonObject(frequencies) && FREQUENCY_FIELDS.every((field) => isJsonObject(frequencies[field]))
  if (isWhole && isJsonObject(found) && isJsonObject(found['alone'])) {
    return snapshotContext(found as unknown as MatchSnapshot)
  }
  throw new HubError({
    code: 'cli.snapshot.invalid',
    family: 'reject',
    message: 'This is no snapshot of value frequencies.',
    where: file,
    fix: 'Make one with `omnihub match snapshot`.',
  })
}
