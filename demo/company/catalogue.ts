/** What Lanternwick Cable sells, lends and stores. Prices in pence, with VAT. */
export interface Product {
  sku: string
  title: string
  /** `plan`: a monthly price. `device`, `part` and `service`: a price once. */
  kind: 'plan' | 'device' | 'part' | 'service'
  pricePence: number
  /** Withdrawn products stay, since old orders point at them. */
  withdrawn: boolean
}

export interface Offer {
  code: string
  title: string
  sku: string
  pricePence: number
  /** ISO dates; null: until further notice. */
  validFrom: string
  validTo: string | null
  audience: 'residential' | 'business' | 'all'
}

export const PRODUCTS: readonly Product[] = [
  product('BB-050', 'Broadband 50', 'plan', 2400, true),
  product('BB-100', 'Broadband 100', 'plan', 2999),
  product('BB-250', 'Broadband 250', 'plan', 3650),
  product('BB-500', 'Broadband 500', 'plan', 4499),
  product('BB-1000', 'Broadband Gigabit', 'plan', 5999),
  product('TV-ESS', 'Television Essential', 'plan', 1200),
  product('TV-FAM', 'Television Family', 'plan', 2250),
  product('TV-ALL', 'Television Everything', 'plan', 4999),
  product('DUO-100', 'Broadband 100 and Television Essential', 'plan', 3899),
  product('DUO-500', 'Broadband 500 and Television Family', 'plan', 6249),
  product('TEL-UK', 'Telephone UK Anytime', 'plan', 900),
  product('BIZ-250', 'Business Broadband 250', 'plan', 5400),
  product('BIZ-1000', 'Business Broadband Gigabit', 'plan', 9600),
  product('BIZ-SIP', 'Business Telephone, 8 lines', 'plan', 4800),
  product('MDM-D30', 'Cable modem D30', 'device', 4500, true),
  product('MDM-D31', 'Cable modem D31', 'device', 7900),
  product('RTR-AX', 'Wireless router AX', 'device', 9900),
  product('STB-2', 'Set-top box 2', 'device', 6900, true),
  product('STB-4K', 'Set-top box 4K', 'device', 11900),
  product('STB-MINI', 'Set-top box Mini', 'device', 5900),
  product('ATA-8', 'Telephone adapter, 8 ports', 'device', 15900),
  product('CBL-10', 'Coaxial cable, 10 m', 'part', 899),
  product('SPL-3', 'Splitter, 3 ways', 'part', 1150),
  product('RMT-1', 'Remote control', 'part', 1999),
  product('PSU-12', 'Power supply 12 V', 'part', 1450),
  product('INS-STD', 'Installation, standard', 'service', 5000),
  product('INS-BIZ', 'Installation, business premises', 'service', 15000),
  product('VIS-ENG', "Engineer's visit", 'service', 6500),
]

export const OFFERS: readonly Offer[] = [
  offer('SPRING25', 'Spring: Broadband 250 for less', 'BB-250', 2750, '2025-03-01', '2025-05-31', 'residential'),
  offer('GIGA-6', 'Gigabit at half price for six months', 'BB-1000', 2999, '2025-06-01', '2025-12-31', 'residential'),
  offer('DUO-WELCOME', 'Welcome Duo', 'DUO-100', 3199, '2025-01-01', null, 'residential'),
  offer('STUDENT-9', 'Nine months for students', 'BB-100', 2299, '2025-08-15', '2025-10-31', 'residential'),
  offer('STB-SWAP', 'Swap the old box for a 4K one', 'STB-4K', 4900, '2025-04-01', null, 'all'),
  offer('LOYAL-TV', 'Television Family for loyal customers', 'TV-FAM', 1750, '2025-02-01', null, 'residential'),
  offer('SHOPFRONT', 'Business Broadband for shops', 'BIZ-250', 4300, '2025-01-15', '2026-01-14', 'business'),
  offer('BIZ-MOVE', 'Free installation when a business moves', 'INS-BIZ', 0, '2025-07-01', '2025-12-31', 'business'),
  offer('XMAS24', 'Christmas: Television Everything', 'TV-ALL', 2999, '2024-11-15', '2025-01-06', 'residential'),
  offer('MESH', 'Router AX with any plan', 'RTR-AX', 2900, '2025-05-01', null, 'all'),
]

export const WAREHOUSES: readonly { code: string; title: string }[] = [
  { code: 'AVM', title: 'Avonmouth' },
  { code: 'TRF', title: 'Trafford Park' },
  { code: 'TMS', title: 'Thamesmead' },
  { code: 'CUM', title: 'Cumbernauld' },
]

const BY_SKU = new Map(PRODUCTS.map((product) => [product.sku, product]))

export function productOf(sku: string): Product {
  const found = BY_SKU.get(sku)
  if (!found) throw new RangeError(`The catalogue has no product ${sku}.`)
  return found
}

function product(sku: string, title: string, kind: Product['kind'], pricePence: number, withdrawn = false): Product {
  return { sku, title, kind, pricePence, withdrawn }
}

function offer(
  code: string,
  title: string,
  sku: string,
  pricePence: number,
  validFrom: string,
  validTo: string | null,
  audience: Offer['audience'],
): Offer {
  return { code, title, sku, pricePence, validFrom, validTo, audience }
}
