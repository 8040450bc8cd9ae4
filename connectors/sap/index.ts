import type { ConnectorSpec } from '../../hub/contracts/connector.ts'
import { SapConnector } from './connector.ts'
import { SAP_ENTITY_OPTIONS } from './entity-options.ts'
import { NodeRfcPort } from './rfc/node-rfc.ts'
import { SAP_SETTINGS, sapSettings } from './settings.ts'

export const sap: ConnectorSpec = {
  name: 'sap',
  title: 'SAP',
  description:
    'Reads and writes SAP S/4HANA and ECC: entity sets of OData V2 and V4 services, IDocs as XML over HTTP in both directions, and BAPIs by RFC where the SAP NetWeaver RFC SDK is installed.',
  settings: SAP_SETTINGS,
  entityOptions: SAP_ENTITY_OPTIONS,
  capabilities: {
    discover: true,
    backfill: true,
    poll: true,
    subscribe: false,
    receive: true,
    write: true,
    create: true,
    deletes: { poll: false, subscribe: false },
  },
  verification: {
    by: 'fake checked by independent clients',
    how: 'The conformance kit runs against a fake SAP Gateway (OData V2 and V4, IDoc over HTTP) that curl, xmllint and the Python standard library have checked; no SAP system was at hand. RFC was tried with a stand-in for the RFC client only.',
    liveEnvironment: 'SAP_ODATA_URL',
  },
  open: (config, context) => {
    const settings = sapSettings(config)
    return Promise.resolve(new SapConnector(settings, context, new NodeRfcPort(settings, context)))
  },
}
