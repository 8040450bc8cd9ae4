import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { testFolder } from '../../../test/support/cli.ts'
import { guideScript } from './guide-script.ts'

const GUIDE = [
  'Read this.',
  '```sh',
  'echo first > order',
  '```',
  '```ts',
  '// sub/a.ts',
  "export const price = '$5 `now`'",
  '```',
  '```json',
  '{ "only": "an example" }',
  '```',
  '```yaml',
  '# b.yaml',
  'a: 1',
  '```',
  '```sh',
  'cat sub/a.ts b.yaml >> order',
  '```',
].join('\n')

describe('a guide as a script', () => {
  test('makes its files and runs its commands, in their order', () => {
    const folder = testFolder()
    const { status } = spawnSync('bash', ['-c', guideScript(GUIDE)], { cwd: folder.path })
    expect(status).toBe(0)
    expect(readFileSync(join(folder.path, 'order'), 'utf8')).toBe(
      "first\n// sub/a.ts\nexport const price = '$5 `now`'\n# b.yaml\na: 1\n",
    )
    folder.remove()
  })

  test('stops at the first command that fails, and ends what it left running', () => {
    const script = guideScript(['```sh', 'sleep 100 &', 'false', 'echo on', '```'].join('\n'))
    const startedAt = Date.now()
    expect(spawnSync('bash', ['-c', script], { encoding: 'utf8' })).toMatchObject({ status: 1, stdout: '' })
    expect(Date.now() - startedAt).toBeLessThan(20_000)
  })
})
