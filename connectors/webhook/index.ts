import type { ConnectorSpec } from '../../hub/contracts/connector.ts'
import { WebhookConnector } from './connector.ts'
import { WEBHOOK_SETTINGS, webhookSettings } from './settings.ts'

export const webhook: ConnectorSpec = {
  name: 'webhook',
  title: 'Webhooks',
  description:
    'Takes signed webhooks of any system: the signature is checked over the raw body, and settings say what entity, key, record and time an event has.',
  settings: WEBHOOK_SETTINGS,
  capabilities: {
    discover: false,
    backfill: false,
    poll: false,
    subscribe: false,
    receive: true,
    write: false,
    deletes: { poll: false, subscribe: false },
  },
  verification: {
    by: 'fake checked by independent clients',
    how: 'Signatures are compared with the published examples of GitHub and Standard Webhooks, and with those that openssl and Python make for every scheme, sent by curl and Python through a running hub. No product has pushed to it.',
  },
  open: (config, context) => Promise.resolve().then(() => new WebhookConnector(webhookSettings(config), context)),
}
