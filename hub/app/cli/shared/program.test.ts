import { HubError } from '../../../contracts/hub-error.ts'
import { testIo } from '../../../../test/support/cli.ts'
import { COMMANDS, GROUPS } from '../commands.ts'
import { type Command, command, type RawInput } from './command.ts'
import { runCli } from './program.ts'

const OPTIONS = {
  flag: { type: 'flag', description: 'A flag.' },
  'a-text': { type: 'text', description: 'A text.', default: 'standard' },
  size: { type: 'integer', description: 'A size.', minimum: 2, maximum: 9 },
  kind: { type: 'text', description: 'A kind.', choices: ['one', 'two'] },
  json: { type: 'flag', description: 'JSON.' },
} as const

function commands(seen: RawInput[], fails?: unknown): Command[] {
  const make = (path: string, standard: boolean): Command => ({
    ...command({
      path,
      standard,
      summary: 'does it',
      description: 'Does `it`.',
      arguments: { first: { description: 'A thing.' }, rest: { description: 'More.', many: true, optional: true } },
      options: OPTIONS,
      examples: [],
      run: () => Promise.resolve(0),
    }),
    run: (input) => {
      seen.push(input)
      return fails === undefined ? Promise.resolve(0) : Promise.reject(fails as Error)
    },
  })
  return [make('do', false), make('group list', true)]
}

async function run(
  words: string[],
  fails?: unknown,
): Promise<{ code: number; out: string; err: string; seen: RawInput[] }> {
  const io = testIo()
  const seen: RawInput[] = []
  const groups = { group: 'many things' }
  const code = await runCli(words, { commands: commands(seen, fails), groups, version: '1.2.3' }, io)
  return { code, out: io.stdout(), err: io.stderr(), seen }
}

describe('the command line', () => {
  test('gives a command its arguments and options, defaults filled in', async () => {
    const { code, seen } = await run(['do', 'x', 'y', 'z', '--size', '3', '--flag', '--kind', 'two'])
    expect(code).toBe(0)
    expect(seen).toEqual([
      {
        arguments: { first: 'x', rest: ['y', 'z'] },
        options: { flag: true, 'a-text': 'standard', size: 3, kind: 'two', json: false },
      },
    ])
  })

  test('leaves what was not given undefined', async () => {
    const { seen } = await run(['do', 'x'])
    expect(seen[0]).toEqual({
      arguments: { first: 'x', rest: [] },
      options: { flag: false, 'a-text': 'standard', size: undefined, kind: undefined, json: false },
    })
  })

  test('runs the standard command of a group that is named alone', async () => {
    expect((await run(['group', 'x'])).seen).toHaveLength(1)
    expect((await run(['group', 'list', 'x'])).seen).toHaveLength(1)
  })

  test.each([
    [['do']],
    [['do', 'x', '--unknown']],
    [['do', 'x', '--size', '1']],
    [['do', 'x', '--size', '10']],
    [['do', 'x', '--size', '3.5']],
    [['do', 'x', '--size', 'many']],
    [['do', 'x', '--kind', 'three']],
    [['do', 'x', '--a-text']],
    [['nothing']],
    [[]],
  ])('refuses %j with exit code 2, a word on standard error, and runs nothing', async (words) => {
    const { code, out, err, seen } = await run(words)
    expect({ code, out, seen }).toEqual({ code: 2, out: '', seen: [] })
    expect(err).not.toBe('')
  })

  test('prints help on standard output with exit code 0', async () => {
    for (const words of [['--help'], ['do', '--help'], ['help', 'do'], ['group', '--help']]) {
      const { code, out, err } = await run(words)
      expect({ code, err }).toEqual({ code: 0, err: '' })
      expect(out).toContain('Usage: omnihub')
    }
  })

  test('takes an option value for a value, whatever it looks like', async () => {
    expect((await run(['do', 'x', '--a-text=--flag'])).seen[0]?.options).toMatchObject({
      'a-text': '--flag',
      flag: false,
    })
    expect((await run(['do', '--', '--flag'])).seen[0]?.arguments).toEqual({ first: '--flag', rest: [] })
  })

  test.each([
    [{ code: 'a.b', family: 'reject', message: 'm' }, 1],
    [{ code: 'a.b', family: 'config', message: 'm' }, 1],
    [{ code: 'a.b', family: 'retry', message: 'm' }, 3],
    [{ code: 'auth.forbidden', family: 'reject', status: 403, message: 'm' }, 4],
    [{ code: 'auth.missing', family: 'reject', status: 401, message: 'm' }, 4],
    [{ code: 'cli.usage.x', family: 'reject', message: 'm' }, 2],
    [{ code: 'a.b', family: 'bug', message: 'm' }, 70],
  ] as const)('ends with the exit code of the error: %j -> %d', async (options, expected) => {
    expect((await run(['do', 'x'], new HubError(options))).code).toBe(expected)
  })

  test('shows an error with its place, its fix and its code, and for programs as JSON', async () => {
    const error = new HubError({
      code: 'a.b',
      family: 'reject',
      message: 'It is wrong.',
      where: 'file:3',
      fix: 'Mend it.',
    })
    expect((await run(['do', 'x'], error)).err).toBe('omnihub: It is wrong.\n  at file:3\n  Mend it.\n  (a.b)\n')
    expect(JSON.parse((await run(['do', 'x', '--json'], error)).err)).toEqual({
      error: { code: 'a.b', message: 'It is wrong.', where: 'file:3', fix: 'Mend it.' },
    })
  })

  test('calls anything else that is thrown a fault of the program', async () => {
    const { code, err } = await run(['do', 'x'], new TypeError('boom'))
    expect(code).toBe(70)
    expect(err).toContain('boom')
  })
})

describe('the table of commands', () => {
  const stubs = (seen: string[]): Command[] =>
    COMMANDS.map((one) => ({
      ...one,
      run: () => {
        seen.push(one.path)
        return Promise.resolve(0)
      },
    }))

  test.each(COMMANDS.flatMap(({ path, examples }) => examples.map((example) => [path, example] as const)))(
    '%s: its example `%s` can be run',
    async (path, example) => {
      const words = (example.match(/"[^"]*"|\S+/g) ?? []).map((word) => word.replaceAll('"', ''))
      expect(words.shift()).toBe('omnihub')
      const seen: string[] = []
      const io = testIo()
      const code = await runCli(words, { commands: stubs(seen), groups: GROUPS, version: '1' }, io)
      expect({ code, err: io.stderr(), seen }).toEqual({ code: 0, err: '', seen: [path] })
    },
  )

  test.each(COMMANDS.map((one) => [one.path, one] as const))(
    '%s has an example and help that names every option',
    async (path, one) => {
      expect(one.examples.length).toBeGreaterThan(0)
      const io = testIo({ columns: 120 })
      expect(
        await runCli([...path.split(' '), '--help'], { commands: COMMANDS, groups: GROUPS, version: '1' }, io),
      ).toBe(0)
      for (const option of Object.keys(one.options)) expect(io.stdout()).toContain(`--${option}`)
    },
  )

  test('has no command twice, and a word for each group', () => {
    const paths = COMMANDS.map(({ path }) => path)
    expect(new Set(paths).size).toBe(paths.length)
    const groups = new Set(paths.filter((path) => path.includes(' ')).map((path) => path.split(' ')[0]))
    expect(new Set(Object.keys(GROUPS))).toEqual(groups)
  })
})
