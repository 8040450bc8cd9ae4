/** Looks at a running hub, and small orders to it. */
import type { Json, JsonObject } from '../../../contracts/json.ts'
import { isJsonObject } from '../../../contracts/json.ts'
import { EXIT } from '../shared/exit-codes.ts'
import type { Io } from '../shared/io.ts'
import { json, plural, printable, table } from '../shared/text.ts'
import { type HubClient, segment } from './hub-client.ts'

/** `omnihub ledger`. Exit code 1 where the account does not balance, which would be a fault of the hub. */
export async function showLedger(hub: HubClient, asJson: boolean, io: Io): Promise<number> {
  const ledger = await hub.get('/admin/v1/ledger')
  const { accepted, ...parts } = ledger
  const sum = Object.values(parts).reduce<number>((total, part) => total + numberOf(part), 0)
  const balances = sum === numberOf(accepted)
  if (asJson) io.out(json({ ...ledger, balances }))
  else {
    const rows = Object.entries(ledger).map(([name, value]) => [name, numberOf(value)])
    io.out(table(['changes', ''], rows))
    io.out(balances ? 'The account balances.\n' : `The account does NOT balance: the parts add up to ${sum}.\n`)
  }
  return balances ? EXIT.done : EXIT.failed
}

/** `omnihub systems`. */
export async function showSystems(hub: HubClient, asJson: boolean, io: Io): Promise<number> {
  const systems = itemsOf(await hub.get('/admin/v1/systems'))
  if (asJson) io.out(json(systems))
  else if (systems.length === 0) io.out('The workspace of this hub has no systems.\n')
  else {
    io.out(
      table(
        ['system', 'connector', 'state', 'read', 'per second', 'lag', 'parked', 'entities'],
        systems.map(systemRow),
      ),
    )
    for (const { name, status } of systems) {
      const error = isJsonObject(status) ? status['error'] : undefined
      if (!isJsonObject(error)) continue
      io.out(`\n${printable(`${textOf(name)}: ${textOf(error['message'])} (${textOf(error['code'])})`)}\n`)
      if (typeof error['fix'] === 'string') io.out(`  ${printable(error['fix'])}\n`)
    }
  }
  return EXIT.done
}

function systemRow(system: JsonObject): (string | number)[] {
  const status = isJsonObject(system['status']) ? system['status'] : {}
  const state =
    system['paused'] === true ? `paused by ${textOf(system['pausedBy'])}` : textOf(status['state']) || 'ready'
  const { lagMs } = status
  return [
    textOf(system['name']),
    textOf(system['connector']),
    state,
    numberOf(status['recordsRead']),
    Math.round(numberOf(status['ratePerSecond'])),
    typeof lagMs === 'number' ? `${(lagMs / 1000).toFixed(1)} s` : '',
    numberOf(system['parked']),
    objectsOf(system['entities']).map(entityText).join(', '),
  ]
}

function entityText({ entity, target }: JsonObject): string {
  return target === null ? `${textOf(entity)} (not mapped)` : textOf(entity)
}

/** `omnihub pause` and `omnihub resume`. */
export async function setPaused(
  hub: HubClient,
  system: string,
  paused: boolean,
  asJson: boolean,
  io: Io,
): Promise<number> {
  const state = await hub.post(`/admin/v1/systems/${segment(system)}/${paused ? 'pause' : 'resume'}`)
  if (asJson) io.out(json(state))
  else
    io.out(
      paused
        ? `${system} is paused: the hub reads nothing from it; what it pushes is still taken.\n`
        : `${system} goes on.\n`,
    )
  return EXIT.done
}

/** `omnihub keys list`. */
export async function listKeys(hub: HubClient, asJson: boolean, io: Io): Promise<number> {
  const keys = itemsOf(await hub.get('/admin/v1/keys'))
  if (asJson) io.out(json(keys))
  else if (keys.length === 0) io.out('There are no keys beside the first one.\n')
  else {
    const rows = keys.map((key) => [
      textOf(key['id']),
      textOf(key['name']),
      textOf(key['role']) + (key['system'] === null ? '' : ` ${textOf(key['system'])}`),
      textOf(key['createdAt']),
      key['revokedAt'] !== null
        ? `revoked ${textOf(key['revokedAt'])}`
        : key['expiresAt'] !== null
          ? `until ${textOf(key['expiresAt'])}`
          : 'works',
    ])
    io.out(table(['id', 'name', 'role', 'made', 'state'], rows))
  }
  return EXIT.done
}

/** `omnihub keys revoke`. */
export async function revokeKey(hub: HubClient, id: string, asJson: boolean, io: Io): Promise<number> {
  // Who has the whole key at hand may paste it; only its id may travel.
  const key = await hub.delete(`/admin/v1/keys/${segment(/^omni_([a-z0-9]{12})_/.exec(id)?.[1] ?? id)}`)
  io.out(
    asJson ? json(key) : `The key ${printable(textOf(key['id']))} (${printable(textOf(key['name']))}) is revoked.\n`,
  )
  return EXIT.done
}

export function itemsOf(answer: JsonObject): JsonObject[] {
  return objectsOf(answer['items'])
}

export function objectsOf(value: Json | undefined): JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : []
}

export function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : value === undefined || value === null ? '' : JSON.stringify(value)
}

export function numberOf(value: Json | undefined): number {
  return typeof value === 'number' ? value : 0
}

export function replayText({ released, parked }: JsonObject): string {
  return `${plural(numberOf(released), 'change')} applied, ${numberOf(parked)} parked again.\n`
}
