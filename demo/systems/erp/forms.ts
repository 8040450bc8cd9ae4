/** The written forms of the ERP. */
import { PRODUCTS } from '../../company/catalogue.ts'
import { type Care, noteDownOrganization, noteDownPerson, shortenStreet } from '../../company/clerk.ts'
import { withoutDiacritics } from '../../company/contact-points.ts'
import type { Address, Customer, Standing } from '../../company/model.ts'
import type { Random } from '../../company/random.ts'
import { streetLine } from '../forms.ts'
import type { Row } from '../system.ts'

const STATUS: Readonly<Record<Standing, string>> = { prospect: '01', active: '02', inactive: '03', closed: '09' }
const TITLES: Readonly<Record<string, string>> = { Mrs: '0001', Ms: '0001', Mr: '0002', Dr: '0004' }
const ORGANIZATION_TITLE = '0003'
const MATERIAL_BASE = 1_001
export const NO_DATE = '00000000'

/** A business partner, all but its number and dates. */
export function partnerRow(customer: Customer, care: Care, random: Random): Row {
  return customer.kind === 'person' ? personRow(customer, care, random) : organizationRow(customer, care, random)
}

function personRow(person: Extract<Customer, { kind: 'person' }>, care: Care, random: Random): Row {
  const noted = noteDownPerson(person, care, random)
  const given = noted.middle && random.chance(0.5) ? `${noted.given} ${noted.middle.charAt(0)}` : noted.given
  return {
    KTOKD: '0001',
    ANRED: TITLES[person.prefix] ?? '',
    NAM1: capitals(noted.family, 35),
    NAM2: capitals(given, 35),
    ...addressColumns(noted.address),
    TELF1: phone(noted.landline ?? noted.mobile, random),
    TELF2: noted.landline ? phone(noted.mobile, random) : '',
    GBDAT: noted.birthDate ? compactDate(noted.birthDate) : NO_DATE,
    STCEG: '',
    STATU: STATUS[person.standing],
  }
}

function organizationRow(organization: Extract<Customer, { kind: 'organization' }>, care: Care, random: Random): Row {
  const noted = noteDownOrganization(organization, care, random)
  return {
    KTOKD: '0002',
    ANRED: ORGANIZATION_TITLE,
    NAM1: capitals(noted.name, 35),
    NAM2: '',
    ...addressColumns(noted.address),
    TELF1: phone(noted.phone, random),
    TELF2: '',
    GBDAT: NO_DATE,
    STCEG: random.chance(0.85) ? (organization.vatNumber ?? '') : '',
    STATU: STATUS[organization.standing],
  }
}

export function addressColumns(address: Address): Row {
  const line = streetLine(address)
  return {
    STRAS: capitals(line.length > 35 ? streetLine({ ...address, street: shortenStreet(address.street) }) : line, 35),
    PSTLZ: address.postalCode,
    ORT01: capitals(address.city, 25),
    LAND1: 'GB',
  }
}

/** `Siân O'Neill` -> `SIAN O'NEILL`, cut to the width of the column. */
export function capitals(text: string, width: number): string {
  return withoutDiacritics(text).toUpperCase().slice(0, width).trimEnd()
}

/** `2025-09-30` -> `20250930` */
export function compactDate(date: string): string {
  return date.replaceAll('-', '')
}

/** -1250 -> `00012,50-` ; 1250 -> `00012,50` */
export function amountText(pence: number): string {
  const digits = String(Math.abs(pence)).padStart(7, '0')
  return `${digits.slice(0, -2)},${digits.slice(-2)}${pence < 0 ? '-' : ''}`
}

/** 2 -> `0000002,000` */
export function quantityText(quantity: number): string {
  return `${String(quantity).padStart(7, '0')},000`
}

/** The material number of a product of the catalogue: its place there, padded to 18 digits. */
export function materialNumber(sku: string): string {
  const place = PRODUCTS.findIndex((product) => product.sku === sku)
  if (place < 0) throw new RangeError(`The catalogue has no product ${sku}.`)
  return String(MATERIAL_BASE + place).padStart(18, '0')
}

/** The product of a material number, with its leading noughts or without; undefined: there is none. */
export function skuOf(material: string): string | undefined {
  return /^\d{1,18}$/.test(material) ? PRODUCTS[Number(material) - MATERIAL_BASE]?.sku : undefined
}

function phone(digits: string | null, random: Random): string {
  if (digits === null) return ''
  const codeLength = digits.startsWith('07') ? 5 : digits.startsWith('02') ? 3 : 4
  const form = random.weighted({ digits: 4, slash: 3, hyphen: 3 })
  if (form === 'digits') return digits
  return `${digits.slice(0, codeLength)}${form === 'slash' ? '/' : '-'}${digits.slice(codeLength)}`
}
