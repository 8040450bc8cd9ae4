import { HubError } from '../../../hub/contracts/hub-error.ts'
import {
  authError,
  busyError,
  forbiddenError,
  rejectedError,
  schemaError,
  unexpectedError,
  unreachableError,
} from '../../shared/errors.ts'

/** Error keys of the NW RFC library (RFC_RC) and the exceptions that every function module may raise. */
const BY_KEY: Readonly<Record<string, (internal: string) => HubError>> = {
  RFC_LOGON_FAILURE: (internal) => authError('SAP refused the RFC user or password.', { internal }),
  RFC_COMMUNICATION_FAILURE: (internal) => unreachableError('The RFC connection to SAP failed.', { internal }),
  RFC_CLOSED: (internal) => unreachableError('SAP closed the RFC connection.', { internal }),
  RFC_CANCELED: (internal) => unreachableError('The RFC call took too long and was given up.', { internal }),
  RFC_TIMEOUT: (internal) => unreachableError('The RFC call took too long.', { internal }),
  RFC_INVALID_HANDLE: (internal) => unreachableError('The RFC connection was gone.', { internal }),
  RFC_MEMORY_INSUFFICIENT: (internal) => busyError('SAP or the RFC library is out of memory.', { internal }),
  RFC_NOT_FOUND: (internal) => schemaError('SAP has no such function module.', { internal }),
  FU_NOT_FOUND: (internal) => schemaError('SAP has no such function module.', { internal }),
  RFC_INVALID_PARAMETER: (internal) => schemaError('The function module has no such parameter.', { internal }),
  RFC_NO_AUTHORITY: (internal) => forbiddenError('The RFC user may not call the function module.', { internal }),
  RFC_AUTHORIZATION_FAILURE: (internal) =>
    forbiddenError('The RFC user may not call the function module.', { internal }),
  RFC_CONVERSION_FAILURE: (internal) => rejectedError('A value does not fit its ABAP field.', { internal }),
  RFC_ABAP_EXCEPTION: (internal) => rejectedError('The function module raised an exception.', { internal }),
  RFC_ABAP_MESSAGE: (internal) => rejectedError('The function module ended with a message.', { internal }),
}

/** Whatever node-rfc threw, as a HubError. Its message may quote values: only key, group and message class and number are told. */
export function rfcError(thrown: unknown): HubError {
  if (thrown instanceof HubError) return thrown
  const { key, codeString, abapMsgClass, abapMsgNumber, message } = thrown as Record<string, unknown>
  const name = [codeString, key].find((each): each is string => typeof each === 'string' && BY_KEY[each] !== undefined)
  const abap =
    typeof abapMsgClass === 'string' && abapMsgClass !== '' ? `, ${abapMsgClass}/${String(abapMsgNumber)}` : ''
  const internal = `RFC ${typeof key === 'string' ? key : 'error'}${abap}`
  const isAuthority = /S_RFC|no RFC authorization/i.test(typeof message === 'string' ? message : '')
  if (isAuthority) return forbiddenError('The RFC user may not call the function module.', { internal })
  return (
    (name === undefined ? undefined : BY_KEY[name]?.(internal)) ?? unexpectedError('The RFC call failed.', { internal })
  )
}
