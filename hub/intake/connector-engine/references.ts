import { readFile, stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import type { SettingSchema, SettingsSchema } from '../../contracts/connector.ts'
import { HubError } from '../../contracts/hub-error.ts'
import { isJsonObject, type Json, type JsonObject } from '../../contracts/json.ts'

/** By name; the environment of the process with what the app adds to it (the addresses of the demo's databases). */
export type Environment = Readonly<Record<string, string | undefined>>

const REFERENCE = /\$\{(env|file):([^${}]*)\}/g
const WHOLE = /^\$\{(env|file):[^${}]+\}$/
const FILE_BYTES_MAX = 65_536

export function isReference(text: string): boolean {
  return WHOLE.test(text)
}

export function hasReference(text: string): boolean {
  return text.includes('${env:') || text.includes('${file:')
}

/**
 * Settings with `${env:NAME}` and `${file:path}` replaced by what they point at; a path is relative to the folder of
 * `document`, and the line end at the end of a file is not part of its value. Resolved at each start of the system, so that
 * a secret that was renewed is found. Throws `system.reference.*`, which name the reference and never a value.
 */
export async function resolveReferences(
  settings: JsonObject,
  schema: SettingsSchema,
  environment: Environment,
  document: { name: string; path: string },
): Promise<JsonObject> {
  const resolve = async (value: Json, property: SettingSchema | undefined, where: string): Promise<Json> => {
    if (typeof value === 'string') return hasReference(value) ? resolveText(value, property, where) : value
    if (Array.isArray(value)) {
      const items = property?.items !== undefined && 'title' in property.items ? property.items : undefined
      return Promise.all(value.map((item, place) => resolve(item, items, `${where}/${place}`)))
    }
    if (!isJsonObject(value)) return value
    const members = Object.entries(value).map(
      async ([name, member]) =>
        [name, await resolve(member, property?.properties?.[name], `${where}/${name}`)] as const,
    )
    return Object.fromEntries(await Promise.all(members))
  }
  const resolveText = async (value: string, property: SettingSchema | undefined, where: string): Promise<Json> => {
    const parts: string[] = []
    let end = 0
    for (const match of value.matchAll(REFERENCE)) {
      const [whole, kind, target = ''] = match
      parts.push(value.slice(end, match.index))
      parts.push(kind === 'env' ? fromEnvironment(target, environment, where) : await fromFile(target, document, where))
      end = match.index + whole.length
    }
    return asType(parts.join('') + value.slice(end), property)
  }
  const all: SettingSchema = { type: 'object', title: '', description: '', properties: schema.properties }
  return (await resolve(settings, all, `${document.name}#/settings`)) as JsonObject
}

function fromEnvironment(name: string, environment: Environment, where: string): string {
  const value = environment[name]
  if (value !== undefined && value !== '') return value
  throw new HubError({
    code: 'system.reference.unset',
    family: 'config',
    message: `The environment variable ${name.slice(0, 100)} is not set.`,
    where,
    fix: 'Set it for the hub and start the hub again.',
  })
}

async function fromFile(path: string, document: { path: string }, where: string): Promise<string> {
  const file = resolve(dirname(document.path), path)
  try {
    if ((await stat(file)).size > FILE_BYTES_MAX) throw new Error('it is larger than 64 KiB')
    const text = (await readFile(file, 'utf8')).replace(/\r?\n$/, '')
    if (text === '') throw new Error('it is empty')
    return text
  } catch (cause) {
    throw new HubError({
      code: 'system.reference.unreadable',
      family: 'config',
      message: `The file that the setting refers to can not be used: ${reason(cause)}.`,
      where,
      fix: 'Correct the path, which is relative to the folder of this document, or let the hub read the file.',
      cause,
    })
  }
}

function reason(cause: unknown): string {
  const code = (cause as NodeJS.ErrnoException).code
  if (code === 'ENOENT') return 'there is none'
  if (code === 'EACCES') return 'the hub may not read it'
  return code ?? (cause instanceof Error ? cause.message : 'unknown')
}

/** Text becomes what the setting is; what it can't become stays text, and the check that follows refuses it. */
function asType(text: string, property: SettingSchema | undefined): Json {
  if (property?.type === 'boolean' && /^(true|false)$/.test(text)) return text === 'true'
  const isNumber = property?.type === 'integer' || property?.type === 'number'
  if (isNumber && /^-?\d+(\.\d+)?$/.test(text)) return Number(text)
  return text
}
