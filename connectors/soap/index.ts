import type { ConnectorSpec } from '../../hub/contracts/connector.ts'
import { SoapConnector } from './connector.ts'
import { SOAP_OPTIONS } from './entity-options.ts'
import { SOAP_SETTINGS, soapSettings } from './settings.ts'

export const soap: ConnectorSpec = {
  name: 'soap',
  title: 'SOAP',
  description:
    'Reads and writes by the operations of any WSDL 1.1 (document/literal and rpc/literal, SOAP 1.1 and 1.2): snapshots by pages, polls by a time of change or a counter, writes with a precondition. Takes changes that a system pushes to a WSDL of the hub.',
  settings: SOAP_SETTINGS,
  entityOptions: SOAP_OPTIONS,
  capabilities: {
    discover: true,
    backfill: true,
    poll: true,
    subscribe: false,
    receive: true,
    write: true,
    deletes: { poll: false, subscribe: false },
  },
  verification: {
    by: 'fake checked by independent clients',
    how: 'A SOAP billing service of our own with a hand-written WSDL; zeep (Python) loads its WSDL and that of the hub, calls every operation of both with UsernameTokens, and pushes changes, and so does the soap package. No service of another vendor was tried.',
    liveEnvironment: 'SOAP_WSDL_URL',
  },
  open: (config, context) => Promise.resolve(new SoapConnector(soapSettings(config), context)),
}
