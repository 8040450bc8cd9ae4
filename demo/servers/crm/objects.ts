/** How the CRM's tables look from outside: the objects and fields of a Salesforce organization, standard ones and the company's own. */
import type { FieldOptions } from '../../fakes/salesforce/schema.ts'
import { type StoredRecord, timeText, type Value } from '../../fakes/salesforce/values.ts'
import type { Row } from '../../systems/system.ts'

export interface ServedObject {
  table: string
  object: string
  keyPrefix: string
  fields: readonly ServedField[]
  /** Column that says when the record was made. */
  createdColumn: string
}

export interface ServedField extends FieldOptions {
  column: string
  field: string
}

const text = (column: string, field: string, options: Partial<FieldOptions> = {}): ServedField => ({
  column,
  field,
  type: 'string',
  ...options,
})
const time = (column: string, field: string): ServedField => ({ column, field, type: 'datetime' })
const flag = (column: string, field: string): ServedField => ({ column, field, type: 'boolean' })
const reference = (column: string, field: string, to: string, options: Partial<FieldOptions> = {}): ServedField => ({
  column,
  field,
  type: 'reference',
  length: 18,
  referenceTo: [to],
  ...options,
})
/** Was made for the hub: what it makes carries its reference there. */
const hubReference = text('hub_reference', 'Hub_Reference__c', { externalId: true, unique: true, length: 64 })

export const SERVED_OBJECTS: readonly ServedObject[] = [
  {
    table: 'account',
    object: 'Account',
    keyPrefix: '001',
    createdColumn: 'created_at',
    fields: [
      text('name', 'Name', { required: true }),
      text('legal_form', 'Legal_Form__c'),
      text('vat_number', 'VAT_Number__c'),
      text('company_number', 'Company_Number__c'),
      text('website', 'Website', { type: 'url' }),
      text('email', 'Email__c'),
      text('phone', 'Phone', { type: 'phone' }),
      text('billing_street', 'BillingStreet', { type: 'textarea' }),
      text('billing_city', 'BillingCity'),
      text('billing_postcode', 'BillingPostalCode'),
      text('billing_country', 'BillingCountry'),
      text('status', 'Status__c', { type: 'picklist', required: true }),
    ],
  },
  {
    table: 'contact',
    object: 'Contact',
    keyPrefix: '003',
    createdColumn: 'created_at',
    fields: [
      reference('account_id', 'AccountId', 'Account'),
      text('salutation', 'Salutation', { type: 'picklist' }),
      text('first_name', 'FirstName'),
      text('middle_name', 'MiddleName'),
      text('last_name', 'LastName', { required: true }),
      text('job_title', 'Title'),
      text('gender', 'Gender__c', { type: 'picklist' }),
      text('email', 'Email', { type: 'email' }),
      text('mobile', 'MobilePhone', { type: 'phone' }),
      text('phone', 'Phone', { type: 'phone' }),
      text('mailing_unit', 'Mailing_Unit__c'),
      text('mailing_number', 'Mailing_House_Number__c'),
      text('mailing_street', 'MailingStreet', { type: 'textarea' }),
      text('mailing_locality', 'Mailing_Locality__c'),
      text('mailing_city', 'MailingCity'),
      text('mailing_county', 'MailingState'),
      text('mailing_postcode', 'MailingPostalCode'),
      text('mailing_country', 'MailingCountry'),
      text('birthdate', 'Birthdate', { type: 'date' }),
      text('language', 'Language__c', { type: 'picklist' }),
      text('preferred_channel', 'Preferred_Channel__c', { type: 'picklist' }),
      text('status', 'Status__c', { type: 'picklist', required: true }),
    ],
  },
  {
    table: 'support_case',
    object: 'Case',
    keyPrefix: '500',
    createdColumn: 'opened_at',
    fields: [
      reference('contact_id', 'ContactId', 'Contact', { required: true }),
      text('subject', 'Subject', { required: true }),
      text('details', 'Description', { type: 'textarea' }),
      text('type', 'Type', { type: 'picklist', required: true }),
      text('priority', 'Priority', { type: 'picklist', required: true, defaultValue: 'Medium' }),
      text('status', 'Status', { type: 'picklist', required: true, defaultValue: 'New' }),
      text('origin', 'Origin', { type: 'picklist', required: true }),
      text('owner', 'Agent__c'),
      time('closed_at', 'ClosedDate'),
      text('resolution', 'Resolution__c', { type: 'textarea' }),
      hubReference,
    ],
  },
  {
    table: 'activity',
    object: 'Task',
    keyPrefix: '00T',
    createdColumn: 'started_at',
    fields: [
      reference('contact_id', 'WhoId', 'Contact', { required: true }),
      reference('case_id', 'WhatId', 'Case'),
      text('type', 'Type', { type: 'picklist', required: true }),
      text('direction', 'Direction__c', { type: 'picklist', required: true }),
      text('subject', 'Subject', { required: true }),
      text('notes', 'Description', { type: 'textarea' }),
      text('agent', 'Agent__c'),
      time('started_at', 'Started_At__c'),
      { column: 'duration_seconds', field: 'CallDurationInSeconds', type: 'int' },
      hubReference,
    ],
  },
  {
    table: 'consent',
    object: 'Consent__c',
    keyPrefix: 'a00',
    createdColumn: 'captured_at',
    fields: [
      reference('contact_id', 'Contact__c', 'Contact', { required: true }),
      text('purpose', 'Purpose__c', { type: 'picklist', required: true }),
      text('channel', 'Channel__c', { type: 'picklist', required: true }),
      flag('opted_in', 'Opted_In__c'),
      flag('withdrawn', 'Withdrawn__c'),
      time('captured_at', 'Captured_At__c'),
      text('captured_by', 'Captured_By__c'),
      hubReference,
    ],
  },
]

/** The record that a row is, with the platform's own fields. */
export function recordOf({ fields, createdColumn }: ServedObject, row: Row): StoredRecord {
  const values = fields.map(({ column, field, type }) => [field, valueOf(type, row[column] ?? null)] as const)
  const changed = stamp(row.updated_at)
  return {
    Id: String(row.id),
    IsDeleted: row.is_deleted === true,
    CreatedDate: stamp(row[createdColumn]),
    LastModifiedDate: changed,
    SystemModstamp: changed,
    ...Object.fromEntries(values),
  }
}

/** The columns that fields of a write are; undefined: a field that no column holds. */
export function columnsOf({ fields }: ServedObject, values: Readonly<Record<string, Value>>): Row {
  const columns = fields.flatMap(({ column, field }) => {
    const value = values[field]
    return value === undefined ? [] : [[column, value] as const]
  })
  return Object.fromEntries(columns)
}

/** As the platform keeps it: texts without blanks around them, and an empty one is none. */
function valueOf(type: FieldOptions['type'], value: Row[string]): Value {
  if (type === 'datetime') return value === null ? null : stamp(value)
  if (type === 'boolean') return value === true
  if (typeof value !== 'string') return value ?? null
  return value.trim() === '' ? null : value.trim()
}

function stamp(value: Row[string] | undefined): string {
  return timeText(Date.parse(String(value)))
}
