import { comparePositions, type Position, type SequenceKind } from './sequence.ts'

function at(kind: SequenceKind, sequence: string | null, changeNo = 1): Position {
  return { kind, sequence, changeNo }
}

describe('The order of changes of one lane', () => {
  test.each([
    ['9', '10', -1],
    ['0010', '10', 0],
    ['-5', '3', -1],
    ['-5', '-30', 1],
    ['-0', '0', 0],
    ['9007199254740993', '9007199254740992', 1],
    ['184467440737095516150', '18446744073709551615', 1],
  ])('compares integer sequences %s and %s as numbers', (a, b, sign) => {
    expect(Math.sign(comparePositions(at('integer', a), at('integer', b)))).toBe(sign)
  })

  test('compares other sequences as text', () => {
    expect(comparePositions(at('text', '9'), at('text', '10'))).toBeGreaterThan(0)
    expect(comparePositions(at('text', '2026-01-02'), at('text', '2026-01-10'))).toBeLessThan(0)
  })

  test('takes the order of acceptance where sequences are equal or absent', () => {
    expect(comparePositions(at('text', 'x', 2), at('text', 'x', 1))).toBeGreaterThan(0)
    expect(comparePositions(at('none', null, 1), at('integer', '5', 2))).toBeLessThan(0)
    expect(comparePositions(at('none', null, 7), at('none', null, 7))).toBe(0)
  })

  test('compares as text where one side is not an integer sequence', () => {
    expect(comparePositions(at('integer', '9'), at('text', '10'))).toBeGreaterThan(0)
  })
})
