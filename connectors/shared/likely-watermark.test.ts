import { likelyWatermark } from './likely-watermark.ts'

const fields = (...names: string[]): { name: string; type: string }[] =>
  names.map((name) => ({ name, type: 'timestamp' }))
const isTime = (type: string): boolean => type === 'timestamp'

describe('the suggestion of a watermark', () => {
  test.each([
    [['created_at', 'updated_at'], 'updated_at'],
    [['LastModifiedDate', 'SystemModstamp'], 'SystemModstamp'],
    [['born', 'rental_last_update', 'last_update'], 'last_update'],
    [['changed at'.replace(' ', '_')], 'changed_at'],
    [['created_at', 'birth_date'], undefined],
    [[], undefined],
  ])('among %j is %s', (names, expected) => {
    expect(likelyWatermark(fields(...names), isTime)).toBe(expected)
  })

  test('is a time', () => {
    expect(likelyWatermark([{ name: 'updated_at', type: 'text' }], isTime)).toBeUndefined()
  })
})
