import { isDeepStrictEqual } from 'node:util'
import type { RecordWrite, WriteResult } from '../../hub/contracts/connector.ts'
import { HubError } from '../../hub/contracts/hub-error.ts'
import type { Json, JsonObject } from '../../hub/contracts/json.ts'
import { rejectedError, settingsError } from '../shared/errors.ts'
import { splitKey } from '../shared/record-key.ts'
import { digest } from '../shared/row-hash.ts'
import { stateOf } from './current-state.ts'
import { stringifyRow } from './csv-text.ts'
import type { FileOptions, OutOptions } from './options.ts'
import { type FilePlace, joinPath } from './place.ts'
import type { FolderReading } from './reading.ts'

/** Columns of our own at the end of each row: by the first a reader knows a repeat, by the second what it is to set. */
export const WRITE_ID = 'omnihub_id'
export const WRITE_FIELDS = 'omnihub_fields'

const MEMORY_FILE = '.omnihub-written'
const MARK_LENGTH = 22
const MARKS_MAX = 50_000

/**
 * Writes the records as one file, complete or not at all. A file can't be asked whether it was written before, so the marks of
 * what was stand in a hidden file beside it, and the file's name is made of its content: a repeat after a time-out finds one
 * or the other. Only a crash between the two, and a reader that takes the file away in that moment, lets a record be written
 * twice; its `omnihub_id` is the same then.
 */
export async function writeFolder(reading: FolderReading, writes: readonly RecordWrite[]): Promise<WriteResult[]> {
  const { options, place } = reading
  const { out } = options
  if (out === undefined) {
    throw settingsError('The entity has no folder to write to.', {
      where: `/entities/${options.entity}/options/outFolder`,
    })
  }
  const memory = new WriteMemory(place, out)
  await memory.load()
  const results = new Map<RecordWrite, WriteResult>()
  const fresh: RecordWrite[] = []
  const seen = new Set<string>()
  const state = await expectedState(reading, writes)
  for (const write of writes) {
    const answer = memory.has(write) || seen.has(write.idempotencyKey) ? written(write) : verdict(write, options, state)
    if (answer === undefined) fresh.push(write)
    else results.set(write, answer)
    seen.add(write.idempotencyKey)
  }
  if (fresh.length > 0) {
    await writeFile(reading, out, fresh)
    await memory.remember(fresh)
    for (const write of fresh) results.set(write, written(write))
  }
  return writes.map((write) => results.get(write) ?? written(write))
}

function written({ key }: RecordWrite): WriteResult {
  return { outcome: 'written', key }
}

/** Without a precondition there is nothing to look up. */
async function expectedState(reading: FolderReading, writes: readonly RecordWrite[]): Promise<Map<string, JsonObject>> {
  const keys = new Set(writes.filter(({ expected }) => expected !== undefined).map(({ key }) => key))
  const { full, delta } = reading.options
  return keys.size === 0 || (full ?? delta) === undefined ? new Map() : stateOf(reading, keys)
}

/** undefined: to be written. */
function verdict(write: RecordWrite, options: FileOptions, state: Map<string, JsonObject>): WriteResult | undefined {
  try {
    checkFields(write, options)
  } catch (error) {
    if (!(error instanceof HubError)) throw error
    return { outcome: 'failed', key: write.key, error }
  }
  if (write.expected === undefined) return undefined
  const current = state.get(write.key)
  const holds = (fields: JsonObject): boolean =>
    Object.entries(fields).every(([name, value]) => isSame(current?.[name] ?? null, value, options))
  if (current !== undefined && holds(write.fields)) return written(write)
  return holds(write.expected) ? undefined : { outcome: 'conflict', key: write.key, current: current ?? null }
}

/** CSV knows text only. */
function isSame(current: Json, wanted: Json, { form }: FileOptions): boolean {
  if (form.format === 'jsonl' || wanted === null || typeof wanted === 'object')
    return isDeepStrictEqual(current, wanted)
  return current === String(wanted)
}

