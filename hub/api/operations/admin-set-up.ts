import type { JsonObject } from '../../contracts/json.ts'
import { ROLES } from '../../security/permissions.ts'
import { operation, type ParamSpec } from './operation.ts'
import { LANE, NOTE, PAGE, pageSchema } from './shared.ts'

/** Operations of /admin/v1 about what people set up and decide: mappings, matches, keys. */

const MAPPING = {
  system: { type: 'string', maxLength: 128, description: 'Name of the system.' },
  entity: { type: 'string', maxLength: 256, description: 'Record type in that system.' },
} as const satisfies Record<string, ParamSpec>
const REVISION = {
  ...MAPPING,
  revision: { type: 'integer', minimum: 1, maximum: 2_147_483_647, description: 'Number of the revision.' },
} as const satisfies Record<string, ParamSpec>

const HEAD: JsonObject = {
  system: { type: 'string' },
  entity: { type: 'string' },
  revision: { type: 'integer' },
}
const MAPPING_REVISION: JsonObject = {
  type: 'object',
  properties: {
    ...HEAD,
    state: { type: 'string', enum: ['draft', 'published', 'retired'] },
    origin: { type: 'string', enum: ['workspace', 'console'] },
    author: { type: 'string' },
    note: { type: ['string', 'null'] },
    createdAt: { type: 'string', format: 'date-time' },
    publishedAt: { type: ['string', 'null'], format: 'date-time' },
    document: { type: 'string', description: 'The mapping document, YAML.' },
    cases: { type: ['string', 'null'], description: 'Its cases, YAML.' },
  },
}
const TEXTS: JsonObject = {
  document: { type: 'string', minLength: 1, maxLength: 500_000, description: 'The mapping document, YAML.' },
  cases: {
    type: ['string', 'null'],
    maxLength: 900_000,
    description: 'Cases that must hold before it can be published.',
  },
}
const NO_MAPPING = { 404: { description: 'There is no such mapping, or no such revision.' } } as const

export const listMappingsOperation = operation({
  id: 'listMappings',
  method: 'GET',
  path: '/admin/v1/mappings',
  tag: 'Mappings',
  summary: 'All mappings',
  description: 'The revision in force of each, the newest one, and how far records are being mapped anew.',
  permission: 'mappings.read',
  answers: {
    200: {
      description: 'The mappings, by system and entity.',
      schema: {
        type: 'object',
        properties: {
          items: {
            type: 'array',
            items: {
              type: 'object',
              properties: {
                system: { type: 'string' },
                entity: { type: 'string' },
                published: { type: ['integer', 'null'] },
                newest: { type: 'integer' },
                reprojection: { type: ['object', 'null'] },
              },
            },
          },
        },
      },
    },
  },
})

export const getMappingOperation = operation({
  id: 'getMapping',
  method: 'GET',
  path: '/admin/v1/mappings/{system}/{entity}',
  tag: 'Mappings',
  summary: 'The mapping in force',
  description: 'The published revision; where none ever was, the newest draft.',
  permission: 'mappings.read',
  params: MAPPING,
  answers: { 200: { description: 'The revision.', schema: MAPPING_REVISION }, ...NO_MAPPING },
})

export const mappingHistoryOperation = operation({
  id: 'getMappingHistory',
  method: 'GET',
  path: '/admin/v1/mappings/{system}/{entity}/revisions',
  tag: 'Mappings',
  summary: 'Revisions of a mapping',
  description: 'Newest first, without their documents.',
  permission: 'mappings.read',
  params: MAPPING,
  answers: {
    200: {
      description: 'The revisions.',
      schema: { type: 'object', properties: { items: { type: 'array', items: MAPPING_REVISION } } },
    },
    ...NO_MAPPING,
  },
})

