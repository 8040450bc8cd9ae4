import type { SettingSchema, SettingsSchema } from '../../hub/contracts/connector.ts'
import { markdownTable } from './generated-part.ts'

/** A table of settings as their schema has them; members of members as `auth.tokenUrl`, items as `steps[].name`. */
export function settingsTable(name: string, schema: SettingsSchema): string[] {
  return markdownTable([name, 'default', 'meaning'], rowsOf(schema.properties, schema.required ?? [], ''))
}

function rowsOf(
  properties: Readonly<Record<string, SettingSchema>>,
  required: readonly string[],
  prefix: string,
): string[][] {
  return Object.entries(properties).flatMap(([name, setting]) => [
    [`\`${prefix}${name}\``, defaultOf(setting), meaningOf(setting, required.includes(name))],
    ...rowsWithin(setting, `${prefix}${name}`),
  ])
}

function rowsWithin({ properties, required, items }: SettingSchema, path: string): string[][] {
  if (properties) return rowsOf(properties, required ?? [], `${path}.`)
  if (items && 'properties' in items && items.properties) {
    return rowsOf(items.properties, items.required ?? [], `${path}[].`)
  }
  return []
}

function defaultOf({ default: value }: SettingSchema): string {
  if (value === undefined) return ''
  return `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``
}

function meaningOf({ description, enum: choices, secret }: SettingSchema, required: boolean): string {
  const told = (choice: string): boolean => description.includes(choice)
  return [
    description,
    choices === undefined || choices.every(told) ? '' : `One of ${choices.map((one) => `\`${one}\``).join(', ')}.`,
    required ? 'Must be given.' : '',
    secret === true ? 'Secret.' : '',
  ]
    .filter((text) => text !== '')
    .join(' ')
}
