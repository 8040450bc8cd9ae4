import { soundex } from './soundex.ts'

describe('Soundex', () => {
  // Examples of the United States National Archives and of the usual test sets.
  test.each([
    ['robert', 'r163'],
    ['rupert', 'r163'],
    ['ashcraft', 'a261'],
    ['tymczak', 't522'],
    ['pfister', 'p236'],
    ['honeyman', 'h555'],
    ['gutierrez', 'g362'],
    ['jackson', 'j250'],
    ['lee', 'l000'],
  ])('of %s is %s', (name, code) => {
    expect(soundex(name)).toBe(code)
  })

  test('gives other scripts their first letters and nothing for nothing', () => {
    expect(soundex('иванов')).toBe('иван')
    expect(soundex('')).toBe('')
  })
})
