/** docs/contributors/attacks.md names tests by file and title: each must be there. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from '../../scripts/checks.ts'

const page = readFileSync(join(ROOT, 'docs/contributors/attacks.md'), 'utf8')
const named = [...page.matchAll(/^\| [^|]+ \| `([\w./-]+)`: (.+?) +\|$/gm)].map(
  ([, file = '', title = '']) => [file, title] as const,
)

test('The page of attacks names dozens of tests, and each line of its tables one', () => {
  const lines = page.split('\n').filter((line) => /^\| (?!attack|---)/.test(line))
  expect(named.length).toBe(lines.length)
  expect(named.length).toBeGreaterThan(60)
})

test.each(named)('%s has a test "%s"', (file, title) => {
  expect(existsSync(join(ROOT, file))).toBe(true)
  expect(readFileSync(join(ROOT, file), 'utf8')).toContain(`'${title}'`)
})

test('Each of the ten risks has an attack', () => {
  for (let risk = 1; risk <= 10; risk++) expect(page).toContain(`| API${risk}: `)
})
