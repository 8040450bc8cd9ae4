import type { ConnectorSpec } from '../../hub/contracts/connector.ts'
import { AmqpConnector } from './connector.ts'
import { AMQP_OPTIONS } from './options.ts'
import { AMQP_SETTINGS, amqpSettings } from './settings.ts'

export const amqp: ConnectorSpec = {
  name: 'amqp',
  title: 'AMQP 0-9-1 (RabbitMQ)',
  description:
    'A system that speaks messages: takes its changes from queues of its own broker, and sends writes back as messages. For a system that can publish to the hub itself, see the exchange omnihub.intake.',
  settings: AMQP_SETTINGS,
  entityOptions: AMQP_OPTIONS,
  capabilities: {
    discover: false,
    backfill: false,
    poll: false,
    subscribe: true,
    receive: false,
    write: true,
    deletes: { poll: false, subscribe: true },
  },
  verification: {
    by: 'real server',
    how: 'All of the conformance kit that a queue can be asked for runs against a RabbitMQ 3.10 broker, with kills and cut lines.',
  },
  open: (config, context) => Promise.resolve(new AmqpConnector(amqpSettings(config), context)),
}