export const getMappingRevisionOperation = operation({
  id: 'getMappingRevision',
  method: 'GET',
  path: '/admin/v1/mappings/{system}/{entity}/revisions/{revision}',
  tag: 'Mappings',
  summary: 'One revision of a mapping',
  description: 'A revision is never changed: a correction is a new one.',
  permission: 'mappings.read',
  params: REVISION,
  answers: { 200: { description: 'The revision.', schema: MAPPING_REVISION }, ...NO_MAPPING },
})

export const draftMappingOperation = operation({
  id: 'draftMapping',
  method: 'PUT',
  path: '/admin/v1/mappings/{system}/{entity}',
  tag: 'Mappings',
  summary: 'Draft a mapping',
  description: 'Keeps the document as a new revision, after checking it. Nothing is in force until it is published.',
  permission: 'mappings.write',
  params: MAPPING,
  body: {
    description: 'The documents.',
    types: ['application/json'],
    schema: {
      type: 'object',
      additionalProperties: false,
      required: ['document'],
      properties: { ...TEXTS, note: NOTE },
    },
  },
  answers: {
    201: { description: 'Kept.', schema: { type: 'object', properties: HEAD } },
    404: { description: 'There is no such system.' },
    422: { description: 'The document is wrong; `pointer` says where.' },
  },
})

export const previewMappingOperation = operation({
  id: 'previewMapping',
  method: 'POST',
  path: '/admin/v1/mappings/{system}/{entity}/preview',
  tag: 'Mappings',
  summary: 'Try a mapping on stored records',
  description:
    'What a document, or a revision, makes of the newest stored records, beside what the mapping in force makes of them. Keeps nothing.',
  permission: 'mappings.read',
  unmasked: true,
  personal: true,
  params: MAPPING,
  body: {
    description: 'A document or the number of a revision, and how many records.',
    types: ['application/json'],
    schema: {
      type: 'object',
      additionalProperties: false,
      properties: {
        document: { type: 'string', minLength: 1, maxLength: 500_000 },
        revision: { type: 'integer', minimum: 1, maximum: 2_147_483_647 },
        records: { type: 'integer', minimum: 1, maximum: 1000, default: 100 },
      },
      oneOf: [{ required: ['document'] }, { required: ['revision'] }],
    },
  },
  answers: {
    200: {
      description: 'The outcome for each record, and how often each field was filled and each error came.',
      schema: {
        type: 'object',
        properties: {
          records: { type: 'array', items: { type: 'object' } },
          mapped: { type: 'integer' },
          failed: { type: 'integer' },
          deleted: { type: 'integer' },
          changed: { type: 'integer', description: 'Records whose outcome differs from that of the mapping in force.' },
          errors: { type: 'array', items: { type: 'object' } },
          filled: { type: 'object', additionalProperties: { type: 'integer' } },
        },
      },
    },
    ...NO_MAPPING,
    422: { description: 'The document is wrong; `pointer` says where.' },
  },
})

export const publishMappingOperation = operation({
  id: 'publishMapping',
  method: 'POST',
  path: '/admin/v1/mappings/{system}/{entity}/revisions/{revision}/publish',
  tag: 'Mappings',
  summary: 'Put a revision in force',
  description:
    'Its cases must hold. It is live on every hub process within a second; stored records are mapped anew, and only those customers change that it touches.',
  permission: 'mappings.write',
  params: REVISION,
  answers: {
    200: { description: 'In force.', schema: { type: 'object', properties: HEAD } },
    ...NO_MAPPING,
    409: { description: 'It is in force already.' },
    422: { description: 'A case does not hold.' },
  },
})

export const rollBackMappingOperation = operation({
  id: 'rollBackMapping',
  method: 'POST',
  path: '/admin/v1/mappings/{system}/{entity}/roll-back',
  tag: 'Mappings',
  summary: 'Go back to the revision before',
  description: 'Puts the revision in force that was so before the present one.',
  permission: 'mappings.write',
  params: MAPPING,
  answers: {
    200: { description: 'In force again.', schema: { type: 'object', properties: HEAD } },
    409: { description: 'No earlier revision was ever in force.' },
  },
})

