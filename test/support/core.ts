import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { copyFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { HubCore } from '../../hub/app/hub-core.ts'
import { createLog } from '../../hub/app/log.ts'
import { readWorkspace } from '../../hub/app/workspace.ts'
import { openEmbeddedBus } from '../../hub/bus/embedded/embedded-bus.ts'
import { openRabbitBus } from '../../hub/bus/rabbitmq/rabbit-bus.ts'
import type { Bus } from '../../hub/contracts/bus.ts'
import { type Database, openDatabase } from '../../hub/store/database.ts'
import { testVault } from './test-vault.ts'
import { countLedger, type Ledger, readLedger } from '../../hub/store/ledger-queries.ts'
import type { Vault } from '../../hub/security/vault.ts'
import { countRechecks } from '../../hub/store/recheck-queries.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** Makes a workspace folder of files by path; config/golden.yaml and config/matching.yaml are the shipped ones unless given. */
export async function makeWorkspace(files: Record<string, string>): Promise<{ folder: string; remove(): void }> {
  const folder = mkdtempSync(join(tmpdir(), 'omnihub-workspace-'))
  mkdirSync(join(folder, 'config'))
  for (const name of ['golden.yaml', 'matching.yaml']) {
    await copyFile(join(ROOT, 'config', name), join(folder, 'config', name))
  }
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  return {
    folder,
    remove: () => {
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

export interface CoreSettings {
  workspace: string
  databaseUrl: string
  /** Absent: the embedded bus, in the same database. */
  rabbit?: { url: string; prefix: string }
  workers?: number
  partitions?: number
}

export interface RunningCore {
  core: HubCore
  db: Database
  bus: Bus
  vault: Vault
  ledger(): Promise<Ledger>
  /** Resolves when nothing is in flight, nothing is to be looked at again and the outbox is empty. */
  quiet(timeoutMs?: number): Promise<Ledger>
  stop(): Promise<void>
}

/** A hub without its HTTP server, in this process. */
export async function startCore(settings: CoreSettings): Promise<RunningCore> {
  const workers = settings.workers ?? 2
  const partitions = settings.partitions ?? 8
  const db = openDatabase(settings.databaseUrl, { poolMax: 8 })
  const pipelineDb = openDatabase(settings.databaseUrl, { poolMax: workers + 4, plans: 'indexes' })
  const bus =
    settings.rabbit === undefined
      ? openEmbeddedBus({ database: settings.databaseUrl, partitions })
      : openRabbitBus({ ...settings.rabbit, partitions })
  await bus.start()
  const workspace = await readWorkspace(settings.workspace)
  const log = createLog('warn')
  const vault = await testVault(db)
  const core = new HubCore({ db, pipelineDb, bus, workspace, vault, partitions, workers, log })
  await core.start()
  return {
    core,
    db,
    bus,
    vault,
    ledger: () => readLedger(db),
    quiet: (timeoutMs = 60_000) => untilQuiet(db, timeoutMs),
    stop: async () => {
      await core.stop()
      await bus.close()
      await pipelineDb.close()
      await db.close()
    },
  }
}

async function untilQuiet(db: Database, timeoutMs: number): Promise<Ledger> {
  const end = Date.now() + timeoutMs
  for (;;) {
    const ledger = await readLedger(db)
    const rechecks = await countRechecks(db)
    const { rows } = await db.query<{ count: string }>({ text: 'select count(*) from outbox' })
    if (ledger.inFlight === 0 && rechecks === 0 && rows[0]?.count === '0') return ledger
    if (Date.now() > end) {
      throw new Error(
        `not quiet after ${timeoutMs} ms: ${JSON.stringify({ ledger, rechecks, outbox: rows[0]?.count })}`,
      )
    }
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

/** Throws where the ledger does not balance, or its running totals differ from its entries. */
export async function expectBalanced(db: Database): Promise<Ledger> {
  const [totals, counted] = [await readLedger(db), await countLedger(db)]
  expect(totals).toEqual(counted)
  const { accepted, applied, superseded, parked, rejected, discarded, inFlight } = totals
  expect(applied + superseded + parked + rejected + discarded + inFlight).toBe(accepted)
  return totals
}
