import { describe, expect, test } from '@jest/globals'
import type { JsonObject } from '../hub/contracts/json.ts'
import { type BreakKind, breakingChanges, parseVersion, predecessor, sameRules } from './compatibility.ts'

const object = (properties: JsonObject, more: JsonObject = {}): JsonObject => ({
  type: 'object',
  additionalProperties: false,
  properties,
  ...more,
})
const of = (schema: JsonObject): JsonObject => object({ a: schema })

interface Case {
  title: string
  published: JsonObject
  current: JsonObject
  breaks?: { path: string; kind: BreakKind }
}

const text = { type: 'string' }
const BREAKS: Case[] = [
  {
    title: 'a property is removed',
    published: object({ a: text, b: text }),
    current: object({ a: text }),
    breaks: { path: '/b', kind: 'property-removed' },
  },
  {
    title: 'a property of an item is removed',
    published: of({ type: 'array', items: object({ b: text }) }),
    current: of({ type: 'array', items: object({}) }),
    breaks: { path: '/a/<each>/b', kind: 'property-removed' },
  },
  {
    title: 'a property becomes required',
    published: object({ a: text }),
    current: object({ a: text }, { required: ['a'] }),
    breaks: { path: '/a', kind: 'property-required' },
  },
  {
    title: 'a new property is required',
    published: object({}),
    current: object({ a: text }, { required: ['a'] }),
    breaks: { path: '/a', kind: 'property-required' },
  },
  {
    title: 'a type goes',
    published: of({ type: ['string', 'number'] }),
    current: of({ type: 'string' }),
    breaks: { path: '/a', kind: 'type-narrowed' },
  },
  {
    title: 'a number must be whole',
    published: of({ type: 'number' }),
    current: of({ type: 'integer' }),
    breaks: { path: '/a', kind: 'type-narrowed' },
  },
  {
    title: 'a type is asked for where any was taken',
    published: of({}),
    current: of({ type: 'string' }),
    breaks: { path: '/a', kind: 'type-narrowed' },
  },
  {
    title: 'a value of an enum goes',
    published: of({ enum: ['x', 'y'] }),
    current: of({ enum: ['x'] }),
    breaks: { path: '/a', kind: 'enum-narrowed' },
  },
  {
    title: 'an enum is asked for where any value was taken',
    published: of(text),
    current: of({ type: 'string', enum: ['x'] }),
    breaks: { path: '/a', kind: 'enum-narrowed' },
  },
  {
    title: 'one value is left of an enum',
    published: of({ enum: ['x', 'y'] }),
    current: of({ const: 'x' }),
    breaks: { path: '/a', kind: 'enum-narrowed' },
  },
  {
    title: 'a format is asked for',
    published: of(text),
    current: of({ type: 'string', format: 'date' }),
    breaks: { path: '/a', kind: 'format-narrowed' },
  },
  {
    title: 'a format is replaced',
    published: of({ type: 'string', format: 'date' }),
    current: of({ type: 'string', format: 'date-time' }),
    breaks: { path: '/a', kind: 'format-narrowed' },
  },
  {
    title: 'a pattern is asked for',
    published: of(text),
    current: of({ type: 'string', pattern: '^x' }),
    breaks: { path: '/a', kind: 'pattern-narrowed' },
  },
  {
    title: 'a text must be shorter',
    published: of({ type: 'string', maxLength: 10 }),
    current: of({ type: 'string', maxLength: 9 }),
    breaks: { path: '/a', kind: 'bound-narrowed' },
  },
  {
    title: 'a text must not be empty any more',
    published: of(text),
    current: of({ type: 'string', minLength: 1 }),
    breaks: { path: '/a', kind: 'bound-narrowed' },
  },
  {
    title: 'fewer items are taken',
    published: of({ type: 'array', maxItems: 5 }),
    current: of({ type: 'array', maxItems: 4 }),
    breaks: { path: '/a', kind: 'bound-narrowed' },
  },
  {
    title: 'an item is asked for',
    published: of({ type: 'array', minItems: 0 }),
    current: of({ type: 'array', minItems: 1 }),
    breaks: { path: '/a', kind: 'bound-narrowed' },
  },
  {
    title: 'a number must be larger',
    published: of({ type: 'number', minimum: 0 }),
    current: of({ type: 'number', minimum: 1 }),
    breaks: { path: '/a', kind: 'bound-narrowed' },
  },
  {
    title: 'a number gets a lower bound',
    published: of({ type: 'number' }),
    current: of({ type: 'number', minimum: 0 }),
    breaks: { path: '/a', kind: 'bound-narrowed' },
  },
  {
    title: 'other members are no longer taken',
    published: object({}, { additionalProperties: true }),
    current: object({}),
    breaks: { path: '', kind: 'additional-properties-tightened' },
  },
  {
    title: 'other members must be texts',
    published: object({}, { additionalProperties: true }),
    current: object({}, { additionalProperties: text }),
    breaks: { path: '', kind: 'additional-properties-tightened' },
  },
  {
    title: 'other members must be shorter texts',
    published: object({}, { additionalProperties: { type: 'string', maxLength: 10 } }),
    current: object({}, { additionalProperties: { type: 'string', maxLength: 5 } }),
    breaks: { path: '/<each>', kind: 'bound-narrowed' },
  },
  {
    title: 'a new property is narrower than the other members that were taken',
    published: object({}, { additionalProperties: text }),
    current: object({ a: { type: 'number' } }, { additionalProperties: text }),
    breaks: { path: '/a', kind: 'type-narrowed' },
  },
  {
    title: 'names of members must be shorter',
    published: object({}, { propertyNames: { maxLength: 9 } }),
    current: object({}, { propertyNames: { maxLength: 8 } }),
    breaks: { path: '/<each>', kind: 'bound-narrowed' },
  },
  {
    title: 'items get a type',
    published: of({ type: 'array' }),
    current: of({ type: 'array', items: text }),
    breaks: { path: '/a/<each>', kind: 'type-narrowed' },
  },
  {
    title: 'a rule appears that cannot be weighed',
    published: of(text),
    current: of({ type: 'string', not: { const: 'x' } }),
    breaks: { path: '/a', kind: 'rule-changed' },
  },
  {
    title: 'a property takes nothing any more',
    published: of(text),
    current: object({ a: false }),
    breaks: { path: '/a', kind: 'rule-changed' },
  },
]

