/** The built program against a real hub, from `omnihub init` to its last change. */
import { jest } from '@jest/globals'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { withClient } from '../../../demo/databases.ts'
import { ROOT } from '../../../scripts/checks.ts'
import { buildDist, type CliOutcome, runCliProcess, testFolder, type TestFolder } from '../../../test/support/cli.ts'
import { type HubProcess, hubProcess } from '../../../test/support/hub-process.ts'
import { testDatabase, type TestDatabase } from '../../../test/support/test-database.ts'

jest.setTimeout(120_000)

const KEY = 'the-admin-key-of-this-test'
const ROWS = 5_000
let folder: TestFolder
let workspace: string
let database: TestDatabase
let legacy: TestDatabase
let hub: HubProcess

function omnihub(words: readonly string[], options: { stdin?: string; key?: string } = {}): Promise<CliOutcome> {
  const { stdin = '', key = KEY } = options
  return runCliProcess([...words, '--url', hub.url], { cwd: workspace, stdin, env: { OMNIHUB_ADMIN_KEY: key } })
}

async function result(words: readonly string[], stdin = ''): Promise<unknown> {
  const { code, stdout, stderr } = await omnihub([...words, '--json'], { stdin })
  if (code !== 0) throw new Error(`exit code ${code}: ${stderr}`)
  return JSON.parse(stdout)
}

const ledger = (): Promise<Record<string, unknown>> => result(['ledger']) as Promise<Record<string, unknown>>

async function untilApplied(accepted: number): Promise<Record<string, unknown>> {
  for (let attempt = 0; ; attempt++) {
    const account = await ledger()
    if (account['inFlight'] === 0 && account['accepted'] === accepted) return account
    if (attempt > 300) throw new Error(`not within the time: ${JSON.stringify(account)}`)
  }
}

beforeAll(async () => {
  await buildDist()
  folder = testFolder()
  workspace = join(folder.path, 'acme')
  const made = await runCliProcess(['init', 'acme'], { cwd: folder.path })
  if (made.code !== 0) throw new Error(made.stderr)
  ;[database, legacy] = await Promise.all([testDatabase(), testDatabase({ empty: true })])
  await withClient(legacy.url, async (client) => {
    await client.query(
      'create table person (id integer primary key, last_name text, changed_at timestamptz default now())',
    )
    await client.query(`insert into person select n, 'Name ' || n from generate_series(1, ${ROWS}) n`)
  })
  writeFileSync(
    join(workspace, 'config/systems/erp.yaml'),
    [
      'title: ERP',
      'connector: postgres',
      "settings: { url: '${env:OMNIHUB_SECRET_ERP_URL}' }",
      'entities:',
      '  Person:',
      '    mode: poll',
      '    every: 1h',
      '    options: { table: person, keyColumns: [id], watermarkColumn: changed_at, lookBackSeconds: 0 }',
    ].join('\n'),
  )
  const mapping =
    'source: Person\ntarget: customer\nkey: id\nfields: { kind: { constant: person }, name.family: last_name }\n'
  mkdirSync(join(workspace, 'mappings/erp'))
  writeFileSync(join(workspace, 'mappings/erp/Person.yaml'), mapping)
  hub = await hubProcess({
    entry: join(ROOT, 'bin/omnihub.js'),
    arguments: ['start', '--workspace', workspace, '--data-dir', join(folder.path, 'data')],
    environment: { DATABASE_URL: database.url, OMNIHUB_SECRET_ERP_URL: legacy.url, OMNIHUB_ADMIN_KEY: KEY },
  })
})

afterAll(async () => {
  await hub?.stop()
  await database?.drop()
  await legacy?.drop()
  folder.remove()
})

