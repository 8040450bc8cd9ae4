import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
  existsSync,
  mkdirSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Checkpoint, Connector, EntityConfig, Page, SourceRecord } from '../../hub/contracts/connector.ts'
import type { JsonObject } from '../../hub/contracts/json.ts'
import { quietContext } from '../conformance/quiet-context.ts'
import { file } from './index.ts'

let folder: string
let connector: Connector
let minute = 0

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'omnihub-file-'))
  connector = await file.open({ folder }, quietContext('files', new AbortController().signal))
})

afterEach(async () => {
  await connector.close()
  rmSync(folder, { recursive: true })
})

/** Each file is a minute younger than the one before. */
function put(path: string, content: string | Buffer): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true })
  writeFileSync(join(folder, path), content)
  minute += 1
  const at = new Date(Date.UTC(2024, 0, 1, 0, minute))
  utimesSync(join(folder, path), at, at)
}

function customers(options: JsonObject = {}): EntityConfig {
  return {
    entity: 'Customer',
    mode: 'poll',
    options: {
      full: 'full-*.csv',
      delta: 'delta-*.csv',
      keyColumns: ['id'],
      deletedWhen: { column: 'op', value: 'D' },
      ...options,
    },
  }
}

async function pages(reading: AsyncIterable<Page> | undefined): Promise<Page[]> {
  const all: Page[] = []
  for await (const page of reading ?? []) all.push(page)
  return all
}

const said = (records: readonly SourceRecord[]): string[] =>
  records.map(({ kind, key, data }) => `${kind} ${key}${data?.name == null ? '' : ` ${String(data.name)}`}`)

async function backfill(config: EntityConfig, from: Checkpoint | null = null): Promise<SourceRecord[]> {
  return (await pages(connector.backfill?.(config, from))).flatMap(({ records }) => records)
}

async function poll(
  config: EntityConfig,
  from: Checkpoint | null,
): Promise<{ records: SourceRecord[]; next: Checkpoint }> {
  const all = await pages(connector.poll?.(config, from))
  return { records: all.flatMap(({ records }) => records), next: all.at(-1)?.checkpoint ?? from ?? {} }
}

async function start(config: EntityConfig): Promise<Checkpoint> {
  const { records, next } = await poll(config, null)
  expect(records).toEqual([])
  return next
}

