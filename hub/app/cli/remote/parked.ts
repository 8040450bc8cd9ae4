/** `omnihub parked`: what could not be applied, seen and repaired from a shell. */
import { HubError } from '../../../contracts/hub-error.ts'
import type { JsonObject } from '../../../contracts/json.ts'
import { isJsonObject } from '../../../contracts/json.ts'
import { EXIT } from '../shared/exit-codes.ts'
import type { Io } from '../shared/io.ts'
import { indent, json, leafLines, plural, printable, table } from '../shared/text.ts'
import type { HubClient } from './hub-client.ts'
import { itemsOf, numberOf, objectsOf, replayText, textOf } from './operate.ts'
import { firstItems } from './first-items.ts'

export interface ParkedFilter {
  system: string | undefined
  entity: string | undefined
  code: string | undefined
}

/** By cause; with any filter the changes themselves, one by one. */
export async function listParked(
  hub: HubClient,
  filter: ParkedFilter,
  { limit, asJson }: { limit: number; asJson: boolean },
  io: Io,
): Promise<number> {
  if (Object.values(filter).some((value) => value !== undefined)) return listChanges(hub, filter, limit, asJson, io)
  const groups = itemsOf(await hub.get('/admin/v1/parked/groups'))
  if (asJson) io.out(json(groups))
  else if (groups.length === 0) io.out('Nothing is parked.\n')
  else {
    const rows = groups.map((group) => [
      numberOf(group['count']),
      numberOf(group['waiting']),
      `${textOf(group['system'])}/${textOf(group['entity'])}`,
      textOf(group['code']),
      textOf(group['message']),
      textOf(group['sample']),
    ])
    io.out(table(['parked', 'waiting', 'entity', 'code', 'what', 'one of them'], rows))
  }
  return EXIT.done
}

async function listChanges(
  hub: HubClient,
  filter: ParkedFilter,
  limit: number,
  asJson: boolean,
  io: Io,
): Promise<number> {
  const { found: changes, hasMore } = await firstItems(hub, '/admin/v1/parked', { ...filter }, limit)
  if (asJson) io.out(json(changes))
  else {
    const rows = changes.map((one) => [
      textOf(one['no']),
      `${textOf(one['system'])}/${textOf(one['entity'])}/${textOf(one['key'])}`,
      one['waiting'] === true ? 'waits behind another' : textOf(one['code']),
      textOf(one['parkedAt']),
    ])
    io.out(rows.length === 0 ? 'Nothing like that is parked.\n' : table(['no', 'record', 'cause', 'since'], rows))
    if (hasMore) io.out(`... and more; --limit shows them.\n`)
  }
  return EXIT.done
}

export async function showParked(hub: HubClient, no: number, asJson: boolean, io: Io): Promise<number> {
  const parked = await hub.get(`/admin/v1/parked/${no}`)
  if (asJson) io.out(json(parked))
  else io.out(parkedText(parked))
  return EXIT.done
}

function parkedText(parked: JsonObject): string {
  const change = isJsonObject(parked['change']) ? parked['change'] : {}
  const lines = [
    `${textOf(parked['no'])}  ${textOf(parked['system'])}/${textOf(parked['entity'])}/${textOf(parked['key'])}  ${textOf(change['kind'])} at ${textOf(change['time'])}`,
    `${parked['waiting'] === true ? 'waits behind another change of its record' : textOf(parked['message'])} (${textOf(parked['code'])})`,
  ]
  if (typeof parked['where'] === 'string' && parked['where'] !== '') lines.push(`  at ${parked['where']}`)
  if (typeof parked['fix'] === 'string') lines.push(`  ${parked['fix']}`)
  for (const problem of objectsOf(parked['problems']))
    lines.push(`  ! ${textOf(problem['pointer'] ?? problem['code'])} ${textOf(problem['message'])}`)
  const record = leafLines(change['data'] ?? null, '-')
  return `${lines.map(printable).join('\n')}\n\n${indent(record.join('\n'))}\n`
}

export interface ReplayRequest extends ParkedFilter {
  no: number | undefined
  all: boolean
  asJson: boolean
}

/** Exit code 1 where a change is parked again. */
export async function replayParked(hub: HubClient, request: ReplayRequest, io: Io): Promise<number> {
  const { no, all, asJson, system, entity, code } = request
  const filter = Object.fromEntries(Object.entries({ system, entity, code }).filter(([, value]) => value !== undefined))
  const hasFilter = Object.keys(filter).length > 0
  if ((no === undefined ? 0 : 1) + (hasFilter ? 1 : 0) + (all ? 1 : 0) !== 1) throw whichOnes()
  const path = no === undefined ? '/admin/v1/parked/replay' : `/admin/v1/parked/${no}/replay`
  const result = await hub.post(path, no === undefined ? { body: filter } : {})
  io.out(asJson ? json(result) : replayText(result))
  return numberOf(result['parked']) === 0 ? EXIT.done : EXIT.failed
}

export async function discardParked(
  hub: HubClient,
  { no, reason, asJson }: { no: number; reason: string | undefined; asJson: boolean },
  io: Io,
): Promise<number> {
  const body = reason === undefined ? {} : { body: { note: reason } }
  const result = await hub.post(`/admin/v1/parked/${no}/discard`, body)
  const { released, parked } = result
  const waited = numberOf(released) + numberOf(parked)
  const rest = waited === 0 ? '' : ` Of ${plural(waited, 'change')} behind it: ${replayText(result).trimEnd()}`
  io.out(asJson ? json(result) : `The change ${no} is discarded.${rest}\n`)
  return EXIT.done
}

function whichOnes(): HubError {
  return new HubError({
    code: 'cli.usage.replay',
    family: 'reject',
    message: 'Say which changes to replay: a number, a filter (--system, --entity, --code), or --all.',
    fix: '`omnihub parked list` shows the causes, each with the number of one change.',
  })
}
