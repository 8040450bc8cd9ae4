import { HubError } from './hub-error.ts'

/** No customer has this id, nor ever had. `where` names the part of the request with the id. */
export function unknownCustomer(where = '{id}'): HubError {
  return new HubError({
    code: 'customer.unknown',
    family: 'reject',
    status: 404,
    message: 'There is no customer with this id.',
    where,
  })
}

export function erasedCustomer(where = '{id}'): HubError {
  return new HubError({
    code: 'customer.erased',
    family: 'reject',
    status: 410,
    message: 'This customer was erased.',
    where,
  })
}
