import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { buildDist, type CliOutcome, runCliProcess, testFolder, type TestFolder } from '../../../test/support/cli.ts'

/** The built program, as its users run it, on real files. */
let folder: TestFolder
let workspace: string

const omnihub = (...words: string[]): Promise<CliOutcome> => runCliProcess(words, { cwd: folder.path })
const inWorkspace = (...words: string[]): Promise<CliOutcome> => runCliProcess(words, { cwd: workspace })

beforeAll(async () => {
  await buildDist()
  folder = testFolder()
  workspace = join(folder.path, 'acme')
  const made = await omnihub('init', 'acme')
  if (made.code !== 0) throw new Error(made.stderr)
}, 120_000)

afterAll(() => {
  folder.remove()
})

describe('omnihub', () => {
  test('prints its version and nothing else', async () => {
    const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as {
      version: string
    }
    expect(await omnihub('--version')).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' })
  })

  test('without a command prints its help as an error', async () => {
    const { code, stdout, stderr } = await omnihub()
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain('mapping')
  })

  test('suggests a command for a misspelt one', async () => {
    const { code, stderr } = await omnihub('ledgre')
    expect(code).toBe(2)
    expect(stderr).toContain('Did you mean ledger?')
  })

  test('ends quietly when the reader of its output has seen enough', async () => {
    const records = folder.file('many.ndjson', '{"Id":"1","LastName":"Lee"}\n'.repeat(5000))
    const script = `"${process.execPath}" "${join(process.cwd(), 'bin/omnihub.js')}" mapping preview acme/mappings/crm/Contact.yaml --records "${records}" --show 5000 | head -1`
    const { spawnSync } = await import('node:child_process')
    const { stdout, stderr } = spawnSync('sh', ['-c', script], { cwd: folder.path, encoding: 'utf8' })
    expect(stdout).toBe('record 1, key 1: mapped\n')
    expect(stderr).toBe('')
  })

  test('lists the settings, values of secrets not among them', async () => {
    const { code, stdout } = await runCliProcess(['settings'], { env: { DATABASE_URL: 'postgres://u:s3cret@h/d' } })
    expect(code).toBe(0)
    expect(stdout).toContain('OMNIHUB_WORKSPACE')
    expect(stdout).not.toContain('s3cret')
  })
})

