import type { ConnectorSpec } from '../contracts/connector.ts'
import { HubError } from '../contracts/hub-error.ts'
import type { Json, JsonObject } from '../contracts/json.ts'
import type { EgressGuard } from '../security/egress/egress-guard.ts'

/**
 * The connectors, each of which looks at the hosts in its settings before it opens: whoever may set systems up can then
 * not make the hub call what is not on the public internet and not allowed either. It looks when a system is opened, and
 * again each time it is opened anew; a name that points elsewhere in between is found then.
 */
export function guardedConnectors(connectors: readonly ConnectorSpec[], guard: EgressGuard): ConnectorSpec[] {
  return connectors.map((spec) => ({
    ...spec,
    open: async (settings, context) => {
      for (const { host, path } of hostsIn(settings, 'settings')) await check(guard, context.system, host, path)
      return spec.open(settings, context)
    },
  }))
}

interface FoundHost {
  host: string
  path: string
}

/** Names of settings that hold a host and no URL. */
const HOST_SETTING = /[a-z/](host|server|connectstring)$/i

/** Hosts of URLs of any scheme, wherever they stand, and what settings that are named so hold. */
export function hostsIn(value: Json, path: string): FoundHost[] {
  if (typeof value === 'string') {
    const host = hostOf(value, HOST_SETTING.test(path))
    return host === '' ? [] : [{ host, path }]
  }
  if (Array.isArray(value)) return value.flatMap((item, index) => hostsIn(item, `${path}/${index}`))
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value as JsonObject).flatMap(([name, member]) => hostsIn(member, `${path}/${name}`))
}

function hostOf(text: string, isHost: boolean): string {
  if (text.includes('://')) return URL.canParse(text) ? new URL(text).hostname.replace(/^\[|\]$/g, '') : ''
  // host, host:port, host:port/service, host\instance; an IPv6 address in brackets.
  if (!isHost) return ''
  const [, bracketed, plain] = /^(?:\/\/)?(?:\[([^\]]+)\]|([^:/\\,;\s]+))/.exec(text) ?? []
  return bracketed ?? plain ?? ''
}

async function check(guard: EgressGuard, system: string, host: string, path: string): Promise<void> {
  try {
    await guard.checkHost(host, path)
  } catch (cause) {
    throw new HubError({
      code: 'system.host.forbidden',
      family: 'config',
      message: 'The host of this system is not on the public internet, or its name can not be resolved.',
      where: `${system}#/${path}`,
      fix: 'Add it to OMNIHUB_EGRESS_ALLOW, or turn OMNIHUB_EGRESS_GUARD_SYSTEMS off.',
      cause,
    })
  }
}
