/** Makes a failing request small: what can be left out without the fault going away is left out. */
import { isJsonObject, type Json } from '../../../hub/contracts/json.ts'
import { replaced } from './mutate.ts'
import type { FuzzRequest } from './requests.ts'

const ATTEMPTS_MAX = 150

/** `stillFails`: whether a smaller request shows the same fault. It is asked at most ATTEMPTS_MAX times. */
export async function minimized(
  request: FuzzRequest,
  stillFails: (smaller: FuzzRequest) => Promise<boolean>,
): Promise<FuzzRequest> {
  let current = request
  let attempts = 0
  let isSmaller = true
  while (isSmaller) {
    isSmaller = false
    for (const candidate of smallerOnes(current)) {
      if (attempts++ >= ATTEMPTS_MAX) return current
      if (!(await stillFails(candidate))) continue
      current = candidate
      isSmaller = true
      break
    }
  }
  return current
}

function* smallerOnes(request: FuzzRequest): Generator<FuzzRequest> {
  const { query, headers, body } = request
  if (body !== undefined) yield { ...request, body: undefined }
  for (const at of query.keys()) yield { ...request, query: query.filter((_, other) => other !== at) }
  for (const name of Object.keys(headers)) {
    yield { ...request, headers: Object.fromEntries(Object.entries(headers).filter(([other]) => other !== name)) }
  }
  for (const [at, [name, value]] of query.entries()) {
    if (value.length > 40) yield { ...request, query: query.with(at, [name, value.slice(0, value.length >> 1)]) }
  }
  if (body?.json !== undefined)
    for (const json of smallerValues(body.json)) yield { ...request, body: { ...body, json } }
  if (body?.text !== undefined && body.text.length > 20) {
    yield { ...request, body: { ...body, text: body.text.slice(0, body.text.length >> 1) } }
  }
}

function* smallerValues(json: Json): Generator<Json> {
  const steps = Array.isArray(json) ? [...json.keys()] : isJsonObject(json) ? Object.keys(json) : []
  for (const step of steps) yield replaced(json, [step], undefined) ?? null
  for (const step of steps) {
    const inner = (json as Record<string | number, Json>)[step] ?? null
    for (const smaller of smallerValues(inner)) yield replaced(json, [step], smaller) ?? null
  }
  if (typeof json === 'string' && json.length > 40) yield json.slice(0, json.length >> 1)
}