describe('omnihub send', () => {
  test('ends on Ctrl-C while it waits for input', async () => {
    const { spawn } = await import('node:child_process')
    const words = ['send', '-', '--system', 'crm', '--entity', 'A', '--key-field', 'Id', '--key', 'a-key-of-mine']
    const child = spawn(process.execPath, [join(process.cwd(), 'bin/omnihub.js'), ...words], {
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    let told = ''
    child.stderr.on('data', (chunk: Buffer) => (told += chunk.toString()))
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
    // A signal before the program has begun to listen would end it at once, which is no test of this.
    const timer = setInterval(() => child.kill('SIGINT'), 3000)
    expect(await ended).toBe(130)
    clearInterval(timer)
    expect(told).toContain('0 records sent before it stopped.')
  }, 20_000)
})

describe('omnihub init', () => {
  test('makes a workspace whose mapping tests pass', async () => {
    const tested = await inWorkspace('mapping', 'test')
    expect(tested).toMatchObject({ code: 0, stderr: '' })
    expect(tested.stdout).toContain('1 mapping, 4 cases, 4 passed, 0 failed')
  })

  test('makes every part of a workspace and leaves nothing else behind', () => {
    expect(readdirSync(workspace).sort()).toEqual(
      ['.gitignore', 'README.md', 'config', 'flows', 'mappings', 'rules', 'schemas'].sort(),
    )
    expect(readdirSync(join(workspace, 'config')).sort()).toEqual(['golden.yaml', 'matching.yaml', 'systems'])
    expect(readFileSync(join(workspace, 'config/matching.yaml'), 'utf8')).toBe(
      readFileSync(new URL('../../../config/matching.yaml', import.meta.url), 'utf8'),
    )
  })

  test('refuses a folder with anything in it, and a file, and changes neither', async () => {
    mkdirSync(join(folder.path, 'taken'))
    writeFileSync(join(folder.path, 'taken/notes.txt'), 'mine')
    const refused = await omnihub('init', 'taken')
    expect(refused.code).toBe(1)
    expect(refused.stderr).toContain('(cli.init.taken)')
    expect(readdirSync(join(folder.path, 'taken'))).toEqual(['notes.txt'])
    const file = folder.file('file.txt', 'mine')
    expect((await omnihub('init', 'file.txt')).stderr).toContain('(cli.init.taken)')
    expect(readFileSync(file, 'utf8')).toBe('mine')
  })

  test('fills an empty folder that somebody stands in', async () => {
    const empty = join(folder.path, 'empty')
    mkdirSync(empty)
    const inode = statSync(empty).ino
    expect((await runCliProcess(['init', '.', '--json'], { cwd: empty })).code).toBe(0)
    expect(statSync(empty).ino).toBe(inode)
    expect(existsSync(join(empty, 'mappings/crm/Contact.yaml'))).toBe(true)
  })

  test('says why a folder can not be made', async () => {
    folder.file('no-folder', '')
    const { code, stderr } = await omnihub('init', 'no-folder/acme')
    expect(code).toBe(1)
    expect(stderr).toContain('ENOTDIR')
    expect(stderr).toContain('(cli.file.unwritable)')
  })
})

describe('omnihub mapping check', () => {
  test('calls the example right, and tells programs so', async () => {
    const { code, stdout } = await inWorkspace('mapping', 'check', 'mappings', '--json')
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({
      ok: true,
      files: [{ file: 'mappings/crm/Contact.yaml', source: 'Contact', target: 'customer', errors: [] }],
    })
  })

  test.each([
    ['a misspelt key', 'source: A\ntarget: customer\nfeilds: {}\n', 'bad.yaml:3:1', 'Did you mean fields?'],
    ['broken YAML', 'source: [A\ntarget: customer\n', 'bad.yaml:2', 'mapping'],
    [
      'a target that no schema has',
      'source: A\ntarget: customer\nfields: { name.gvien: a }\n',
      'bad.yaml:3',
      'Did you mean given?',
    ],
    ['an empty file', '', 'bad.yaml:1:1', 'mapping'],
  ])('tells %s with its line', async (_, text, where, help) => {
    folder.file('bad.yaml', text)
    const { code, stdout } = await omnihub('mapping', 'check', 'bad.yaml')
    expect(code).toBe(1)
    expect(stdout).toContain(where)
    expect(stdout).toContain(help)
  })

  test('looks at every file, also after one that can not be read', async () => {
    folder.file('binary.yaml', Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0, 1))
    const { code, stdout } = await omnihub(
      'mapping',
      'check',
      'none.yaml',
      'binary.yaml',
      'acme/mappings/crm/Contact.yaml',
      '--json',
    )
    expect(code).toBe(1)
    const { files } = JSON.parse(stdout) as { files: { ok: boolean; errors: { code: string }[] }[] }
    expect(files.map(({ ok, errors }) => (ok ? 'right' : errors[0]?.code))).toEqual([
      'cli.file.missing',
      'cli.file.binary',
      'right',
    ])
  })

  test('refuses a huge file at once', async () => {
    truncateSync(folder.file('huge.yaml', ''), 3_000_000_000)
    const started = Date.now()
    const { code, stdout } = await omnihub('mapping', 'check', 'huge.yaml')
    expect(code).toBe(1)
    expect(stdout).toContain('huge.yaml has more than 4 MiB.')
    expect(Date.now() - started).toBeLessThan(10_000)
  })

  test('refuses a folder without mappings', async () => {
    mkdirSync(join(folder.path, 'bare'))
    const { code, stderr } = await omnihub('mapping', 'check', 'bare')
    expect(code).toBe(1)
    expect(stderr).toContain('(cli.mapping.none)')
  })

  test('notices a file of a workspace that has another name than its entity', async () => {
    mkdirSync(join(folder.path, 'other/mappings/crm'), { recursive: true })
    folder.file('other/mappings/crm/Person.yaml', readFileSync(join(workspace, 'mappings/crm/Contact.yaml'), 'utf8'))
    const { code, stdout } = await omnihub('mapping', 'check', 'other')
    expect(code).toBe(1)
    expect(stdout).toContain('The document maps Contact, but its file stands for Person.')
  })
})

describe('omnihub mapping test', () => {
  const MAPPING =
    'source: A\ntarget: customer\nfields: { kind: { constant: person }, name.given: first, language: lang }\n'

  function mapping(name: string, cases: string): string {
    folder.file(`${name}.cases.yaml`, cases)
    return folder.file(`${name}.yaml`, MAPPING)
  }

  test('shows what was expected and what came, with the line of the case', async () => {
    mapping(
      'differs',
      '- title: The first name is the given name\n  input: { first: Ann }\n  expect: { kind: person, name: { given: Bob } }\n',
    )
    const { code, stdout } = await omnihub('mapping', 'test', 'differs.yaml')
    expect(code).toBe(1)
    expect(stdout).toContain('FAILED  The first name is the given name   differs.cases.yaml:1:3')
    expect(stdout).toContain('- name.given: "Bob"')
    expect(stdout).toContain('+ name.given: "Ann"')
  })

  test('fails a case whose document the hub would park', async () => {
    mapping(
      'breaks',
      '- title: The language is copied\n  input: { lang: Klingon! }\n  expect: { kind: person, language: Klingon! }\n',
    )
    const { code, stdout } = await omnihub('mapping', 'test', 'breaks.cases.yaml')
    expect(code).toBe(1)
    expect(stdout).toContain('The schema of customer is broken:')
    expect(stdout).toContain('! /language')
  })

  test('tells a wrong cases file with its line', async () => {
    mapping('odd', '- titel: A case\n  input: {}\n  expect: {}\n')
    const { code, stdout } = await omnihub('mapping', 'test', 'odd.yaml')
    expect(code).toBe(1)
    expect(stdout).toContain('odd.cases.yaml:1:3')
    expect(stdout).toContain('Did you mean title?')
  })

  test('mentions a mapping without cases and calls it no failure', async () => {
    folder.file('lonely.yaml', MAPPING)
    const { code, stdout } = await omnihub('mapping', 'test', 'lonely.yaml')
    expect(code).toBe(0)
    expect(stdout).toContain('1 mapping, 0 cases, 0 passed, 0 failed, 1 without cases')
  })

  test('tells programs each case', async () => {
    const { stdout } = await inWorkspace('mapping', 'test', '--json')
    expect(JSON.parse(stdout)).toMatchObject({ ok: true, passed: 4, failed: 0 })
  })
})

describe('omnihub mapping preview', () => {
  const RECORDS = [
    { Id: '1', FirstName: 'Ann', LastName: 'Lee' },
    { Id: '2', Status: 'Unheard of' },
    { Id: '3', IsDeleted: true },
  ]

  test('shows each record before and after, and counts by error', async () => {
    folder.file('records.ndjson', RECORDS.map((record) => JSON.stringify(record)).join('\n'))
    const { code, stdout } = await inWorkspace(
      'mapping',
      'preview',
      'mappings/crm/Contact.yaml',
      '--records',
      '../records.ndjson',
    )
    expect(code).toBe(1)
    expect(stdout).toContain('record 1, key 1: mapped\n  - Id: "1"\n  - FirstName: "Ann"')
    expect(stdout).toContain('  + name.given: "Ann"')
    expect(stdout).toContain('record 3, key 3: deleted')
    expect(stdout).toContain('3 records: 1 mapped, 1 failed, 1 deleted')
    expect(stdout).toMatch(/1 {2}mapping\.value\.unparsable {2}/)
  })

  test('takes a JSON array, and standard input', async () => {
    folder.file('records.json', JSON.stringify(RECORDS.slice(0, 1), null, 2))
    const words = ['mapping', 'preview', 'acme/mappings/crm/Contact.yaml', '--json', '--records']
    const fromFile = await omnihub(...words, 'records.json')
    const fromInput = await runCliProcess([...words, '-'], { cwd: folder.path, stdin: JSON.stringify(RECORDS[0]) })
    expect(fromFile.code).toBe(0)
    expect(fromInput).toEqual(fromFile)
    expect(JSON.parse(fromFile.stdout)).toMatchObject({
      records: 1,
      mapped: 1,
      filled: { 'name.given': 1 },
      samples: [{ key: '1', input: RECORDS[0], outcome: { kind: 'mapped', document: { name: { given: 'Ann' } } } }],
    })
  })

  test('holds a mapping against another one and shows what differs', async () => {
    const draft = readFileSync(join(workspace, 'mappings/crm/Contact.yaml'), 'utf8').replace(
      'LastName',
      '{ from: LastName, convert: upper }',
    )
    folder.file('draft.yaml', draft)
    folder.file('two.ndjson', '{"Id":"1","LastName":"Lee"}\n{"Id":"2","LastName":"LEE"}\n')
    const { code, stdout } = await omnihub(
      ...['mapping', 'preview', 'draft.yaml', '--records', 'two.ndjson'],
      ...['--against', 'acme/mappings/crm/Contact.yaml', '--only', 'changed'],
    )
    expect(code).toBe(0)
    expect(stdout).toContain('- name.family: "Lee"\n  + name.family: "LEE"')
    expect(stdout).not.toContain('key 2')
    expect(stdout).toContain('1 otherwise than before')
  })

  test('counts a document that breaks its schema as failed', async () => {
    folder.file(
      'long.yaml',
      'source: A\ntarget: customer\nkey: id\nfields: { kind: { constant: person }, language: lang }\n',
    )
    const { code, stdout } = await runCliProcess(['mapping', 'preview', 'long.yaml', '--records', '-', '--json'], {
      cwd: folder.path,
      stdin: '{"id":1,"lang":"en"}\n{"id":2,"lang":"?"}\n{"id":3,"lang":"!"}\n',
    })
    expect(code).toBe(1)
    const report = JSON.parse(stdout) as { mapped: number; errors: unknown[] }
    expect(report).toMatchObject({ mapped: 1, failed: 2 })
    expect(report.errors).toEqual([
      expect.objectContaining({ code: 'schema.violated', target: '/language', records: 2 }),
    ])
  })

  test.each([
    ['a missing file', 'none.ndjson', undefined, 'cli.file.missing', 'none.ndjson'],
    ['a folder', '.', undefined, 'cli.file.is-folder', '.'],
    ['a binary file', 'picture', Uint8Array.of(0x7b, 0x22, 0, 0xff, 0x0a), 'cli.file.binary', 'picture'],
    ['a broken line', 'broken.ndjson', '{"Id":1}\n{"Id":\n', 'cli.json.invalid', 'broken.ndjson:2:7'],
    ['a line that is no object', 'list.ndjson', '{"Id":1}\n17\n', 'cli.records.not-object', 'list.ndjson:2'],
    [
      'a record of endless depth',
      'deep.ndjson',
      `{"a":${'['.repeat(1_000_000)}${']'.repeat(1_000_000)}}`,
      'cli.json.invalid',
      'deep.ndjson:1',
    ],
    ['an empty file', 'empty.ndjson', '\n\n', 'cli.records.none', undefined],
  ])('refuses %s precisely', async (_, name, content, code, where) => {
    if (content !== undefined) folder.file(name, content)
    const outcome = await omnihub('mapping', 'preview', 'acme/mappings/crm/Contact.yaml', '--records', name, '--json')
    expect(outcome).toMatchObject({ code: 1, stdout: '' })
    const { error } = JSON.parse(outcome.stderr) as { error: { code: string; where?: string } }
    expect(error.code).toBe(code)
    expect(error.where).toBe(where)
  })

  test('reads a huge file in little memory', async () => {
    const line = `{"Id":"1","LastName":"Lee","Notes":"${'x'.repeat(1000)}"}\n`
    folder.file('huge.ndjson', line.repeat(80_000))
    const { code, stdout, stderr } = await runCliProcess(
      ['mapping', 'preview', 'acme/mappings/crm/Contact.yaml', '--records', 'huge.ndjson', '--show', '0'],
      { cwd: folder.path, env: { NODE_OPTIONS: '--max-old-space-size=64' } },
    )
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toContain('80,000 records: 80,000 mapped')
  }, 60_000)

  test('wants exactly one source of records', async () => {
    const none = await omnihub('mapping', 'preview', 'acme/mappings/crm/Contact.yaml')
    const both = await omnihub(
      'mapping',
      'preview',
      'acme/mappings/crm/Contact.yaml',
      '--records',
      'x',
      '--system',
      'crm',
    )
    expect([none.code, both.code]).toEqual([2, 2])
    expect(both.stderr).toContain('(cli.usage.records)')
  })
})

describe('omnihub match explain', () => {
  const ann = {
    kind: 'person',
    name: { given: 'Ann', family: 'Lee' },
    birthDate: '1980-02-29',
    emails: [{ address: 'ann@example.com' }],
  }

  test('says in words why two records are joined, and names no personal value', async () => {
    folder.file('a.json', JSON.stringify(ann))
    folder.file(
      'b.json',
      JSON.stringify({ system: 'billing', document: { ...ann, name: { given: 'Anne', family: 'Lee' } } }),
    )
    const { code, stdout } = await omnihub('match', 'explain', 'a.json', 'b.json', '--system-a', 'crm')
    expect(code).toBe(0)
    expect(stdout).toContain('They are joined.')
    expect(stdout).toContain('For one customer:')
    expect(stdout).toContain('E-mail addresses are the same')
    expect(stdout).not.toMatch(/Lee|1980|ann@/)
  })

  test('says that two records which share nothing are never compared', async () => {
    folder.file('a.json', JSON.stringify(ann))
    folder.file('c.json', JSON.stringify({ kind: 'person', name: { given: 'Zoltan', family: 'Quux' } }))
    const { stdout } = await omnihub('match', 'explain', 'a.json', 'c.json', '--json')
    expect(JSON.parse(stdout)).toMatchObject({ outcome: 'apart', compared: false, sharedKeys: [] })
  })

  test('never takes a person for an organization', async () => {
    folder.file('a.json', JSON.stringify(ann))
    folder.file('o.json', JSON.stringify({ kind: 'organization', organization: { legalName: 'Lee Ltd' } }))
    const { stdout } = await omnihub('match', 'explain', 'a.json', 'o.json')
    expect(stdout).toBe('A person and an organization are never one customer.\n')
  })

  test('refuses what is no customer, and a matching document that is wrong, with the place', async () => {
    folder.file('a.json', JSON.stringify(ann))
    folder.file('raw.json', '{"FirstName":"Ann"}')
    const raw = await omnihub('match', 'explain', 'a.json', 'raw.json', '--json')
    expect(JSON.parse(raw.stderr)).toMatchObject({ error: { code: 'cli.records.not-customer', where: 'raw.json' } })
    const model = readFileSync(join(workspace, 'config/matching.yaml'), 'utf8')
    folder.file('model.yaml', model.replace(/same: \{ same: 0.98,/, 'same: { same: 0.5,'))
    const wrong = await omnihub('match', 'explain', 'a.json', 'a.json', '--model', 'model.yaml')
    expect(wrong.code).toBe(1)
    expect(wrong.stderr).toContain('/person/fields/gender has levels whose `same` add up to 0.5200, not 1')
    expect(wrong.stderr).toMatch(/at model\.yaml:\d+\n/)
    folder.file('model.yaml', 'version: [1\n')
    expect((await omnihub('match', 'explain', 'a.json', 'a.json', '--model', 'model.yaml')).stderr).toContain(
      'model.yaml:2:1: This is no valid YAML',
    )
  })
})
