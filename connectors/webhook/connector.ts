import type {
  CheckResult,
  Connector,
  ConnectorContext,
  PushRequest,
  PushResult,
} from '../../hub/contracts/connector.ts'
import { receiveWebhook } from './receive.ts'
import type { WebhookSettings } from './settings.ts'

/** Knows nothing but its settings: every process of the hub may take any push. */
export class WebhookConnector implements Connector {
  readonly #settings: WebhookSettings
  readonly #context: ConnectorContext

  constructor(settings: WebhookSettings, context: ConnectorContext) {
    this.#settings = settings
    this.#context = context
  }

  /** There is nothing to ask: the system comes by itself. */
  check(): Promise<CheckResult> {
    const { signature, deliveryId, rules } = this.#settings
    const warnings: string[] = []
    if (signature.kind === 'token') {
      warnings.push('a fixed token proves nothing about the body; choose a signature where the system has one')
    } else if (signature.toleranceSeconds === undefined) {
      warnings.push('the signature has no time in it; a push that somebody recorded can be sent again')
    }
    if (deliveryId === undefined && rules.some(({ read }) => read !== undefined && read.version === undefined)) {
      warnings.push('without "deliveryId" or "version" two equal bodies are taken for one push')
    }
    return Promise.resolve({ serverVersion: 'webhook', warnings })
  }

  receive(request: PushRequest): Promise<PushResult> {
    // What it throws is a rejection, whenever it is thrown.
    return Promise.resolve().then(() => receiveWebhook(request, this.#settings, this.#context.now()))
  }

  close(): Promise<void> {
    return Promise.resolve()
  }
}
