import { CAREFUL, type Care } from '../../company/clerk.ts'
import type { Company, Organization, Person } from '../../company/model.ts'
import { Random } from '../../company/random.ts'
import type { TruthEntry } from '../../company/truth.ts'
import { lifeOf } from '../forms.ts'
import type { DemoSystem, Row, StoredCompany } from '../system.ts'
import { accountRow, homeContact, workContact } from './contacts.ts'
import { crmId, type ServedTable } from './ids.ts'
import { CRM_AFTER_LOAD, CRM_DDL } from './schema.ts'
import { makeActivities, makeCases, makeConsents } from './service.ts'

/** The second record of one person: an agent in a hurry did not look whether there was one already. */
const HURRIED: Care = { ...CAREFUL, typo: 0.06, nickname: 0.15, noBirthDate: 0.35, otherEmail: 0.7, noMobile: 0.2 }
const DUPLICATE_SHARE = 0.06
const ORGANIZATION_DUPLICATE_SHARE = 0.04

export const crm: DemoSystem = {
  name: 'crm',
  database: 'demo_crm',
  ddl: CRM_DDL,
  afterLoad: CRM_AFTER_LOAD,
  served: {
    account: ['id'],
    contact: ['id'],
    support_case: ['id'],
    activity: ['id'],
    consent: ['id'],
  },
  store: (company) => new CrmBook(company).write(),
}

class CrmBook {
  private readonly company: Company
  private readonly random: Random
  private readonly accounts: Row[] = []
  private readonly contacts: Row[] = []
  private readonly cases: Row[] = []
  private readonly activities: Row[] = []
  private readonly consents: Row[] = []
  private readonly truth: TruthEntry[] = []
  private readonly accountOf = new Map<string, string>()
  private readonly contracted: ReadonlySet<string>

  constructor(company: Company) {
    this.company = company
    this.random = new Random(`${company.seed}/crm`)
    this.contracted = new Set(company.contracts.map((contract) => contract.customer))
  }

  write(): StoredCompany {
    for (const organization of this.company.organizations) this.writeOrganization(organization)
    for (const person of this.company.people) this.writePerson(person)
    return {
      tables: new Map([
        ['account', this.accounts],
        ['contact', this.contacts],
        ['support_case', this.cases],
        ['activity', this.activities],
        ['consent', this.consents],
      ]),
      truth: this.truth,
    }
  }

  private writeOrganization(organization: Organization): void {
    const own = this.random.fork(organization.id)
    // Somebody works there, so the CRM has it in any case.
    this.accountOf.set(organization.id, this.addAccount(organization, CAREFUL, own))
    if (own.chance(ORGANIZATION_DUPLICATE_SHARE)) this.addAccount(organization, HURRIED, own)
  }

  private writePerson(person: Person): void {
    const own = this.random.fork(person.id)
    if (person.role !== 'contact' && own.chance(this.knownShare(person))) {
      this.addContact(person, homeContact(person, CAREFUL, own), person.since, own)
      if (own.chance(DUPLICATE_SHARE)) this.addContact(person, homeContact(person, HURRIED, own), person.since, own)
    }
    if (person.employment) this.writeEmployee(person, person.employment.organization, own)
  }

  /** Whoever has no contract is known to the CRM or to nobody. */
  private knownShare(person: Person): number {
    if (!this.contracted.has(person.id)) return 1
    return person.role === 'holder' ? 0.92 : 0.7
  }

  private writeEmployee(person: Person, organizationId: string, own: Random): void {
    const at = this.company.organizations.find((organization) => organization.id === organizationId)
    const account = this.accountOf.get(organizationId)
    if (!at || !account) throw new Error(`${person.id} works at ${organizationId}, which the CRM does not have.`)
    this.addContact(person, workContact(person, at, account, CAREFUL, own), at.since, own)
  }

  private addAccount(organization: Organization, care: Care, own: Random): string {
    const id = crmId('account', this.accounts.length + 1)
    this.accounts.push({ id, ...accountRow(organization, care, own), ...this.stamps(organization.since, own) })
    this.truth.push({ system: 'crm', entity: 'Account', key: id, customer: organization.id })
    return id
  }

  private addContact(person: Person, row: Row, since: string, own: Random): void {
    const id = crmId('contact', this.contacts.length + 1)
    this.contacts.push({ id, ...row, ...this.stamps(since, own) })
    this.truth.push({ system: 'crm', entity: 'Contact', key: id, customer: person.id })
    if (person.standing === 'prospect') return
    number(this.cases, 'support_case', makeCases(id, since, this.company.asOf, own))
    number(this.activities, 'activity', makeActivities(id, since, this.company.asOf, own))
    number(this.consents, 'consent', makeConsents(id, since, own))
  }

  private stamps(since: string, own: Random): Row {
    const life = lifeOf(since, this.company.asOf, own)
    return { created_at: `${life.created}Z`, updated_at: `${life.changed}Z` }
  }
}

function number(into: Row[], table: ServedTable, rows: readonly Row[]): void {
  for (const row of rows) into.push({ id: crmId(table, into.length + 1), ...row })
}
