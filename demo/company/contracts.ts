/** Who has which plan where, with which devices. */
import { addDays, dateBetween } from './calendar.ts'
import { productOf } from './catalogue.ts'
import type { Address, Company, Contract, Customer, Device, Organization, Person } from './model.ts'
import type { Random } from './random.ts'

const HOME_PLANS = { 'BB-050': 6, 'BB-100': 24, 'BB-250': 18, 'BB-500': 12, 'BB-1000': 6, 'DUO-100': 18, 'DUO-500': 12 }
const EXTRAS = { 'TV-ESS': 4, 'TV-FAM': 3, 'TV-ALL': 1, 'TEL-UK': 4 }
const BUSINESS_PLANS = { 'BIZ-250': 6, 'BIZ-1000': 3 }

export function makeContracts(customers: readonly Customer[], asOf: string, random: Random): Contract[] {
  const contracts: Contract[] = []
  for (const customer of customers) {
    if (customer.standing === 'prospect') continue
    const own = random.fork(customer.id)
    for (const [sku, address] of plansOf(customer, own)) {
      contracts.push(makeContract(contracts.length + 1, customer, sku, address, asOf, own))
    }
  }
  return contracts
}

function plansOf(customer: Customer, random: Random): [string, Address][] {
  if (customer.kind === 'organization') return businessPlans(customer, random)
  return homePlans(customer, random)
}

function homePlans(person: Person, random: Random): [string, Address][] {
  if (person.role === 'contact') return []
  // A member of a household seldom has a contract of their own beside the holder's.
  if (person.role === 'member' && !random.chance(0.12)) return []
  const plan = person.role === 'member' ? 'BB-100' : random.weighted(HOME_PLANS)
  const plans: [string, Address][] = [[plan, person.address]]
  if (plan.startsWith('BB') && random.chance(0.2)) plans.push([random.weighted(EXTRAS), person.address])
  return plans
}

function businessPlans(organization: Organization, random: Random): [string, Address][] {
  const plans = [organization.address, ...organization.branches].map((address): [string, Address] => [
    random.weighted(BUSINESS_PLANS),
    address,
  ])
  if (random.chance(0.35)) plans.push(['BIZ-SIP', organization.address])
  return plans
}

function makeContract(
  index: number,
  customer: Customer,
  sku: string,
  serviceAddress: Address,
  asOf: string,
  random: Random,
): Contract {
  const start = dateBetween(random, customer.since, asOf)
  const id = `K${String(index).padStart(6, '0')}`
  return {
    id,
    customer: customer.id,
    sku,
    start,
    end: customer.standing === 'closed' ? dateBetween(random, start, asOf) : null,
    monthlyPence: productOf(sku).pricePence,
    serviceAddress,
    devices: makeDevices(index, sku, addDays(start, random.int(2, 14)), random),
  }
}

function makeDevices(contract: number, sku: string, installedOn: string, random: Random): Device[] {
  return devicesOfPlan(sku, random).map((device, place) => {
    const number = contract * 8 + place
    const hex = number.toString(16).toUpperCase().padStart(6, '0')
    return {
      serial: `${device.replace('-', '').slice(0, 5)}${String(number * 37).padStart(9, '0')}`,
      sku: device,
      // 02-00-5E is locally administered: no maker's range.
      mac: `02:00:5E:${hex.slice(0, 2)}:${hex.slice(2, 4)}:${hex.slice(4)}`,
      installedOn,
    }
  })
}

function devicesOfPlan(sku: string, random: Random): string[] {
  const modem = random.chance(0.3) ? 'MDM-D30' : 'MDM-D31'
  const box = random.chance(0.35) ? 'STB-2' : 'STB-4K'
  if (sku === 'BIZ-SIP') return ['ATA-8']
  if (sku === 'TEL-UK') return []
  if (sku.startsWith('TV')) return random.chance(0.25) ? [box, 'STB-MINI'] : [box]
  if (sku.startsWith('DUO')) return [modem, box]
  return random.chance(0.4) ? [modem, 'RTR-AX'] : [modem]
}

/** The contracts of each customer, by customer id. */
export function contractsByCustomer(company: Company): Map<string, Contract[]> {
  return Map.groupBy(company.contracts, (contract) => contract.customer)
}
