/** The part of a connector's README.md that its spec says. */
import type { ConnectorSpec, SettingsSchema } from '../../hub/contracts/connector.ts'
import { TABLE_OPTIONS } from '../../connectors/shared/table-options.ts'
import { markdownTable } from './generated-part.ts'
import { settingsTable } from './settings-rows.ts'

export function connectorReadmePart(spec: ConnectorSpec): string {
  return [
    spec.description,
    '',
    ...markdownTable(['it can', ''], abilitiesOf(spec)),
    '',
    ...verificationOf(spec),
    '',
    '## Settings',
    '',
    ...settingsTable('setting', spec.settings),
    '',
    ...(spec.entityOptions ? optionsOf(spec.entityOptions) : []),
  ].join('\n')
}

/** What the capabilities say, in words. */
export function abilitiesOf({ capabilities }: ConnectorSpec): [string, string][] {
  const { discover, backfill, poll, subscribe, receive, write, create = false, deletes } = capabilities
  const withDeletes = (can: boolean, shows: boolean): string =>
    can ? `yes; deletes ${shows ? 'show' : 'do not show'}` : 'no'
  return [
    ['list what the system has', yesNo(discover)],
    ['take a snapshot', yesNo(backfill)],
    ['poll for changes', withDeletes(poll, deletes.poll)],
    ['follow a log', withDeletes(subscribe, deletes.subscribe)],
    ['receive pushes', yesNo(receive)],
    ['write back', yesNo(write)],
    ['make records under keys of its own', yesNo(create)],
  ]
}

function yesNo(can: boolean): string {
  return can ? 'yes' : 'no'
}

function verificationOf({ verification }: ConnectorSpec): string[] {
  const { by, how, liveEnvironment } = verification
  const live =
    liveEnvironment === undefined
      ? ''
      : ` Where \`${liveEnvironment}\` names a real system, its live test runs against that one.`
  return [
    `**Behind its tests: ${by}.** ${how}${live} What it passed is in the [table of connectors](../../docs/connectors.md).`,
  ]
}

/** Options that all tables have are told on their own page. */
function optionsOf(options: SettingsSchema): string[] {
  const shared = Object.entries(TABLE_OPTIONS.properties)
  const isTable = shared.every(([name, option]) => options.properties[name] === option)
  const own = Object.fromEntries(
    Object.entries(options.properties).filter(([name, option]) => TABLE_OPTIONS.properties[name] !== option),
  )
  const everyTable = 'those of [every table](../../docs/integration-engineers/connectors-tables.md)'
  if (isTable && Object.keys(own).length === 0) return ['## Options of an entity', '', `They are ${everyTable}.`]
  return [
    '## Options of an entity',
    '',
    ...(isTable ? [`Beside ${everyTable}:`, ''] : []),
    ...settingsTable('option', isTable ? { ...options, properties: own } : options),
  ]
}