const SIDE: JsonObject = {
  type: 'object',
  properties: {
    ...(LANE.properties as JsonObject),
    customer: { type: 'string' },
    document: { type: ['object', 'null'] },
  },
}

export const listMatchesOperation = operation({
  id: 'listMatches',
  method: 'GET',
  path: '/admin/v1/matches',
  tag: 'Matches',
  summary: 'Pairs to look at',
  description:
    'Records of different customers that look alike, but not enough to be joined without a person; the most alike first, with the weight (log2) that each field gave. With `customer`: the pairs among the records of that customer, which explain why they are one.',
  permission: 'matches.read',
  personal: true,
  query: { customer: { type: 'string', format: 'uuid', description: 'Explain this customer instead.' }, ...PAGE },
  answers: {
    200: {
      description: 'A page of pairs.',
      schema: pageSchema({
        type: 'object',
        properties: {
          a: SIDE,
          b: SIDE,
          weight: { type: 'number' },
          fields: { description: 'Weight by field.' },
          at: { type: 'string', format: 'date-time' },
        },
      }),
    },
    404: { description: 'There is no such customer.' },
    410: { description: 'The customer was erased.' },
  },
})

export const listDecisionsOperation = operation({
  id: 'listDecisions',
  method: 'GET',
  path: '/admin/v1/matches/decisions',
  tag: 'Matches',
  summary: 'What stewards decided',
  description: 'Newest first.',
  permission: 'matches.read',
  personal: true,
  query: { limit: PAGE.limit },
  answers: {
    200: {
      description: 'The decisions.',
      schema: {
        type: 'object',
        properties: {
          items: {
            type: 'array',
            items: {
              type: 'object',
              properties: {
                a: LANE,
                b: LANE,
                kind: { type: 'string', enum: ['must-join', 'must-not-join'] },
                author: { type: 'string' },
                note: { type: ['string', 'null'] },
                at: { type: 'string', format: 'date-time' },
              },
            },
          },
        },
      },
    },
  },
})

export const decideMatchOperation = operation({
  id: 'decideMatch',
  method: 'POST',
  path: '/admin/v1/matches/decisions',
  tag: 'Matches',
  summary: 'Decide about a pair',
  description:
    'Says of two records that they are the same customer, or that they are not. It outranks every score; the opposite word replaces it.',
  permission: 'matches.decide',
  body: {
    description: 'The pair and the word on it.',
    types: ['application/json'],
    schema: {
      type: 'object',
      additionalProperties: false,
      required: ['a', 'b', 'kind'],
      properties: { a: LANE, b: LANE, kind: { type: 'string', enum: ['must-join', 'must-not-join'] }, note: NOTE },
    },
  },
  answers: {
    200: {
      description: 'Decided; the customers that the two records belong to now.',
      schema: { type: 'object', properties: { a: { type: 'string' }, b: { type: 'string' } } },
    },
    404: { description: 'One of the records is not there, or belongs to no customer.' },
    409: { description: 'An earlier decision stands against it.' },
  },
})

const LIMITS: JsonObject = {
  type: 'object',
  additionalProperties: false,
  required: ['perSecond', 'burst', 'concurrent'],
  description: 'Its own limits in each process; absent: those of its role.',
  properties: {
    perSecond: { type: 'integer', minimum: 1, maximum: 999_999, description: 'Requests a second, over time.' },
    burst: { type: 'integer', minimum: 1, maximum: 999_999, description: 'Requests at once after a pause.' },
    concurrent: { type: 'integer', minimum: 1, maximum: 99_999, description: 'Requests under way at the same time.' },
  },
}

const KEY: JsonObject = {
  type: 'object',
  properties: {
    id: { type: 'string' },
    name: { type: 'string' },
    role: { type: 'string', enum: [...ROLES] },
    system: { type: ['string', 'null'] },
    createdAt: { type: 'string', format: 'date-time' },
    expiresAt: { type: ['string', 'null'], format: 'date-time' },
    revokedAt: { type: ['string', 'null'], format: 'date-time' },
    limits: { ...LIMITS, type: ['object', 'null'] },
    rotatedTo: { type: ['string', 'null'], description: 'The key that takes its place.' },
  },
}

