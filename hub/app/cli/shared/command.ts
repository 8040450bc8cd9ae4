import type { Io } from './io.ts'

/**
 * One command, declared once: from it come its parsing, its --help and its part of docs/operators/cli.md. What it does is
 * loaded only when it runs, so that `omnihub --version` need not wait for engines.
 */
export interface Command {
  /** `mapping check`: the words after `omnihub`. */
  path: string
  /** A few words for lists. */
  summary: string
  /** Paragraphs for --help, plain text with `code`. */
  description: string
  arguments: Readonly<Record<string, ArgumentSpec>>
  options: Readonly<Record<string, OptionSpec>>
  examples: readonly string[]
  /** Runs too where only its group is named: `omnihub parked` is `omnihub parked list`. */
  standard?: boolean
  /** Answers the exit code. Throws HubErrors. */
  run(input: RawInput, io: Io): Promise<number>
}

export interface ArgumentSpec {
  description: string
  /** Absent: it must be given. */
  optional?: boolean
  many?: boolean
  /** A whole number from 1 on. */
  integer?: boolean
}

export interface OptionSpec {
  type: 'flag' | 'text' | 'integer'
  description: string
  /** Stands for the value in help: `<file>`. */
  value?: string
  required?: boolean
  default?: string | number
  choices?: readonly string[]
  minimum?: number
  maximum?: number
}

export interface RawInput {
  arguments: Record<string, string | number | string[] | undefined>
  options: Record<string, string | number | boolean | undefined>
}

type ArgumentScalar<Spec> = Spec extends { integer: true } ? number : string

type ArgumentValue<Spec> = Spec extends { many: true }
  ? string[]
  : Spec extends { optional: true }
    ? ArgumentScalar<Spec> | undefined
    : ArgumentScalar<Spec>

type Scalar<Spec> = Spec extends { type: 'integer' }
  ? number
  : Spec extends { choices: readonly (infer Choice)[] }
    ? Choice
    : string

type OptionValue<Spec> = Spec extends { type: 'flag' }
  ? boolean
  : Spec extends { required: true } | { default: unknown }
    ? Scalar<Spec>
    : Scalar<Spec> | undefined

export interface Input<Arguments, Options> {
  arguments: { [Name in keyof Arguments]: ArgumentValue<Arguments[Name]> }
  options: { [Name in keyof Options]: OptionValue<Options[Name]> }
}

/** The literal types of arguments and options are kept, so that `run` knows what it gets. */
export function command<
  const Arguments extends Record<string, ArgumentSpec>,
  const Options extends Record<string, OptionSpec>,
>(
  spec: Omit<Command, 'run' | 'arguments' | 'options'> & {
    arguments: Arguments
    options: Options
    run(input: Input<Arguments, Options>, io: Io): Promise<number>
  },
): Command {
  // program.ts fills in what the declarations promise.
  return { ...spec, run: (input, io) => spec.run(input as unknown as Input<Arguments, Options>, io) }
}

/** For commands whose result a program may want to read. */
export const JSON_OPTION = {
  json: { type: 'flag', description: 'Print the result as one JSON document; errors are JSON too, on standard error.' },
} as const

/** For commands that ask a running hub. */
export const HUB_OPTIONS = {
  url: {
    type: 'text',
    value: '<url>',
    description: 'Address of the hub. Without it: this machine, at PORT (8080).',
  },
  key: {
    type: 'text',
    value: '<key>',
    description:
      'API key. Other users of the machine may see a command line: OMNIHUB_ADMIN_KEY or --key-file are safer. Without any of them and for a hub on this machine: the first-run key in the data folder (OMNIHUB_DATA_DIR).',
  },
  'key-file': { type: 'text', value: '<file>', description: 'File that holds the API key.' },
  ...JSON_OPTION,
} as const

export type HubOptions = Input<Record<never, never>, typeof HUB_OPTIONS>['options']
