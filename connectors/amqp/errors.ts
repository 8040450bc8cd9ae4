import { HubError } from '../../hub/contracts/hub-error.ts'
import {
  authError,
  busyError,
  forbiddenError,
  schemaError,
  settingsError,
  unexpectedError,
  unreachableError,
} from '../shared/errors.ts'

/** Reply codes of AMQP 0-9-1 (https://www.rabbitmq.com/amqp-0-9-1-reference#constants). */
const ACCESS_REFUSED = 403
const NOT_FOUND = 404
const RESOURCE_LOCKED = 405
const PRECONDITION_FAILED = 406
const NOT_ALLOWED = 530
const RESOURCE_ERROR = 506

/** By the broker's reply code, and by what the library says where no code came through. */
export function amqpError(error: unknown): HubError {
  if (error instanceof HubError) return error
  const { message = '', code } = error as { message?: string; code?: number | string }
  const details = { internal: message.replaceAll(/\/\/[^@\s]*@/g, '//...@'), cause: error }
  const reply = typeof code === 'number' ? code : Number(/\b(\d{3}) \(|Error: (\d{3})|: (\d{3}) /.exec(message)?.[1])
  if (/ACCESS[_-]REFUSED.*(login|authentication)|Handshake terminated by server: 403/i.test(message)) {
    return authError('The broker refused the account.', { where: '/settings/url', ...details })
  }
  if (reply === NOT_ALLOWED || /NOT[_-]ALLOWED|Expected ConnectionOpenOk; got <ConnectionClose/.test(message)) {
    return forbiddenError('The account may not use this virtual host, or there is none.', {
      where: '/settings/url',
      ...details,
    })
  }
  if (reply === ACCESS_REFUSED || /ACCESS[_-]REFUSED/.test(message)) {
    return forbiddenError('The account may not use a queue or exchange as it must.', {
      fix: 'Give it the permission to read its queues, and to write to its exchange and the queues of rejected messages.',
      ...details,
    })
  }
  if (reply === NOT_FOUND) return schemaError('A queue or exchange that the options name is not there.', details)
  if (reply === RESOURCE_LOCKED) return busyError('Somebody else holds the queue for himself.', details)
  if (reply === PRECONDITION_FAILED) {
    return schemaError('A queue or exchange is of another kind than the hub would make it.', details)
  }
  if (reply === RESOURCE_ERROR) return busyError('The broker has no room for more.', details)
  if (/Invalid URL|PEM|certificate|self[- ]signed|wrong version number/i.test(message)) {
    return settingsError('No secure connection comes about with these settings.', {
      where: '/settings/url',
      ...details,
    })
  }
  if (isNetwork(message, code)) return unreachableError('The broker is not reached.', details)
  return unexpectedError('The broker refused what it was asked.', details)
}

function isNetwork(message: string, code: unknown): boolean {
  return (
    (typeof code === 'string' && /^E[A-Z]+$/.test(code)) ||
    /socket|timeout|closed|heartbeat|ECONN|ended|EPIPE|CONNECTION[_-]FORCED|shutdown/i.test(message)
  )
}
