/** Conditions as people say them. */
import { conditionInWords, expressionsSentence, filledSentence, switchSentence } from './words.ts'

const said = (test: string, holds = true): string =>
  conditionInWords({ column: 'Age', field: 'age', test, value: 1 }, holds)

test.each([
  ['>= 36', 'Age is at least 36'],
  ['<= 0', 'Age is at most 0'],
  ['> number(limit.amount) / 2', 'Age is more than number(limit.amount) / 2'],
  ['< 5', 'Age is less than 5'],
  ['== owed', 'Age is owed'],
  ['!= 5', 'Age is other than 5'],
  ['[1..2]', 'Age is from 1 to 2'],
  ['[6..36)', 'Age is from 6 to below 36'],
  ['(0..14]', 'Age is over 0, up to 14'],
  ['(0..14)', 'Age is over 0 and below 14'],
  [']0..14[', 'Age is over 0 and below 14'],
  ['"paid", "draft"', 'Age is "paid" or "draft"'],
  ['1, 2, 3', 'Age is 1, 2 or 3'],
  ['in ["a", "b"]', 'Age is "a" or "b"'],
  ['not in ["store", "visit"]', 'Age is other than "store" or "visit"'],
  ['"or, and"', 'Age is "or, and"'],
  ['true', 'Age is true'],
  ['> 5 and < 9', 'Age is > 5 and < 9'],
  ['startsWith($, "en")', 'startsWith(Age, "en")'],
  ['$ > 5 or $.x', 'Age > 5 or Age.x'],
])('%s is said as: %s', (test, words) => {
  expect(said(test)).toBe(words)
})

test('What does not hold is said so', () => {
  expect(said('>= 36', false)).toBe('Age is not at least 36')
  expect(said('len($) > 2', false)).toBe('it is not so that len(Age) > 2')
  expect(conditionInWords({ column: 'c', test: 'a > b', value: null }, false)).toBe('it is not so that a > b')
})

test('A column whose name looks like a pattern is said as it is', () => {
  expect(conditionInWords({ column: '$& $1', field: 'a', test: '$ > 1', value: 1 })).toBe('$& $1 > 1')
})

test('Formulas are told while they are short, and what is only handed on is not', () => {
  const long = `${'a + '.repeat(30)}b`
  expect(expressionsSentence('N', [{ name: 'a', expression: 'b * 2' }])).toBe('N: a is b * 2.')
  expect(expressionsSentence('N', [{ name: 'a', expression: 'a' }])).toBe('N: values are handed on.')
  expect(
    expressionsSentence('N', [
      { name: 'a', expression: long },
      { name: 'b', expression: '1' },
      { name: 'c', expression: long },
    ]),
  ).toBe('N: b is 1; a and c are calculated.')
})

test('The way out of a switch is told by its conditions', () => {
  expect(switchSentence('N', [])).toBe('N: no condition held.')
  expect(switchSentence('N', ['a'])).toBe('N: it went the way for a.')
  expect(switchSentence('N', [''])).toBe('N: no condition held, so it went the way for everything else.')
  expect(switchSentence('N', ['a', 'b', ''])).toBe('N: it went the way for a and b, and the way for everything else.')
})

test('What is filled in names its sources once, the clock last, and money as people write it', () => {
  const filled = { name: 'spend', expression: 'x', from: ['today', 'invoices', 'invoices.0.total'], says: 'the sum' }
  expect(filledSentence({ ...filled, value: { amount: '1.50', currency: 'GBP' } })).toBe(
    'spend is 1.50 GBP, filled in from invoices and today: the sum.',
  )
  expect(filledSentence({ ...filled, value: null })).toBe(
    'spend was not sent, and nothing is known of it from invoices and today: the sum.',
  )
  expect(filledSentence({ ...filled, value: 'x'.repeat(500) }).length).toBeLessThan(200)
})
