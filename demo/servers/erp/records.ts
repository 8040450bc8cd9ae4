/**
 * How the ERP's tables look from outside: records of SAP's standard services, with the company's own fields (YY1_...) for what
 * the standard has no place for.
 */
import type { FieldDefinition, Row as SapRow, ServiceDefinition, Value } from '../../fakes/sap/definition.ts'
import type { Segment } from '../../fakes/sap/idoc-sender.ts'
import { standardServices } from '../../fakes/sap/standard-services.ts'
import { skuOf } from '../../systems/erp/forms.ts'
import { orderAmounts } from '../../systems/erp/orders.ts'
import type { Row } from '../../systems/system.ts'

const NO_DATE = '00000000'

const OWN_FIELDS: Readonly<Record<string, readonly FieldDefinition[]>> = {
  A_BusinessPartner: [{ name: 'YY1_Status_bus', type: 'String', maxLength: 2 }],
  A_SalesOrder: [
    { name: 'YY1_Status_SDH', type: 'String', maxLength: 2 },
    { name: 'YY1_CreationTime_SDH', type: 'Time' },
    { name: 'YY1_ShippedOn_SDH', type: 'Date' },
    { name: 'YY1_TaxAmount_SDH', type: 'Decimal' },
    { name: 'YY1_GrossAmount_SDH', type: 'Decimal' },
  ],
  A_SalesOrderItem: [{ name: 'YY1_GrossPrice_SDI', type: 'Decimal' }],
}
const SERVED_SERVICES = ['API_BUSINESS_PARTNER', 'API_SALES_ORDER_SRV']

/** The services that the ERP offers. */
export function servedServices(): ServiceDefinition[] {
  const services = standardServices().filter(({ namespace }) => SERVED_SERVICES.includes(namespace))
  for (const set of services.flatMap(({ sets }) => sets)) set.fields.push(...(OWN_FIELDS[set.name] ?? []))
  return services
}

/** Rows of the tables behind the services, by table. */
export type SapRows = Record<string, SapRow[]>

export function partnerRows(row: Row): SapRows {
  const text = reader(row)
  const partner = String(row.PARNR)
  const isPerson = text('KTOKD') === '0001'
  const changed = timesOf(text('AEDTM')) ?? { date: dateOf(text('AEDAT')), time: null }
  const [vat, phones] = [text('STCEG'), [text('TELF1'), text('TELF2')]]
  return {
    BUT000: [
      {
        BusinessPartner: partner,
        BusinessPartnerCategory: isPerson ? '1' : '2',
        FormOfAddress: text('ANRED'),
        LastName: isPerson ? text('NAM1') : '',
        FirstName: isPerson ? text('NAM2') : '',
        OrganizationBPName1: isPerson ? '' : text('NAM1'),
        BirthDate: dateOf(text('GBDAT')),
        YY1_Status_bus: text('STATU'),
        IsMarkedForArchiving: text('LOEVM') === 'X',
        BusinessPartnerIsBlocked: false,
        CreationDate: dateOf(text('ERDAT')),
        CreationTime: '00:00:00',
        LastChangeDate: changed.date,
        LastChangeTime: changed.time,
      },
    ],
    ADRC: [
      {
        BusinessPartner: partner,
        AddressID: partner,
        StreetName: text('STRAS'),
        PostalCode: text('PSTLZ'),
        CityName: text('ORT01'),
        Country: text('LAND1'),
      },
    ],
    ADR2: phones.flatMap((phone, index) => {
      if (phone === '') return []
      const ordinal = { OrdinalNumber: String(index + 1).padStart(3, '0'), DestinationLocationCountry: 'GB' }
      return [{ AddressID: partner, Person: '', ...ordinal, PhoneNumber: phone }]
    }),
    DFKKBPTAXNUM: vat === '' ? [] : [{ BusinessPartner: partner, BPTaxType: 'GB0', BPTaxNumber: vat }],
  }
}

export function orderRows(row: Row): SapRows {
  const text = reader(row)
  const order = String(row.AUFNR)
  const currency = text('WAERK')
  const created = dateOf(text('ERDAT'))
  const changed = timesOf(text('AEDTM'))
  return {
    VBAK: [
      {
        SalesOrder: order,
        SoldToParty: text('PARNR'),
        SalesOrderType: text('AUART'),
        PurchaseOrderByCustomer: text('BSTNK'),
        SalesOrderDate: created,
        CreationDate: created,
        YY1_CreationTime_SDH: clockOf(text('ERZET')),
        YY1_ShippedOn_SDH: dateOf(text('WADAT')),
        YY1_Status_SDH: text('STATU'),
        TransactionCurrency: currency,
        TotalNetAmount: decimalOf(text('NETWR')),
        YY1_TaxAmount_SDH: decimalOf(text('MWSBT')),
        YY1_GrossAmount_SDH: decimalOf(text('BRTWR')),
        LastChangeDateTime: changed ? `${changed.date}T${changed.time}Z` : `${created ?? '1994-01-01'}T00:00:00Z`,
      },
    ],
    VBAP: [
      {
        SalesOrder: order,
        SalesOrderItem: '10',
        Material: text('MATNR'),
        RequestedQuantity: decimalOf(text('MENGE')),
        YY1_GrossPrice_SDI: decimalOf(text('EINPR')),
        NetAmount: decimalOf(text('NETWR')),
        TransactionCurrency: currency,
      },
    ],
  }
}

