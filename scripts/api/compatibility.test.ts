import { describe, expect, test } from '@jest/globals'
import { asyncApiDocument } from '../../hub/api/asyncapi/document.ts'
import { openApiDocument } from '../../hub/api/openapi/document.ts'
import { operation, type OperationSpec } from '../../hub/api/operations/operation.ts'
import { OPERATIONS } from '../../hub/api/operations/index.ts'
import type { Json, JsonObject } from '../../hub/contracts/json.ts'
import { apiBreaks, eventBreaks, hastyDeprecations, type Notice } from './compatibility.ts'

const TODAY = '2026-10-01'
const ITEM: JsonObject = {
  type: 'object',
  required: ['id', 'state'],
  properties: {
    id: { type: 'string', format: 'uuid' },
    state: { type: 'string', enum: ['open', 'closed'] },
    note: { type: ['string', 'null'] },
    parts: { type: 'array', items: { type: 'object', properties: { size: { type: 'integer' } } } },
    former: { type: 'string', deprecated: true, 'x-sunset': '2026-09-01' },
  },
}
const GONE_SOON = { since: '2026-01-01', sunset: '2026-09-01', instead: 'Use `q`.' }
const PUBLISHED: OperationSpec = operation({
  id: 'makeThing',
  method: 'POST',
  path: '/v1/things/{id}',
  tag: 'Things',
  summary: 'Make',
  description: 'Makes.',
  permission: 'records.read',
  params: { id: { type: 'string', format: 'uuid', description: 'Its id.' } },
  query: {
    kind: { type: 'string', enum: ['a', 'b'], description: 'Which.' },
    limit: { type: 'integer', maximum: 100, default: 10, description: 'How many.' },
    old: { type: 'string', description: 'Old.', deprecated: GONE_SOON },
  },
  body: {
    description: 'It.',
    types: ['application/json', 'text/plain'],
    required: false,
    schema: {
      type: 'object',
      additionalProperties: false,
      required: ['name'],
      properties: { name: { type: 'string', maxLength: 20 }, colour: { type: 'string', enum: ['red', 'blue'] } },
    },
  },
  answers: {
    200: { description: 'It.', schema: ITEM, headers: { etag: 'Its version.' } },
    404: { description: 'No.', codes: ['record.unknown'] },
  },
})

const documentOf = (...specs: OperationSpec[]): JsonObject =>
  specs[0] === PUBLISHED && specs.length === 1 ? PUBLISHED_DOCUMENT : openApiDocument(specs, '1.0')
const PUBLISHED_DOCUMENT = openApiDocument([PUBLISHED], '1.0')

/** What is found when the published operation becomes what `change` makes of it. */
function found(change: (spec: Draft) => void, notices: Notice[] = []): string[] {
  const spec = structuredClone(PUBLISHED) as unknown as Draft
  change(spec)
  const options = { today: TODAY, notices }
  const findings = apiBreaks(documentOf(PUBLISHED), documentOf(spec as unknown as OperationSpec), options)
  return findings.map(({ id, where, message, way }) => `${id}: ${where}: ${message} (${way})`)
}

/** An operation that may be changed in place. */
interface Draft {
  [name: string]: unknown
  query: Record<string, Record<string, unknown>>
  body: {
    [name: string]: unknown
    types: string[]
    schema: JsonObject & { required: string[]; properties: JsonObject }
  }
  answers: Record<number, { [name: string]: unknown; codes?: string[] }>
}

function item(spec: Draft): JsonObject & { required: string[]; properties: Record<string, JsonObject> } {
  return spec.answers[200]?.['schema'] as JsonObject & { required: string[]; properties: Record<string, JsonObject> }
}

