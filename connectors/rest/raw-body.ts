import type { Json } from '../../hub/contracts/json.ts'
import type { HttpResponse } from '../shared/http.ts'
import { parseRaw } from './raw-json.ts'

/** The body of an answer, with its numbers as they are written; undefined where it is no JSON. */
export function rawBody(response: HttpResponse): Json | undefined {
  if (response.body.length === 0) return undefined
  try {
    return parseRaw(response.text())
  } catch {
    return undefined
  }
}
