import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { quietContext } from '../conformance/quiet-context.ts'
import type { Connector, EntityConfig, PushRequest, RecordWrite } from '../../hub/contracts/connector.ts'
import type { HubError } from '../../hub/contracts/hub-error.ts'
import type { JsonObject } from '../../hub/contracts/json.ts'
import { IdocSender } from '../../demo/fakes/sap/idoc-sender.ts'
import { SapFake } from '../../demo/fakes/sap/sap-fake.ts'
import { parseXml } from '../shared/xml.ts'
import { documentNumber } from './idoc/build.ts'
import { readIdocs } from './idoc/read.ts'
import { sap } from './index.ts'

const sender = new IdocSender({
  url: 'http://127.0.0.1/',
  user: 'S4',
  password: 'pw',
  partner: 'S4HCLNT100',
  port: 'SAPS4H',
})
const AUTHORIZATION = `Basic ${Buffer.from('S4:pw').toString('base64')}`
const abort = new AbortController()

function push(body: string, headers: Record<string, string> = { authorization: AUTHORIZATION }): PushRequest {
  return { method: 'POST', headers, query: {}, body: Buffer.from(body) }
}

async function open(settings: JsonObject): Promise<Connector> {
  return sap.open(settings, { ...quietContext('s4', abort.signal), now: () => Date.parse('2024-05-06T07:08:09Z') })
}

const receiver = (settings: JsonObject = {}): Promise<Connector> =>
  open({ idocUser: 'S4', idocPassword: 'pw', ...settings })

async function failure(work: Promise<unknown> | undefined): Promise<HubError> {
  return Promise.resolve(work).then(
    () => {
      throw new Error('It did not fail.')
    },
    (error: unknown) => error as HubError,
  )
}