describe('What a caller of the published API stumbles over', () => {
  test('nothing, where nothing has changed, or something was added', () => {
    expect(found(() => undefined)).toEqual([])
    const more = (spec: Draft): void => {
      spec.query['also'] = { type: 'string', description: 'New.' }
      spec.query['kind'] = { type: 'string', enum: ['a', 'b', 'c'], description: 'Which.' }
      spec.body.schema.properties['size'] = { type: 'integer' }
      spec.body.schema.properties['colour'] = { type: 'string' }
      spec.body.types.push('application/xml')
      item(spec).properties['more'] = { type: 'string' }
      item(spec).required.push('more')
      item(spec).properties['note'] = { type: 'string' }
      spec.answers[409] = { description: 'Not now.' }
      spec['permission'] = 'public'
    }
    expect(found(more)).toEqual([])
    const other = operation({ ...PUBLISHED, id: 'otherThing', path: '/v1/others/{id}' })
    expect(apiBreaks(documentOf(PUBLISHED), documentOf(PUBLISHED, other), { today: TODAY })).toEqual([])
  })

  test.each<[string, (spec: Draft) => void, string[]]>([
    [
      'another address',
      (spec) => (spec['path'] = '/v1/thing/{id}'),
      ['operation: POST /v1/things/{id} is gone (deprecate)'],
    ],
    ['another name', (spec) => (spec['id'] = 'create'), ['operationId: is create; clients call it makeThing (beside)']],
    [
      'a role less',
      (spec) => (spec['permission'] = 'systems.operate'),
      ['permission: is not for the role channel, steward, viewer any more (beside)'],
    ],
    ['a parameter less', (spec) => Reflect.deleteProperty(spec.query, 'kind'), ['parameter kind: is gone (deprecate)']],
    [
      'a parameter that must be there',
      (spec) => (spec.query['must'] = { type: 'string', description: 'New.', required: true }),
      ['parameter must: is new and required (beside)'],
    ],
    [
      'a parameter that must be there now',
      (spec) => Object.assign(spec.query['kind'] ?? {}, { required: true }),
      ['parameter kind: is required; it was not (beside)'],
    ],
    [
      'a choice less',
      (spec) => Object.assign(spec.query['kind'] ?? {}, { enum: ['a'] }),
      ['parameter kind: no longer takes b (beside)'],
    ],
    [
      'less at a time',
      (spec) => Object.assign(spec.query['limit'] ?? {}, { maximum: 50 }),
      ['parameter limit: maximum is 50; it was 100 (beside)'],
    ],
    [
      'another default',
      (spec) => Object.assign(spec.query['limit'] ?? {}, { default: 20 }),
      ['parameter limit: has another default; it was 10 (beside)'],
    ],
    ['a type of body less', (spec) => spec.body.types.pop(), ['body: is not taken as text/plain any more (deprecate)']],
    ['a body that must be there', (spec) => (spec.body['required'] = true), ['body: is required; it was not (beside)']],
    [
      'a member that must be there',
      (spec) => spec.body.schema.required.push('colour'),
      ['body /colour: is required; it was not (beside)'],
    ],
    [
      'an answer less',
      (spec) => Reflect.deleteProperty(spec.answers, 404),
      ['answer 404: is not given any more (beside)'],
    ],
    [
      'a code less',
      (spec) => (spec.answers[404] = { description: 'No.' }),
      ['answer 404: has no code record.unknown any more (beside)'],
    ],
    [
      'a header less',
      (spec) => Reflect.deleteProperty(spec.answers[200] ?? {}, 'headers'),
      ['answer 200: has no header etag any more (beside)'],
    ],
    [
      'another kind of answer',
      (spec) => Object.assign(spec.answers[200] ?? {}, { type: 'text/plain' }),
      ['answer 200: is not given as application/json any more (beside)'],
    ],
    [
      'a member less',
      (spec) => Reflect.deleteProperty(item(spec).properties, 'note'),
      ['answer 200 /note: is gone (deprecate)'],
    ],
    [
      'a member that may be absent',
      (spec) => item(spec).required.pop(),
      ['answer 200 /state: may be absent; readers could rely on it (beside)'],
    ],
    [
      'a member of another type',
      (spec) => (item(spec).properties['note'] = { type: ['string', 'null', 'integer'] }),
      ['answer 200 /note: may be integer; it was string, null (beside)'],
    ],
    [
      'a member that may be anything',
      (spec) => (item(spec).properties['note'] = {}),
      ['answer 200 /note: may be anything; it was string, null (beside)'],
    ],
    [
      'a member in another form',
      (spec) => (item(spec).properties['id'] = { type: 'string' }),
      ['answer 200 /id: is no uuid any more (beside)'],
    ],
    [
      'a number that may have a fraction',
      (spec) => {
        item(spec).properties['parts'] = {
          type: 'array',
          items: { type: 'object', properties: { size: { type: 'number' } } },
        }
      },
      ['answer 200 /parts/<each>/size: may be number; it was integer (beside)'],
    ],
    [
      'a value that nobody was told of',
      (spec) => {
        item(spec).properties['state'] = { type: 'string', enum: ['open', 'closed', 'lost'] }
      },
      ['answer 200 /state: may be lost (announce)'],
    ],
    [
      'any value',
      (spec) => (item(spec).properties['state'] = { type: 'string' }),
      ['answer 200 /state: may have any value; it was one of open, closed (beside)'],
    ],
  ])('%s', (_, change, expected) => {
    expect(found(change)).toEqual(expected.map((one) => `makeThing: ${one}`))
  })

  test('not what was deprecated, once its day has come', () => {
    expect(found((spec) => Reflect.deleteProperty(spec.query, 'old'))).toEqual([])
    expect(found((spec) => Reflect.deleteProperty(item(spec).properties, 'former'))).toEqual([])
    const options = { today: '2026-08-31' }
    const later = structuredClone(PUBLISHED) as unknown as Draft
    Reflect.deleteProperty(later.query, 'old')
    expect(apiBreaks(documentOf(PUBLISHED), documentOf(later as unknown as OperationSpec), options)).toHaveLength(1)
    const going = operation({ ...PUBLISHED, deprecated: GONE_SOON })
    expect(apiBreaks(documentOf(going), documentOf(), { today: '2026-09-01' })).toEqual([])
    expect(apiBreaks(documentOf(going), documentOf(), options)).toHaveLength(1)
  })

  test('not a new value of which they were told in time', () => {
    const widen = (spec: Draft): void => {
      item(spec).properties['state'] = { type: 'string', enum: ['open', 'closed', 'lost', 'found'] }
    }
    const notice = { at: 'makeThing: answer 200 /state', values: ['lost'] as Json[], announced: '2026-09-01' }
    expect(found(widen, [notice])).toEqual(['makeThing: answer 200 /state: may be found (announce)'])
    expect(found(widen, [{ ...notice, values: ['lost', 'found'] }])).toEqual([])
    expect(found(widen, [{ ...notice, values: ['lost', 'found'], announced: '2026-09-15' }])).toHaveLength(1)
  })

  test('answers of a form that they did not have', () => {
    const either = (...types: string[]): JsonObject => ({ oneOf: types.map((type) => ({ type })) })
    const one = operation({
      ...PUBLISHED,
      answers: { 200: { description: 'It.', schema: either('string', 'integer') } },
    })
    const two = operation({
      ...PUBLISHED,
      answers: { 200: { description: 'It.', schema: either('string', 'object') } },
    })
    expect(apiBreaks(documentOf(one), documentOf(two), { today: TODAY })).toMatchObject([
      { where: 'answer 200 /', message: 'may have a form that it did not have' },
    ])
    const fewer = operation({ ...PUBLISHED, answers: { 200: { description: 'It.', schema: either('string') } } })
    expect(apiBreaks(documentOf(one), documentOf(fewer), { today: TODAY })).toEqual([])
  })
})

