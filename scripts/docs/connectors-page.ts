/** docs/connectors.md: what there is, what it can do, and what stands behind it. */
import type { ConnectorSpec } from '../../hub/contracts/connector.ts'
import type { CheckScores, Scores } from '../../connectors/conformance/scores.ts'
import { abilitiesOf } from './connector-readme.ts'
import { markdownTable } from './generated-part.ts'

const COLUMNS: Readonly<Record<string, string>> = {
  'list what the system has': 'list',
  'take a snapshot': 'snapshot',
  'poll for changes': 'poll',
  'follow a log': 'log',
  'receive pushes': 'push',
  'write back': 'write',
}

/** @param titles of the checks, by number */
export function connectorsPage(
  specs: readonly ConnectorSpec[],
  scores: Scores,
  titles: ReadonlyMap<number, string>,
): string {
  const sorted = specs.toSorted((a, b) => a.title.localeCompare(b.title, 'en'))
  return [
    '# Connectors',
    '',
    '<!-- Made from the specs of connectors/ and test/conformance/scores.json by `npm run docs`. -->',
    '',
    'Each connector passes the same [conformance kit](integration-engineers/connectors-conformance.md), or says below what it',
    'does not pass and why. A system that none of them speaks is [an afternoon](adding-a-connector.md).',
    '',
    ...markdownTable(
      ['connector', ...Object.values(COLUMNS), 'behind its tests', 'checks passed'],
      sorted.map(row(scores)),
    ),
    '',
    '¹ deletes do not show that way. **Real server**: the kit ran against the vendor’s own server. **Fake checked by',
    'independent clients**: against a server of ours that other people’s clients were tried on. **Unchecked fake**: against',
    'a server of ours that only this connector has spoken to; try it against your own system first, with',
    '`omnihub connector test`.',
    '',
    ...sorted.flatMap((spec) => sectionOf(spec, titles, scores[spec.name])),
  ].join('\n')
}

function row(scores: Scores): (spec: ConnectorSpec) => string[] {
  return (spec) => [
    `[${spec.title}](../connectors/${spec.name}/README.md)`,
    ...abilitiesOf(spec)
      .filter(([what]) => what in COLUMNS)
      .map(([, told]) => (told === 'no' ? '' : told.includes('do not show') ? 'yes¹' : 'yes')),
    spec.verification.by,
    Object.entries(scores[spec.name] ?? {})
      .map(([variant, checks]) => passedOf(variant, checks))
      .join('; '),
  ]
}

function passedOf(variant: string, checks: CheckScores): string {
  const all = Object.values(checks)
  const passed = all.filter(({ verdict }) => verdict === 'passed').length
  const applicable = all.filter(({ verdict }) => verdict !== 'not applicable').length
  return `${passed} of ${applicable}${variant === '' ? '' : ` ${variant}`}`
}

function sectionOf(
  { name, title, verification }: ConnectorSpec,
  titles: ReadonlyMap<number, string>,
  variants: Scores[string] = {},
): string[] {
  const { by, how, liveEnvironment } = verification
  const live = liveEnvironment === undefined ? '' : ` A real system can be named by \`${liveEnvironment}\`.`
  return [
    `## ${title}`,
    '',
    `[\`${name}\`](../connectors/${name}/README.md), ${by}: ${how}${live}`,
    '',
    ...Object.entries(variants).flatMap(([variant, checks]) => remarksOf(variant, checks, titles)),
  ]
}

/** What did not simply pass. */
function remarksOf(variant: string, checks: CheckScores, titles: ReadonlyMap<number, string>): string[] {
  const rows = Object.entries(checks)
    .filter(([, { verdict, untried }]) => verdict !== 'passed' || untried !== undefined)
    .sort(([a], [b]) => Number(a) - Number(b))
    .map(([number, { verdict, reason, untried = {} }]) => [
      number,
      titles.get(Number(number)) ?? '',
      verdict === 'passed' ? 'passed in part' : verdict,
      [
        ...(reason === undefined ? [] : [reason]),
        ...Object.entries(untried).map(([what, why]) => `${what}: ${why}`),
      ].join('; '),
    ])
  if (rows.length === 0) return []
  return [
    ...(variant === '' ? [] : [`${capital(variant)}:`, '']),
    ...markdownTable(['check', 'demand', 'verdict', 'because'], rows),
    '',
  ]
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1)
}