describe('reading', () => {
  test('a snapshot is the newest full file and the deltas after it', async () => {
    put('delta-0.csv', 'id,name,op\n1,Before,U\n')
    put('full-1.csv', 'id,name,op\n1,Ada,\n2,Bob,\n')
    put('delta-1.csv', 'id,name,op\n2,Bobby,U\n3,Cy,U\n1,,D\n')
    expect(said(await backfill(customers()))).toEqual([
      'upsert 1 Ada',
      'upsert 2 Bob',
      'upsert 2 Bobby',
      'upsert 3 Cy',
      'delete 1',
    ])
  })

  test('sequences grow with the file and the line', async () => {
    put('full-1.csv', 'id,name\n1,Ada\n2,Bob\n')
    put('delta-1.csv', 'id,name\n1,Ada B\n')
    const sequences = (await backfill(customers({ deletedWhen: { column: 'name', value: 'gone' } }))).map(
      (each) => each.sequence ?? '',
    )
    expect(sequences).toEqual(sequences.toSorted())
    expect(new Set(sequences).size).toBe(3)
  })

  test('a poll of a full file tells what differs from the one before, deletes too', async () => {
    put('full-1.csv', 'id,name\n1,Ada\n2,Bob\n3,Cy\n')
    const from = await start(customers())
    put('full-2.csv', 'id,name\n1,Ada\n2,Bobby\n4,Di\n')
    const { records, next } = await poll(customers(), from)
    expect(said(records)).toEqual(['upsert 2 Bobby', 'upsert 4 Di', 'delete 3'])
    expect((await poll(customers(), next)).records).toEqual([])
  })

  test('a full file that was cut short is reported and not read', async () => {
    put('full-1.csv', 'id,name\n1,A\n2,B\n3,C\n4,D\n')
    const from = await start(customers())
    put('full-2.csv', 'id,name\n1,A\n')
    const { records, next } = await poll(customers(), from)
    expect(records).toEqual([])
    expect(readFileSync(join(folder, 'errors/full-2.csv.errors.csv'), 'utf8')).toContain('cut short')
    put('full-3.csv', 'id,name\n1,A\n2,B\n3,C\n')
    expect(said((await poll(customers(), next)).records)).toEqual(['delete 4'])
  })

  test('where the full file before is gone, the gap is told', async () => {
    put('full-1.csv', 'id,name\n1,A\n')
    const from = await start(customers())
    rmSync(join(folder, 'full-1.csv'))
    put('full-2.csv', 'id,name\n1,A\n')
    const all = await pages(connector.poll?.(customers(), from))
    expect(all.map(({ gap }) => typeof gap)).toEqual(['string'])
  })

  test('reading goes on from any row', async () => {
    put('full-1.csv', `id,name\n${Array.from({ length: 10 }, (_, i) => `${i},N${i}`).join('\n')}`)
    const config = customers({ pageSize: 3 })
    const all = await pages(connector.backfill?.(config, null))
    expect(all.map(({ records }) => records.length)).toEqual([3, 3, 3, 1])
    expect(all[0]?.totalEstimate).toBe(10)
    for (const [place, { checkpoint }] of all.entries()) {
      const rest = await backfill(config, checkpoint)
      expect(rest).toEqual(all.slice(place + 1).flatMap(({ records }) => records))
    }
  })

  test('unfinished, hidden and strange files are left alone', async () => {
    for (const name of ['full-1.csv.part', '.full-1.csv', 'other.csv', 'full-1.csv.tmp']) put(name, 'id\n1\n')
    expect(await backfill(customers())).toEqual([])
  })

  test('a file waits for its ready marker, and for its writer to settle', async () => {
    const marked = customers({ readyMarker: '.done' })
    put('full-1.csv', 'id\n1\n')
    expect(await backfill(marked)).toEqual([])
    put('full-1.csv.done', '')
    expect(await backfill(marked)).toHaveLength(1)
    writeFileSync(join(folder, 'delta-2.csv'), 'id\n2\n')
    expect(await backfill(customers({ settleSeconds: 3600 }))).toHaveLength(1)
    expect(await backfill(customers({ settleSeconds: 0 }))).toHaveLength(2)
  })

  test('a file that was read is put away once its rows are durable', async () => {
    const config = customers({ afterwards: 'archive' })
    const from = await start(config)
    put('delta-1.csv', 'id\n1\n')
    const reading = connector.poll?.(config, from)[Symbol.asyncIterator]()
    const page = await reading?.next()
    expect(existsSync(join(folder, 'delta-1.csv'))).toBe(true)
    await reading?.next()
    expect(existsSync(join(folder, 'delta-1.csv'))).toBe(false)
    expect(existsSync(join(folder, 'archive/delta-1.csv'))).toBe(true)
    const { checkpoint } = page?.value as Page
    expect((await poll(config, checkpoint)).records).toEqual([])
  })

  test('after an end before it was put away it is put away by the next poll, and not read again', async () => {
    const config = customers({ afterwards: 'delete' })
    const from = await start(config)
    put('delta-1.csv', 'id\n1\n')
    const reading = connector.poll?.(config, from)[Symbol.asyncIterator]()
    const { checkpoint } = (await reading?.next())?.value as Page
    expect((await poll(config, checkpoint)).records).toEqual([])
    expect(existsSync(join(folder, 'delta-1.csv'))).toBe(false)
  })

  test('records that are in no current file are missing', async () => {
    put('full-1.csv', 'id,name,op\n1,A,\n2,B,\n')
    put('delta-1.csv', 'id,name,op\n3,C,U\n2,,D\n')
    const missing = await connector.missing?.(customers(), ['1', '2', '3', '4'])
    expect(missing?.map(({ key, kind }) => `${kind} ${key}`)).toEqual(['delete 4', 'delete 2'])
  })
})

