import { Argument, Command as Commander, CommanderError, InvalidArgumentError, Option } from 'commander'
import { asHubError } from '../../../contracts/hub-error.ts'
import type { ArgumentSpec, Command, OptionSpec, RawInput } from './command.ts'
import { EXIT, exitCodeOf } from './exit-codes.ts'
import type { Io } from './io.ts'
import { valueOf } from './option-text.ts'
import { errorJson, errorText } from './show-error.ts'

export interface CliOptions {
  commands: readonly Command[]
  /** What a first word such as `mapping` stands for. */
  groups: Readonly<Record<string, string>>
  version: string
}

/** Runs one command line (without `node` and the program's name) and answers its exit code. Never throws. */
export async function runCli(words: readonly string[], options: CliOptions, io: Io): Promise<number> {
  let exitCode: number = EXIT.done
  const program = buildProgram(options, io, (code) => {
    exitCode = code
  })
  try {
    await program.parseAsync([...words], { from: 'user' })
    return exitCode
  } catch (thrown) {
    if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? EXIT.done : EXIT.usage
    const error = asHubError(thrown)
    io.err(words.includes('--json') ? errorJson(error) : errorText(error))
    return exitCodeOf(error)
  }
}

function buildProgram({ commands, groups, version }: CliOptions, io: Io, done: (code: number) => void): Commander {
  const program = new Commander('omnihub')
    .description('Omnihub: one true customer out of many systems. Run, check and operate a hub.')
    .version(version, '--version', 'Print the version.')
    .helpOption('-h, --help', 'Print what a command does and takes.')
    .helpCommand('help [command]', 'The same as --help.')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => {
        io.out(text)
      },
      writeErr: (text) => {
        io.err(text)
      },
    })
    .configureHelp({ helpWidth: Math.min(io.columns ?? 100, 120) })
    .addHelpText('after', '\nomnihub settings lists the settings of the hub.')
    .showHelpAfterError('Add --help to see what the command takes.')
  for (const one of commands) {
    const words = one.path.split(' ')
    const name = words.pop() ?? ''
    const parent = words.reduce((above, word) => groupIn(above, word, groups), program)
    addCommand(parent, name, one, io, done)
  }
  return program
}

function groupIn(above: Commander, word: string, groups: CliOptions['groups']): Commander {
  const known = above.commands.find((one) => one.name() === word)
  return (
    known ??
    above
      .command(word)
      .description(groups[word] ?? '')
      .helpCommand(false)
  )
}

function addCommand(parent: Commander, name: string, one: Command, io: Io, done: (code: number) => void): void {
  const made = parent
    .command(name, { isDefault: one.standard === true })
    .summary(one.summary)
    .description(one.description.replaceAll('`', ''))
  for (const [argument, spec] of Object.entries(one.arguments)) made.addArgument(argumentOf(argument, spec))
  const options = Object.entries(one.options).map(([option, spec]) => [option, optionOf(option, spec)] as const)
  for (const [, option] of options) made.addOption(option)
  if (one.examples.length > 0) {
    made.addHelpText('after', `\nExamples:\n${one.examples.map((line) => `  ${line}`).join('\n')}`)
  }
  made.action(async () => {
    const given = made.opts<RawInput['options']>()
    const input: RawInput = { arguments: {}, options: {} }
    Object.keys(one.arguments).forEach((argument, at) => {
      input.arguments[argument] = made.processedArgs[at] as RawInput['arguments'][string]
    })
    for (const [option, parsed] of options) {
      input.options[option] =
        given[parsed.attributeName()] ?? (one.options[option]?.type === 'flag' ? false : undefined)
    }
    done(await one.run(input, io))
  })
}

function argumentOf(name: string, spec: ArgumentSpec): Argument {
  const inner = spec.many === true ? `${name}...` : name
  const argument = new Argument(spec.optional === true ? `[${inner}]` : `<${inner}>`, plain(spec.description))
  return spec.integer === true ? argument.argParser((text) => readInteger(text, { minimum: 1 })) : argument
}

function optionOf(name: string, spec: OptionSpec): Option {
  const option = new Option(spec.type === 'flag' ? `--${name}` : `--${name} ${valueOf(spec)}`, plain(spec.description))
  if (spec.default !== undefined) option.default(spec.default)
  if (spec.required === true) option.makeOptionMandatory()
  if (spec.choices !== undefined) option.choices(spec.choices)
  if (spec.type === 'integer') option.argParser((text) => readInteger(text, spec))
  return option
}

type Bounds = Pick<OptionSpec, 'minimum' | 'maximum'>

function readInteger(text: string, { minimum = 0, maximum = Number.MAX_SAFE_INTEGER }: Bounds): number {
  const value = /^-?\d{1,15}$/.test(text) ? Number(text) : NaN
  if (value >= minimum && value <= maximum) return value
  throw new InvalidArgumentError(`It must be a whole number from ${minimum} to ${maximum}.`)
}

function plain(markdown: string): string {
  return markdown.replaceAll('`', '')
}
