import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { compileModel } from '../../hub/identity/model.ts'
import type { MatchingDocument, MatchModel } from '../../hub/identity/model.ts'

/** The shipped config/matching.yaml, for tests of a room that itself reads no file. A new copy each time. */
export function shippedDocument(): MatchingDocument {
  return parse(readFileSync(new URL('../../config/matching.yaml', import.meta.url), 'utf8')) as MatchingDocument
}

export function shippedModel(): MatchModel {
  return compileModel(shippedDocument())
}
