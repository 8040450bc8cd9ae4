import type { OperationSpec } from '../operations/operation.ts'

/** Codes of refusals by status. */
type Codes = Readonly<Record<number, readonly string[]>>

const EDITED_CUSTOMER: Codes = {
  409: ['customer.edit.decided', 'customer.edit.no-system-of-record', 'customer.edit.not-active'],
  412: ['customer.changed-meanwhile'],
  422: ['customer.edit.invalid', 'customer.edit.member-of-the-hub', 'rule.change-refused'],
}
const REFUSED: readonly string[] = ['rule.refused']
const WRITTEN: Codes = {
  409: [
    'record.create.not-taken',
    'record.not-readable',
    'record.read-only',
    'record.reference.not-in-system',
    'record.reference.several',
    'record.write.conflict',
    'record.write.key-taken',
    'record.write.refused',
  ],
  412: ['record.changed-meanwhile'],
  422: [
    'record.create.system-needed',
    'record.field.missing',
    'record.field.not-writable',
    'record.invalid',
    'record.member-of-the-hub',
    'record.reference.invalid',
    'record.reference.unknown',
    'rule.change-refused',
  ],
}
const HOOKED_URL = ['egress.forbidden', 'egress.unresolved', 'egress.url.invalid', 'egress.url.not-https']
const SUBSCRIBED: Codes = {
  403: ['subscription.owner.no-key'],
  409: ['subscription.too-many'],
  410: ['subscription.replay.pruned'],
  422: [...HOOKED_URL, 'events.filter.invalid', 'subscription.replay.ahead', 'subscription.type.unknown'],
}

/** By operationId: what an act of its own can be refused with. */
const OWN: Readonly<Record<string, Codes>> = {
  editCustomer: EDITED_CUSTOMER,
  createCustomer: { 422: EDITED_CUSTOMER[422] ?? [] },
  changeContactData: {
    ...EDITED_CUSTOMER,
    409: [...(EDITED_CUSTOMER[409] ?? []), ...REFUSED],
    422: [
      ...(EDITED_CUSTOMER[422] ?? []),
      'customer.contact.incomplete',
      'customer.contact.not-there',
      'customer.contact.several',
      'customer.contact.there-already',
    ],
  },
  joinCustomers: { 409: ['customer.already-joined', 'customer.decision-contradicted', 'customer.not-active'] },
  splitCustomer: {
    409: ['customer.decision-contradicted', 'customer.not-active'],
    422: ['customer.split.foreign-record', 'customer.split.nothing-left', 'customer.split.repeated-record'],
  },
  payInvoice: {
    ...WRITTEN,
    409: [...(WRITTEN[409] ?? []), ...REFUSED, 'payment.invoice-cancelled'],
    422: [...(WRITTEN[422] ?? []), 'payment.amount.not-positive', 'payment.currency.other'],
  },
  createPayment: {
    409: [...REFUSED, 'payment.invoice-cancelled'],
    422: ['payment.amount.not-positive', 'payment.currency.other'],
  },
  createOrder: { 409: REFUSED, 422: ['order.currency.mixed', 'order.total.mismatch'] },
  decide: {
    404: ['customer.unknown'],
    409: ['rule.not-loaded'],
    410: ['customer.erased'],
    422: ['rule.input.invalid', 'rule.not-in-force', 'rule.too-long', 'rule.value.beyond-limits'],
  },
  followEvents: {
    400: ['events.filter.invalid', 'events.position.unknown'],
    410: ['events.position.pruned'],
    503: ['events.streams.too-many'],
  },
  sendChanges: {
    400: ['change.body.empty', 'change.body.not-utf8', 'change.json.malformed', 'change.json.too-deep'],
    403: ['change.system.forbidden'],
    413: ['change.batch.too-many', 'change.body.too-large'],
    422: ['change.id.invalid', 'change.source.invalid', 'change.subject.invalid', 'change.system.unknown'],
  },
  startImport: {
    400: ['import.connection.lost', 'import.gzip.broken', 'import.target.incomplete'],
    403: ['import.system.forbidden'],
    409: ['import.line.gap', 'import.other', 'import.taken-over'],
    415: ['import.encoding.unsupported'],
    422: ['import.mapping.no-key', 'import.mapping.unknown', 'import.system.unknown'],
    503: ['import.stopped', 'import.too-many'],
  },
  cancelImport: { 409: ['import.over'] },
  startExport: {
    403: ['export.filter.masked'],
    409: ['export.too-many'],
    422: ['export.filter.invalid'],
  },
  getExportData: { 409: ['export.ended', 'export.not-ready'], 410: ['export.expired'] },
}

/** Codes that only the operation itself can have; only at statuses that it declares. */
export function ownCodes(spec: OperationSpec, status: number): readonly string[] {
  const isWrite = /^(create|edit)/.test(spec.id) && spec.tag === 'Records'
  return [
    ...(OWN[spec.id]?.[status] ?? []),
    ...(isWrite ? (WRITTEN[status] ?? []) : []),
    ...(spec.path.startsWith('/v1/subscriptions') ? (SUBSCRIBED[status] ?? []) : []),
  ]
}

/** For a test: what the table speaks of. */
export const OPERATIONS_WITH_CODES: readonly string[] = Object.keys(OWN)
