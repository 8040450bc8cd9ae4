/** How inventory writes a customer down: as a place with somebody to call. */
import { type Care, noteDownOrganization, noteDownPerson } from '../../company/clerk.ts'
import type { Address, Customer, Standing } from '../../company/model.ts'
import type { Random } from '../../company/random.ts'
import { nationalPhone } from '../forms.ts'
import type { Row } from '../system.ts'

const STATES: Readonly<Record<Standing, string>> = {
  prospect: 'PLANNED',
  active: 'LIVE',
  inactive: 'PAUSED',
  closed: 'REMOVED',
}

interface Reach {
  phone: string | null
  email: string | null
}

/** A site, all but its number. Devices stand where they stand: the service address is right even where the customer's moved. */
export function siteRow(customer: Customer, address: Address, care: Care, random: Random): Row {
  const reach = reachOf(customer, care, random)
  return {
    site_kind: customer.kind === 'person' ? 'R' : 'B',
    ...premise(address),
    contact_phone: reach.phone ? nationalPhone(reach.phone) : null,
    contact_email: reach.email,
    install_state: STATES[customer.standing],
  }
}

export function premise(address: Address): Row {
  return {
    unit: address.unit,
    premise_no: address.houseNumber,
    street: address.street,
    town: address.city,
    postcode: address.postalCode,
  }
}

/** At least one way to reach somebody, where the customer has one at all. */
function reachOf(customer: Customer, care: Care, random: Random): Reach {
  if (customer.kind === 'organization') {
    const noted = noteDownOrganization(customer, care, random)
    return { phone: noted.phone ?? customer.switchboard, email: noted.email }
  }
  const noted = noteDownPerson(customer, care, random)
  const phone = noted.mobile ?? noted.landline
  return { phone: phone ?? (noted.email ? null : (customer.mobile ?? customer.landline)), email: noted.email }
}