describe('omnihub against a running hub', () => {
  let before: number

  test('a system is backfilled to its end, again when asked to, and shows as read', async () => {
    expect(await result(['backfill', 'erp'])).toEqual({ system: 'erp', records: ROWS })
    expect(await result(['backfill', 'erp', 'Person', '--restart'])).toEqual({ system: 'erp', records: ROWS })
    const { stdout } = await omnihub(['systems'])
    expect(stdout).toMatch(/^erp +postgres +running +[\d,]+ .*Person$/m)
    expect(stdout).not.toContain('postgres://')
    before = Number((await ledger())['accepted'])
    expect(before).toBeGreaterThanOrEqual(ROWS)
    expect(await untilApplied(before)).toMatchObject({ balances: true, parked: 0 })
  })

  test('a backfill is refused in the words of the hub', async () => {
    expect(await omnihub(['backfill', 'crm'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('(system.only-pushes)'),
    })
    expect(await omnihub(['backfill', 'erp', 'Nothing'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('Use Person.'),
    })
    expect(await omnihub(['pause', 'nobody'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('(system.unknown)'),
    })
  })

  test('a paused system says by whom, and goes on when resumed', async () => {
    expect((await omnihub(['pause', 'erp'])).code).toBe(0)
    expect((await omnihub(['systems'])).stdout).toMatch(/^erp +postgres +paused by .*admin/m)
    expect(await omnihub(['backfill', 'erp'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('(system.paused)'),
    })
    expect((await omnihub(['resume', 'erp'])).code).toBe(0)
  })

  test('records of a file are sent once however often, and what can not be applied is seen and repaired', async () => {
    const records = [
      { Id: '1', FirstName: 'Ann', LastName: 'Lee', Email: 'ann@example.com', rev: 1 },
      { Id: '2', LastName: 'Roe', Status: 'Unheard of', rev: 1 },
      { Id: '2', LastName: 'Roe', Status: 'New', rev: 2 },
    ]
    const lines = records.map((record) => JSON.stringify(record)).join('\n')
    const words = [
      'send',
      '-',
      '--system',
      'crm',
      '--entity',
      'Contact',
      '--key-field',
      'Id',
      '--sequence-field',
      'rev',
    ]
    expect(await result(words, lines)).toMatchObject({ records: 3, accepted: 3, duplicates: 0 })
    expect(await result(words, lines)).toMatchObject({ records: 3, accepted: 0, duplicates: 3 })
    expect(await untilApplied(before + 3)).toMatchObject({ parked: 2, balances: true })
    const [group] = (await result(['parked'])) as { sample: number; code: string; count: number }[]
    expect(group).toMatchObject({
      system: 'crm',
      entity: 'Contact',
      code: 'mapping.value.unparsable',
      count: 1,
      waiting: 1,
    })
    const no = String(group?.sample)
    expect((await omnihub(['parked', 'list', '--system', 'crm'])).stdout).toContain('waits behind another')
    expect((await omnihub(['parked', 'show', no])).stdout).toContain('- Status: "Unheard of"')
    expect((await omnihub(['parked', 'replay', no])).code).toBe(1)
    expect((await omnihub(['parked', 'replay'])).code).toBe(2)
    expect(await result(['parked', 'discard', no, '--reason', 'a typing error'])).toEqual({ released: 1, parked: 0 })
    expect(await result(['parked'])).toEqual([])
    expect(await ledger()).toMatchObject({ parked: 0, discarded: 1, balances: true })
  })

  test('nothing of a batch with an unknown system is taken, and its lines are named', async () => {
    const accepted = (await ledger())['accepted']
    const outcome = await omnihub(['send', '-', '--system', 'nobody', '--entity', 'A', '--key-field', 'Id'], {
      stdin: '{"Id":1}\n{"Id":2}\n',
    })
    expect(outcome.code).toBe(1)
    expect(outcome.stderr).toContain('standard input:2: ')
    expect(outcome.stderr).toContain('(change.system.unknown)')
    expect((await ledger())['accepted']).toBe(accepted)
  })

  test('a mapping is tried on the records that the hub has', async () => {
    writeFileSync(
      join(folder.path, 'draft.yaml'),
      'source: Person\ntarget: customer\nkey: id\nfields: { kind: { constant: person }, name.family: { from: last_name, convert: upper } }\n',
    )
    const draft = join(folder.path, 'draft.yaml')
    expect(
      await result(['mapping', 'preview', draft, '--system', 'erp', '--newest', '7', '--show', '1']),
    ).toMatchObject({
      records: 7,
      mapped: 7,
      changed: 7,
      samples: [{ changes: [{ path: 'name.family', actual: expect.stringMatching(/^NAME \d+$/) }] }],
    })
  })

  test('keys are made, kept in a file, limited by their role, and revoked', async () => {
    const made = await omnihub(['keys', 'create', 'shop', '--role', 'channel', '--out', 'shop.key'])
    expect(made).toMatchObject({ code: 0, stdout: expect.not.stringContaining('omni_') })
    const denied = await omnihub(['ledger', '--key-file', 'shop.key'])
    expect(denied).toMatchObject({ code: 4, stderr: expect.stringContaining('(auth.forbidden)') })
    const [key] = (await result(['keys', 'list'])) as { id: string; name: string }[]
    expect(key).toMatchObject({ name: 'shop', role: 'channel', revokedAt: null })
    expect((await omnihub(['keys', 'revoke', key?.id ?? ''])).code).toBe(0)
    expect((await omnihub(['ledger', '--key-file', 'shop.key'])).stderr).toContain('(auth.')
    const again = await omnihub(['keys', 'create', 'other', '--role', 'viewer', '--out', 'shop.key'])
    expect(again).toMatchObject({ code: 1, stderr: expect.stringContaining('(cli.file.exists)') })
    const works = ((await result(['keys'])) as { revokedAt: string | null }[]).filter(
      ({ revokedAt }) => revokedAt === null,
    )
    expect(works).toEqual([])
  })

  test('a wrong key is refused with an exit code of its own, and never printed', async () => {
    const { code, stderr } = await omnihub(['ledger'], { key: 'a-wrong-key-of-mine' })
    expect(code).toBe(4)
    expect(stderr).not.toContain('a-wrong-key-of-mine')
  })

  test('matching is learnt from the records in the database of the hub', async () => {
    const outcome = await runCliProcess(['match', 'snapshot', '--database-url', 'env', '--out', 'snapshot.json'], {
      cwd: workspace,
      env: { DATABASE_URL: database.url },
    })
    expect(outcome).toMatchObject({ code: 0, stderr: '' })
    expect(outcome.stdout).toContain(`${(ROWS + 2).toLocaleString('en-US')} records`)
  })

  test('a hub that has ended is away, with an exit code of its own', async () => {
    expect(await hub.stop()).toBe(0)
    const { code, stderr } = await omnihub(['ledger'])
    expect(code).toBe(3)
    expect(stderr).toContain('(cli.hub.unreachable)')
  })
})
