import { CAREFUL, type Care } from '../../company/clerk.ts'
import { customersOf } from '../../company/company.ts'
import { contractsByCustomer } from '../../company/contracts.ts'
import type { Company, Customer } from '../../company/model.ts'
import { Random } from '../../company/random.ts'
import type { TruthEntry } from '../../company/truth.ts'
import { lifeOf } from '../forms.ts'
import type { DemoSystem, Row, StoredCompany } from '../system.ts'
import { NO_DATE, compactDate, partnerRow } from './forms.ts'
import { materialRows, ordersOf } from './orders.ts'
import { ERP_AFTER_LOAD, ERP_DDL } from './schema.ts'

/** Typed from paper forms; nobody told it of moves and marriages. */
const FROM_PAPER: Care = {
  ...CAREFUL,
  typo: 0.025,
  nickname: 0.01,
  formerName: 0.45,
  formerAddress: 0.5,
  noBirthDate: 0.4,
  birthSlip: 0.02,
  shortStreet: 0.5,
}
const DUPLICATE_SHARE = 0.025
const FIRST_PARTNER = 1_000_001
const FIRST_ORDER = 4_500_000_001

export const erp: DemoSystem = {
  name: 'erp',
  database: 'demo_erp',
  ddl: ERP_DDL,
  afterLoad: ERP_AFTER_LOAD,
  served: { PARTNR: ['PARNR'], MATMAS: ['MATNR'], AUFTRG: ['AUFNR'] },
  store,
}

function store(company: Company): StoredCompany {
  const random = new Random(`${company.seed}/erp`)
  const contracts = contractsByCustomer(company)
  const [partners, orders]: [Row[], Row[]] = [[], []]
  const truth: TruthEntry[] = []
  for (const customer of customersOf(company)) {
    const own = random.fork(customer.id)
    if (!own.chance(knownShare(customer))) continue
    const copies = own.chance(DUPLICATE_SHARE) ? 2 : 1
    for (let copy = 0; copy < copies; copy++) {
      const number = String(FIRST_PARTNER + partners.length).padStart(10, '0')
      const life = lifeOf(customer.since, company.asOf, own)
      const changed = life.changed.slice(0, 10)
      partners.push({
        PARNR: number,
        ...partnerRow(customer, FROM_PAPER, own),
        ERDAT: compactDate(customer.since),
        AEDAT: changed === customer.since ? NO_DATE : compactDate(changed),
      })
      truth.push({ system: 'erp', entity: 'Partner', key: number, customer: customer.id })
    }
    const partner = String(FIRST_PARTNER + partners.length - 1).padStart(10, '0')
    for (const contract of contracts.get(customer.id) ?? []) {
      for (const order of ordersOf(contract, partner, company.asOf, own)) {
        orders.push({ AUFNR: String(FIRST_ORDER + orders.length).padStart(10, '0'), ...order })
      }
    }
  }
  const tables = new Map([
    ['PARTNR', partners],
    ['MATMAS', materialRows()],
    ['AUFTRG', orders],
  ])
  return { tables, truth }
}

function knownShare(customer: Customer): number {
  if (customer.kind === 'organization') return 0.95
  return { holder: 0.52, member: 0.06, contact: 0 }[customer.role]
}
