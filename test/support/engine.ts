/** What tests of the connector engine share. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { JsonObject } from '../../hub/contracts/json.ts'
import type { EngineLog } from '../../hub/intake/connector-engine/session-tools.ts'
import type { Queryable } from '../../hub/store/queryable.ts'
import { systemStates } from '../../hub/store/system-queries.ts'

/** A log that keeps the texts of its lines. */
export function keptLog(): EngineLog & { lines: string[] } {
  const lines: string[] = []
  const keep = (facts: Record<string, unknown>, text: string): void => {
    const { error } = facts as { error?: { code?: string; internal?: string } }
    const fault = error === undefined ? '' : ` (${error.code ?? String(error)}) ${error.internal ?? ''}`
    lines.push(`${new Date().toISOString()} ${text}${fault}`)
  }
  return { lines, debug: keep, info: keep, warn: keep, error: keep }
}

/** Waits for what must come true; throws with what `tell` answers when it does not in time. */
export async function until(
  holds: () => boolean | Promise<boolean>,
  ms: number,
  tell: () => unknown = () => '',
): Promise<void> {
  await untilFound(async () => ((await holds()) ? true : undefined), ms, tell)
}

/** Waits until there is something, and answers with it; throws with what `tell` answers when there is nothing in time. */
export async function untilFound<T>(
  look: () => T | undefined | Promise<T | undefined>,
  ms: number,
  tell: () => unknown = () => '',
): Promise<T> {
  const end = Date.now() + ms
  for (;;) {
    const found = await look()
    if (found !== undefined) return found
    if (Date.now() > end) throw new Error(`not within ${ms} ms: ${JSON.stringify(await tell(), null, 1)}`)
    await sleep(25)
  }
}

/** The parts of a system's status that tests look at. */
export interface ToldStatus {
  state: string
  error: { code: string; family: string; message: string; fix: string | null } | null
  serverVersion: string | null
  breaker: string | null
  recordsRead: number
  released: { what: string[] } | null
  entities: Record<
    string,
    {
      mode: string
      accepted: number
      duplicates: number
      rejected: number
      lastRejected: { code: string } | null
      lagMs: number | null
      errors: Record<string, number>
      gap: { text: string } | null
      backfill: {
        state: string
        rows: number
        total: number | null
        secondsLeft: number | null
        certificate: string
      } | null
      lastComparison: JsonObject | null
    }
  >
}

/** What the systems' processes last told, by system. */
export async function toldStatuses(db: Queryable): Promise<Map<string, ToldStatus>> {
  const told = (await systemStates(db)).filter(({ status }) => status !== null)
  return new Map(told.map(({ system, status }) => [system, JSON.parse(status ?? '') as ToldStatus]))
}

const SHOP = `title: Shop
connector: postgres
settings: { url: '\${env:SHOP_URL}', connectTimeoutMs: 1000 }
`

/** The files of a workspace with one system `shop`: a table `item`, read as products. */
export function shopFiles(mode: 'poll' | 'log', more = ''): Record<string, string> {
  const entity =
    mode === 'poll'
      ? 'mode: poll, every: 200ms, options: { table: item, watermarkColumn: changed_at, lookBackSeconds: 1, pageSize: 200 }'
      : 'mode: log, options: { table: item, pageSize: 200 }'
  return {
    'config/systems/shop.yaml': `${SHOP}${more}entities:\n  Item: { ${entity} }\n`,
    'mappings/shop/Item.yaml':
      'source: Item\ntarget: product\nkey: no\nfields:\n  number: no\n  name: name\n  status: { constant: active }\n',
  }
}

/** Its table, with so many rows. */
export const SHOP_TABLE = (rows: number): string => `
  drop table if exists item;
  create table item (no text primary key, name text not null, changed_at timestamptz not null default now());
  create index on item (changed_at);
  insert into item (no, name, changed_at)
  select to_char(n, 'FM000000'), 'Item ' || n, now() - interval '30 days' + n * interval '1 minute' from generate_series(1, ${rows}) n`
