import { duration, progressLine, ProgressBar } from './progress.ts'
import { leafLines, plural, printable, table } from './text.ts'
import { testIo } from '../../../../test/support/cli.ts'
import { withoutSecrets } from './io.ts'

describe('text for a terminal', () => {
  test('a table has columns as wide as their widest cell, numbers on the right', () => {
    expect(
      table(
        ['name', 'count'],
        [
          ['a', 5],
          ['longer', 12345],
        ],
      ),
    ).toBe('name     count\na            5\nlonger  12,345\n')
  })

  test('control characters can not reach the terminal', () => {
    expect(printable('a\u001b[31mred\u0007\u202e')).toBe('a\\u001b[31mred\\u0007\\u202e')
    expect(table(['x'], [['\u001b[2J']])).toBe('x\n\\u001b[2J\n')
    expect(leafLines({ '\u001b': '\u009b' }, '+')).toEqual(['+ \\u001b: "\\u009b"'])
  })

  test('a record has a line for each leaf, empty holders too', () => {
    expect(leafLines({ a: { b: [1, { c: null }] }, d: {}, e: [] }, '-')).toEqual([
      '- a.b[0]: 1',
      '- a.b[1].c: null',
      '- d: {}',
      '- e: []',
    ])
    expect(leafLines('text', '+')).toEqual(['+ (record): "text"'])
  })

  test('a record of very many leaves is cut', () => {
    const lines = leafLines(
      Array.from({ length: 10_000 }, (_, at) => at),
      '+',
    )
    expect(lines).toHaveLength(501)
    expect(lines.at(-1)).toBe('+ ... and more')
  })

  test('amounts are spelt as people do', () => {
    expect([plural(1, 'record'), plural(0, 'record'), plural(1234, 'record')]).toEqual([
      '1 record',
      '0 records',
      '1,234 records',
    ])
  })

  test('secrets are hidden wherever they stand', () => {
    expect(withoutSecrets('key omni_abc and omni_abc, not abc', new Set(['omni_abc', '', 'abc']))).toBe(
      'key [secret] and [secret], not abc',
    )
  })
})

describe('progress', () => {
  test('shows share, rate and time left', () => {
    expect(progressLine({ done: 450_000, total: 1_000_000, elapsedMs: 36_450, what: 'records' })).toBe(
      '[##########--------------]  45 %  450,000 of 1,000,000 records  12,346/s  45 s left',
    )
  })

  test('without a total shows what is done', () => {
    expect(progressLine({ done: 1000, total: null, elapsedMs: 61_000, what: 'records' })).toBe(
      '1,000 records  16/s  1 min 1 s',
    )
  })

  test('never passes the whole, and leaves the time out where nothing is left or nothing goes on', () => {
    expect(progressLine({ done: 12, total: 10, elapsedMs: 1000, what: 'records' })).toBe(
      '[########################] 100 %  12 of 10 records  12/s',
    )
    expect(progressLine({ done: 0, total: 10, elapsedMs: 0, what: 'records' })).toBe(
      '[------------------------]   0 %  0 of 10 records  0/s',
    )
  })

  test('tells long times in hours', () => {
    expect([duration(0.2), duration(59.5), duration(3599), duration(7260)]).toEqual([
      '1 s',
      '1 min 0 s',
      '59 min 59 s',
      '2 h 1 min',
    ])
  })

  test('is drawn over itself on a terminal, several times a second at most, and cut to its width', () => {
    let now = 0
    const io = testIo({ columns: 20, now: () => now })
    const bar = new ProgressBar(io, 'records')
    for (now = 50; now <= 1000; now += 50) bar.update(now, 1000)
    expect(io.stderr().split('\r').length - 1).toBe(5)
    expect(io.stderr().split('\r')[1]).toHaveLength('\x1b[2K'.length + 19)
    bar.clear()
    expect(io.stderr().endsWith('\r\x1b[2K')).toBe(true)
  })

  test('is a line now and then where there is no terminal', () => {
    let now = 0
    const io = testIo({ now: () => now })
    const bar = new ProgressBar(io, 'records')
    for (now = 1000; now <= 25_000; now += 1000) bar.update(now)
    bar.clear()
    expect(io.stderr()).toBe('10,000 records  1,000/s  10 s\n20,000 records  1,000/s  20 s\n')
  })
})
