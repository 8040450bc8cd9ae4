import { parseChanges } from '../../../intake/cloudevents.ts'
import type { Change } from '../../../contracts/change.ts'
import type { JsonObject } from '../../../contracts/json.ts'
import { eventOf, type EventShape } from './change-events.ts'

const SHAPE: EventShape = {
  system: 'crm',
  entity: 'Contact',
  keyFields: ['Id'],
  sequenceField: undefined,
  deletes: false,
  run: 'run-1',
  time: '2026-01-02T00:00:00.000Z',
}

function event(text: string, shape: Partial<EventShape> = {}, line = 3): string {
  return eventOf({ line, where: `f:${line}`, record: JSON.parse(text) as JsonObject, text }, { ...SHAPE, ...shape })
    .text
}

/** As the hub itself reads it. */
function change(text: string, shape: Partial<EventShape> = {}, line = 3): Change | undefined {
  const [read] = parseChanges(
    { contentType: 'application/cloudevents-batch+json', body: Buffer.from(`[${event(text, shape, line)}]`) },
    { systems: new Set(['crm']), receivedAt: '2026-01-02T00:00:00.000Z' },
  )
  return read
}

describe('a record as an event', () => {
  test('is read by the hub as the change that was meant', () => {
    expect(change('{"Id":"003/A 1%","Name":"Zoë"}')).toMatchObject({
      system: 'crm',
      entity: 'Contact',
      key: '003/A 1%',
      id: 'run-1-3',
      kind: 'upsert',
      data: { Id: '003/A 1%', Name: 'Zoë' },
    })
  })

  test('carries the record as it was written, so that no number changes', () => {
    expect(event('{"Id":1,"big":9007199254740993}').endsWith('"data":{"Id":1,"big":9007199254740993}}')).toBe(true)
  })

  test('joins several key fields, and finds them inside objects', () => {
    expect(change('{"a":{"b":"x"},"c":7}', { keyFields: ['a.b', 'c'] })?.key).toBe('x:7')
    expect(change('{"a.b":"y","a":{"b":"x"}}', { keyFields: ['a.b'] })?.key).toBe('y')
  })

  test('says that it was a delete', () => {
    expect(change('{"Id":1}', { deletes: true })).toMatchObject({ kind: 'delete', key: '1' })
  })

  test('orders whole numbers as numbers, and anything else as text', () => {
    const shape = { sequenceField: 'rev' }
    expect(change('{"Id":1,"rev":10}', shape)).toMatchObject({ sequence: '10', sequenceType: 'Integer' })
    const text = change('{"Id":1,"rev":"2026-01-02T10:00:00Z"}', shape)
    expect(text).toMatchObject({ sequence: '2026-01-02T10:00:00Z' })
    expect(text?.sequenceType).toBeUndefined()
  })

  test('with a sequence is the same change whenever and wherever it is sent, and another one when anything differs', () => {
    const id = (text: string, run = 'a', line = 1): string | undefined =>
      change(text, { sequenceField: 'rev', run }, line)?.id
    expect(id('{"Id":1,"rev":1}', 'a', 1)).toBe(id('{"Id":1,"rev":1}', 'b', 9))
    expect(
      new Set([id('{"Id":1,"rev":1}'), id('{"Id":1,"rev":2}'), id('{"Id":2,"rev":1}'), id('{"Id":1,"rev":1,"x":1}')])
        .size,
    ).toBe(4)
  })

  test('without a sequence is the same change only in the same run and place', () => {
    const id = (run: string, line: number): string | undefined => change('{"Id":1}', { run }, line)?.id
    expect(id('a', 1)).toBe(id('a', 1))
    expect(new Set([id('a', 1), id('a', 2), id('b', 1)]).size).toBe(3)
  })

  test.each([['{}'], ['{"Id":""}'], ['{"Id":null}'], ['{"Id":1.5}'], ['{"Id":true}'], ['{"Id":{"x":1}}']])(
    'is refused with its line where the key is none: %s',
    (text) => {
      expect(() => event(text)).toThrow('f:3: The record has no key: Id must be a text or a whole number.')
    },
  )

  test('never takes what an object inherits for a key', () => {
    expect(() => event('{"Id":1}', { keyFields: ['constructor.name'] })).toThrow('has no key')
  })
})