export const listKeysOperation = operation({
  id: 'listKeys',
  method: 'GET',
  path: '/admin/v1/keys',
  tag: 'Keys',
  summary: 'All API keys',
  description:
    'Newest first, revoked and expired ones too; never the secrets. The first-run admin key is not among them.',
  permission: 'keys.manage',
  answers: {
    200: { description: 'The keys.', schema: { type: 'object', properties: { items: { type: 'array', items: KEY } } } },
  },
})

export const createKeyOperation = operation({
  id: 'createKey',
  method: 'POST',
  path: '/admin/v1/keys',
  tag: 'Keys',
  summary: 'Make an API key',
  description: 'The answer shows the key, this once.',
  permission: 'keys.manage',
  body: {
    description: 'What it is for.',
    types: ['application/json'],
    schema: {
      type: 'object',
      additionalProperties: false,
      required: ['name', 'role'],
      properties: {
        name: { type: 'string', minLength: 1, maxLength: 100, description: 'Who or what uses it.' },
        role: { type: 'string', enum: [...ROLES] },
        system: { type: 'string', minLength: 1, maxLength: 128, description: 'With the role system: which one.' },
        expiresAt: { type: 'string', maxLength: 40, description: 'RFC 3339; absent: it does not expire.' },
        limits: LIMITS,
      },
    },
  },
  answers: {
    201: {
      description: 'The key, with its secret.',
      schema: { type: 'object', properties: { ...(KEY.properties as JsonObject), key: { type: 'string' } } },
    },
    422: { description: 'The system is missing, unknown, or of no use to this role; or the time is past.' },
  },
})

export const rotateKeyOperation = operation({
  id: 'rotateKey',
  method: 'POST',
  path: '/admin/v1/keys/{id}/rotate',
  tag: 'Keys',
  summary: 'Put a new key in the place of one',
  description:
    'Makes a key with the same name, role, system and limits, and lets the old one go on for a while, so that its user can change over without a gap. Where the old one had an expiry, the new one lives as long from now.',
  permission: 'keys.manage',
  params: { id: { type: 'string', maxLength: 12, description: 'The middle part of the key.' } },
  body: {
    description: 'How long both are valid.',
    types: ['application/json'],
    required: false,
    schema: {
      type: 'object',
      additionalProperties: false,
      properties: {
        overlapSeconds: { type: 'integer', minimum: 0, maximum: 2_592_000, description: 'Absent: a day.' },
      },
    },
  },
  answers: {
    201: {
      description: 'The new key, with its secret.',
      schema: { type: 'object', properties: { ...(KEY.properties as JsonObject), key: { type: 'string' } } },
    },
    404: { description: 'There is no such key.' },
    409: { description: 'The key is over, or has been rotated already.' },
  },
})

export const revokeKeyOperation = operation({
  id: 'revokeKey',
  method: 'DELETE',
  path: '/admin/v1/keys/{id}',
  tag: 'Keys',
  summary: 'Revoke an API key',
  description: 'It stops working within two seconds on every process. Again changes nothing.',
  permission: 'keys.manage',
  params: { id: { type: 'string', maxLength: 12, description: 'The middle part of the key.' } },
  answers: { 200: { description: 'Revoked.', schema: KEY }, 404: { description: 'There is no such key.' } },
})

export const ADMIN_SET_UP_OPERATIONS = [
  listMappingsOperation,
  getMappingOperation,
  draftMappingOperation,
  mappingHistoryOperation,
  getMappingRevisionOperation,
  publishMappingOperation,
  previewMappingOperation,
  rollBackMappingOperation,
  listMatchesOperation,
  listDecisionsOperation,
  decideMatchOperation,
  listKeysOperation,
  createKeyOperation,
  rotateKeyOperation,
  revokeKeyOperation,
]
