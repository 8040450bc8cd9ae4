import { testFolder, type TestFolder, testIo } from '../../../../test/support/cli.ts'
import { HubError } from '../../../contracts/hub-error.ts'
import { parseExact, readAllRecords } from './records.ts'

async function read(...stdin: (string | Uint8Array)[]): Promise<[number, unknown, string][]> {
  const records = await readAllRecords(testIo({ stdin }), '-', 1000)
  return records.map(({ line, record, text }) => [line, record, text])
}

async function refusal(...stdin: (string | Uint8Array)[]): Promise<string> {
  try {
    await read(...stdin)
    return 'none'
  } catch (error) {
    if (error instanceof HubError) return `${error.code} ${error.where ?? ''}`
    throw error
  }
}

describe('records of a file or of standard input', () => {
  test('are read from NDJSON with the lines that they stand on', async () => {
    expect(await read('\n{"a":1}\n\n  \n{"a":2}\r\n{"a":3}')).toEqual([
      [2, { a: 1 }, '{"a":1}'],
      [5, { a: 2 }, '{"a":2}'],
      [6, { a: 3 }, '{"a":3}'],
    ])
  })

  test('are read from one array, or one object over many lines', async () => {
    expect(await read('[\n {"a":1},\n {"a":2}\n]\n')).toEqual([
      [1, { a: 1 }, '{"a":1}'],
      [2, { a: 2 }, '{"a":2}'],
    ])
    expect(await read('{\n "a": 1\n}\n')).toEqual([[1, { a: 1 }, '{"a":1}']])
    expect(await read('[]')).toEqual([])
  })

  test('come out the same wherever the chunks end, within a character too', async () => {
    const bytes = Buffer.from('{"name":"Zoë 😀"}\n{"name":"Ñandú"}\n')
    const whole = await read(bytes)
    for (let cut = 1; cut < bytes.length; cut++)
      expect(await read(bytes.subarray(0, cut), bytes.subarray(cut))).toEqual(whole)
    expect(whole).toHaveLength(2)
  })

  test('may begin with a byte order mark', async () => {
    expect(await read(Uint8Array.of(0xef, 0xbb, 0xbf), '{"a":1}\n')).toEqual([[1, { a: 1 }, '{"a":1}']])
  })

  test('keep numbers that a double can not hold, as the hub does', async () => {
    const [first] = await read('{"id":9007199254740993,"amount":0.1,"many":1e2}')
    expect(first?.[1]).toEqual({ id: '9007199254740993', amount: 0.1, many: 100 })
    expect(first?.[2]).toBe('{"id":9007199254740993,"amount":0.1,"many":1e2}')
  })

  test('of nothing are none', async () => {
    expect(await read()).toEqual([])
    expect(await read('\n \n')).toEqual([])
  })

  test.each([
    ['a broken line', '{"a":1}\n{"a":}\n', 'cli.json.invalid standard input:2:6'],
    ['a broken array', '[{"a":1},\n{"b" 2}]', 'cli.json.invalid standard input:2:6'],
    ['a line that is no object', '{"a":1}\n[2]\n', 'cli.records.not-object standard input:2'],
    ['an item that is no object', '[{"a":1},2]', 'cli.records.not-object standard input[1]'],
    ['an escaped NUL', '{"a":"\\u0000"}', 'cli.json.invalid standard input:1:14'],
    ['half a surrogate pair', '{"a":"\\ud83d"}', 'cli.json.invalid standard input:1:14'],
    ['too deep a nesting', `{"a":${'['.repeat(64)}${']'.repeat(64)}}`, 'cli.json.invalid standard input:1'],
    ['a text that is not JSON at all', 'Id;Name\n1;Ann\n', 'cli.json.invalid standard input:1:1'],
  ])('are refused for %s', async (_, text, expected) => {
    expect(await refusal(text)).toBe(expected)
  })

  test('are refused for bytes that are no UTF-8', async () => {
    expect(await refusal(Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d))).toBe(
      'cli.file.binary standard input',
    )
  })

  test('are refused for a line that never ends, before it fills the memory', async () => {
    const piece = 'x'.repeat(1024 * 1024)
    expect(await refusal('{"a":"', ...Array.from({ length: 40 }, () => piece))).toBe(
      'cli.file.too-large Line 1 of standard input',
    )
  })

  test('are as deep as the hub takes them', async () => {
    expect(await read(`{"a":${'['.repeat(63)}${']'.repeat(63)}}`)).toHaveLength(1)
    expect(() => parseExact(Buffer.from('['.repeat(10)), 'x', 1, 5)).toThrow(HubError)
  })

  test('are refused beyond what the caller can hold', async () => {
    await expect(readAllRecords(testIo({ stdin: ['{}\n{}\n{}\n'] }), '-', 2)).rejects.toMatchObject({
      code: 'cli.records.too-many',
    })
  })
})

describe('a file of records', () => {
  let folder: TestFolder

  beforeAll(() => {
    folder = testFolder()
  })

  afterAll(() => {
    folder.remove()
  })

  test('is closed when the reader stops early', async () => {
    const { readRecords } = await import('./records.ts')
    const file = folder.file('records.ndjson', '{"a":1}\n'.repeat(100_000))
    const { readdirSync } = await import('node:fs')
    const open = (): number => readdirSync('/proc/self/fd').length
    const before = open()
    for (let round = 0; round < 20; round++)
      for await (const { record } of readRecords(testIo(), file)) if (record) break
    expect(open()).toBeLessThanOrEqual(before + 1)
  })
})
