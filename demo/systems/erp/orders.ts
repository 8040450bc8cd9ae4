/** Materials and orders as the ERP keeps them. */
import { addDays, dateBetween, officeHour } from '../../company/calendar.ts'
import { PRODUCTS, productOf } from '../../company/catalogue.ts'
import type { Contract } from '../../company/model.ts'
import type { Random } from '../../company/random.ts'
import type { Row } from '../system.ts'
import { NO_DATE, amountText, capitals, compactDate, materialNumber, quantityText } from './forms.ts'

const MATERIAL_TYPES = { plan: 'PLAN', device: 'DEVC', part: 'PART', service: 'SERV' } as const
/** Standard rate of VAT in the United Kingdom; prices contain it. */
const VAT_PERCENT = 20

export function materialRows(): Row[] {
  return PRODUCTS.map((product) => ({
    MATNR: materialNumber(product.sku),
    ALTNR: product.sku,
    MAKTX: capitals(product.title, 40),
    MTART: MATERIAL_TYPES[product.kind],
    MEINS: product.kind === 'plan' ? 'MON' : 'PCE',
    VPREI: amountText(product.pricePence),
    LVORM: product.withdrawn ? 'X' : '',
    ERDAT: '20150401',
  }))
}

/** The order that began the contract, and now and then a return or a further device; rows without number. */
export function ordersOf(contract: Contract, partner: string, asOf: string, random: Random): Row[] {
  const rows = [orderRow(partner, contract.sku, 1, contract.start, asOf, random)]
  if (contract.devices[0] && random.chance(0.08)) {
    rows.push(orderRow(partner, contract.devices[0].sku, -1, dateBetween(random, contract.start, asOf), asOf, random))
  }
  if (random.chance(0.15)) {
    const part = random.pick(['RMT-1', 'CBL-10', 'SPL-3', 'PSU-12', 'VIS-ENG'])
    rows.push(orderRow(partner, part, random.int(1, 2), dateBetween(random, contract.start, asOf), asOf, random))
  }
  return rows
}

/** A negative quantity is a return: its amounts carry the sign behind. */
function orderRow(partner: string, sku: string, quantity: number, date: string, asOf: string, random: Random): Row {
  const shipped = addDays(date, random.int(1, 9))
  const recent = shipped > asOf
  return {
    ...orderAmounts(sku, quantity),
    PARNR: partner,
    STATU: quantity < 0 ? '80' : recent ? random.pick(['10', '20', '30']) : random.chance(0.03) ? '90' : '40',
    ERDAT: compactDate(date),
    ERZET: officeHour(random).replaceAll(':', ''),
    WADAT: recent ? NO_DATE : compactDate(shipped),
  }
}

/** What of an order follows from product and quantity alone. */
export function orderAmounts(sku: string, quantity: number): Row {
  const gross = productOf(sku).pricePence * quantity
  const tax = Math.round((gross * VAT_PERCENT) / (100 + VAT_PERCENT))
  return {
    AUART: quantity < 0 ? 'ZRET' : 'ZNEW',
    MATNR: materialNumber(sku),
    MENGE: quantityText(Math.abs(quantity)),
    EINPR: amountText(productOf(sku).pricePence),
    NETWR: amountText(gross - tax),
    MWSBT: amountText(tax),
    BRTWR: amountText(gross),
  }
}
