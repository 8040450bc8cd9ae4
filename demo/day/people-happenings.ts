/** What happens to people: they come, move, marry, change numbers, leave; and clerks mend what they find wrong. */
import { CAREFUL, type Care } from '../company/clerk.ts'
import { ContactPoints, cityOf, mobileNumber } from '../company/contact-points.ts'
import type { Address, Person } from '../company/model.ts'
import { FAMILY_NAMES } from '../company/names.ts'
import { makeContactPerson } from '../company/people.ts'
import type { TruthEntry } from '../company/truth.ts'
import { addressLines, customerAccountRow } from '../systems/billing/accounts.ts'
import { homeContact, mailingAddress } from '../systems/crm/contacts.ts'
import { addressColumns, capitals, compactDate, materialNumber, partnerRow } from '../systems/erp/forms.ts'
import { orderAmounts } from '../systems/erp/orders.ts'
import { internationalPhone, nationalPhone } from '../systems/forms.ts'
import { premise, siteRow } from '../systems/inventory/sites.ts'
import type { Row } from '../systems/system.ts'
import { somePerson, type World } from './world.ts'

/** Newcomers' mobiles come from behind those of the generated customers, who are 20,000 at most. */
const NEWCOMER_MOBILES = 100_000
const PLANS = ['BB-100', 'BB-250', 'BB-500', 'DUO-100', 'DUO-500']
const points = new ContactPoints()

/** Told to the CRM; billing hears of it mostly, the ERP seldom. */
export async function move(world: World): Promise<void> {
  const person = somePerson(world, 'crm')
  if (!person) return
  const { random } = world
  person.formerAddress = person.address
  person.address = points.address(random, cityOf(person.address.city))
  const hears: Record<string, number> = { crm: 1, billing: 0.85, erp: 0.4, inventory: 0.7 }
  const atWork = recordAtWork(person, world)
  for (const record of world.records.of(person)) {
    if (record === atWork || !random.chance(hears[record.system] ?? 0)) continue
    await world.databases.updateRecord(record, addressIn(record, person.address, world))
  }
}

function addressIn(record: TruthEntry, address: Address, world: World): Row {
  switch (record.system) {
    case 'crm':
      return mailingAddress(address, world.random)
    case 'erp':
      return { ...addressColumns(address), AEDAT: compactDate(world.today()) }
    case 'billing':
      return addressLines(address)
    default:
      return premise(address)
  }
}

/** The contact of somebody at the organization they work for, the last one made: it does not move house. */
function recordAtWork(person: Person, world: World): TruthEntry | undefined {
  if (!person.employment) return undefined
  return world.records.of(person).findLast((record) => record.entity === 'Contact')
}

export async function marriage(world: World): Promise<void> {
  const person = somePerson(world, 'crm')
  if (!person) return
  person.formerFamily = person.family
  person.family = world.random.pickSkewed(FAMILY_NAMES)
  for (const record of world.records.of(person)) {
    if (record.system === 'crm') await world.databases.updateRecord(record, { last_name: person.family })
    if (record.system === 'billing' && world.random.chance(0.7)) {
      await world.databases.updateRecord(record, { full_name: `${person.family}, ${person.given}` })
    }
  }
}

export async function newMobile(world: World): Promise<void> {
  const person = somePerson(world, 'crm')
  if (!person) return
  person.mobile = mobileNumber(NEWCOMER_MOBILES + (await world.newcomerNumber()))
  for (const record of world.records.of(person)) {
    if (record.system === 'crm')
      await world.databases.updateRecord(record, { mobile: internationalPhone(person.mobile) })
    if (record.system === 'billing') await world.databases.updateRecord(record, { phone: nationalPhone(person.mobile) })
  }
}

/** Somebody calls, the clerk reads the record out, and what was wrong is put right. */
export async function correction(world: World): Promise<void> {
  const person = somePerson(world, world.random.pick(['crm', 'erp', 'billing']))
  const record = person && world.random.pick(world.records.of(person))
  if (!person || !record) return
  const { databases } = world
  if (record.system === 'crm') {
    await databases.updateRecord(record, {
      first_name: person.given,
      last_name: person.family,
      birthdate: person.birthDate,
    })
  } else if (record.system === 'erp') {
    const names = { NAM1: capitals(person.family, 35), NAM2: capitals(person.given, 35) }
    await databases.updateRecord(record, { ...names, AEDAT: compactDate(world.today()) })
  } else if (record.system === 'billing') {
    await databases.updateRecord(record, { full_name: `${person.family}, ${person.given}`, email: person.email })
  } else {
    await databases.updateRecord(record, { contact_email: person.email })
  }
}

const SIGN_UP: Care = { ...CAREFUL, noEmail: 0, noMobile: 0 }

