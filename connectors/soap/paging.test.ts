/** Ways of paging and polling that the billing service does not have, against a service whose answers the test makes. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Checkpoint, Connector, EntityConfig, Page } from '../../hub/contracts/connector.ts'
import type { JsonObject } from '../../hub/contracts/json.ts'
import { quietContext } from '../conformance/quiet-context.ts'
import { child, parseXml, textOf } from '../shared/xml.ts'
import { soap } from './index.ts'

const WSDL = `<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:t="urn:t"
  xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" targetNamespace="urn:t">
  <types><xs:schema targetNamespace="urn:t" elementFormDefault="qualified">
    <xs:element name="Find"><xs:complexType><xs:all>
      ${['page', 'offset', 'token', 'after', 'size'].map((name) => `<xs:element name="${name}" type="xs:string" minOccurs="0"/>`).join('')}
      <xs:element name="since" type="xs:string" minOccurs="0"/></xs:all></xs:complexType></xs:element>
    <xs:element name="Found"><xs:complexType><xs:sequence>
      <xs:element name="row" minOccurs="0" maxOccurs="unbounded"><xs:complexType><xs:sequence><xs:element name="id" type="xs:string"/><xs:element name="at" type="xs:string" minOccurs="0"/><xs:element name="n" type="xs:long" minOccurs="0"/></xs:sequence></xs:complexType></xs:element>
      <xs:element name="next" type="xs:string" minOccurs="0" nillable="true"/></xs:sequence></xs:complexType></xs:element>
    <xs:element name="Now"><xs:complexType><xs:sequence/></xs:complexType></xs:element>
    <xs:element name="NowIs"><xs:complexType><xs:sequence><xs:element name="n" type="xs:long"/></xs:sequence></xs:complexType></xs:element>
  </xs:schema></types>
  <message name="Find"><part name="p" element="t:Find"/></message><message name="Found"><part name="p" element="t:Found"/></message>
  <message name="Now"><part name="p" element="t:Now"/></message><message name="NowIs"><part name="p" element="t:NowIs"/></message>
  <portType name="P"><operation name="Find"><input message="t:Find"/><output message="t:Found"/></operation>
    <operation name="Now"><input message="t:Now"/><output message="t:NowIs"/></operation></portType>
  <binding name="B" type="t:P"><soap:binding transport="http://schemas.xmlsoap.org/soap/http"/>
    <operation name="Find"><soap:operation soapAction=""/><input><soap:body use="literal"/></input><output><soap:body use="literal"/></output></operation>
    <operation name="Now"><soap:operation soapAction=""/><input><soap:body use="literal"/></input><output><soap:body use="literal"/></output></operation></binding>
  <service name="S"><port name="P" binding="t:B"><soap:address location="http://127.0.0.1:1/"/></port></service>
</definitions>`

type Asked = Record<string, string | undefined>
interface Row {
  id: string
  at?: string
  n?: number
}
type Answer = { rows: Row[]; next?: string } | { fault: string }

let answer: (asked: Asked) => Answer
let asked: Asked[] = []
let counter = 0
let nowMs = Date.now()
let server: Server
let folder = ''
let endpoint = ''

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'soap-'))
  await writeFile(join(folder, 's.wsdl'), WSDL)
  server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => void chunks.push(chunk))
    request.on('end', () => {
      const message = child(parseXml(Buffer.concat(chunks)), 'Body')?.children[0]
      const fields = Object.fromEntries(
        ['page', 'offset', 'token', 'after', 'size', 'since'].map((name) => [name, message && textOf(message, name)]),
      )
      response.writeHead(200, { 'content-type': 'text/xml' })
      if (message?.name === 'Now') return response.end(enveloped(`<NowIs xmlns="urn:t"><n>${counter}</n></NowIs>`))
      asked.push(fields)
      const given = answer(fields)
      if ('fault' in given)
        return response.end(enveloped(`<s:Fault><faultcode>s:${given.fault}</faultcode><faultstring/></s:Fault>`))
      const rows = given.rows.map(
        ({ id, at, n }) =>
          `<row><id>${id}</id>${at ? `<at>${at}</at>` : ''}${n === undefined ? '' : `<n>${n}</n>`}</row>`,
      )
      return response.end(
        enveloped(
          `<Found xmlns="urn:t">${rows.join('')}${given.next ? `<next>${given.next}</next>` : '<next/>'}</Found>`,
        ),
      )
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
})
beforeEach(() => {
  asked = []
  nowMs = Date.now()
})
afterAll(async () => {
  server.closeAllConnections()
  server.close()
  await rm(folder, { recursive: true })
})

function enveloped(body: string): string {
  return `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>${body}</s:Body></s:Envelope>`
}

function entity(list: JsonObject, more: JsonObject = {}): EntityConfig {
  return {
    entity: 'row',
    mode: 'poll',
    options: { keyFields: ['id'], list: { operation: 'Find', rows: 'row', ...list }, ...more },
  }
}

function open(): Promise<Connector> {
  const context = { ...quietContext('s', new AbortController().signal), now: () => nowMs }
  return soap.open(
    { wsdl: join(folder, 's.wsdl'), endpoint, faults: [{ code: 'Client.Expired', means: 'expired' }] },
    context,
  )
}

async function read(pages: AsyncIterable<Page> | undefined): Promise<Page[]> {
  const all: Page[] = []
  for await (const page of pages ?? []) all.push(page)
  return all
}

const keys = (pages: readonly Page[]): string[] => pages.flatMap(({ records }) => records.map(({ key }) => key))
const LETTERS = [...'abcdefg'].map((id): Row => ({ id }))

describe('a snapshot', () => {
  test('by pages, by offset and after the last key asks until a page is empty, whatever the service makes of the size', async () => {
    const connector = await open()
    const cases: [JsonObject, (asked: Asked) => Row[]][] = [
      [
        { paging: 'page', arguments: { page: '{page}' } },
        ({ page }) => LETTERS.slice((Number(page) - 1) * 3, Number(page) * 3),
      ],
      [
        { paging: 'page', firstPage: 0, arguments: { page: '{page}' } },
        ({ page }) => LETTERS.slice(Number(page) * 3, Number(page) * 3 + 3),
      ],
      [
        { paging: 'offset', arguments: { offset: '{offset}', size: '{pageSize}' } },
        ({ offset }) => LETTERS.slice(Number(offset), Number(offset) + 2),
      ],
      [
        { paging: 'after', arguments: { after: '{after}' } },
        ({ after = '' }) => LETTERS.filter(({ id }) => id > after).slice(0, 3),
      ],
    ]
    for (const [list, rows] of cases) {
      answer = (fields) => ({ rows: rows(fields) })
      const pages = await read(connector.backfill?.(entity(list), null))
      expect(keys(pages)).toEqual([...'abcdefg'])
      const [first] = pages
      expect(keys(await read(connector.backfill?.(entity(list), first?.checkpoint ?? null)))).toEqual(
        keys(pages.slice(1)),
      )
    }
  })

  test('ends with an error where the service gives the same page for ever', async () => {
    const connector = await open()
    answer = () => ({ rows: LETTERS.slice(0, 3), next: 'same' })
    for (const [paging, more] of [
      ['page', {}],
      ['token', { nextToken: 'next' }],
      ['after', {}],
    ] as const) {
      const list = { paging, arguments: { [paging]: `{${paging}}` }, ...more }
      await expect(read(connector.backfill?.(entity(list), null))).rejects.toMatchObject({
        code: 'connector.unexpected',
      })
    }
  })

  test('begins anew where a token is forgotten, and gives up where that goes on', async () => {
    const connector = await open()
    const list = entity({ paging: 'token', nextToken: 'next', arguments: { token: '{token}' } })
    let forgets = 1
    answer = ({ token }) => {
      if (token === undefined) return { rows: LETTERS.slice(0, 3), next: 't' }
      forgets -= 1
      return forgets >= 0 ? { fault: 'Client.Expired' } : { rows: LETTERS.slice(3) }
    }
    const pages = await read(connector.backfill?.(list, null))
    expect(keys(pages)).toEqual([...'abcabcdefg'])
    const [first, again] = pages.map(({ records }) => records.map(({ version }) => version))
    expect(again).toEqual(first)
    forgets = Infinity
    await expect(read(connector.backfill?.(list, null))).rejects.toMatchObject({
      code: 'connector.unexpected',
      family: 'retry',
    })
  })
})

describe('polling', () => {
  const at = (ms: number): string => new Date(ms).toISOString()

  test('reads again what is paged by number, until nothing new has slipped from page to page', async () => {
    const connector = await open()
    const list = entity(
      { paging: 'offset', arguments: { offset: '{offset}', since: '{since}' } },
      { incremental: { field: 'at', lookBackSeconds: 10 } },
    )
    let rows = LETTERS.slice(0, 4).map(({ id }, index) => ({ id, at: at(nowMs + index) }))
    answer = () => ({ rows: [] })
    const [start] = await read(connector.poll?.(list, null))
    let calls = 0
    answer = ({ offset }) => {
      calls += 1
      // Between the first page and the second `a` changes, and goes behind the others: `c` slips to the first page.
      if (calls === 2) rows = [...rows.slice(1), { id: 'a', at: at(nowMs + 9) }]
      return { rows: rows.slice(Number(offset), Number(offset) + 2) }
    }
    const pages = await read(connector.poll?.(list, start?.checkpoint ?? null))
    expect(new Set(keys(pages))).toEqual(new Set(['a', 'b', 'c', 'd']))
  })

  test('by a counter begins where the service says, and what was delivered is not asked for for ever', async () => {
    const connector = await open()
    const list = entity(
      { arguments: { since: '{since}' } },
      { incremental: { field: 'n', lookBackSeconds: 60, start: { operation: 'Now', value: 'n' } } },
    )
    counter = 41
    const rows: Row[] = [
      { id: 'a', n: 42 },
      { id: 'b', n: 43 },
    ]
    answer = ({ since }) => ({ rows: rows.filter(({ n = 0 }) => n >= Number(since)) })
    let [page] = await read(connector.poll?.(list, null))
    const delivered: string[] = []
    for (let pass = 0; pass < 4; pass += 1) {
      const pages = await read(connector.poll?.(list, page?.checkpoint ?? null))
      delivered.push(...keys(pages))
      page = pages.at(-1) ?? page
      nowMs += 61_000
    }
    expect(delivered).toEqual(['a', 'b'])
    expect(asked.map(({ since }) => since)).toEqual(['41', '41', '43', '43'])
  })

  test('goes by times without a zone as they are, and by the instant before where the service is exclusive', async () => {
    const connector = await open()
    const list = entity(
      { arguments: { since: '{since}' } },
      { incremental: { field: 'at', lookBackSeconds: 0, inclusive: false } },
    )
    answer = () => ({ rows: [{ id: 'a', at: '2024-01-01T10:00:00' }] })
    const [start] = await read(connector.poll?.(list, null))
    expect(String(start?.checkpoint?.since)).toMatch(/^time local /)
    const checkpoint: Checkpoint = { since: 'time local 1704103200000000000', marks: [], seen: '' }
    const pages = await read(connector.poll?.(list, checkpoint))
    expect(keys(pages)).toEqual(['a'])
    expect(asked.at(-1)?.since).toBe('2024-01-01T09:59:59.999')
    expect(keys(await read(connector.poll?.(list, pages.at(-1)?.checkpoint ?? null)))).toEqual([])
  })

  test('tells a record that goes and comes back within the window as two changes', async () => {
    const connector = await open()
    const list = entity({ arguments: { since: '{since}' } }, { incremental: { field: 'at' } })
    let n = 1
    const stamp = at(nowMs)
    answer = () => ({ rows: [{ id: 'a', at: stamp, n }] })
    let [page] = await read(connector.poll?.(list, null))
    const versions: string[] = []
    for (n of [1, 2, 1, 1]) {
      const pages = await read(connector.poll?.(list, page?.checkpoint ?? null))
      versions.push(...pages.flatMap(({ records }) => records.map(({ version }) => version)))
      page = pages.at(-1) ?? page
    }
    expect(versions).toHaveLength(3)
    expect(new Set(versions).size).toBe(3)
  })

  test('ends where the incremental field holds something else, and at a foreign position', async () => {
    const connector = await open()
    const list = entity({ arguments: { since: '{since}' } }, { incremental: { field: 'at' } })
    answer = () => ({ rows: [{ id: 'a', at: 'yesterday' }] })
    const checkpoint: Checkpoint = { since: 'time zoned 0', marks: [], seen: '' }
    await expect(read(connector.poll?.(list, checkpoint))).rejects.toMatchObject({ code: 'connector.schema' })
    await expect(read(connector.poll?.(list, { lsn: '0/0' }))).rejects.toMatchObject({ code: 'connector.settings' })
  })
})

test.each<[JsonObject, string]>([
  [{ keyFields: [] }, 'keyFields'],
  [{ keyFields: ['id'], list: { operation: 'Find', rows: 'row', paging: 'page' } }, 'list/arguments'],
  [
    { keyFields: ['id'], list: { operation: 'Find', rows: 'row', paging: 'token', arguments: { token: '{token}' } } },
    'list/nextToken',
  ],
  [{ keyFields: ['id'], list: { operation: 'Find', rows: 'row//x' } }, 'list/rows'],
  [{ keyFields: ['id'], list: { operation: 'Find', rows: 'row' }, incremental: { field: 'at' } }, 'list/arguments'],
  [
    {
      keyFields: ['id'],
      list: { operation: 'Find', rows: 'row', arguments: { since: '{since}' } },
      incremental: { field: 'n' },
    },
    'incremental/start',
  ],
  [{ keyFields: ['id'], upsert: { operation: 'Find', arguments: {}, merge: true } }, 'upsert/merge'],
  [{ keyFields: ['id'], upsert: { operation: 'Find', arguments: {}, lock: 'n' } }, 'upsert/lock'],
  [{ keyFields: ['id'], list: { operation: 'Find', rows: 'row' }, omit: ['id'] }, 'omit/0'],
  [{ keyFields: ['id'], list: { operation: 'Fnid', rows: 'row' } }, 'list/operation'],
  [{ keyFields: ['id'], list: { operation: 'Find', rows: 'row', arguments: { sice: 'x' } } }, 'list/arguments/sice'],
  [
    { keyFields: ['id'], list: { operation: 'Find', rows: 'row', arguments: { page: { x: 1 } } } },
    'list/arguments/page',
  ],
  [{ keyFields: ['id'], list: { operation: 'Find', rows: 'row', arguments: { page: ['1'] } } }, 'list/arguments/page'],
  [{ keyFields: ['id'], list: { operation: 'Find', rows: 'row', total: 'totals' } }, 'list/total'],
  [{ keyFields: ['id', 'x/y'], list: { operation: 'Find', rows: 'row' } }, 'keyFields/1'],
  [
    {
      keyFields: ['id'],
      list: { operation: 'Find', rows: 'row' },
      get: { operation: 'Now', arguments: { id: '{key}' } },
    },
    'get/arguments/id',
  ],
])('the options %j are refused at /%s', async (options, where) => {
  const connector = await open()
  answer = () => ({ rows: [] })
  await expect(connector.check([{ entity: 'a/b', options }])).rejects.toMatchObject({
    code: 'connector.settings',
    where: `/entities/a~1b/options/${where}`,
  })
  expect(asked).toEqual([])
})
