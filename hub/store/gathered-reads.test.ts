import { setImmediate as turn } from 'node:timers/promises'
import { GatheredReads } from './gathered-reads.ts'

interface Row {
  id: string
  asked: number
}

/** Rows of all ids but those that begin with `no`; notes each statement. */
function table(fail?: (ids: readonly string[]) => boolean) {
  const statements: string[][] = []
  const answer = async (ids: readonly string[]): Promise<Row[]> => {
    statements.push([...ids])
    await turn()
    if (fail?.(ids) === true) throw new Error('the database is away')
    return ids
      .filter((id) => !id.startsWith('no'))
      .map((id) => ({ id, asked: statements.length }))
      .reverse()
  }
  const reads = new GatheredReads<Row>({
    one: async (id) => (await answer([id]))[0],
    many: answer,
    idOf: ({ id }) => id,
  })
  return { reads, statements }
}

test('What is asked for in one turn is read by one statement, each id once', async () => {
  const { reads, statements } = table()
  const rows = await Promise.all(['a', 'b', 'none', 'a'].map((id) => reads.read(id)))
  expect(rows.map((row) => row?.id)).toEqual(['a', 'b', undefined, 'a'])
  expect(statements).toEqual([['a', 'b', 'none']])
})

test('Nobody waits for those who come later, and nobody is given what was read before they asked', async () => {
  const { reads, statements } = table()
  const first = reads.read('a')
  await turn()
  const second = reads.read('a')
  expect([(await first)?.asked, (await second)?.asked]).toEqual([1, 2])
  expect(statements).toEqual([['a'], ['a']])
})

test('A statement reads a bounded number, and its failure is told to those whose rows it was to bring', async () => {
  const { reads, statements } = table((ids) => ids.includes('9'))
  const settled = await Promise.allSettled(Array.from({ length: 20 }, (_, i) => reads.read(String(i))))
  expect(statements.map(({ length }) => length)).toEqual([8, 8, 4])
  const failed = settled.flatMap(({ status }, i) => (status === 'rejected' ? [i] : []))
  expect(failed).toEqual(Array.from({ length: 8 }, (_, i) => 8 + i))
})
