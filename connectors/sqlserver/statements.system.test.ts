import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { ensurePackages, REQUIREMENTS } from '../../scripts/servers/packages.ts'
import { statementSamples } from './statement-samples.ts'

const run = promisify(execFile)

/** No server to be had here understands T-SQL: its grammar at least is looked at by somebody else's parser. */
describe('SQLFluff as a judge of T-SQL', () => {
  let folder: string

  beforeAll(async () => {
    await ensurePackages([REQUIREMENTS.sqlfluff], (text) => console.log(text))
    folder = await mkdtemp(join(tmpdir(), 'omnihub-tsql-'))
  }, 300_000)

  afterAll(() => rm(folder, { recursive: true, force: true }))

  async function complaints(text: string): Promise<string[]> {
    const file = join(folder, 'statement.sql')
    await writeFile(file, `${text}\n`)
    const answer = await run('sqlfluff', ['parse', '--dialect', 'tsql', file]).catch(
      (error: unknown) => error as { stdout: string },
    )
    return answer.stdout.split('\n').filter((line) => /unparsable|PRS/.test(line))
  }

  test('finds no fault with any statement of the connector', async () => {
    for (const [name, { text }] of Object.entries(statementSamples())) {
      // Its grammar has not this clause, which Microsoft documents before INSERT, UPDATE and DELETE.
      const known = text.replace(/^WITH CHANGE_TRACKING_CONTEXT \(@p\d+\) /, '')
      expect([name, await complaints(known)]).toEqual([name, []])
    }
  }, 120_000)

  test('finds fault with what is no T-SQL', async () => {
    expect(await complaints('SELECT [a] FROM [t] LIMIT FROM 3')).not.toEqual([])
    expect(await complaints('SELECT `a` FROM [t] WHERE')).not.toEqual([])
  }, 30_000)
})