describe('IDocs that SAP sends', () => {
  test.each([
    ['DEBMAS', 'DEBMAS07', { E1KNA1M: [{ MSGFN: '005', KUNNR: '0000001042' }] }, '0000001042'],
    ['MATMAS', 'MATMAS05', { E1MARAM: [{ MSGFN: '005', MATNR: 'TG11' }] }, 'TG11'],
    [
      'ORDERS',
      'ORDERS05',
      { E1EDK01: [{ CURCY: 'EUR', BELNR: '4500000001' }], E1EDP01: [{ POSEX: '10' }] },
      '4500000001',
    ],
    ['INVOIC', 'INVOIC02', { E1EDK01: [{ BELNR: '90000001' }] }, '90000001'],
  ])(
    '%s are records of that entity, with the key of their business object',
    async (messageType, idocType, segments, key) => {
      const document = sender.document([
        { messageType, idocType, segments, madeAt: Date.parse('2024-05-06T07:08:09Z') },
      ])
      const { records, answer } = (await (await receiver()).receive?.(push(document))) ?? {
        records: [],
        answer: undefined,
      }
      const docnum = /<DOCNUM>(\d+)</.exec(document)?.[1] ?? ''
      expect(records).toEqual([
        {
          entity: messageType,
          key,
          kind: 'upsert',
          version: `S4HCLNT100~100~${docnum}`,
          sequence: `20240506070809${docnum}`,
          sequenceType: 'Integer',
          data: { EDI_DC40: expect.objectContaining({ MESTYP: messageType, DOCNUM: docnum }), ...segments },
        },
      ])
      expect(answer).toMatchObject({ status: 200 })
    },
  )

  test('several in one document are taken all, or none when one of them is wrong', async () => {
    const idocs = ['1', '2', '3'].map((number) => ({
      messageType: 'DEBMAS',
      idocType: 'DEBMAS07',
      segments: { E1KNA1M: [{ KUNNR: number }] },
    }))
    const document = sender.document(idocs)
    const connector = await receiver()
    expect((await connector.receive?.(push(document)))?.records.map(({ key }) => key)).toEqual(['1', '2', '3'])
    const error = await failure(connector.receive?.(push(document.replace('<KUNNR>3</KUNNR>', ''))))
    expect(error).toMatchObject({ code: 'connector.rejected', family: 'reject', where: '/IDOC/2/E1KNA1M/KUNNR' })
  })

  test('that are repeated are the same change, and of two of one record the one made later counts, in whatever order they come', async () => {
    const make = (madeAt: string, name: string): string =>
      sender.document([
        {
          messageType: 'DEBMAS',
          idocType: 'DEBMAS07',
          madeAt: Date.parse(madeAt),
          segments: { E1KNA1M: [{ KUNNR: '1', NAME1: name }] },
        },
      ])
    // The later number was drawn by a server whose block began earlier.
    const [older, newer] = [make('2024-05-06T07:00:01Z', 'Newer'), make('2024-05-06T07:00:00Z', 'Older')].toReversed()
    const connector = await receiver()
    const take = async (document = ''): Promise<[string, bigint]> => {
      const [record] = (await connector.receive?.(push(document)))?.records ?? []
      return [record?.version ?? '', BigInt(record?.sequence ?? 0)]
    }
    expect(await take(older)).toEqual(await take(older))
    expect((await take(newer))[1] > (await take(older))[1]).toBe(true)
  })

  test('that say MSGFN 003 are deletes', async () => {
    const document = sender.document([
      { messageType: 'MATMAS', idocType: 'MATMAS05', segments: { E1MARAM: [{ MSGFN: '003', MATNR: 'X' }] } },
    ])
    expect((await (await receiver()).receive?.(push(document)))?.records).toMatchObject([
      { kind: 'delete', key: 'X', data: null },
    ])
  })

  test('are read in the encoding that the transport or the document tells', async () => {
    const document = sender.document([
      { messageType: 'DEBMAS', idocType: 'DEBMAS07', segments: { E1KNA1M: [{ KUNNR: '1', NAME1: 'Müller' }] } },
    ])
    const connector = await receiver()
    const latin = Buffer.from(document.replace('UTF-8', 'ISO-8859-1'), 'latin1')
    for (const [body, type] of [
      [latin, 'text/xml'],
      [Buffer.from(document, 'latin1'), 'text/xml; charset=ISO-8859-1'],
      [Buffer.from(`\ufeff${document.replace('UTF-8', 'UTF-16')}`, 'utf16le'), 'application/xml'],
    ] as const) {
      const request = { ...push(''), headers: { authorization: AUTHORIZATION, 'content-type': type }, body }
      const [record] = (await connector.receive?.(request))?.records ?? []
      expect((record?.data?.E1KNA1M as JsonObject[])[0]?.NAME1).toBe('Müller')
    }
  })

  test('of further message types are taken where the settings say where their key stands, and of named partners alone', async () => {
    const document = sender.document([
      { messageType: 'ZPRICE', idocType: 'ZPRICE01', segments: { ZHEAD: [{ ZLINE: [{ MATNR: 'M' }] }] } },
    ])
    expect(await failure((await receiver()).receive?.(push(document)))).toMatchObject({
      where: '/IDOC/0/EDI_DC40/MESTYP',
    })
    const taught = await receiver({ idocKeys: { ZPRICE: 'ZHEAD.ZLINE.MATNR' } })
    expect((await taught.receive?.(push(document)))?.records).toMatchObject([{ entity: 'ZPRICE', key: 'M' }])
    const choosy = await receiver({ idocKeys: { ZPRICE: 'ZHEAD.ZLINE.MATNR' }, idocPartners: ['OTHER'] })
    expect(await failure(choosy.receive?.(push(document)))).toMatchObject({ where: '/IDOC/0/EDI_DC40/SNDPRN' })
  })

  test.each([
    [
      'no control record first',
      (text: string) => text.replace(/(<EDI_DC40.*<\/EDI_DC40>)(.*)<\/IDOC>/, '$2$1</IDOC>'),
      '/IDOC/0',
    ],
    ['two control records', (text: string) => text.replace(/(<EDI_DC40.*<\/EDI_DC40>)/, '$1$1'), '/IDOC/0'],
    ['a number of letters', (text: string) => text.replace(/<DOCNUM>\d+/, '<DOCNUM>ABC'), '/IDOC/0/EDI_DC40/DOCNUM'],
    ['no sender', (text: string) => text.replace(/<SNDPRN>[^<]*<\/SNDPRN>/, ''), '/IDOC/0/EDI_DC40/SNDPRN'],
    [
      'a field twice',
      (text: string) => text.replace('<KUNNR>1</KUNNR>', '<KUNNR>1</KUNNR><KUNNR>2</KUNNR>'),
      '/IDOC/0/E1KNA1M',
    ],
    ['something beside the IDocs', (text: string) => text.replace('<IDOC', '<OTHER/><IDOC'), '/'],
  ])('are refused with %s', async (_, spoil, where) => {
    const good = sender.document([
      { messageType: 'DEBMAS', idocType: 'DEBMAS07', segments: { E1KNA1M: [{ KUNNR: '1' }] } },
    ])
    const bad = spoil(good)
    expect(bad).not.toBe(good)
    expect(await failure((await receiver()).receive?.(push(bad)))).toMatchObject({ code: 'connector.rejected', where })
  })

  test('are taken with a shared secret too, and with none set nobody is let in', async () => {
    const document = sender.document([
      { messageType: 'DEBMAS', idocType: 'DEBMAS07', segments: { E1KNA1M: [{ KUNNR: '1' }] } },
    ])
    const connector = await open({ idocSecret: 'shared' })
    expect((await connector.receive?.(push(document, { authorization: 'Bearer shared' })))?.records).toHaveLength(1)
    for (const [settings, headers] of [
      [{ idocSecret: 'shared' }, { authorization: 'Bearer other' }],
      [{ idocSecret: 'shared' }, { authorization: AUTHORIZATION }],
      [{}, { authorization: AUTHORIZATION }],
      [{}, {}],
    ] as [JsonObject, Record<string, string>][]) {
      const error = await failure((await open(settings)).receive?.(push(document, headers)))
      expect(error).toMatchObject({ code: 'connector.push.unauthorized', status: 401 })
    }
  })
})

