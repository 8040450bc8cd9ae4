import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { testFolder, type TestFolder, testIo } from '../../../../test/support/cli.ts'
import { generatedPeople } from '../../../../test/support/generated-people.ts'
import { seededRandom } from '../../../../test/support/identity-records.ts'
import type { MatchingDocument } from '../../../identity/model.ts'
import { compileModel } from '../../../identity/model.ts'
import { takeSnapshot } from './snapshot.ts'
import { trainMatching, type TrainRequest } from './train.ts'

let folder: TestFolder
let shipped: string

beforeAll(() => {
  folder = testFolder()
  shipped = readFileSync(new URL('../../../../config/matching.yaml', import.meta.url), 'utf8')
  folder.file('model.yaml', shipped)
  const people = generatedPeople(800, seededRandom(8))
  const lines = people.map(({ id, system, document }) => JSON.stringify({ system, key: id, document }))
  folder.file('people.ndjson', lines.join('\n'))
  folder.file('few.ndjson', lines.slice(0, 20).join('\n'))
})

afterAll(() => {
  folder.remove()
})

const REQUEST: TrainRequest = {
  records: 'people.ndjson',
  system: undefined,
  databaseUrl: undefined,
  kind: 'both',
  model: 'model.yaml',
  out: undefined,
  force: false,
  version: undefined,
  seed: 1,
  asJson: false,
}

async function train(request: Partial<TrainRequest>): Promise<{ code: number; out: string }> {
  const io = testIo({ cwd: folder.path })
  const code = await trainMatching({ ...REQUEST, ...request }, io)
  return { code, out: io.stdout() }
}

describe('omnihub match train', () => {
  let text: string
  let facts: unknown
  let one: string
  let two: string

  beforeAll(async () => {
    text = (await train({ out: 'one.yaml', seed: 7 })).out
    facts = JSON.parse((await train({ out: 'two.yaml', seed: 7, asJson: true })).out)
    ;[one = '', two = ''] = ['one.yaml', 'two.yaml'].map((name) => readFileSync(join(folder.path, name), 'utf8'))
  }, 60_000)

  test('reports what it learnt', () => {
    expect(text).toContain('person: 800 records')
    expect(text).toMatch(/settled after \d+ round/)
    expect(text).toContain('billing and crm: ')
    expect(text).toContain(
      'organization: left as it was. Training needs at least 100 records of one kind; there are 0.',
    )
    expect(text).toContain('Written: one.yaml (version trained-2026-01-02)')
  })

  test('tells programs the figures', () => {
    expect(facts).toMatchObject({
      version: 'trained-2026-01-02',
      out: 'two.yaml',
      reports: [{ kind: 'person', records: 800, converged: true }],
      skipped: [{ kind: 'organization', code: 'matching.train.records' }],
    })
  })

  test('writes a model that the hub takes, with the comments of the old one and nothing else changed', () => {
    const document = parse(one) as MatchingDocument
    expect(compileModel(document).version).toBe('trained-2026-01-02')
    expect(document.organization).toEqual((parse(shipped) as MatchingDocument).organization)
    expect(document.person.fields).not.toEqual((parse(shipped) as MatchingDocument).person.fields)
    const figures = /-?\d+(\.\d+)?(e-?\d+)?/g
    const words = (of: string): string => of.replace(/^version:.*$/m, '').replaceAll(figures, '#')
    expect(words(one)).toBe(words(shipped))
  })

  test('gives the same model for the same seed', () => {
    expect(two).toBe(one)
  })

  test('never replaces a file without force, and says so before the work', async () => {
    folder.file('mine.yaml', 'mine')
    await expect(train({ out: 'mine.yaml', records: 'missing.ndjson' })).rejects.toMatchObject({
      code: 'cli.file.exists',
    })
    expect(readFileSync(join(folder.path, 'mine.yaml'), 'utf8')).toBe('mine')
    await train({ out: 'mine.yaml', force: true, version: 'acme-1' })
    expect(readFileSync(join(folder.path, 'mine.yaml'), 'utf8')).toContain('version: "acme-1"')
  })

  test('refuses records that teach nothing, and writes nothing', async () => {
    await expect(train({ records: 'few.ndjson', out: 'few.yaml' })).rejects.toMatchObject({
      code: 'matching.train.records',
    })
    await expect(train({ kind: 'organization' })).rejects.toMatchObject({ code: 'matching.train.records' })
    expect(existsSync(join(folder.path, 'few.yaml'))).toBe(false)
  })

  test('refuses a line that is no customer with its place', async () => {
    folder.file('odd.ndjson', '{"system":"crm","key":"1","document":{"kind":"person"}}\n{"Id":"2"}\n')
    await expect(train({ records: 'odd.ndjson' })).rejects.toMatchObject({
      code: 'cli.records.not-customer',
      where: 'odd.ndjson:2',
    })
    folder.file('odd.ndjson', '{"system":{},"key":"1","document":{"kind":"person"}}\n')
    await expect(train({ records: 'odd.ndjson' })).rejects.toMatchObject({ code: 'cli.records.name-invalid' })
  })

  test('wants one source, and shows no password of a database that is away', async () => {
    await expect(train({ records: undefined })).rejects.toMatchObject({ code: 'cli.usage.source' })
    await expect(train({ databaseUrl: 'postgres://x' })).rejects.toMatchObject({ code: 'cli.usage.source' })
    await expect(train({ records: undefined, databaseUrl: 'mysql://x' })).rejects.toMatchObject({
      code: 'cli.usage.database-url',
    })
    const away = train({ records: undefined, databaseUrl: 'postgres://u:s3cret-word@127.0.0.1:1/x' })
    const error: unknown = await away.catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ family: 'retry' })
    expect(String((error as Error).message)).not.toContain('s3cret-word')
  })
})

describe('omnihub match snapshot', () => {
  test('counts values and overlap, and keeps them in a file for explain', async () => {
    const io = testIo({ cwd: folder.path })
    const request = { ...REQUEST, version: 's1', out: 'snapshot.json' }
    expect(await takeSnapshot(request, io)).toBe(0)
    expect(io.stdout()).toContain('800 records')
    expect(io.stdout()).toContain('billing and crm')
    expect(JSON.parse(readFileSync(join(folder.path, 'snapshot.json'), 'utf8'))).toMatchObject({
      version: 's1',
      records: 800,
    })
  })

  test('of nothing is refused', async () => {
    folder.file('none.ndjson', '')
    await expect(
      takeSnapshot({ ...REQUEST, records: 'none.ndjson' }, testIo({ cwd: folder.path })),
    ).rejects.toMatchObject({
      code: 'matching.snapshot.empty',
    })
  })
})
