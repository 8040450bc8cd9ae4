import { waitOf } from './prefer.ts'

test.each<[string, string | string[] | undefined, number, string | null]>([
  ['nothing is asked', undefined, 3_000, null],
  ['some seconds', 'wait=10', 10_000, 'wait=10'],
  ['no wait at all', 'wait=0', 0, 'wait=0'],
  ['longer than there is patience for', 'wait=600', 30_000, 'wait=30'],
  ['an answer at once', 'Respond-Async', 0, 'respond-async'],
  ['several preferences, the first that is known', 'return=minimal, WAIT="5"; x=y, respond-async', 5_000, 'wait=5'],
  ['several headers', ['handling=strict', 'wait=2'], 2_000, 'wait=2'],
  ['something that is no number', 'wait=soon, wait=-1, wait=1.5', 3_000, null],
])('Prefer: %s', (_, header, ms, applied) => {
  expect(waitOf(header)).toEqual({ ms, applied })
})