describe('rows', () => {
  test('wrong rows are reported as a file, the others are read', async () => {
    put('full-1.csv', 'id,name\n1,A\n2\n,C\n4,"D""\n5,E\n')
    put('delta-1.csv', Buffer.concat([Buffer.from('id,name\n6,'), Buffer.from([0xe9]), Buffer.from('\n7,G\n')]))
    expect(said(await backfill(customers()))).toEqual(['upsert 1 A', 'upsert 7 G'])
    expect(readFileSync(join(folder, 'errors/full-1.csv.errors.csv'), 'utf8').split('\r\n')).toEqual([
      'line,error,row',
      '3,The row has 1 values where 2 are expected.,2',
      '4,"The row has no ""id"", which is part of its key.","{""id"":null,""name"":""C""}"',
      '6,A quote is opened that nothing closes. Nothing behind this line was read.,""',
      '',
    ])
    expect(readFileSync(join(folder, 'errors/delta-1.csv.errors.csv'), 'utf8')).toContain(
      '2,The row is not in the encoding',
    )
  })

  test('null and the empty text are two things in CSV', async () => {
    put('full-1.csv', '\uFEFFid;name;note\r\n1;;""\r\n2;"a;b";" x "\r\n\r\n')
    const records = await backfill(customers({ delimiter: ';' }))
    expect(records.map(({ data }) => data)).toEqual([
      { id: '1', name: null, note: '' },
      { id: '2', name: 'a;b', note: ' x ' },
    ])
  })

  test('old encodings are read', async () => {
    put('full-1.csv', Buffer.from('id,name\n1,Zo\xeb \x80\n', 'latin1'))
    const [record] = await backfill(customers({ encoding: 'windows-1252' }))
    expect(record?.data).toEqual({ id: '1', name: 'Zoë €' })
  })

  test('JSON lines keep their digits, and refuse what is no object', async () => {
    put('full-1.jsonl', '{"id": 1, "big": 9007199254740993, "name": null}\n[1]\n{"id": 2\n\n{"id":3}')
    const records = await backfill({
      entity: 'Customer',
      options: { full: 'full-*.jsonl', format: 'jsonl', keyColumns: ['id'] },
    })
    expect(records.map(({ data }) => data)).toEqual([{ id: 1, big: '9007199254740993', name: null }, { id: 3 }])
    expect(readFileSync(join(folder, 'errors/full-1.jsonl.errors.csv'), 'utf8')).toContain(
      '2,The row is no JSON object.',
    )
  })

  test('columns of fixed width are cut by characters', async () => {
    put('full-1.txt', '0001Zoë   A\n0002      \n00\n0003Bob   Bxx\n')
    const fields = [
      { name: 'id', width: 4 },
      { name: 'name', width: 6 },
      { name: 'class', width: 1 },
    ]
    const records = await backfill({
      entity: 'Customer',
      options: { full: 'full-*.txt', format: 'fixed', fields, keyColumns: ['id'] },
    })
    expect(records.map(({ data }) => data)).toEqual([{ id: '0001', name: 'Zoë', class: 'A' }])
    const report = readFileSync(join(folder, 'errors/full-1.txt.errors.csv'), 'utf8')
    expect(
      report
        .split('\r\n')
        .slice(1, -1)
        .map((row) => row[0]),
    ).toEqual(['2', '3', '4'])
  })

  test.each([
    ['an empty file', '', 'not even its header'],
    ['a header that names a column twice', 'id,id\n1,2\n', 'twice'],
    ['a row without end', `id,name\n1,"${'x'.repeat(2000)}\n`, 'longer than'],
  ])('%s ends the reading of that file, not of others', async (_, content, why) => {
    put('full-1.csv', content)
    put('delta-1.csv', 'id\n9\n')
    expect(said(await backfill(customers({ maxRowBytes: 1000 })))).toEqual(['upsert 9'])
    expect(readFileSync(join(folder, 'errors/full-1.csv.errors.csv'), 'utf8')).toContain(why)
  })
})

