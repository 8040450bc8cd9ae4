/** What tests of imports and exports share: records, lines, and a connection on which lines are sent by hand. */
import { request } from 'node:http'
import type { JsonObject } from '../../hub/contracts/json.ts'

export const LINES = { 'content-type': 'application/x-ndjson' }

/** No two are alike enough to be taken for one. */
function bornOf(id: string): string {
  const number = Number(id.replace(/\D/g, ''))
  return new Date(Date.UTC(1930, 0, 1) + ((number * 7_919) % 25_000) * 86_400_000).toISOString().slice(0, 10)
}

export const person = (id: string, more: JsonObject = {}): JsonObject => ({
  Id: id,
  FirstName: `Given${id}`,
  LastName: `Family${id}`,
  Born: bornOf(id),
  Email: `p${id}@example.com`,
  ...more,
})
export const linesOf = (records: readonly unknown[]): string =>
  records.map((record) => `${JSON.stringify(record)}\n`).join('')
export const uuid = (): string => crypto.randomUUID()
export const range = (count: number, from = 1): string[] => Array.from({ length: count }, (_, at) => String(from + at))

/** A connection on which lines are sent by hand; `cut` breaks it in the middle. */
export function openLines(url: string, key: string): { send(text: string): void; cut(): void; end(): Promise<number> } {
  const sending = request(url, {
    method: 'POST',
    headers: { ...LINES, authorization: `Bearer ${key}`, 'transfer-encoding': 'chunked' },
  })
  const answered = new Promise<number>((resolve) => {
    sending.once('response', (response) => {
      response.resume()
      resolve(response.statusCode ?? 0)
    })
    sending.on('error', () => {
      resolve(0)
    })
  })
  return {
    send: (text) => void sending.write(text),
    cut: () => sending.destroy(),
    end: () => {
      sending.end()
      return answered
    },
  }
}
