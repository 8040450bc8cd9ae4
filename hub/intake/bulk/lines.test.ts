import fc from 'fast-check'
import { type Line, readLines } from './lines.ts'

async function read(
  pieces: readonly (string | Buffer)[],
  options = { first: 1, bytesMax: 10 },
): Promise<[number, string | null][]> {
  async function* source(): AsyncGenerator<Buffer> {
    for (const piece of pieces) yield await Promise.resolve(Buffer.from(piece))
  }
  const lines: Line[] = []
  for await (const some of readLines(source(), options)) lines.push(...some)
  return lines.map(({ no, bytes }) => [no, bytes?.toString() ?? null])
}

describe('Lines of a stream', () => {
  test('have their numbers, blank ones counted and left out, whatever their ends', async () => {
    expect(await read(['a\n\n  \r\nb\r\n', ' c\t\nd'])).toEqual([
      [1, 'a'],
      [4, 'b'],
      [5, 'c'],
      [6, 'd'],
    ])
  })

  test('that are too long are told, and those after them are read', async () => {
    expect(await read(['1234567890\n12345678901\n', '123456', '7890', '1\nx\n12345678901'])).toEqual([
      [1, '1234567890'],
      [2, null],
      [3, null],
      [4, 'x'],
      [5, null],
    ])
  })

  test('begin with the number that is given, and a byte order mark is none of the first', async () => {
    expect(await read(['\ufeffa\n\ufeffb'], { first: 1, bytesMax: 10 })).toEqual([
      [1, 'a'],
      [2, '\ufeffb'],
    ])
    expect(await read(['a\nb'], { first: 7, bytesMax: 10 })).toEqual([
      [7, 'a'],
      [8, 'b'],
    ])
    expect(await read([''])).toEqual([])
  })

  test('are the same wherever the stream is cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.stringMatching(/^[ab😀\r ]{0,6}$/u), { maxLength: 8 }),
        fc.array(fc.nat(60), { maxLength: 6 }),
        async (texts, cuts) => {
          const bytes = Buffer.from(texts.join('\n'))
          const at = [...new Set(cuts.map((cut) => Math.min(cut, bytes.length)))].sort((a, b) => a - b)
          const pieces = [0, ...at].map((from, place) => bytes.subarray(from, at[place] ?? bytes.length))
          const options = { first: 1, bytesMax: 12 }
          expect(await read(pieces, options)).toEqual(await read([bytes], options))
        },
      ),
    )
  })

  test('break off with the stream: what has no end is left out', async () => {
    async function* source(): AsyncGenerator<Buffer> {
      yield await Promise.resolve(Buffer.from('a\nhalf'))
      throw new Error('cut')
    }
    const seen: Line[] = []
    const reading = (async () => {
      for await (const some of readLines(source(), { first: 1, bytesMax: 10 })) seen.push(...some)
    })()
    await expect(reading).rejects.toThrow('cut')
    expect(seen.map(({ no }) => no)).toEqual([1])
  })
})
