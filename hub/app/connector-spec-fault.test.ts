import { CONNECTORS } from '../../connectors/index.ts'
import { specFault } from './connector-spec-fault.ts'

const good = {
  name: 'library',
  title: 'Library',
  description: 'Cards.',
  settings: {
    type: 'object',
    properties: { url: { type: 'string', title: 'URL', description: 'Where.' } },
    additionalProperties: false,
  },
  capabilities: {
    discover: false,
    backfill: true,
    poll: true,
    subscribe: false,
    receive: false,
    write: false,
    deletes: { poll: false, subscribe: false },
  },
  verification: { by: 'real server', how: 'All of it.' },
  open: () => undefined,
}

describe('the spec of a connector from outside', () => {
  test.each(CONNECTORS.map((spec) => [spec.name, spec] as const))('is taken as the hub’s own are: %s', (name, spec) => {
    expect(specFault({ ...spec }, name)).toBeUndefined()
  })

  test.each<[string, object]>([
    ['its name is "other", and that of its folder is "library"', { name: 'other' }],
    ['its title is no text', { title: '' }],
    ['its open is no function', { open: null }],
    ['its settings is no schema of an object', { settings: { type: 'object' } }],
    ['its entityOptions is no schema of an object', { entityOptions: [] }],
    ['its capabilities are missing', { capabilities: undefined }],
    ['its capabilities do not say whether it can write', { capabilities: { ...good.capabilities, write: undefined } }],
    ['its capability create is neither true nor false', { capabilities: { ...good.capabilities, create: 'yes' } }],
    [
      'its capabilities do not say whether deletes show, by poll and by subscribe',
      { capabilities: { ...good.capabilities, deletes: { poll: true } } },
    ],
    [
      'its verification does not say by what it was tried: one of "real server", "fake checked by independent clients", "unchecked fake"',
      { verification: { by: 'me', how: 'well' } },
    ],
    ['its verification does not say how it was tried', { verification: { by: 'real server' } }],
  ])('is refused where %s', (fault, change) => {
    expect(specFault(good, 'library')).toBeUndefined()
    expect(specFault({ ...good, ...change }, 'library')).toBe(fault)
  })
})
