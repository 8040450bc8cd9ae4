import { COMMANDS, GROUPS } from './commands.ts'
import { HUB_OPTIONS, JSON_OPTION, type ArgumentSpec, type Command, type OptionSpec } from './shared/command.ts'
import { EXIT, EXIT_MEANINGS } from './shared/exit-codes.ts'
import { valueOf } from './shared/option-text.ts'

/** docs/operators/cli.md. */
export function cliPage(): string {
  return [
    '# The command `omnihub`',
    '',
    '<!-- Made from the command table, hub/app/cli/commands.ts, by `npm run docs`; change it there. -->',
    '',
    '`npx omnihub <command>` where the hub is installed. It finds the Node that the hub needs by itself. Every command has',
    '`--help`. Results go to standard output; progress, notes and errors to standard error.',
    '',
    '| command | what it does |',
    '|---|---|',
    ...COMMANDS.map((one) => `| [\`${one.path}\`](#${anchorOf(one)}) | ${one.summary} |`),
    '',
    '## Exit codes',
    '',
    '| code | meaning |',
    '|---|---|',
    ...Object.entries(EXIT).map(([name, code]) => `| ${code} | ${EXIT_MEANINGS[name as keyof typeof EXIT]} |`),
    '',
    '## Asking a running hub',
    '',
    'Commands that ask a running hub take these options too:',
    '',
    ...optionTable(Object.entries({ url: HUB_OPTIONS.url, key: HUB_OPTIONS.key, 'key-file': HUB_OPTIONS['key-file'] })),
    'Those with `--json` print one JSON document instead of text, and errors as `{"error": {code, message, where, fix}}`;',
    '[the codes](../errors.md) stay the same.',
    '',
    ...COMMANDS.flatMap(sectionOf),
  ].join('\n')
}

/** As the page shows the heading `omnihub mapping check`. */
function anchorOf({ path }: Command): string {
  return `omnihub-${path.replaceAll(' ', '-')}`
}

function sectionOf(one: Command): string[] {
  const shared = [...Object.keys(HUB_OPTIONS), ...Object.keys(JSON_OPTION)]
  const own = Object.entries(one.options).filter(([name]) => !shared.includes(name))
  const asks = 'url' in one.options
  const notes = [
    one.standard === true ? `The same as \`omnihub ${groupOf(one)}\` alone.` : '',
    asks ? 'It asks a [running hub](#asking-a-running-hub).' : '',
    'json' in one.options ? 'It knows `--json`.' : '',
  ].filter((note) => note !== '')
  return [
    `## omnihub ${one.path}`,
    '',
    one.description,
    '',
    ...(notes.length === 0 ? [] : [notes.join(' '), '']),
    '```',
    `omnihub ${[one.path, ...Object.entries(one.arguments).map(argumentText), own.length > 0 ? '[options]' : ''].join(' ').trim()}`,
    '```',
    '',
    ...argumentLines(one.arguments),
    ...optionTable(own),
    '```sh',
    ...one.examples,
    '```',
    '',
  ]
}

function groupOf({ path }: Command): string {
  const [group = ''] = path.split(' ')
  return group in GROUPS ? group : path
}

function argumentText([name, { optional, many }]: [string, ArgumentSpec]): string {
  const inner = many === true ? `${name}...` : name
  return optional === true ? `[${inner}]` : `<${inner}>`
}

function argumentLines(specs: Command['arguments']): string[] {
  const lines = Object.entries(specs).map(([name, { description }]) => `- \`${name}\`: ${description}`)
  return lines.length === 0 ? [] : [...lines, '']
}

function optionTable(options: [string, OptionSpec][]): string[] {
  if (options.length === 0) return []
  const rows = options.map(([name, spec]) => {
    const flag = spec.type === 'flag' ? `--${name}` : `--${name} ${valueOf(spec)}`
    return `| \`${flag}\` | ${[spec.description, ...limitsOf(spec)].join(' ')} |`
  })
  return ['| option | |', '|---|---|', ...rows, '']
}

function limitsOf({ choices, minimum, maximum, required, default: standard }: OptionSpec): string[] {
  return [
    choices === undefined ? '' : `One of ${choices.map((choice) => `\`${choice}\``).join(', ')}.`,
    maximum === undefined ? '' : `${minimum ?? 0} to ${maximum}.`,
    required === true ? 'Must be given.' : '',
    standard === undefined ? '' : `Default \`${standard}\`.`,
  ].filter((text) => text !== '')
}
