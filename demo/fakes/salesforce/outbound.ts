import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Organization } from './organization.ts'
import type { Committed, Store } from './store.ts'
import type { StoredRecord } from './values.ts'

export interface OutboundEndpoint {
  object: string
  /** Where to send, with whatever the URL carries (`?secret=...`). */
  url: string
  fields: readonly string[]
}

export interface OutboundNotification {
  id: string
  record: StoredRecord
}

const NOTIFICATIONS_PER_MESSAGE = 100
const RETRY_MS = [20, 50, 100, 200, 500, 1000, 2000]

/**
 * Workflow outbound messages: SOAP notifications of records that changed, sent again until they are acknowledged.
 * https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_om_outboundmessaging_notifications.htm
 */
export class Outbound {
  readonly #organization: Organization
  readonly #endpoints: OutboundEndpoint[] = []
  readonly #stop = new AbortController()
  readonly #sending = new Set<Promise<void>>()
  /** Messages that were refused or not answered, so far. */
  retries = 0
  acknowledged = 0
  #number = 0

  constructor(organization: Organization, store: Store) {
    this.#organization = organization
    store.onCommit((committed) => this.#notify(committed))
  }

  addEndpoint(endpoint: OutboundEndpoint): void {
    this.#endpoints.push(endpoint)
  }

  /** Until everything that was told is acknowledged. */
  async settled(): Promise<void> {
    while (this.#sending.size > 0) await Promise.all(this.#sending)
  }

  async close(): Promise<void> {
    this.#stop.abort()
    await this.settled()
  }

  notification(record: StoredRecord): OutboundNotification {
    this.#number += 1
    return { id: `04l5g${String(this.#number).padStart(10, '0')}AAA`, record }
  }

  /** The request body that brings these notifications, as the platform writes it. */
  envelope(
    endpoint: Pick<OutboundEndpoint, 'object' | 'fields'>,
    notifications: readonly OutboundNotification[],
  ): string {
    const { object, fields } = endpoint
    const notes = notifications.map(({ id, record }) => {
      const wanted = ['Id', ...fields.filter((name) => name !== 'Id')]
      const members = wanted.flatMap((name) => {
        const value = record[name] ?? null
        return value === null ? [] : `    <sf:${name}>${escapeXml(String(value))}</sf:${name}>`
      })
      return `   <Notification>\n    <Id>${id}</Id>\n    <sObject xsi:type="sf:${object}" xmlns:sf="urn:sobject.enterprise.soap.sforce.com">\n${members.join('\n')}\n    </sObject>\n   </Notification>`
    })
    return `<?xml version="1.0" encoding="UTF-8"?>
<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
 <soapenv:Body>
  <notifications xmlns="http://soap.sforce.com/2005/09/outbound">
   <OrganizationId>${this.#organization.id}</OrganizationId>
   <ActionId>04k5g000000FakeAAA</ActionId>
   <SessionId xsi:nil="true"/>
   <EnterpriseUrl>https://fake.my.salesforce.example/services/Soap/c/62.0/${this.#organization.id}</EnterpriseUrl>
   <PartnerUrl>https://fake.my.salesforce.example/services/Soap/u/62.0/${this.#organization.id}</PartnerUrl>
${notes.join('\n')}
  </notifications>
 </soapenv:Body>
</soapenv:Envelope>`
  }

  #notify({ changes }: Committed): void {
    for (const endpoint of this.#endpoints) {
      const told = changes
        .filter(({ object, kind }) => object.name === endpoint.object && kind !== 'DELETE')
        .map(({ after }) => this.notification(after))
      for (let from = 0; from < told.length; from += NOTIFICATIONS_PER_MESSAGE) {
        const sending = this.#send(endpoint, told.slice(from, from + NOTIFICATIONS_PER_MESSAGE))
        this.#sending.add(sending)
        void sending.finally(() => this.#sending.delete(sending))
      }
    }
  }

  async #send(endpoint: OutboundEndpoint, notifications: readonly OutboundNotification[]): Promise<void> {
    const body = this.envelope(endpoint, notifications)
    const { signal } = this.#stop
    for (let attempt = 0; !signal.aborted; attempt += 1) {
      if (await this.#acknowledges(endpoint.url, body)) {
        this.acknowledged += notifications.length
        return
      }
      this.retries += 1
      await sleep(RETRY_MS[attempt] ?? 4000, undefined, { signal }).catch(() => undefined)
    }
  }

  async #acknowledges(url: string, body: string): Promise<boolean> {
    const headers = {
      'content-type': 'text/xml; charset=utf-8',
      soapaction: '""',
      'x-request': randomBytes(6).toString('hex'),
    }
    try {
      const signal = AbortSignal.any([this.#stop.signal, AbortSignal.timeout(10_000)])
      const response = await fetch(url, { method: 'POST', headers, body, signal })
      return response.status === 200 && /<(\w+:)?Ack>\s*true\s*</.test(await response.text())
    } catch {
      return false
    }
  }
}

function escapeXml(text: string): string {
  const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' }
  return text.replace(/[&<>"']/g, (found) => escapes[found] ?? found)
}
