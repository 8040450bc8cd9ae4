/**
 * The parts of SAP's standard services that a hub needs, under their own names: business partner with addresses, e-mails and
 * phones, sales order, billing document and material stock. Field names and types as in the published API references.
 */
import type { FieldDefinition, FieldType, ServiceDefinition, SetDefinition } from './definition.ts'

function fields(type: FieldType, names: string, maxLength?: number): FieldDefinition[] {
  const length = maxLength === undefined ? {} : { maxLength }
  return names.split(' ').map((name) => ({ name, type, ...length }))
}

const BUSINESS_PARTNER: SetDefinition = {
  name: 'A_BusinessPartner',
  table: 'BUT000',
  keys: ['BusinessPartner'],
  fields: [
    ...fields('String', 'BusinessPartner Customer', 10),
    ...fields('String', 'BusinessPartnerCategory', 1),
    ...fields('String', 'BusinessPartnerFullName', 81),
    ...fields('String', 'FirstName LastName MiddleName OrganizationBPName1 OrganizationBPName2', 40),
    ...fields('String', 'FormOfAddress', 4),
    ...fields('String', 'GenderCodeName', 1),
    ...fields('String', 'CorrespondenceLanguage', 2),
    ...fields('Date', 'BirthDate CreationDate LastChangeDate'),
    ...fields('Time', 'CreationTime LastChangeTime'),
    ...fields('Boolean', 'BusinessPartnerIsBlocked IsMarkedForArchiving'),
  ],
  navigations: [
    {
      name: 'to_BusinessPartnerAddress',
      target: 'A_BusinessPartnerAddress',
      many: true,
      on: { BusinessPartner: 'BusinessPartner' },
    },
    {
      name: 'to_BusinessPartnerTax',
      target: 'A_BusinessPartnerTaxNumber',
      many: true,
      on: { BusinessPartner: 'BusinessPartner' },
    },
  ],
  stamps: { changed: ['LastChangeDate', 'LastChangeTime'], created: ['CreationDate', 'CreationTime'] },
  numbers: { field: 'BusinessPartner', from: 5_000_000, step: 1 },
}

const ADDRESS_KEY = { AddressID: 'AddressID' }

const ADDRESS: SetDefinition = {
  name: 'A_BusinessPartnerAddress',
  table: 'ADRC',
  keys: ['BusinessPartner', 'AddressID'],
  fields: [
    ...fields('String', 'BusinessPartner AddressID PostalCode HouseNumber', 10),
    ...fields('String', 'StreetName', 60),
    ...fields('String', 'CityName District', 40),
    ...fields('String', 'Country Region', 3),
    ...fields('String', 'AddressTimeZone', 6),
  ],
  navigations: [
    { name: 'to_EmailAddress', target: 'A_AddressEmailAddress', many: true, on: ADDRESS_KEY },
    { name: 'to_PhoneNumber', target: 'A_AddressPhoneNumber', many: true, on: ADDRESS_KEY },
    { name: 'to_MobilePhoneNumber', target: 'A_AddressPhoneNumber', many: true, on: ADDRESS_KEY },
  ],
}

const EMAIL: SetDefinition = {
  name: 'A_AddressEmailAddress',
  table: 'ADR6',
  keys: ['AddressID', 'Person', 'OrdinalNumber'],
  fields: [
    ...fields('String', 'AddressID Person', 10),
    ...fields('String', 'OrdinalNumber', 3),
    ...fields('String', 'EmailAddress', 241),
    ...fields('Boolean', 'IsDefaultEmailAddress'),
  ],
}

const PHONE: SetDefinition = {
  name: 'A_AddressPhoneNumber',
  table: 'ADR2',
  keys: ['AddressID', 'Person', 'OrdinalNumber'],
  fields: [
    ...fields('String', 'AddressID Person', 10),
    ...fields('String', 'OrdinalNumber DestinationLocationCountry', 3),
    ...fields('String', 'PhoneNumber InternationalPhoneNumber', 30),
    ...fields('String', 'PhoneNumberType', 1),
    ...fields('Boolean', 'IsDefaultPhoneNumber'),
  ],
}

const TAX: SetDefinition = {
  name: 'A_BusinessPartnerTaxNumber',
  table: 'DFKKBPTAXNUM',
  keys: ['BusinessPartner', 'BPTaxType'],
  fields: [
    ...fields('String', 'BusinessPartner', 10),
    ...fields('String', 'BPTaxType', 4),
    ...fields('String', 'BPTaxNumber', 20),
  ],
}

