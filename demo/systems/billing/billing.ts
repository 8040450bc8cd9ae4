import { CAREFUL, type Care } from '../../company/clerk.ts'
import { customersOf } from '../../company/company.ts'
import { contractsByCustomer } from '../../company/contracts.ts'
import type { Company, Contract, Customer } from '../../company/model.ts'
import { Random } from '../../company/random.ts'
import type { TruthEntry } from '../../company/truth.ts'
import { lifeOf } from '../forms.ts'
import type { DemoSystem, Row, StoredCompany } from '../system.ts'
import { customerAccountRow } from './accounts.ts'
import { accountMoney } from './money.ts'
import { BILLING_AFTER_LOAD, BILLING_DDL } from './schema.ts'

/** Customers complain when the bill goes astray, so addresses are good; names are as on the bank's mandate. */
const BY_MANDATE: Care = {
  ...CAREFUL,
  nickname: 0.02,
  formerName: 0.35,
  formerAddress: 0.1,
  noEmail: 0.12,
  otherEmail: 0.4,
  phoneSlip: 0.012,
}
const DUPLICATE_SHARE = 0.015
const FIRST_ACCOUNT = 1_000_001
const FIRST_INVOICE = 500_000_001

export const billing: DemoSystem = {
  name: 'billing',
  database: 'demo_billing',
  ddl: BILLING_DDL,
  afterLoad: BILLING_AFTER_LOAD,
  served: {
    customer_account: ['account_no'],
    credit_standing: ['account_no'],
    invoice: ['invoice_no'],
    payment: ['payment_id'],
  },
  store: (company) => new BillingBook(company).write(),
}

class BillingBook {
  private readonly company: Company
  private readonly accounts: Row[] = []
  private readonly standings: Row[] = []
  private readonly invoices: Row[] = []
  private readonly payments: Row[] = []
  private readonly truth: TruthEntry[] = []

  constructor(company: Company) {
    this.company = company
  }

  write(): StoredCompany {
    const random = new Random(`${this.company.seed}/billing`)
    const contracts = contractsByCustomer(this.company)
    for (const customer of customersOf(this.company)) {
      const own = random.fork(customer.id)
      const held = contracts.get(customer.id) ?? []
      // Whoever has a contract is billed.
      if (held.length === 0) continue
      // Some were given a second account when they took a second service.
      const split = held.length > 1 && own.chance(DUPLICATE_SHARE * 10)
      for (const share of split ? [held.slice(0, 1), held.slice(1)] : [held]) this.addAccount(customer, share, own)
    }
    return {
      tables: new Map([
        ['customer_account', this.accounts],
        ['credit_standing', this.standings],
        ['invoice', this.invoices],
        ['payment', this.payments],
      ]),
      truth: this.truth,
    }
  }

  private addAccount(customer: Customer, contracts: readonly Contract[], own: Random): void {
    const account_no = `LC-${FIRST_ACCOUNT + this.accounts.length}`
    const life = lifeOf(customer.since, this.company.asOf, own)
    const ends = contracts.map((contract) => contract.end).filter((end) => end !== null)
    this.accounts.push({
      account_no,
      ...customerAccountRow(customer, BY_MANDATE, own),
      opened: life.created,
      closed: ends[0] ? `${ends[0]}T00:00:00` : null,
      changed_at: life.changed,
    })
    this.truth.push({ system: 'billing', entity: 'CustomerAccount', key: account_no, customer: customer.id })
    const [invoiceNo, paymentId] = [FIRST_INVOICE + this.invoices.length, 1 + this.payments.length]
    const money = accountMoney(contracts, this.company.asOf, invoiceNo, paymentId, own)
    this.standings.push({ account_no, ...money.standing })
    for (const invoice of money.invoices) this.invoices.push({ account_no, ...invoice })
    for (const payment of money.payments) this.payments.push({ account_no, ...payment })
  }
}