describe('The check', () => {
  test('sees through the references and the joined schemas of the whole API', () => {
    const now = openApiDocument(OPERATIONS, '1.0')
    expect(apiBreaks(now, now, { today: TODAY })).toEqual([])
    const changed = structuredClone(now) as { components: { schemas: Record<string, { properties: JsonObject }> } }
    Reflect.deleteProperty(changed.components.schemas['customer']?.properties ?? {}, 'gender')
    const findings = apiBreaks(now, changed as unknown as JsonObject, { today: TODAY })
    expect(findings.map(({ id, where }) => `${id} ${where}`)).toEqual(
      expect.arrayContaining([
        'getCustomer answer 200 /gender',
        'listCustomers answer 200 /items/<each>/gender',
        'editCustomer answer 200 /gender',
      ]),
    )
  })

  test('looks at events too', () => {
    const now = asyncApiDocument('1.0')
    expect(eventBreaks(now, now, { today: TODAY })).toEqual([])
    const changed = structuredClone(now) as { components: { schemas: Record<string, JsonObject> } }
    Reflect.deleteProperty(changed.components.schemas, 'event.customer.split')
    const updated = changed.components.schemas['event.customer.updated'] as {
      properties: { data: { properties: JsonObject } }
    }
    Reflect.deleteProperty(updated.properties.data.properties, 'changed')
    const findings = eventBreaks(now, changed as unknown as JsonObject, { today: TODAY })
    expect(findings.map(({ id, where, message }) => `${id} ${where} ${message}`)).toEqual([
      'event.customer.updated event /data/changed is gone',
      'event.customer.split event is not sent any more',
    ])
  })

  test('finds deprecations that leave callers too little time', () => {
    const soon = { since: '2026-03-01', sunset: '2026-05-01', instead: 'Use another.' }
    const spec = operation({ ...PUBLISHED, deprecated: soon })
    expect(hastyDeprecations(documentOf(spec), 180)).toEqual([
      'makeThing: from `since` to `sunset` there must be at least 180 days',
    ])
    expect(hastyDeprecations(documentOf(PUBLISHED), 180)).toEqual([])
  })
})
