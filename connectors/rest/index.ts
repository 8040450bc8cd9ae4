import type { ConnectorSpec } from '../../hub/contracts/connector.ts'
import { RestConnector } from './connector.ts'
import { REST_OPTIONS } from './options-schema.ts'
import { REST_SETTINGS, restSettings } from './settings.ts'

export const rest: ConnectorSpec = {
  name: 'rest',
  title: 'REST and JSON APIs',
  description:
    'Reads and writes any API that speaks JSON over HTTP, described by settings alone: account, pages, changes, errors, wrapped values and locks.',
  settings: REST_SETTINGS,
  entityOptions: REST_OPTIONS,
  capabilities: {
    discover: false,
    backfill: true,
    poll: true,
    subscribe: false,
    receive: false,
    write: true,
    create: true,
    // Where the options say how a deleted record looks; the check warns where they do not.
    deletes: { poll: true, subscribe: false },
  },
  verification: {
    by: 'fake checked by independent clients',
    how: 'The conformance kit runs against an HTTP API of our own with pages, ETags, OAuth and orders to wait, which curl and Python have checked; a second one with JSON-RPC manners shows errors inside of answers and wrapped values. No product was tried.',
    liveEnvironment: 'REST_URL',
  },
  open: (config, context) => Promise.resolve().then(() => new RestConnector(restSettings(config), context)),
}