test('IDocs sent over HTTP, each twice and the last first, refused now and then, end as the newest state of each customer', async () => {
  const connector = await receiver()
  const known = new Set<string>()
  const state = new Map<string, { sequence: bigint; name: unknown }>()
  let requests = 0
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      requests += 1
      if (requests % 3 === 0) return response.writeHead(503).end()
      const headers = {
        authorization: request.headers.authorization ?? '',
        'content-type': request.headers['content-type'] ?? '',
      }
      void connector
        .receive?.({ method: 'POST', headers, query: {}, body: Buffer.concat(chunks) })
        .then(({ records, answer }) => {
          for (const { key, version, sequence = '0', data } of records) {
            known.add(version)
            if ((state.get(key)?.sequence ?? -1n) >= BigInt(sequence)) continue
            state.set(key, { sequence: BigInt(sequence), name: (data?.E1KNA1M as JsonObject[])[0]?.NAME1 })
          }
          response.writeHead(answer.status, { 'content-type': answer.contentType }).end(answer.body)
        })
      return undefined
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const real = new IdocSender({
    url: `http://127.0.0.1:${port}/`,
    user: 'S4',
    password: 'pw',
    partner: 'P',
    port: 'SAPP',
  })
  real.repeats = 2
  real.reversed = true
  for (let time = 0; time < 20; time += 1) {
    const segments = { E1KNA1M: [{ KUNNR: String(time % 4), NAME1: `state ${time}` }] }
    real.queue({ messageType: 'DEBMAS', idocType: 'DEBMAS07', madeAt: 1_715_000_000_000 + time * 1000, segments })
  }
  for (let round = 0; round < 20 && real.waiting > 0; round += 1) await real.flush()
  server.closeAllConnections()
  server.close()
  expect(real.waiting).toBe(0)
  expect(known.size).toBe(20)
  expect([...state].sort().map(([key, { name }]) => [key, name])).toEqual(
    [0, 1, 2, 3].map((key) => [String(key), `state ${16 + key}`]),
  )
})

