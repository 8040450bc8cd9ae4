import { type Answer, changeEvent, type RunningApi } from '../support/api.ts'
import { expectBalanced } from '../support/core.ts'
import type { Ledger } from '../../hub/store/ledger-queries.ts'

export const SINGLE = { 'content-type': 'application/cloudevents+json' }
export const BATCH = { 'content-type': 'application/cloudevents-batch+json' }

/** Sends to POST /v1/changes: one event, a batch, or text and bytes as they are. */
export function send(
  hub: RunningApi,
  body: unknown,
  more: { key?: string | null; headers?: Record<string, string> } = {},
) {
  const plain = typeof body === 'string' || body instanceof Uint8Array
  return hub.ask('/v1/changes', {
    method: 'POST',
    headers: more.headers ?? (Array.isArray(body) ? BATCH : SINGLE),
    body: plain ? body : JSON.stringify(body),
    ...(more.key === undefined ? {} : { key: more.key }),
  })
}

let count = 0

/** Sends a change that nothing is wrong with, and shows that it is applied. */
async function sendGood(hub: RunningApi): Promise<void> {
  const key = `good-${++count}`
  const answer = await send(hub, changeEvent(`crm/Contact/${key}`, { Id: key, FirstName: 'Good', LastName: key }))
  expect(answer).toMatchObject({ status: 202, body: { accepted: 1, duplicates: 0 } })
  await hub.quiet()
  const found = await hub.ask(`/v1/customers?system=crm&key=${key}`)
  expect(found.body.items).toMatchObject([{ name: { given: 'Good', family: key } }])
}

/**
 * Runs `bad` between two good changes: both are applied, the ledger balances, and beside them it counts no more than
 * `counted` says. Records, mappings in force and customers stay as they were.
 */
export async function expectUndisturbed(
  hub: RunningApi,
  bad: () => Promise<unknown>,
  counted: Partial<Ledger> = {},
): Promise<void> {
  const before = await expectBalanced(hub.db)
  const others = await othersOf(hub)
  await sendGood(hub)
  await bad()
  await sendGood(hub)
  const after = await expectBalanced(hub.db)
  const good: Partial<Ledger> = { accepted: 2, applied: 2 }
  for (const name of Object.keys(before) as (keyof Ledger)[]) {
    expect([name, after[name]]).toEqual([name, before[name] + (good[name] ?? 0) + (counted[name] ?? 0)])
  }
  if (counted.applied === undefined) expect(await othersOf(hub)).toEqual(others)
}

/** A print of all that the good changes of this file do not touch. */
async function othersOf(hub: RunningApi): Promise<unknown> {
  const { rows } = await hub.db.query({
    text: `select
      (select md5(string_agg(r::text, '' order by r.no)) from source_record r where key not like 'good-%') as records,
      (select md5(string_agg(m::text, '' order by m.*)) from mapping_revision m) as mappings,
      (select md5(string_agg(k::text, '' order by k.id)) from api_key k) as keys`,
  })
  return rows[0]
}

/** Fails unless the answer is exactly this: status, problem+json, code and pointer. */
export function expectProblem(answer: Answer, status: number, code: string, pointer?: string): void {
  const { detail, title, type, requestId } = answer.body
  expect({ status: answer.status, code: answer.body.code, pointer: answer.body.pointer }).toEqual({
    status,
    code,
    pointer,
  })
  expect(answer.body.status).toBe(status)
  expect(answer.headers.get('content-type')).toBe('application/problem+json')
  expect(answer.headers.get('x-request-id')).toBe(requestId)
  expect(type).toBe(`urn:omnihub:problem:${code}`)
  for (const text of [detail, title]) expect(text).toMatch(/\S/)
  // What went wrong inside is none of the caller's business.
  expect(answer.text).not.toMatch(/node_modules|\bat \w+ \(|select |insert into/)
}
