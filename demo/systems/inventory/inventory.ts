import { addDays, officeHour } from '../../company/calendar.ts'
import { OFFERS, PRODUCTS, WAREHOUSES, productOf } from '../../company/catalogue.ts'
import { CAREFUL, type Care } from '../../company/clerk.ts'
import { customersOf } from '../../company/company.ts'
import { contractsByCustomer } from '../../company/contracts.ts'
import type { Company, Contract, Customer } from '../../company/model.ts'
import { Random } from '../../company/random.ts'
import type { TruthEntry } from '../../company/truth.ts'
import { materialNumber } from '../erp/forms.ts'
import type { DemoSystem, Row, StoredCompany } from '../system.ts'
import { INVENTORY_AFTER_LOAD, INVENTORY_DDL } from './schema.ts'
import { siteRow } from './sites.ts'

/** The fitter asks at the door for a number to call. */
const AT_THE_DOOR: Care = { ...CAREFUL, noEmail: 0.25, noMobile: 0.12, phoneSlip: 0.01 }
const FIRST_SITE = 70_001

export const inventory: DemoSystem = {
  name: 'inventory',
  database: 'demo_inventory',
  ddl: INVENTORY_DDL,
  afterLoad: INVENTORY_AFTER_LOAD,
  store,
}

function store(company: Company): StoredCompany {
  const random = new Random(`${company.seed}/inventory`)
  const contracts = contractsByCustomer(company)
  const [sites, devices]: [Row[], Row[]] = [[], []]
  const truth: TruthEntry[] = []
  for (const customer of customersOf(company)) {
    const own = random.fork(customer.id)
    for (const held of byPlace(contracts.get(customer.id) ?? [])) {
      if (!own.chance(0.72)) continue
      const site_id = FIRST_SITE + sites.length
      sites.push({ site_id, ...siteOf(customer, held, own) })
      truth.push({ system: 'inventory', entity: 'Site', key: String(site_id), customer: customer.id })
      devices.push(...held.flatMap((contract) => devicesOf(contract, site_id)))
    }
  }
  const tables = new Map([
    ['warehouse', WAREHOUSES.map(({ code, title }): Row => ({ code, title }))],
    ['site', sites],
    ['device', devices],
    ['stock_level', stockRows(company, random.fork('stock'))],
    ['offer', offerRows(company)],
  ])
  return { tables, truth }
}

function siteOf(customer: Customer, held: readonly Contract[], own: Random): Row {
  const first = held[0]
  if (!first) throw new Error('A site has at least one contract.')
  return { ...siteRow(customer, first.serviceAddress, AT_THE_DOOR, own), first_install: first.start }
}

function byPlace(contracts: readonly Contract[]): Contract[][] {
  return [...Map.groupBy(contracts, (contract) => JSON.stringify(contract.serviceAddress)).values()]
}

function devicesOf(contract: Contract, site_id: number): Row[] {
  return contract.devices.map((device) => ({
    serial: device.serial,
    material: materialNumber(device.sku),
    mac: device.mac,
    site_id: contract.end ? null : site_id,
    state: contract.end ? 'RETURNED' : 'INSTALLED',
    installed_on: device.installedOn,
  }))
}

function stockRows(company: Company, random: Random): Row[] {
  const stored = PRODUCTS.filter((product) => product.kind === 'device' || product.kind === 'part')
  return stored.flatMap((product) =>
    WAREHOUSES.map(({ code }) => ({
      material: materialNumber(product.sku),
      warehouse: code,
      on_hand: product.withdrawn ? random.int(0, 12) : random.int(15, 400),
      reserved: random.int(0, 14),
      on_order: random.chance(0.3) ? random.int(2, 10) * 10 : 0,
      reorder_point: product.withdrawn ? 0 : random.int(1, 5) * 10,
      counted_at: `${addDays(company.asOf, -random.int(0, 90))}T${officeHour(random)}Z`,
    })),
  )
}

function offerRows(company: Company): Row[] {
  return OFFERS.map((offer) => ({
    offer_code: offer.code,
    title: offer.title,
    material: materialNumber(offer.sku),
    price_pence: offer.pricePence,
    per_month: productOf(offer.sku).kind === 'plan',
    audience: offer.audience.toUpperCase(),
    valid_from: offer.validFrom,
    valid_to: offer.validTo,
    state: offer.validTo !== null && offer.validTo < company.asOf ? 'ENDED' : 'OPEN',
  }))
}