function checkFields({ key, fields }: RecordWrite, options: FileOptions): void {
  if (splitKey(key, options.keyColumns.length) === undefined) {
    throw rejectedError(`The key has not ${options.keyColumns.length} parts.`, { where: '/key' })
  }
  for (const [name, value] of Object.entries(fields)) {
    if (options.out?.columns !== undefined && !options.out.columns.includes(name)) {
      throw rejectedError(`The files have no column "${name}".`, { where: `/fields/${name}` })
    }
    if (options.form.format === 'csv' && typeof value === 'object' && value !== null) {
      throw rejectedError('A CSV file holds plain values only.', { where: `/fields/${name}` })
    }
  }
}

async function writeFile(reading: FolderReading, out: OutOptions, writes: readonly RecordWrite[]): Promise<void> {
  const { options, place, now } = reading
  const id = markOf(writes.map(({ idempotencyKey }) => idempotencyKey).join('\n')).slice(0, 12)
  const ending = options.form.format === 'jsonl' ? 'jsonl' : 'csv'
  const there = (await place.list(out.folder)) ?? []
  if (there.some(({ name }) => name.endsWith(`-${id}.${ending}`))) return
  const stamp = new Date(now()).toISOString().replaceAll(/[-:.]/g, '')
  const name = `${options.entity.replaceAll(/[^\w-]/g, '_')}-${stamp}-${id}.${ending}`
  await place.write(
    joinPath(out.folder, name),
    ending === 'csv' ? csvOf(options, out, writes) : jsonOf(options, writes),
  )
}

function csvOf(options: FileOptions, out: OutOptions, writes: readonly RecordWrite[]): string {
  const { form, keyColumns } = options
  if (form.format !== 'csv') return ''
  const columns = (out.columns ?? []).filter((name) => !keyColumns.includes(name))
  const header = [...keyColumns, ...columns, WRITE_ID, WRITE_FIELDS]
  const rows = writes.map(({ key, fields, idempotencyKey }) => {
    const values = columns.map((name) => {
      const value = fields[name] ?? null
      return value === null ? null : String(value as string | number | boolean)
    })
    return [...(splitKey(key, keyColumns.length) ?? []), ...values, idempotencyKey, Object.keys(fields).join(' ')]
  })
  return [header, ...rows].map((row) => stringifyRow(row, form.delimiter, form.quote)).join('')
}

function jsonOf({ keyColumns }: FileOptions, writes: readonly RecordWrite[]): string {
  const lines = writes.map(({ key, fields, idempotencyKey }) => {
    const parts = splitKey(key, keyColumns.length) ?? []
    const row = { ...Object.fromEntries(keyColumns.map((name, place) => [name, parts[place]])), ...fields }
    return JSON.stringify({ ...row, [WRITE_ID]: idempotencyKey, [WRITE_FIELDS]: Object.keys(fields) })
  })
  return `${lines.join('\n')}\n`
}

/** The marks of the last writes, in a hidden file of the folder that they went to. */
class WriteMemory {
  readonly #place: FilePlace
  readonly #path: string
  #marks = new Set<string>()

  constructor(place: FilePlace, out: OutOptions) {
    this.#place = place
    this.#path = joinPath(out.folder, MEMORY_FILE)
  }

  async load(): Promise<void> {
    const lines = ((await this.#place.text(this.#path)) ?? '').split('\n')
    // A line that was cut off by a crash is no mark.
    this.#marks = new Set(lines.filter((line) => line.length === MARK_LENGTH))
  }

  has({ idempotencyKey }: RecordWrite): boolean {
    return this.#marks.has(markOf(idempotencyKey))
  }

  async remember(writes: readonly RecordWrite[]): Promise<void> {
    const fresh = writes.map(({ idempotencyKey }) => markOf(idempotencyKey))
    if (this.#marks.size + fresh.length <= 2 * MARKS_MAX) {
      // The line end before it closes a line that a crash cut off.
      await this.#place.append(this.#path, `\n${fresh.join('\n')}\n`)
      return
    }
    const kept = [...this.#marks, ...fresh].slice(-MARKS_MAX)
    await this.#place.write(this.#path, `${kept.join('\n')}\n`)
  }
}

function markOf(text: string): string {
  return digest(text).toString('base64url').slice(0, MARK_LENGTH)
}
