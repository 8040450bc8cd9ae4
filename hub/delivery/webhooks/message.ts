import { placeOf, type SecretBox } from '../../security/secret-box.ts'
import { webhookHeaders } from '../../security/webhook-signature.ts'
import type { SubscriptionRow } from '../../store/subscription-queries.ts'
import type { Message } from './sender.ts'

/** The request of an attempt, signed at `now` (ms) by the secret, and by the one before while a rotation lasts. */
export function messageOf(
  box: SecretBox,
  subscription: Pick<SubscriptionRow, 'id' | 'url' | 'secret' | 'formerSecret' | 'formerUntil'>,
  event: { id: string; body: string; number: number | null },
  now: number,
): Message {
  const { url, secret, formerSecret, formerUntil } = subscription
  const place = secretPlace(subscription.id)
  const secrets = [box.open(place, secret)]
  if (formerSecret !== null && formerUntil !== null && Date.parse(formerUntil) > now)
    secrets.push(box.open(place, formerSecret))
  const { id, body, number } = event
  return {
    url,
    body,
    headers: {
      'content-type': 'application/cloudevents+json',
      'user-agent': 'Omnihub-Webhooks/1',
      // What a replay can begin after.
      ...(number === null ? {} : { 'omnihub-event-number': String(number) }),
      ...webhookHeaders({ id, timestamp: Math.floor(now / 1_000), body }, secrets),
    },
  }
}

/** Where the secrets of a subscription are sealed for: the present one, and the one before, which was present once. */
export function secretPlace(subscriptionId: string): string {
  return placeOf('subscription', 'secret', subscriptionId)
}
