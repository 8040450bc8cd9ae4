/** `omnihub rule` against a hub: what a person at a shell sees and what scripts rely on. */
import { demoRule, demoRuleFiles, dunningGraph } from '../../../test/support/rule-fixtures.ts'
import { type RunningApi, startApi } from '../../../test/support/api.ts'
import { testFolder, type TestFolder, testIo } from '../../../test/support/cli.ts'
import { PUSH_WORKSPACE } from '../../../test/support/push-workspace.ts'
import { COMMANDS, GROUPS } from './commands.ts'
import { runCli } from './shared/program.ts'

let hub: RunningApi
let folder: TestFolder

beforeAll(async () => {
  folder = testFolder()
  for (const ending of ['.rule.yaml', '.json', '.cases.yaml']) {
    folder.file(`dunning-stage${ending}`, demoRule(`dunning-stage${ending}`))
  }
  hub = await startApi({ ...PUSH_WORKSPACE, ...demoRuleFiles('dunning-stage'), ...demoRuleFiles('data-quality') })
}, 60_000)
afterAll(async () => {
  await hub.stop()
  folder.remove()
})

interface Ran {
  code: number
  stdout: string
  stderr: string
}

async function omnihub(words: readonly string[], stdin?: string): Promise<Ran> {
  const isRemote = words[1] !== 'check'
  const io = testIo({
    cwd: folder.path,
    env: { OMNIHUB_ADMIN_KEY: hub.adminKey.replaceAll(' ', '-') },
    ...(stdin === undefined ? {} : { stdin: [stdin] }),
  })
  const key = isRemote ? ['--url', hub.url, '--key', await engineerKey()] : []
  const code = await runCli([...words, ...key], { commands: COMMANDS, groups: GROUPS, version: '0' }, io)
  return { code, stdout: io.stdout(), stderr: io.stderr() }
}

let made: string | undefined
/** The admin key of the tests has blanks, which no command line takes. */
async function engineerKey(): Promise<string> {
  made ??= await hub.keyOf('engineer')
  return made
}

const INPUT = JSON.stringify({ status: 'overdue', dueOn: '2026-03-01', balance: { amount: '89.90', currency: 'AUD' } })
const AT = ['--at', '2026-03-12T10:00:00+11:00']

test('rules are listed with what is in force', async () => {
  const { code, stdout } = await omnihub(['rule', 'list'])
  expect(code).toBe(0)
  expect(stdout).toMatch(/^dunning-stage +1 +0/m)
})

test('a rule is asked, with the reasons', async () => {
  const { code, stdout } = await omnihub(['rule', 'decide', 'dunning-stage', '--input', '-', '--trace', ...AT], INPUT)
  expect(code).toBe(0)
  expect(stdout).toContain('stage: "reminder"')
  expect(stdout).toContain('Grace period: graceDays is 7.')
  expect(stdout).toContain('Decided by revision 1')
  const wrong = await omnihub(['rule', 'decide', 'dunning-stage', '--input', '-'], '[]')
  expect(wrong.code).toBe(1)
  expect(wrong.stderr).toContain('JSON object')
})

test('the files of a folder are checked without a hub', async () => {
  const right = await omnihub(['rule', 'check', '.'])
  expect({ code: right.code, stderr: right.stderr }).toEqual({ code: 0, stderr: '' })
  expect(right.stdout).toContain('  ok      On the last day of grace nothing happens.')
  folder.file('dunning-stage.json', dunningGraph(14))
  const failing = await omnihub(['rule', 'check', '.'])
  expect(failing.code).toBe(1)
  expect(failing.stdout).toContain('  FAILED  The day after, the first reminder goes out.')
  folder.file('dunning-stage.json', '{')
  const wrong = await omnihub(['rule', 'check', '.', '--json'])
  expect(wrong.code).toBe(1)
  expect(JSON.parse(wrong.stdout)).toMatchObject({ ok: false, rules: [{ errors: [{ code: 'rule.json.invalid' }] }] })
})

test('a draft is tried on what was decided, refused while its cases fail, published and taken back', async () => {
  folder.file('dunning-stage.json', dunningGraph(14))
  await hub.core.rules.decisionLog.flushed()
  const file = 'dunning-stage.rule.yaml'
  const tried = await omnihub(['rule', 'shadow', file])
  expect(tried.code).toBe(1)
  expect(tried.stdout).toContain('- stage: "reminder"')
  expect(tried.stdout).toContain('1 decision made again: 0 the same, 1 different')
  const refused = await omnihub(['rule', 'publish', file])
  expect(refused.code).toBe(1)
  expect(refused.stdout).toContain('FAILED  The day after, the first reminder goes out.')
  folder.file(
    'dunning-stage.cases.yaml',
    '- { title: A case of its own., at: 2026-03-12T10:00:00Z, input: { status: paid, dueOn: 2026-03-01, balance: { amount: "0", currency: AUD } }, expect: { stage: none, action: none, fee: { amount: "0", currency: AUD }, daysLate: 0 } }',
  )
  const published = await omnihub(['rule', 'publish', file, '--note', 'two weeks'])
  expect(published).toEqual({ code: 0, stdout: 'Revision 3 of dunning-stage is in force.\n', stderr: '' })
  expect((await omnihub(['rule', 'decide', 'dunning-stage', '--input', '-', ...AT], INPUT)).stdout).toContain('"none"')
  const back = await omnihub(['rule', 'rollback', 'dunning-stage'])
  expect(back.stdout).toBe('Revision 1 of dunning-stage is in force again.\n')
  expect((await omnihub(['rule', 'rollback', 'dunning-stage'])).code).toBe(1)
  expect((await omnihub(['rule', 'publish', 'dunning-stage', '--revision', '3'])).code).toBe(0)
  expect((await omnihub(['rule', 'publish', 'dunning-stage'])).code).toBe(2)
})
