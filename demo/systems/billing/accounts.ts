/** How billing writes customers down: one field for the name, three lines for the address. */
import { type Care, noteDownOrganization, noteDownPerson } from '../../company/clerk.ts'
import type { Address, Customer, Standing } from '../../company/model.ts'
import type { Random } from '../../company/random.ts'
import { nationalPhone, streetLine } from '../forms.ts'
import type { Row } from '../system.ts'

/** Billing has no prospects: whoever is here has been billed, or is about to be. */
const STATES: Readonly<Record<Standing, string>> = { prospect: 'PE', active: 'AC', inactive: 'SU', closed: 'CL' }

/** A customer account, all but its number and dates. */
export function customerAccountRow(customer: Customer, care: Care, random: Random): Row {
  const state_code = STATES[customer.standing]
  if (customer.kind === 'organization') {
    const noted = noteDownOrganization(customer, care, random)
    return {
      customer_type: 'B',
      full_name: noted.name,
      ...addressLines(noted.address),
      phone: phone(noted.phone, random),
      email: noted.email,
      state_code,
    }
  }
  const noted = noteDownPerson(customer, care, random)
  const given = noted.middle && random.chance(0.4) ? `${noted.given} ${noted.middle.charAt(0)}.` : noted.given
  return {
    customer_type: 'R',
    full_name: `${noted.family}, ${given}`,
    ...addressLines(noted.address),
    phone: phone(noted.mobile ?? noted.landline, random),
    email: noted.email,
    state_code,
  }
}

export function addressLines(address: Address): Row {
  return { addr_line1: streetLine(address), addr_line2: address.city, addr_line3: address.postalCode }
}

function phone(digits: string | null, random: Random): string | null {
  if (digits === null) return null
  const national = nationalPhone(digits)
  return random.chance(0.25) ? national.replace(/^(\d+) /, '($1) ') : national
}
