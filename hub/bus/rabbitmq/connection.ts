import { type Channel, type ChannelModel, connect } from 'amqplib'
import { HubError } from '../../contracts/hub-error.ts'
import type { PauseRange } from '../back-off.ts'
import { settingWrong } from '../errors.ts'
import { Link, withinMs } from '../link.ts'
import type { Reporter } from '../report.ts'

export interface RabbitConnectionSetup {
  url: string
  /** Shown by RabbitMQ's own tools, and in reports. */
  name: string
  heartbeatS: number
  connectTimeoutMs: number
  reconnectPause: PauseRange
  report: Reporter
  /** Runs on every new connection before anybody else gets it. */
  prepare?: (model: ChannelModel) => Promise<void>
}

export type RabbitLink = Link<ChannelModel>

/** An AMQP connection that comes back. Throws a `config` HubError when the URL can't be one. */
export function rabbitLink(setup: RabbitConnectionSetup): RabbitLink {
  const url = withHeartbeat(setup.url, setup.heartbeatS)
  const { prepare, name, report } = setup
  return new Link<ChannelModel>({
    name,
    report,
    reconnectPause: setup.reconnectPause,
    prepareTimeoutMs: setup.connectTimeoutMs,
    open: async (lost) => {
      const model = await connect(url, {
        timeout: setup.connectTimeoutMs,
        noDelay: true,
        clientProperties: { connection_name: name },
      }).catch((error: unknown) => {
        throw explained(error)
      })
      // Each worker's channel listens to its connection; Node would take more than ten for a leak.
      model.setMaxListeners(0)
      // The error comes first and says why, the close follows.
      model.on('error', lost)
      model.on('close', lost)
      model.on('blocked', () => report({ what: 'blocked', where: name }))
      model.on('unblocked', () => report({ what: 'unblocked', where: name }))
      return model
    },
    ...(prepare === undefined
      ? {}
      : {
          prepare: async (model) => {
            await prepare(model).catch((error: unknown) => {
              throw explained(error)
            })
          },
        }),
    end,
  })
}

// A broker that answers closes the connection; one that is gone or blocked doesn't, and its socket is dropped.
async function end(model: ChannelModel): Promise<void> {
  const lost = new Promise<void>((resolve) => model.once('close', () => resolve()))
  try {
    await withinMs(Promise.race([model.close(), lost]), 2_000, 'closing the connection')
  } catch {
    // amqplib has no public way to end a connection whose peer does not answer.
    const { stream } = model.connection as unknown as { stream?: { destroy?: () => void } }
    stream?.destroy?.()
  }
}

/** Closes a channel; never rejects, and ends too when its connection is lost, for which amqplib would wait for ever. */
export async function closeChannel(model: ChannelModel | undefined, channel: Channel | undefined): Promise<void> {
  if (channel === undefined) return
  const lost = new Promise<void>((resolve) => model?.once('close', () => resolve()))
  await withinMs(Promise.race([channel.close(), lost]), 10_000, 'closing a channel').catch(() => undefined)
}

function withHeartbeat(text: string, heartbeatS: number): string {
  const fix = 'Use amqp://user:password@host:5672/vhost.'
  if (!URL.canParse(text)) throw settingWrong('AMQP_URL', 'The address of RabbitMQ is no URL.', fix)
  const url = new URL(text)
  if (url.protocol !== 'amqp:' && url.protocol !== 'amqps:')
    throw settingWrong(
      'AMQP_URL',
      `RabbitMQ's address must begin with amqp:// or amqps://, not ${url.protocol}//.`,
      fix,
    )
  if (!url.searchParams.has('heartbeat')) url.searchParams.set('heartbeat', String(heartbeatS))
  return url.href
}

/** What RabbitMQ refuses for good, as `config` HubErrors; all else as it is, to be tried again. */
function explained(error: unknown): unknown {
  if (error instanceof HubError || !(error instanceof Error)) return error
  if (/ACCESS[_-]REFUSED/.test(error.message))
    return settingWrong(
      'AMQP_URL',
      'RabbitMQ refuses the user, the password or what this user may do.',
      'Correct the user and password in AMQP_URL; the user needs configure, write and read permission on the vhost.',
      error.message,
    )
  // amqplib tells of a vhost that was refused in one of two ways, depending on which frame it was waiting for.
  if (/NOT[_-]ALLOWED|Expected ConnectionOpenOk; got <ConnectionClose/.test(error.message))
    return settingWrong(
      'AMQP_URL',
      'RabbitMQ has no such vhost, or the user may not use it.',
      'Create the vhost, or correct the path of AMQP_URL.',
      error.message,
    )
  return error
}
