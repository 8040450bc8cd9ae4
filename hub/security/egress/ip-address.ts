/**
 * Addresses that a server may call on behalf of somebody else, and those it may not: what is not globally reachable by the
 * special-purpose registries of IANA (RFC 6890 and its updates), multicast, and IPv6 forms that carry such an IPv4 address.
 */
import { BlockList, isIP, isIPv4 } from 'node:net'

/** [network, prefix length, what it is]. */
const NOT_PUBLIC_IPV4: readonly [string, number, string][] = [
  ['0.0.0.0', 8, 'this network'],
  ['10.0.0.0', 8, 'private'],
  ['100.64.0.0', 10, 'shared by a carrier'],
  ['127.0.0.0', 8, 'loopback'],
  ['169.254.0.0', 16, 'link-local, metadata of clouds'],
  ['172.16.0.0', 12, 'private'],
  ['192.0.0.0', 24, 'protocol assignments'],
  ['192.0.2.0', 24, 'documentation'],
  ['192.88.99.0', 24, '6to4 relay'],
  ['192.168.0.0', 16, 'private'],
  ['198.18.0.0', 15, 'benchmarks'],
  ['198.51.100.0', 24, 'documentation'],
  ['203.0.113.0', 24, 'documentation'],
  ['224.0.0.0', 4, 'multicast'],
  ['240.0.0.0', 4, 'reserved'],
]

const NOT_PUBLIC_IPV6: readonly [string, number, string][] = [
  ['100::', 64, 'discard'],
  ['2001::', 23, 'protocol assignments, Teredo among them'],
  ['2001:db8::', 32, 'documentation'],
  ['3fff::', 20, 'documentation'],
  ['5f00::', 16, 'segment routing'],
  ['64:ff9b:1::', 48, 'translation in a network'],
  ['fc00::', 7, 'private'],
  ['fe80::', 10, 'link-local'],
  ['fec0::', 10, 'site-local'],
  ['ff00::', 8, 'multicast'],
]

/** Where an IPv4 address stands in an IPv6 one: [network, prefix length, byte at which it begins]. */
const CARRIERS: readonly [string, number, number][] = [
  ['::ffff:0:0', 96, 12],
  // IPv4-compatible, long deprecated; `::` and `::1` are among them.
  ['::', 96, 12],
  ['::ffff:0:0:0', 96, 12],
  ['64:ff9b::', 96, 12],
  ['2002::', 16, 2],
]

function listOf(network: string, prefix: number): BlockList {
  const list = new BlockList()
  list.addSubnet(network, prefix, isIPv4(network) ? 'ipv4' : 'ipv6')
  return list
}

const V4 = NOT_PUBLIC_IPV4.map(([network, prefix, what]) => ({ list: listOf(network, prefix), what }))
const V6 = NOT_PUBLIC_IPV6.map(([network, prefix, what]) => ({ list: listOf(network, prefix), what }))

/** What kind of address it is, where it is none of the public internet; undefined for a public one. Takes plain IP texts. */
export function notPublic(address: string): string | undefined {
  const family = isIP(address)
  if (family === 0) return 'no address'
  if (family === 4) return V4.find(({ list }) => list.check(address, 'ipv4'))?.what
  const bytes = bytesOf(address)
  if (bytes.slice(0, 15).every((byte) => byte === 0)) return bytes[15] === 1 ? 'loopback' : 'this network'
  const carrier = CARRIERS.find(([network, prefix]) => sharesPrefix(bytes, bytesOf(network), prefix))
  if (carrier !== undefined) return notPublic(bytes.slice(carrier[2], carrier[2] + 4).join('.'))
  // What is not global unicast (2000::/3) is reserved, whatever it will be one day.
  const what = V6.find(({ list }) => list.check(address.replace(/%.*$/, ''), 'ipv6'))?.what
  return what ?? ((bytes[0] ?? 0) >> 5 === 1 ? undefined : 'reserved')
}

export function isLoopback(address: string): boolean {
  if (isIPv4(address)) return address.startsWith('127.')
  if (isIP(address) === 0) return false
  const bytes = bytesOf(address)
  const mapped = sharesPrefix(bytes, bytesOf('::ffff:0:0'), 96)
  return mapped ? bytes[12] === 127 : bytes[15] === 1 && bytes.slice(0, 15).every((byte) => byte === 0)
}

function sharesPrefix(a: readonly number[], b: readonly number[], bits: number): boolean {
  return a.slice(0, bits / 8).every((byte, index) => byte === b[index])
}

/** The 16 bytes of an IPv6 address. */
function bytesOf(address: string): number[] {
  const plain = address.replace(/%.*$/, '').replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, ...parts: string[]) => {
    const [a = 0, b = 0, c = 0, d = 0] = parts.slice(0, 4).map(Number)
    return `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`
  })
  const [head = '', tail] = plain.split('::')
  const groups = (text: string): number[] => (text === '' ? [] : text.split(':').map((group) => parseInt(group, 16)))
  const first = groups(head)
  const last = groups(tail ?? '')
  const middle = tail === undefined ? [] : new Array<number>(8 - first.length - last.length).fill(0)
  return [...first, ...middle, ...last].flatMap((group) => [group >> 8, group & 0xff])
}