describe('IDocs that the hub sends', () => {
  let fake: SapFake
  const entity: EntityConfig = { entity: 'DEBMAS', options: {} }
  const write: RecordWrite = {
    key: '1042',
    fields: {
      E1KNA1M: [{ E1KNVVM: { VKORG: '1010' }, KUNNR: '1042', NAME1: '<Müller & Söhne>', LOEVM: false, NAME2: null }],
    },
    idempotencyKey: 'own/*1*/ ü',
  }

  beforeEach(async () => {
    fake = new SapFake({ services: [], users: { HUB: { password: 'pw', mayUse: true } } })
    await fake.listen(0)
  })
  afterEach(() => fake.close())

  const outbound = (more: JsonObject = {}): Promise<Connector> =>
    open({
      baseUrl: fake.origin,
      user: 'HUB',
      password: 'pw',
      sapClient: '100',
      idocReceiverPort: 'SAPS4H',
      idocReceiverPartner: 'S4HCLNT100',
      idocTypes: { DEBMAS: 'DEBMAS07' },
      ...more,
    })

  test('hold control record and segments, fields before the segments inside, and a repeat has the same number', async () => {
    const connector = await outbound()
    for (let time = 1; time <= 2; time += 1) {
      const results = await connector.write?.(entity, [write])
      expect(results).toEqual([{ outcome: 'written', key: '1042', version: documentNumber('own/*1*/ ü') }])
    }
    expect(fake.idocs).toMatchObject([
      { docnum: documentNumber('own/*1*/ ü'), sender: 'OMNIHUB', messageType: 'DEBMAS', times: 2 },
    ])
    const [idoc] = readIdocs(parseXml(fake.idocs[0]?.xml ?? ''))
    expect(idoc?.control).toMatchObject({
      RCVPRN: 'S4HCLNT100',
      DIRECT: '2',
      CREDAT: '20240506',
      CRETIM: '070809',
      ARCKEY: 'own/*1*/ ü',
    })
    expect(idoc?.data.E1KNA1M).toEqual([
      { KUNNR: '1042', NAME1: '<Müller & Söhne>', LOEVM: '', NAME2: '', E1KNVVM: [{ VKORG: '1010' }] },
    ])
    expect(fake.idocs[0]?.xml.indexOf('<KUNNR>')).toBeLessThan(fake.idocs[0]?.xml.indexOf('<E1KNVVM') ?? -1)
  })

  test('can not compare: a write with values last seen fails, unless that is to be ignored', async () => {
    const conditional = { ...write, expected: { E1KNA1M: [] } }
    const [refused] = (await (await outbound()).write?.(entity, [conditional])) ?? []
    expect(refused).toMatchObject({
      outcome: 'failed',
      error: { code: 'connector.rejected', where: '/settings/idocPrecondition' },
    })
    expect(fake.idocs).toEqual([])
    const [sent] = (await (await outbound({ idocPrecondition: 'ignore' })).write?.(entity, [conditional])) ?? []
    expect(sent).toMatchObject({ outcome: 'written' })
  })

  test('fail one by one, and are told apart: a wrong field, a server away', async () => {
    const connector = await outbound()
    const results = await connector.write?.(entity, [
      { ...write, fields: { 'not a name': [{}] }, idempotencyKey: 'a' },
      { ...write, fields: { E1KNA1M: 'text' }, idempotencyKey: 'b' },
      { ...write, fields: { E1KNA1M: [{ KUNNR: '\u0001' }] }, idempotencyKey: 'c' },
      { ...write, idempotencyKey: 'd' },
    ])
    expect(results?.map((result) => (result.outcome === 'failed' ? result.error.code : result.outcome))).toEqual([
      'connector.rejected',
      'connector.rejected',
      'connector.rejected',
      'written',
    ])
    await fake.close()
    const [away] = (await connector.write?.(entity, [write])) ?? []
    expect(away).toMatchObject({ outcome: 'failed', error: { code: 'connector.unreachable', family: 'retry' } })
  })

  test('need a type and a receiver, which check and write both tell', async () => {
    expect((await (await outbound()).check([entity])).warnings.join()).toMatch('transmitted')
    const nowhere = await outbound({ idocReceiverPartner: '' })
    expect(await failure(nowhere.check([entity]))).toMatchObject({ where: '/settings/idocReceiverPartner' })
    const untyped = await outbound({ idocTypes: {} })
    expect(await failure(untyped.write?.(entity, [write]))).toMatchObject({ where: '/settings/idocTypes/DEBMAS' })
    expect(await failure(untyped.backfill?.(entity, null)[Symbol.asyncIterator]().next())).toMatchObject({
      code: 'connector.settings',
    })
  })
})