const SALES_ORDER: SetDefinition = {
  name: 'A_SalesOrder',
  table: 'VBAK',
  keys: ['SalesOrder'],
  fields: [
    ...fields('String', 'SalesOrder SoldToParty', 10),
    ...fields('String', 'SalesOrderType', 4),
    ...fields('String', 'PurchaseOrderByCustomer', 35),
    ...fields('String', 'TransactionCurrency', 5),
    ...fields('String', 'OverallSDProcessStatus', 1),
    ...fields('Decimal', 'TotalNetAmount'),
    ...fields('Date', 'SalesOrderDate CreationDate RequestedDeliveryDate'),
    ...fields('Timestamp', 'LastChangeDateTime'),
  ],
  navigations: [{ name: 'to_Item', target: 'A_SalesOrderItem', many: true, on: { SalesOrder: 'SalesOrder' } }],
  stamps: { changed: ['LastChangeDateTime'], created: ['CreationDate'] },
  numbers: { field: 'SalesOrder', from: 4_600_000_001, step: 1 },
  delta: true,
}

const SALES_ORDER_ITEM: SetDefinition = {
  name: 'A_SalesOrderItem',
  table: 'VBAP',
  keys: ['SalesOrder', 'SalesOrderItem'],
  fields: [
    ...fields('String', 'SalesOrder', 10),
    ...fields('String', 'SalesOrderItem', 6),
    ...fields('String', 'Material', 40),
    ...fields('String', 'SalesOrderItemText', 40),
    ...fields('String', 'RequestedQuantityUnit', 3),
    ...fields('String', 'TransactionCurrency', 5),
    ...fields('Decimal', 'RequestedQuantity NetAmount'),
  ],
  numbers: { field: 'SalesOrderItem', from: 10, step: 10 },
}

const BILLING_DOCUMENT: SetDefinition = {
  name: 'A_BillingDocument',
  table: 'VBRK',
  keys: ['BillingDocument'],
  fields: [
    ...fields('String', 'BillingDocument SoldToParty PayerParty', 10),
    ...fields('String', 'BillingDocumentType', 4),
    ...fields('String', 'TransactionCurrency', 5),
    ...fields('String', 'InvoiceClearingStatus', 1),
    ...fields('Decimal', 'TotalNetAmount TotalTaxAmount TotalGrossAmount'),
    ...fields('Date', 'BillingDocumentDate CreationDate LastChangeDate'),
    ...fields('Boolean', 'BillingDocumentIsCancelled'),
  ],
  stamps: { changed: ['LastChangeDate'], created: ['CreationDate'] },
}

const STOCK_KEYS = [
  'Material',
  'Plant',
  'StorageLocation',
  'Batch',
  'Supplier',
  'Customer',
  'WBSElementInternalID',
  'SDDocument',
  'SDDocumentItem',
  'InventorySpecialStockType',
  'InventoryStockType',
]

const STOCK: SetDefinition = {
  name: 'A_MatlStkInAcctMod',
  table: 'NSDM_V_MARD',
  keys: STOCK_KEYS,
  fields: [
    ...fields('String', STOCK_KEYS.join(' '), 40),
    ...fields('String', 'MaterialBaseUnit', 3),
    ...fields('Decimal', 'MatlWrhsStkQtyInMatlBaseUnit'),
  ],
  etag: false,
}

/** A fresh copy each time: a fake may be given further sets and fields. */
export function standardServices(): ServiceDefinition[] {
  const service = (name: string, ...sets: SetDefinition[]): ServiceDefinition => ({
    path: `/sap/opu/odata/sap/${name}`,
    version: '2',
    namespace: name,
    sets: structuredClone(sets),
  })
  return [
    service('API_BUSINESS_PARTNER', BUSINESS_PARTNER, ADDRESS, EMAIL, PHONE, TAX),
    service('API_SALES_ORDER_SRV', SALES_ORDER, SALES_ORDER_ITEM),
    service('API_BILLING_DOCUMENT_SRV', BILLING_DOCUMENT),
    service('API_MATERIAL_STOCK_SRV', STOCK),
    {
      path: '/sap/opu/odata4/sap/api_salesorder/srvd_a2x/sap/salesorder/0001',
      version: '4',
      namespace: 'com.sap.gateway.srvd_a2x.api_sales_order.v0001',
      sets: structuredClone([
        {
          ...SALES_ORDER,
          name: 'SalesOrder',
          navigations: [{ name: '_Item', target: 'SalesOrderItem', many: true, on: { SalesOrder: 'SalesOrder' } }],
        },
        { ...SALES_ORDER_ITEM, name: 'SalesOrderItem' },
      ]),
    },
  ]
}
