import type { ConnectorSpec } from '../../../../connectors/authoring.ts'
import { SystemConnector } from './connector.ts'
import { ENTITY_OPTIONS } from './options.ts'
import { SETTINGS, settingsOf } from './settings.ts'

export const connector: ConnectorSpec = {
  name: 'example',
  title: 'Example',
  description: 'Reads the records of Example by key and by time of change, and writes them back.',
  settings: SETTINGS,
  entityOptions: ENTITY_OPTIONS,
  capabilities: {
    discover: true,
    backfill: true,
    poll: true,
    subscribe: false,
    receive: false,
    write: true,
    deletes: { poll: false, subscribe: false },
  },
  verification: {
    by: 'unchecked fake',
    how: 'The conformance kit runs against the in-memory system of example-system.ts; a real one was not tried.',
  },
  open: (config, context) => Promise.resolve(new SystemConnector(settingsOf(config), context)),
}
