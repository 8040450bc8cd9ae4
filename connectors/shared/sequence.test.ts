import { lsnNumber, lsnText, sequenceOf } from './sequence.ts'

describe('sequences of a log', () => {
  test('an LSN is the number that PostgreSQL means by it', () => {
    expect(lsnNumber('16/B374D848')).toBe(0x16b374d848n)
    expect(lsnNumber('0000000A/00000001')).toBe(0xa00000001n)
    expect(lsnText(lsnNumber('16/B374D848'))).toBe('16/B374D848')
    expect(lsnText(lsnNumber('1/0') - 1n)).toBe('0/FFFFFFFF')
  })

  test('a later epoch is newer than every position of an earlier one', () => {
    const highest = sequenceOf(0, (1n << 56n) - 1n)
    expect(BigInt(sequenceOf(1, 0n)) > BigInt(highest)).toBe(true)
  })

  test('fits a signed 64-bit integer up to epoch 127', () => {
    expect(BigInt(sequenceOf(127, (1n << 56n) - 1n)) < 2n ** 63n).toBe(true)
  })
})