describe('writing', () => {
  const config = customers({ outFolder: 'out', outColumns: ['name', 'note'] })
  const out = (): string[] => readdirSync(join(folder, 'out')).filter((name) => !name.startsWith('.'))

  test('one whole file for the records of a call, the same write once', async () => {
    const write = { key: '1', fields: { name: 'Ada, "the first"' }, idempotencyKey: 'w1' }
    expect(await connector.write?.(config, [write])).toEqual([{ outcome: 'written', key: '1' }])
    expect(
      await connector.write?.(config, [write, { key: '2', fields: { note: null }, idempotencyKey: 'w2' }]),
    ).toHaveLength(2)
    const texts = out()
      .sort()
      .map((name) => readFileSync(join(folder, 'out', name), 'utf8'))
    expect(texts.join('').split('\r\n')).toEqual([
      'id,name,note,omnihub_id,omnihub_fields',
      '1,"Ada, ""the first""",,w1,name',
      'id,name,note,omnihub_id,omnihub_fields',
      '2,,,w2,note',
      '',
    ])
  })

  test('after an end between the file and the memory of it, the repeat finds the file', async () => {
    const write = { key: '1', fields: { name: 'Ada' }, idempotencyKey: 'w1' }
    await connector.write?.(config, [write])
    rmSync(join(folder, 'out/.omnihub-written'))
    expect(await connector.write?.(config, [write])).toEqual([{ outcome: 'written', key: '1' }])
    expect(out()).toHaveLength(1)
    // By now the system has taken the file away; the memory knows it all the same.
    rmSync(join(folder, 'out', out()[0] ?? ''))
    expect(await connector.write?.(config, [write])).toEqual([{ outcome: 'written', key: '1' }])
    expect(out()).toEqual([])
  })

  test('a field without a column fails alone, and the others are written', async () => {
    const results = await connector.write?.(config, [
      { key: '1', fields: { nme: 'x' }, idempotencyKey: 'a' },
      { key: '2', fields: { name: 'y' }, idempotencyKey: 'b' },
    ])
    expect(results?.map(({ outcome }) => outcome)).toEqual(['failed', 'written'])
  })

  test('a precondition is compared with what the files say last', async () => {
    put('full-1.csv', 'id,name,note\n1,Ada,x\n')
    const attempt = async (name: string, was: string) =>
      (
        await connector.write?.(config, [{ key: '1', fields: { name }, expected: { name: was }, idempotencyKey: name }])
      )?.[0]
    expect(await attempt('Eve', 'Bob')).toEqual({
      outcome: 'conflict',
      key: '1',
      current: { id: '1', name: 'Ada', note: 'x' },
    })
    expect(await attempt('Eve', 'Ada')).toEqual({ outcome: 'written', key: '1' })
  })
})

describe('settings and options', () => {
  test.each<[JsonObject, string]>([
    [{ folder: 'relative' }, '/settings/folder'],
    [{}, '/settings/folder'],
    [{ folder: 'x', host: 'h', hostKey: 'k', password: 'p' }, '/settings/user'],
    [{ folder: 'x', host: 'h', user: 'u', password: 'p' }, '/settings/hostKey'],
    [{ folder: 'x', host: 'h', user: 'u', hostKey: 'k' }, '/settings/password'],
  ])('%j is refused at %s', (settings, where) => {
    expect(() => file.open(settings, quietContext('files', new AbortController().signal))).toThrow(
      expect.objectContaining({ code: 'connector.settings', where }),
    )
  })

  test.each<[JsonObject, string]>([
    [{ keyColumns: [] }, 'keyColumns'],
    [{ full: '../x.csv' }, 'full'],
    [{ full: 'a*/x.csv' }, 'full'],
    [{ header: false }, 'columns'],
    [{ delimiter: '::' }, 'delimiter'],
    [{ format: 'fixed' }, 'fields'],
    [{ format: 'fixed', fields: [{ name: 'id', width: 0 }] }, 'fields'],
    [{ archiveFolder: '/etc' }, 'archiveFolder'],
    [{ outFolder: 'out' }, 'outColumns'],
    [{ deletedWhen: { column: 'x' } }, 'deletedWhen'],
    [{ encoding: 'ebcdic' }, 'encoding'],
  ])('the options %j are refused at %s', async (options, where) => {
    await expect(backfill(customers(options))).rejects.toMatchObject({
      code: 'connector.settings',
      where: `/entities/Customer/options/${where}`,
    })
  })

  test('a folder that is not there is told', async () => {
    const other = await file.open({ folder: join(folder, 'none') }, quietContext('files', new AbortController().signal))
    await expect(other.check()).rejects.toMatchObject({ code: 'connector.settings', where: '/settings/folder' })
  })

  test('discovery proposes what would read the files', async () => {
    put('crm-customers-20240101.csv', 'id;name\n1;A\n')
    put('crm-customers-20240102.csv', 'id;name\n1;A\n')
    const found = await connector.discover?.()
    expect(found).toEqual([
      {
        entity: 'crm-customers',
        keyFields: ['id'],
        fields: ['id', 'name'].map((name) => ({ name, type: 'text', nullable: true })),
        suggestedOptions: { full: 'crm-customers-*.csv', keyColumns: ['id'], delimiter: ';' },
      },
    ])
    const read = await backfill({ entity: 'crm-customers', options: found?.[0]?.suggestedOptions ?? {} })
    expect(read.map(({ key }) => key)).toEqual(['1'])
  })
})
