import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { CANONICAL_ENTITIES } from '../hub/contracts/canonical.ts'
import type { JsonObject } from '../hub/contracts/json.ts'
import { createSchemaValidator } from '../hub/contracts/schema-validator.ts'
import { type CompiledMapping, compileMapping, parseMappingOrThrow } from '../hub/mapping/index.ts'
import { makeCompany } from './company/company.ts'
import { DEMO_ENTITIES, type DemoEntity, recordsAsRead } from './servers/entities.ts'
import { DEMO_SYSTEMS } from './systems/index.ts'

interface MappingCase {
  title: string
  input: JsonObject
  expect: JsonObject
}

const ROOT = join(import.meta.dirname, '..')
const company = makeCompany()
const stored = new Map(DEMO_SYSTEMS.map((system) => [system.name, system.store(company)]))
const validator = createSchemaValidator()

function mappingOf(place: DemoEntity): CompiledMapping {
  const file = `mappings/${place.system}/${place.entity}.yaml`
  return compileMapping(parseMappingOrThrow(readFileSync(join(ROOT, file), 'utf8'), file))
}

function recordsOf(place: DemoEntity): JsonObject[] {
  const company = stored.get(place.system)
  if (!company) throw new Error(`No rows of ${place.system}`)
  return recordsAsRead(place, company)
}

test('The entities are those that the configuration reads', () => {
  const configured = DEMO_SYSTEMS.flatMap(({ name }) => {
    const { entities } = parse(readFileSync(join(ROOT, `config/systems/${name}.yaml`), 'utf8')) as { entities: object }
    return Object.keys(entities).map((entity) => `${name} ${entity}`)
  })
  expect(DEMO_ENTITIES.map(({ system, entity }) => `${system} ${entity}`).sort()).toEqual(configured.sort())
})

test('The four systems fill all eleven canonical entities', () => {
  const targets = new Set(DEMO_ENTITIES.map((place) => mappingOf(place).document.target))
  expect([...targets].sort()).toEqual([...CANONICAL_ENTITIES].sort())
})

describe.each(DEMO_ENTITIES)('$system $entity', (place) => {
  test('Every generated record maps to a document that its canonical schema takes', () => {
    const mapping = mappingOf(place)
    const rows = recordsOf(place)
    const faults: unknown[] = []
    for (const row of rows) {
      const result = mapping.apply(row)
      if (!result.ok) faults.push(result.errors)
      else faults.push(...validator.validate(mapping.document.target, result.document))
      if (mapping.keyOf(row) === null) faults.push(`no key: ${JSON.stringify(row)}`)
    }
    expect(rows.length).toBeGreaterThan(0)
    expect(faults.slice(0, 5)).toEqual([])
  })

  test('Nothing but what a clerk typed wrong is kept raw in attributes', () => {
    const mapping = mappingOf(place)
    if (mapping.document.target !== 'customer') return
    const raw = recordsOf(place).flatMap((row) => {
      const result = mapping.apply(row)
      const attributes = result.ok ? (result.document.attributes ?? {}) : {}
      return Object.keys(attributes).filter((name) => !['jobTitle', 'crmAccount', 'website'].includes(name))
    })
    expect(raw).toEqual([])
  })

  const file = join(ROOT, `mappings/${place.system}/${place.entity}.cases.yaml`)
  test('Its mapping has cases beside it', () => expect(existsSync(file)).toBe(true))
  const cases: MappingCase[] = existsSync(file) ? parse(readFileSync(file, 'utf8')) : []
  test.each(cases)('$title', ({ input, expect: expected }) => {
    const mapping = mappingOf(place)
    if (expected.deleted === true) return expect(mapping.isDeleted(input)).toBe(true)
    expect(mapping.isDeleted(input)).toBe(false)
    const result = mapping.apply(input)
    if (typeof expected.error === 'string') {
      expect(result.ok ? 'mapped' : result.errors.map((error) => error.code)).toContain(expected.error)
      return
    }
    expect(result).toEqual({ ok: true, document: expected })
    expect(validator.validate(mapping.document.target, expected)).toEqual([])
  })
})
