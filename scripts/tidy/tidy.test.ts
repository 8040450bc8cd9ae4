import { deadFiles } from './dead-files.ts'
import { show } from './files.ts'
import { deadLinks } from './links.ts'
import { badNames, LINES_MAX, tooLong } from './shape.ts'
import { bannedWords } from './words.ts'

const file = (path: string, text = ''): { path: string; text: string } => ({ path, text })
const pathsOf = (findings: readonly { path: string }[]): string[] => findings.map(({ path }) => path)

describe('the tidy rules', () => {
  test('find names that are not kebab-case, and let entities of other systems be spelled as they are', () => {
    const files = [
      'hub/aB.ts',
      'hub/a_b.ts',
      'hub/Room/a.ts',
      'hub/a-b.system.test.ts',
      'mappings/crm/KNA1.cases.yaml',
      'connectors/sap/examples/A_SalesOrder.yaml',
      'README.md',
    ]
    expect(pathsOf(badNames(files.map((path) => file(path))))).toEqual(['hub/aB.ts', 'hub/a_b.ts', 'hub/Room/a.ts'])
  })

  test('find files that are too long, unless a program wrote them', () => {
    const long = 'x\n'.repeat(LINES_MAX + 1)
    const files = [
      file('hub/long.ts', long),
      file('hub/contracts/generated/long.ts', long),
      file('hub/short.ts', 'x\n'.repeat(LINES_MAX)),
    ]
    expect(pathsOf(tooLong(files))).toEqual(['hub/long.ts'])
  })

  test('find source files that nothing names', () => {
    const files = [
      file('hub/a.ts', "import { b } from './room/b.ts'\nnew Worker(new URL('./worker.ts', import.meta.url))"),
      file('hub/room/b.ts'),
      file('hub/worker.ts'),
      file('hub/app/main.ts'),
      file('hub/dead.ts', "import './dead.ts'"),
      file('hub/a.test.ts'),
      file('scripts/command.ts'),
      file('package.json', '{"start": "node dist/hub/app/main.js", "x": "hub/a.ts"}'),
    ]
    expect(pathsOf(deadFiles(files))).toEqual(['hub/dead.ts'])
  })

  test.each([
    ['hub/golden/merge.ts', 'const at = new Date()', 1],
    ['hub/golden/merge.ts', 'const at = new Date(text)', 0],
    ['hub/golden/merge.ts', '// Date.now() is not known here', 0],
    ['hub/golden/merge.test.ts', 'const at = Date.now()', 0],
    ['hub/intake/poll.ts', 'const at = Date.now()', 0],
    ['hub/intake/poll.ts', 'console.log(at)', 1],
    ['hub/mapping/cli/check.ts', 'console.log(at)', 0],
    ['hub/a.ts', '// TODO: later', 1],
    ['hub/a.test.ts', "it.only('x', f)", 1],
    ['hub/a.test.ts', "it.skip('x', f)", 1],
    ['hub/a.test.ts', "// The data is not here.\ntest.skip('x', f)", 0],
    ['hub/a.test.ts', "if (absent) test.skip('x', f)", 0],
    ['hub/a.ts', 'export default 1', 1],
    ['hub/a.ts', "import { b } from './b.js'", 1],
  ])('in %s: %s -> %d', (path, text, count) => {
    expect(bannedWords([file(path, text)])).toHaveLength(count)
  })

  test('find links that lead to no file or no heading, and nothing inside code', () => {
    const page =
      '# The way of a change\n[a](#the-way-of-a-change) [b](#nowhere)\n```\n[c](./none.md)\n```\n[d](./none.md) [e](https://x.y)'
    const findings = deadLinks([file('docs/page.md', page)], (path) => path === 'docs/page.md')
    expect(findings.map(show)).toEqual([
      'docs/page.md:2: the link #nowhere leads to no heading of docs/page.md',
      'docs/page.md:6: the link ./none.md leads to no file',
    ])
  })
})
