import { describe, expect, test } from '@jest/globals'
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { JsonObject } from '../hub/contracts/json.ts'
import { type Versioned, compareVersions, presentVersions, versioned } from './versions.ts'

const read = (file: string): JsonObject =>
  JSON.parse(readFileSync(join(import.meta.dirname, file), 'utf8')) as JsonObject
const present = presentVersions((name) => read(`${name}.schema.json`))
const files = readdirSync(join(import.meta.dirname, 'published')).filter((file) => file.endsWith('.json'))
const published = files.map((file) => versioned(read(`published/${file}`)))

/** The present schemas with the text of one of them changed. */
function changed(name: string, change: (text: string) => string): Versioned[] {
  const read = (it: Versioned): Versioned => versioned(JSON.parse(change(JSON.stringify(it.schema))) as JsonObject)
  return present.map((it) => (it.name === name ? read(it) : it))
}

describe('the schemas of this folder', () => {
  test('break with no published version (else: undo the change, or raise the major part in the $id)', () => {
    expect(compareVersions(present, published).breaks).toEqual([])
  })

  test('are published in both their forms', () => {
    const names = published.map(({ name }) => name)
    for (const { name } of present) expect(names).toContain(name)
    expect(present).toHaveLength(22)
  })

  test('are found to break when a value of an enum is gone, unless the major part rises', () => {
    const narrowed = (text: string): string => text.replace('"organization"]', ']').replace(',]', ']')
    expect(compareVersions(changed('customer', narrowed), published).breaks).toEqual([
      'customer /kind: no longer takes organization (since 1.0)',
    ])
    const raised = changed('customer', (text) => narrowed(text).replace('customer/1.0', 'customer/2.0'))
    expect(compareVersions(raised, published)).toMatchObject({ breaks: [] })
  })

  test('may say more, which is told', () => {
    const wider = changed('customer', (text) => text.replace('"organization"]', '"organization","household"]'))
    const { breaks, notices } = compareVersions(wider, published)
    expect(breaks).toEqual([])
    expect(notices.find((it) => it.startsWith('customer 1.0'))).toContain('raise the minor part of its $id')
  })

  test('may not go as a whole', () => {
    const without = present.filter(({ name }) => name !== 'offer')
    expect(compareVersions(without, published).breaks).toEqual([
      'offer: the schema is gone, but a version is published',
    ])
  })
})