/** The row of an order that is made by its service. */
export function orderColumns(order: SapRow, item: SapRow): Row {
  return {
    AUFNR: String(order.SalesOrder),
    PARNR: String(order.SoldToParty),
    ...amountsOf(String(item.Material), Number(item.RequestedQuantity)),
    BSTNK: String(order.PurchaseOrderByCustomer ?? ''),
  }
}

/** What follows from material and quantity; undefined: there is no such material. */
export function amountsOf(material: string, quantity: number): Row | undefined {
  const sku = skuOf(material)
  return sku === undefined ? undefined : orderAmounts(sku, quantity)
}

/** The segments of a MATMAS05 IDoc. */
export function materialSegments(row: Row): Record<string, Segment[]> {
  const text = reader(row)
  const root: Segment = {
    MSGFN: '005',
    MATNR: String(row.MATNR),
    BISMT: text('ALTNR'),
    MTART: text('MTART'),
    MEINS: text('MEINS'),
    LVORM: text('LVORM'),
    ERSDA: text('ERDAT'),
    E1MAKTM: [{ MSGFN: '005', SPRAS: 'E', SPRAS_ISO: 'EN', MAKTX: text('MAKTX') }],
    E1MLANM: [{ MSGFN: '005', ALAND: 'GB', MWSKZ: text('MWSKZ') }],
    E1MBEWM: [{ MSGFN: '005', BWKEY: '1000', VERPR: decimalOf(text('VPREI')), WAERS: text('WAERS') }],
  }
  return { E1MARAM: [root] }
}

/** The columns that fields of a changed partner are. */
export function partnerColumns(before: SapRow, after: SapRow): Row {
  const isPerson = after.BusinessPartnerCategory === '1'
  const columns: Record<string, string> = {
    FormOfAddress: 'ANRED',
    [isPerson ? 'LastName' : 'OrganizationBPName1']: 'NAM1',
    FirstName: 'NAM2',
    YY1_Status_bus: 'STATU',
  }
  const changed = Object.entries(columns).filter(([field]) => before[field] !== after[field])
  const row: Row = Object.fromEntries(changed.map(([field, column]) => [column, String(after[field] ?? '')]))
  if (before.BirthDate !== after.BirthDate) row.GBDAT = compact(after.BirthDate)
  if (before.IsMarkedForArchiving !== after.IsMarkedForArchiving)
    row.LOEVM = after.IsMarkedForArchiving === true ? 'X' : ''
  return row
}

/** The columns that a changed address is. */
export function addressColumns(after: SapRow): Row {
  const columns = { STRAS: 'StreetName', PSTLZ: 'PostalCode', ORT01: 'CityName', LAND1: 'Country' }
  return Object.fromEntries(Object.entries(columns).map(([column, field]) => [column, String(after[field] ?? '')]))
}

function reader(row: Row): (column: string) => string {
  return (column) => String(row[column] ?? '').trimEnd()
}

/** `20250930` -> `2025-09-30`; null: there is none, or there is no such day. */
function dateOf(text: string): string | null {
  if (text === NO_DATE || !/^\d{8}$/.test(text)) return null
  const date = `${text.slice(0, 4)}-${text.slice(4, 6)}-${text.slice(6)}`
  const parsed = new Date(`${date}T00:00:00Z`)
  return Number.isNaN(parsed.getTime()) || parsed.toISOString().slice(0, 10) !== date ? null : date
}

function clockOf(text: string): string | null {
  return /^\d{6}$/.test(text) ? `${text.slice(0, 2)}:${text.slice(2, 4)}:${text.slice(4)}` : null
}

/** When the database itself saw the last change, `YYYYMMDDHHMMSS` in UTC; undefined: none since it was loaded. */
function timesOf(text: string): { date: string; time: string } | undefined {
  const [date, time] = [dateOf(text.slice(0, 8)), clockOf(text.slice(8))]
  return date === null || time === null ? undefined : { date, time }
}

/** `00012,50-` -> `-12.50` */
function decimalOf(text: string): string {
  const [, whole = '0', fraction = '', sign = ''] = /^0*(\d+)(?:,(\d+))?(-?)$/.exec(text.trim()) ?? []
  return `${sign}${whole}${fraction === '' ? '' : `.${fraction}`}`
}

function compact(value: Value | undefined): string {
  return value === null || value === undefined ? NO_DATE : String(value).replaceAll('-', '')
}
