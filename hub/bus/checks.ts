import type { BatchOptions, OutgoingMessage, Source } from '../contracts/bus.ts'
import { HubError } from '../contracts/hub-error.ts'
import { settingWrong } from './errors.ts'

/** Both forms of the bus refuse the same input, so that what runs on the embedded one also runs on RabbitMQ. */
export interface MessageLimits {
  partitions: number
  /** The largest body, in bytes. */
  maxMessageBytes: number
}

// AMQP's short strings: routing keys, message ids and content types have at most 255 bytes.
const SHORT_STRING_BYTES = 255
// RabbitMQ's prefetch count has 16 bits, and a consumer asks for two batches.
export const BATCH_MAX_LIMIT = 32_767
const KEY = /^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$/
const PATTERN = /^([A-Za-z0-9_-]+|\*|#)(\.([A-Za-z0-9_-]+|\*|#))*$/
const GROUP = /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}$/

function refused(code: string, message: string, where: string, fix: string): HubError {
  return new HubError({ code, family: 'reject', message, where, fix })
}

function isShort(text: string): boolean {
  return Buffer.byteLength(text) <= SHORT_STRING_BYTES
}

export function isPartition(value: number, partitions: number): boolean {
  return Number.isInteger(value) && value >= 0 && value < partitions
}

/** Throws a `reject` HubError for the first message that the bus can't carry; `where` points into the list. */
export function checkMessages(messages: readonly OutgoingMessage[], limits: MessageLimits): void {
  messages.forEach((message, at) => checkMessage(message, `/${at}`, limits))
}

function checkMessage(message: OutgoingMessage, where: string, limits: MessageLimits): void {
  checkDestination(message.to, where, limits)
  if (!Buffer.isBuffer(message.body))
    throw refused(
      'bus.message.invalid',
      'A message body must be a Buffer.',
      `${where}/body`,
      'Encode the body as bytes.',
    )
  if (message.body.length > limits.maxMessageBytes)
    throw new HubError({
      code: 'bus.message.too-large',
      family: 'reject',
      status: 413,
      message: `A message of ${message.body.length} bytes is larger than the ${limits.maxMessageBytes} bytes that the bus carries.`,
      where: `${where}/body`,
      fix: 'Split it into smaller messages.',
    })
  for (const name of ['id', 'contentType'] as const) {
    const text = message[name]
    if (text !== undefined && (!isShort(text) || text.includes('\0')))
      throw refused(
        'bus.message.invalid',
        `A message's ${name} has more than ${SHORT_STRING_BYTES} bytes or a NUL character.`,
        `${where}/${name}`,
        'Use a short text.',
      )
  }
}

function checkDestination(to: OutgoingMessage['to'], where: string, limits: MessageLimits): void {
  if ('work' in to) {
    if (!isPartition(to.work, limits.partitions))
      throw refused(
        'bus.partition.unknown',
        `There is no work partition ${to.work}; the bus has ${limits.partitions}, from 0.`,
        `${where}/to/work`,
        'Choose the partition by the number that the bus was opened with.',
      )
    return
  }
  const [member, key] = 'event' in to ? ['event', to.event] : ['intake', to.intake]
  if (!KEY.test(key) || !isShort(key))
    throw refused(
      'bus.key.invalid',
      `A message's ${member} must be words of letters, digits, "_" and "-", joined by dots, at most ${SHORT_STRING_BYTES} bytes.`,
      `${where}/to/${member}`,
      'Use a name such as customer.updated.',
    )
}

/** Throws a `config` HubError for a source or batch options that can't work. */
export function checkConsume(source: Source, options: BatchOptions, partitions: number): void {
  if (!Number.isInteger(options.batchMax) || options.batchMax < 1 || options.batchMax > BATCH_MAX_LIMIT)
    throw settingWrong(
      'batchMax',
      `batchMax must be a whole number from 1 to ${BATCH_MAX_LIMIT}.`,
      'Take some hundreds.',
    )
  if (!Number.isFinite(options.lingerMs) || options.lingerMs < 0 || options.lingerMs > 60_000)
    throw settingWrong('lingerMs', 'lingerMs must be from 0 to 60000.', 'Take a few milliseconds.')
  if ('work' in source) {
    const wrong = source.work.find((partition) => !isPartition(partition, partitions))
    if (wrong !== undefined)
      throw settingWrong('work', `There is no work partition ${wrong}.`, `Use 0 to ${partitions - 1}.`)
    if (source.work.length === 0) throw settingWrong('work', 'A consumer needs a partition.', 'Name at least one.')
    if (new Set(source.work).size !== source.work.length)
      throw settingWrong('work', 'A partition is named twice.', 'Name each partition once.')
  } else if ('events' in source) {
    if (!PATTERN.test(source.events) || !isShort(source.events))
      throw settingWrong(
        'events',
        `"${source.events}" is no topic pattern.`,
        'Use words joined by dots, "*" for one word, "#" for any, such as customer.*',
      )
    if (!GROUP.test(source.group))
      throw settingWrong(
        'group',
        `"${source.group}" is no name for a group of subscribers.`,
        'Use at most 100 letters, digits, ".", "_" and "-".',
      )
  }
}

/** Throws a `config` HubError for limits that can't work. */
export function checkLimits(limits: MessageLimits): void {
  if (!Number.isInteger(limits.partitions) || limits.partitions < 1 || limits.partitions > 1_024)
    throw settingWrong(
      'partitions',
      'The number of work partitions must be from 1 to 1024.',
      'Take 8, or more for many processes.',
    )
  if (
    !Number.isInteger(limits.maxMessageBytes) ||
    limits.maxMessageBytes < 1_024 ||
    limits.maxMessageBytes > 128 * 2 ** 20
  )
    throw settingWrong('maxMessageBytes', 'The largest message must be from 1 KiB to 128 MiB.', 'Take 8 MiB.')
}
