/** Where REST_URL names a list of JSON objects with an `id` that anybody may read (`https://host/path/things`): the real thing. */
import { jest } from '@jest/globals'
import type { SourceRecord } from '../../hub/contracts/connector.ts'
import { tellSkipped } from '../../test/support/skipped.ts'
import { quietContext } from '../conformance/quiet-context.ts'
import { rest } from './index.ts'

jest.setTimeout(60_000)

const { REST_URL = '' } = process.env
tellSkipped(
  REST_URL === '' ? 'The live test of rest is skipped: REST_URL names no list of JSON objects with an id.' : null,
)
const live = REST_URL === '' ? test.skip : test

live('A list of a real system is read whole, twice alike, and a poll after it gives nothing new', async () => {
  const url = new URL(REST_URL)
  const stop = new AbortController()
  const connector = await rest.open({ baseUrl: url.origin }, quietContext('live', stop.signal))
  const entity = { entity: 'Thing', options: { key: ['id'], list: { path: `${url.pathname}${url.search}` } } }
  await connector.check([entity])
  const read = async (): Promise<SourceRecord[]> => {
    const records: SourceRecord[] = []
    for await (const page of connector.backfill?.(entity, null) ?? []) records.push(...page.records)
    return records
  }
  const [first, second] = [await read(), await read()]
  expect(first.length).toBeGreaterThan(0)
  expect(first.every(({ key }) => key !== '')).toBe(true)
  expect(second.map(({ key, data }) => [key, data])).toEqual(first.map(({ key, data }) => [key, data]))
  await connector.close()
})