/** A new customer, written down by one system after the other as the order goes its way. */
export async function newcomer(world: World): Promise<void> {
  const { databases, random } = world
  if (!databases.hasRoom('crm', 'contact')) return
  const person = await makeNewcomer(world)
  const contact = await databases.insert('crm', 'contact', homeContact(person, SIGN_UP, random))
  if (contact) world.records.add({ system: 'crm', entity: 'Contact', key: String(contact.id), customer: person.id })
  const account = await databases.insert('billing', 'customer_account', customerAccountRow(person, SIGN_UP, random))
  if (account) {
    world.records.add({
      system: 'billing',
      entity: 'CustomerAccount',
      key: String(account.account_no),
      customer: person.id,
    })
    await databases.insert('billing', 'credit_standing', { account_no: account.account_no ?? null })
  }
  const sku = random.pick(PLANS)
  if (random.chance(0.6)) {
    const partner = await databases.insert('erp', 'PARTNR', partnerRow(person, CAREFUL, random))
    if (partner) {
      world.records.add({ system: 'erp', entity: 'Partner', key: String(partner.PARNR), customer: person.id })
      await databases.insert('erp', 'AUFTRG', { PARNR: partner.PARNR ?? null, ...orderAmounts(sku, 1) })
    }
  }
  const site = await databases.insert('inventory', 'site', siteRow(person, person.address, SIGN_UP, random))
  if (site) {
    world.records.add({ system: 'inventory', entity: 'Site', key: String(site.site_id), customer: person.id })
    const material = materialNumber('MDM-D31')
    await databases.write(
      'inventory',
      `UPDATE stock_level SET on_hand = on_hand - 1 WHERE material = $1 AND warehouse = 'AVM' AND on_hand > 0`,
      [material],
    )
  }
  world.company.people.push(person)
}

async function makeNewcomer(world: World): Promise<Person> {
  const number = await world.newcomerNumber()
  const person = makeContactPerson(number, world.today(), points, world.random.fork(`newcomer ${number}`))
  const [first, last] = (person.email ?? 'new.customer@mailbox.example').split('@')
  return {
    ...person,
    id: `N${String(number).padStart(6, '0')}`,
    role: 'holder',
    since: world.today(),
    standing: 'active',
    // The number keeps newcomers of different days apart.
    email: `${first ?? 'new'}.${number}@${last ?? 'mailbox.example'}`,
    secondEmail: null,
    mobile: mobileNumber(NEWCOMER_MOBILES + number),
  }
}

/** Of all people, those who may have left at any time; beyond it somebody comes back for each who goes. */
const LEFT_SHARE_MAX = 0.12

/** Somebody leaves the company: every system hears of it, each in its own words. */
export async function churn(world: World): Promise<void> {
  const left = world.company.people.filter((person) => person.standing === 'closed')
  if (left.length > world.company.people.length * LEFT_SHARE_MAX) await tellAll(world, world.random.pick(left), true)
  const person = somePerson(world, 'billing')
  if (person) await tellAll(world, person, false)
}

async function tellAll(world: World, person: Person, stays: boolean): Promise<void> {
  const { databases } = world
  person.standing = stays ? 'active' : 'closed'
  for (const record of world.records.of(person)) {
    if (record.system === 'crm')
      await databases.updateRecord(record, { status: stays ? 'Customer' : 'Former customer' })
    if (record.system === 'erp') {
      await databases.updateRecord(record, { STATU: stays ? '02' : '09', AEDAT: compactDate(world.today()) })
    }
    if (record.system === 'billing') {
      const closed = stays ? null : `${world.today()}T00:00:00`
      await databases.updateRecord(record, { state_code: stays ? 'AC' : 'CL', closed })
      await databases.updateRow(
        'billing',
        'credit_standing',
        { account_no: record.key },
        { standing: stays ? 'B' : 'X' },
      )
    }
    if (record.system === 'inventory') {
      await databases.updateRecord(record, { install_state: stays ? 'LIVE' : 'REMOVED' })
      if (!stays)
        await databases.updateRow('inventory', 'device', { site_id: record.key }, { state: 'RETURNED', site_id: null })
    }
  }
}

/** The CRM flags a duplicate as deleted; the ERP archives a partner that is closed, which takes the row away. */
export async function cleanUp(world: World): Promise<void> {
  const { databases, records } = world
  const closed = world.company.people.find((person) => person.standing === 'closed' && records.in(person, 'erp'))
  const archived = closed && records.in(closed, 'erp')
  if (archived && world.random.chance(0.5)) {
    await databases.write('erp', 'DELETE FROM "AUFTRG" WHERE "PARNR" = $1', [archived.key])
    await databases.write('erp', 'DELETE FROM "PARTNR" WHERE "PARNR" = $1', [archived.key])
    records.remove(archived)
    return
  }
  const person = somePerson(world, 'crm')
  const contacts = person ? records.of(person).filter((record) => record.entity === 'Contact') : []
  const second = contacts[1]
  if (!second || person?.employment) return
  await databases.updateRecord(second, { is_deleted: true })
  records.remove(second)
}
