import { byteRange } from './byte-range.ts'

describe('A part of 10 bytes', () => {
  test.each<[string | undefined, ReturnType<typeof byteRange>]>([
    [undefined, null],
    ['bytes=0-', { from: 0, to: 10 }],
    ['bytes=3-3', { from: 3, to: 4 }],
    ['bytes=8-100', { from: 8, to: 10 }],
    ['bytes=-4', { from: 6, to: 10 }],
    ['bytes=-400', { from: 0, to: 10 }],
    ['bytes=10-', 'unsatisfiable'],
    ['bytes=-0', 'unsatisfiable'],
    ['bytes=5-4', null],
    ['bytes=-', null],
    ['bytes=0-1,3-4', null],
    ['lines=0-1', null],
    ['bytes=x-', null],
  ])('named by %s', (header, expected) => {
    expect(byteRange(header, 10)).toEqual(expected)
  })

  test('of none can not be had', () => {
    expect(byteRange('bytes=0-', 0)).toBe('unsatisfiable')
    expect(byteRange('bytes=-1', 0)).toBe('unsatisfiable')
  })
})
