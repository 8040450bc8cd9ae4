import { HubError } from './hub-error.ts'

/** No record has this id: it was deleted, or never was. `where` names the part of the request with the id. */
export function unknownRecord(isGone: boolean, where = '{id}'): HubError {
  return isGone
    ? new HubError({
        code: 'record.deleted',
        family: 'reject',
        status: 410,
        message: 'The record was deleted in its system.',
        where,
      })
    : new HubError({
        code: 'record.unknown',
        family: 'reject',
        status: 404,
        message: 'There is no record of this kind with this id.',
        where,
      })
}
