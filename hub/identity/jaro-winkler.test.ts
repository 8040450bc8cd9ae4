import fc from 'fast-check'
import { jaro, jaroWinkler, oneSlipApart } from './jaro-winkler.ts'

describe('Jaro-Winkler', () => {
  // Winkler 1994, "Advanced Methods for Record Linkage", table of string comparators, to four places.
  test.each([
    ['SHACKLEFORD', 'SHACKELFORD', 0.9697, 0.9818],
    ['NICHLESON', 'NICHULSON', 0.9259, 0.9556],
    ['JONES', 'JOHNSON', 0.7905, 0.8324],
    ['MASSEY', 'MASSIE', 0.8889, 0.9333],
    ['ABROMS', 'ABRAMS', 0.8889, 0.9222],
    ['JERALDINE', 'GERALDINE', 0.9259, 0.9259],
    ['MARHTA', 'MARTHA', 0.9444, 0.9611],
    ['MICHELLE', 'MICHAEL', 0.869, 0.9214],
    ['JULIES', 'JULIUS', 0.8889, 0.9333],
    ['TANYA', 'TONYA', 0.8667, 0.88],
    ['DWAYNE', 'DUANE', 0.8222, 0.84],
    ['DIXON', 'DICKSONX', 0.7667, 0.8133],
  ])('of %s and %s is as published', (a, b, plain, winkler) => {
    expect(jaro(a, b)).toBeCloseTo(plain, 3)
    expect(jaroWinkler(a, b)).toBeCloseTo(winkler, 4)
    expect(jaroWinkler(b, a)).toBe(jaroWinkler(a, b))
  })

  test('is 1 for equal, 0 for empty and for nothing in common', () => {
    expect(jaroWinkler('anna', 'anna')).toBe(1)
    expect(jaroWinkler('', '')).toBe(0)
    expect(jaroWinkler('', 'anna')).toBe(0)
    expect(jaroWinkler('abc', 'xyz')).toBe(0)
  })

  test('takes texts longer than any name', () => {
    expect(jaroWinkler('a'.repeat(5000), `${'a'.repeat(4999)}b`)).toBeGreaterThan(0.9)
  })
})

describe('one slip of the finger', () => {
  test.each([
    ['smith', 'smiht', true],
    ['smith', 'smit', true],
    ['smith', 'smmith', true],
    ['smith', 'smyth', true],
    ['smith', 'smyht', false],
    ['smith', 'smi', false],
    ['same', 'same', true],
    ['ab', 'ba', true],
    ['', 'a', true],
  ])('%s and %s: %s', (a, b, expected) => {
    expect(oneSlipApart(a, b)).toBe(expected)
    expect(oneSlipApart(b, a)).toBe(expected)
  })

  test('is found for every single edit', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 2 }),
        fc.nat(),
        fc.constantFrom('drop', 'add', 'change', 'swap'),
        (text, n, kind) => {
          const at = n % (text.length - 1)
          const [head, tail] = [text.slice(0, at), text.slice(at + 1)]
          const edited = {
            drop: head + tail,
            add: `${head}q${text.slice(at)}`,
            change: `${head}q${tail}`,
            swap: head + text.charAt(at + 1) + text.charAt(at) + text.slice(at + 2),
          }[kind]
          return oneSlipApart(text, edited) && oneSlipApart(edited, text)
        },
      ),
    )
  })
})
