/** A system that speaks files only: a table that it writes down whole at each change, and a folder from which it takes changes. */
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestRecord } from '../../../connectors/conformance/harness.ts'
import { isJsonObject, type Json, type JsonObject } from '../../../hub/contracts/json.ts'

type Row = Record<string, Json>

const TAKE_MS = 5

export class LegacyFiles {
  readonly #folder: string
  readonly #format: 'csv' | 'jsonl'
  readonly #rows = new Map<string, Row>()
  readonly #timer: NodeJS.Timeout
  #columns = ['id', 'name', 'note', 'amount']
  #number = 0
  #at = Date.now() - 3_600_000

  constructor(folder: string, format: 'csv' | 'jsonl') {
    this.#folder = folder
    this.#format = format
    mkdirSync(join(folder, 'out'), { recursive: true })
    this.#timer = setInterval(() => {
      this.take()
    }, TAKE_MS)
  }

  close(): void {
    clearInterval(this.#timer)
  }

  rows(): Row[] {
    this.take()
    return [...this.#rows.values()].map((row) => ({ ...row }))
  }

  put(records: readonly Row[]): void {
    this.take()
    this.#set(records)
    this.#writeFull()
  }

  putAt(records: readonly TestRecord[], at: Date): void {
    this.#set(records.map((record) => ({ ...record })))
    this.#writeFull(at)
  }

  /** A delta that comes late, with an older time than what was there already. */
  putLate(records: readonly TestRecord[], at: Date): () => void {
    const text = this.#text(records.map((record) => ({ ...record })))
    return () => {
      this.#set(records.map((record) => ({ ...record })))
      this.#write(`delta-${(this.#number += 1)}`, text, at)
    }
  }

  /** A delta that nobody can read; answers the name of its file. */
  spoil(text: string): string {
    const name = `delta-spoiled-${(this.#number += 1)}`
    this.#write(name, text)
    return `${name}.${this.#format}`
  }

  remove(ids: readonly string[]): void {
    for (const id of ids) this.#rows.delete(id)
    this.#writeFull()
  }

  addColumn(name: string): void {
    this.#columns = [...this.#columns, name]
    this.#writeFull()
  }

  dropColumn(name: string): void {
    this.#columns = this.#columns.filter((each) => each !== name)
    for (const row of this.#rows.values()) Reflect.deleteProperty(row, name)
    this.#writeFull()
  }

  /** Old full files go, as somebody who tidies up would do it. */
  forgetOldFiles(): void {
    for (const name of readdirSync(this.#folder)) {
      if (name.startsWith('full-')) rmSync(join(this.#folder, name))
    }
    this.#writeFull()
  }

  /** Takes what the hub has written for it. */
  take(): void {
    const folder = join(this.#folder, 'out')
    const names = readdirSync(folder).filter((name) => !name.startsWith('.') && !name.endsWith('.part'))
    for (const name of names.sort()) {
      const rows = this.#parse(readFileSync(join(folder, name), 'utf8'))
      rmSync(join(folder, name))
      this.#set(rows)
      this.#writeFull()
    }
  }

  #set(records: readonly Row[]): void {
    for (const record of records) {
      const id = String(record.id)
      const empty = this.#format === 'csv' ? Object.fromEntries(this.#columns.map((name) => [name, null])) : {}
      this.#rows.set(id, { ...empty, ...this.#rows.get(id), ...record })
    }
  }

  #writeFull(at?: Date): void {
    this.#write(`full-${String((this.#number += 1)).padStart(6, '0')}`, this.#text([...this.#rows.values()]), at)
  }

  #write(name: string, text: string, at = new Date((this.#at += 1_000))): void {
    const path = join(this.#folder, `${name}.${this.#format}`)
    writeFileSync(`${path}.part`, text)
    utimesSync(`${path}.part`, at, at)
    renameSync(`${path}.part`, path)
  }

  #text(rows: readonly Row[]): string {
    if (this.#format === 'jsonl') return rows.map((row) => `${JSON.stringify(row)}\n`).join('')
    const cell = (value: Json | undefined): string => {
      if (value === null || value === undefined) return ''
      return typeof value === 'number' ? String(value) : `"${String(value as string).replaceAll('"', '""')}"`
    }
    const lines = rows.map((row) => this.#columns.map((name) => cell(row[name])).join(','))
    return [this.#columns.map(cell).join(','), ...lines, ''].join('\r\n')
  }

  /** What the hub wrote: each row names the fields that it sets. */
  #parse(text: string): Row[] {
    if (this.#format === 'jsonl') {
      return text
        .trimEnd()
        .split('\n')
        .map((line) => withoutMarks(JSON.parse(line) as JsonObject))
    }
    const [header = [], ...rows] = cells(text)
    return rows.map((values) => {
      const row: Row = Object.fromEntries(header.map((name, place) => [String(name), values[place] ?? null]))
      const set = String(row.omnihub_fields ?? '').split(' ')
      const named = Object.entries(row).filter(([name]) => name === 'id' || set.includes(name))
      return Object.fromEntries(named.map(([name, value]) => [name, name === 'amount' ? Number(value) : value]))
    })
  }
}

function withoutMarks(row: JsonObject): Row {
  const entries = Object.entries(row).filter(([name]) => !name.startsWith('omnihub_'))
  if (!isJsonObject(row)) throw new Error('not an object')
  return Object.fromEntries(entries)
}

/** A CSV reader of its own, so that the connector's writer is not judged by its own reader. */
function cells(text: string): (string | null)[][] {
  const rows: (string | null)[][] = []
  for (const line of text.match(/(?:"(?:[^"]|"")*"|[^"\r\n])+/g) ?? []) {
    const values = line.match(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g) ?? []
    rows.push(
      values.map((value) => {
        const cell = value.replace(/,$/, '')
        if (cell === '') return null
        return cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell
      }),
    )
  }
  return rows
}