const COMPATIBLE: Case[] = [
  { title: 'nothing changes', published: of(text), current: of(text) },
  { title: 'a property is added', published: object({ a: text }), current: object({ a: text, b: text }) },
  {
    title: 'a property is required no longer',
    published: object({ a: text }, { required: ['a'] }),
    current: object({ a: text }),
  },
  { title: 'a type is added', published: of({ type: 'string' }), current: of({ type: ['string', 'number'] }) },
  { title: 'a whole number may have a fraction', published: of({ type: 'integer' }), current: of({ type: 'number' }) },
  { title: 'a value is added to an enum', published: of({ enum: ['x'] }), current: of({ enum: ['x', 'y'] }) },
  {
    title: 'an enum, a format or a pattern goes',
    published: of({ type: 'string', enum: ['x'], format: 'date', pattern: 'x' }),
    current: of(text),
  },
  {
    title: 'bounds are wider',
    published: of({ type: 'string', minLength: 2, maxLength: 5 }),
    current: of({ type: 'string', minLength: 1, maxLength: 6 }),
  },
  {
    title: 'a lower bound of zero appears on a count',
    published: of({ type: 'array' }),
    current: of({ type: 'array', minItems: 0 }),
  },
  { title: 'other members are taken', published: object({}), current: object({}, { additionalProperties: text }) },
  {
    title: 'words change',
    published: of({ ...text, title: 'A', examples: ['x'] }),
    current: of({ ...text, title: 'B', description: 'C' }),
  },
]

describe('a schema breaks with its published version when', () => {
  test.each(BREAKS)('$title', ({ published, current, breaks }) => {
    expect(breakingChanges(published, current).map(({ path, kind }) => ({ path, kind }))).toEqual([breaks])
  })

  test('what the hub promised to answer with may be absent', () => {
    const published = object({ a: text }, { required: ['a'] })
    expect(breakingChanges(published, object({ a: text }), { requiredIsPromise: true })).toMatchObject([
      { path: '/a', kind: 'property-not-promised' },
    ])
  })
})

describe('a schema is compatible with its published version when', () => {
  test.each(COMPATIBLE)('$title', ({ published, current }) => {
    expect(breakingChanges(published, current)).toEqual([])
  })
})

describe('what a schema is compared with', () => {
  test('is the newest published version of its major part that is not newer than itself', () => {
    expect(predecessor('1.10', ['1.0', '1.9', '1.2', '2.0', '1.11'])).toBe('1.9')
    expect(predecessor('1.0', ['1.0'])).toBe('1.0')
  })

  test('is nothing when the major part rose: a new major part may break', () => {
    expect(predecessor('2.0', ['1.0', '1.9'])).toBeUndefined()
  })

  test.each(['1', '1.x', '', '01.0', '1.0.0'])('%j is no version', (version) => {
    expect(() => parseVersion(version)).toThrow('is no version')
  })
})

test('schemas with other words have the same rules, those with other members have not', () => {
  expect(sameRules(of({ ...text, title: 'A' }), of(text))).toBe(true)
  expect(sameRules(object({ title: text }), object({}))).toBe(false)
})
