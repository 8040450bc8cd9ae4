import type { Bus } from '../../contracts/bus.ts'
import type { OpenedBus } from './harness.ts'
import { TcpProxy } from './tcp-proxy.ts'

/** Opens a bus whose every connection goes through a proxy of its own. */
export async function openProxied(
  url: string,
  start: boolean,
  open: (url: string) => Bus,
): Promise<OpenedBus & { end(): Promise<void> }> {
  const proxy = await TcpProxy.before(url)
  const bus = open(proxy.url)
  if (start) await bus.start()
  return {
    bus,
    cut: () => proxy.cut(),
    reset: () => proxy.reset(),
    freeze: () => proxy.freeze(),
    restore: () => proxy.restore(),
    async end() {
      // With the network gone a bus ends in any case, whatever a test has left it in.
      await proxy.cut()
      await bus.close()
    },
  }
}

/** The variable's value, or a word on why the tests that need it are left out. */
export function serverUrl(variable: 'AMQP_URL' | 'DATABASE_URL', server: string): string | undefined {
  const url = process.env[variable]
  if (url === undefined || url === '') {
    console.log(`Left out: ${variable} names no ${server}; npm test starts one.`)
    return undefined
  }
  return url
}
