import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { buildDist, type CliOutcome, runCliProcess, testFolder, type TestFolder } from '../../../test/support/cli.ts'
import { ExampleSystem } from './connector-template/example-system.ts'

/** The built program, on workspaces with connectors of their own. */
let folder: TestFolder
let workspace: string

const omnihub = (words: readonly string[], env: Record<string, string> = {}): Promise<CliOutcome> =>
  runCliProcess(words, { cwd: workspace, env })

beforeAll(async () => {
  await buildDist()
}, 120_000)

beforeEach(async () => {
  folder = testFolder()
  workspace = join(folder.path, 'acme')
  await runCliProcess(['init', 'acme'], { cwd: folder.path })
})

afterEach(() => {
  folder.remove()
})

function write(path: string, text: string): void {
  mkdirSync(join(workspace, path, '..'), { recursive: true })
  writeFileSync(join(workspace, path), text)
}

describe('omnihub connector new', () => {
  test('makes a connector that is listed at once, and leaves one alone that is there', async () => {
    const made = await omnihub(['connector', 'new', 'sage-100'])
    expect(made).toMatchObject({ code: 0, stderr: '' })
    expect(made.stdout).toContain('omnihub connector test sage-100 --harness')
    const { stdout } = await omnihub(['connector', 'list'])
    expect(stdout).toMatch(/^sage-100 +Sage 100 +snapshot, poll, write +the workspace's own$/m)
    expect(stdout).toMatch(/^postgres +PostgreSQL +snapshot, poll, log, write +real server$/m)
    expect(await omnihub(['connector', 'new', 'sage-100'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('(cli.connector.exists)'),
    })
  })

  test.each([
    ['Sage', 'cli.connector.name'],
    ['../sage', 'cli.connector.name'],
    ['postgres', 'cli.connector.taken'],
    ['push', 'cli.connector.taken'],
  ])('refuses the name %s', async (name, code) => {
    expect(await omnihub(['connector', 'new', name])).toMatchObject({ code: 1, stderr: expect.stringContaining(code) })
    expect(readdirSync(workspace)).not.toContain('connectors')
  })

  test('leaves no half of a connector where it can not write all of it', async () => {
    write('connectors', 'a file in the place of the folder')
    expect(await omnihub(['connector', 'new', 'library'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('(cli.file.unwritable)'),
    })
    expect(readFileSync(join(workspace, 'connectors'), 'utf8')).toBe('a file in the place of the folder')
  })
})

describe("a workspace's connectors", () => {
  test.each<[string, string, RegExp]>([
    ['no TypeScript', 'const fine = 1\nexport const connector = {{', /can not be loaded: .*index\.ts:2 /],
    ['what Node can not strip', '\n\nexport enum Kind { A }', /enum is not supported.*index\.ts:3 .*no enum/],
    ['an import that leads nowhere', "import './gone.ts'", /can not be loaded: Cannot find module/],
    ['no connector', 'export const x = 1', /exports no connector/],
    [
      'one of another name',
      "export const connector = { name: 'other', open() {} }",
      /name is "other".*folder is "library"/,
    ],
    [
      'one without settings',
      "export const c = { name: 'library', title: 'L', description: 'd', open() {} }",
      /settings/,
    ],
    ['code that throws', "throw new Error('not today')", /can not be loaded: not today/],
  ])('are refused with what is wrong where the file has %s', async (_what, text, wrong) => {
    write('connectors/library/index.ts', text)
    const { code, stderr } = await omnihub(['connector', 'list'])
    expect(code).toBe(1)
    expect(stderr).toContain('(workspace.connector.invalid)')
    expect(stderr).toMatch(/connectors\/library\/index\.ts/)
    expect(stderr.replaceAll('\n', ' ')).toMatch(wrong)
  })

  test('stop the start of the hub, with the same words', async () => {
    write('connectors/library/index.ts', 'export const connector = 1')
    const { code, stderr } = await omnihub(['start', '--workspace', '.', '--data-dir', 'data', '--port', '0'])
    expect(code).toBe(1)
    expect(stderr).toContain('Omnihub could not start: The file exports no connector.')
  })

  test('are refused under the name of one that the hub has, and without a file to begin with', async () => {
    mkdirSync(join(workspace, 'connectors/empty'), { recursive: true })
    expect((await omnihub(['connector', 'list'])).stderr).toContain('has no index.ts or index.js')
    write('connectors/empty/index.js', '')
    write('connectors/mysql/index.js', 'export const connector = {}')
    expect((await omnihub(['connector', 'list'])).stderr).toContain('The hub has a connector mysql of its own.')
  })

  test('may be written in JavaScript, and use what omnihub/connector has', async () => {
    write('connectors/package.json', '{"type": "module"}')
    write(
      'connectors/plain/index.js',
      `import { HubError } from 'omnihub/connector'
       export default {
         name: 'plain', title: 'Plain ' + typeof HubError, description: 'd',
         settings: { type: 'object', properties: {}, additionalProperties: false },
         capabilities: { discover: false, backfill: false, poll: false, subscribe: false, receive: true, write: false,
                         deletes: { poll: false, subscribe: false } },
         verification: { by: 'real server', how: 'h' },
         open() {} }`,
    )
    expect(await omnihub(['connector', 'list'])).toMatchObject({
      code: 0,
      stderr: '',
      stdout: expect.stringMatching(/^plain +Plain function +push +the workspace's own$/m),
    })
  })
})

describe('omnihub connector test', () => {
  const TOKEN = 'the-token-of-this-test'
  let system: ExampleSystem

  beforeEach(async () => {
    system = new ExampleSystem(TOKEN)
    await system.start()
    const people = system.create('Person')
    for (let n = 0; n < 5; n += 1) system.store(people, `p${n}`, { name: `Name ${n}`, amount: n })
    await omnihub(['connector', 'new', 'library'])
    write(
      'config/systems/branch.yaml',
      [
        'title: Branch library',
        'connector: library',
        `settings: { url: 'http://127.0.0.1:${system.port}', token: '\${env:OMNIHUB_SECRET_TOKEN}' }`,
        'entities: { Person: { mode: poll } }',
      ].join('\n'),
    )
  })

  afterEach(() => system.stop())

  test('tries a configured system without changing it, and scores it', async () => {
    const { code, stdout } = await omnihub(['connector', 'test', 'branch'], { OMNIHUB_SECRET_TOKEN: TOKEN })
    expect(stdout).toMatch(/^Conformance of branch: 8 of 8 applicable checks pass$/m)
    expect(stdout).toMatch(/^Not tried: 16, 17, 18, 22 \(it writes; .*--write-entity\)$/m)
    expect(stdout).not.toContain(TOKEN)
    expect(code).toBe(0)
  })

  test('writes where it was told to, and changes it back', async () => {
    const words = ['connector', 'test', 'branch', '--write-entity', 'Person', '--json']
    const { code, stdout } = await omnihub(words, { OMNIHUB_SECRET_TOKEN: TOKEN })
    const { checks } = JSON.parse(stdout) as { checks: { number: number; verdict: string }[] }
    expect(checks.filter(({ verdict }) => verdict === 'passed').map(({ number }) => number)).toEqual(
      expect.arrayContaining([16, 17, 22]),
    )
    expect(code).toBe(0)
    expect(system.entities.get('Person')?.records.get('p0')?.data.name).toBe('Name 0')
  })

  test('fails with the reasons where the account is wrong, and never tells it', async () => {
    const { code, stdout, stderr } = await omnihub(['connector', 'test', 'branch'], {
      OMNIHUB_SECRET_TOKEN: 'wrong-one',
    })
    expect(code).toBe(1)
    expect(stdout).toContain('The system refused the credentials')
    expect(stdout + stderr).not.toContain('wrong-one')
  })

  test.each([
    [['connector', 'test', 'nobody'], 'cli.connector.system'],
    [['connector', 'test', 'crm'], 'cli.connector.only-pushes'],
    [['connector', 'test', 'branch', '--write-entity', 'Pet'], 'cli.connector.entity'],
    [['connector', 'test', 'nobody', '--harness'], 'cli.connector.unknown'],
    [['connector', 'test', 'branch'], 'system.reference.unset'],
  ])('refuses %j', async (words, code) => {
    expect(await omnihub(words)).toMatchObject({ code: 1, stderr: expect.stringContaining(`(${code})`) })
  })

  test('says where a harness is missing', async () => {
    writeFileSync(join(workspace, 'connectors/library/harness.ts'), 'export const other = 1')
    expect((await omnihub(['connector', 'test', 'library', '--harness'])).stderr).toContain('(cli.connector.harness)')
    expect(readFileSync(join(workspace, 'connectors/library/README.md'), 'utf8')).toContain('connector: library')
  })
})
