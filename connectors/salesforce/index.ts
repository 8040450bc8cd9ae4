import type { ConnectorSpec } from '../../hub/contracts/connector.ts'
import { SalesforceConnector } from './connector.ts'
import { OBJECT_OPTIONS } from './options.ts'
import { SALESFORCE_SETTINGS, salesforceSettings } from './settings.ts'

export const salesforce: ConnectorSpec = {
  name: 'salesforce',
  title: 'Salesforce',
  description:
    'Reads objects of a Salesforce organization: snapshots by Bulk API 2.0, polls by SystemModstamp or follows change events (CDC); takes outbound messages. Writes records back by Id or external id, and makes new ones.',
  settings: SALESFORCE_SETTINGS,
  entityOptions: OBJECT_OPTIONS,
  capabilities: {
    discover: true,
    backfill: true,
    poll: true,
    subscribe: true,
    receive: true,
    write: true,
    create: true,
    deletes: { poll: true, subscribe: true },
  },
  verification: {
    by: 'fake checked by independent clients',
    how: 'The conformance kit runs against a fake organization (demo/fakes/salesforce). jsforce with the faye client, simple-salesforce and curl log in to it, read, write, query in bulk and follow change events; its outbound messages and the errors that it makes on request were checked by nobody else. No real organization was tried.',
    liveEnvironment: 'SALESFORCE_URL',
  },
  open: (config, context) => Promise.resolve().then(() => new SalesforceConnector(salesforceSettings(config), context)),
}
