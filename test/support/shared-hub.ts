/** A hub with its API and its engine over the four systems of shared-customers.ts, in this process. */
import { CONNECTORS } from '../../connectors/index.ts'
import { withClient } from '../../demo/databases.ts'
import type { JsonObject } from '../../hub/contracts/json.ts'
import { ConnectorEngine } from '../../hub/intake/connector-engine/connector-engine.ts'
import { type RunningApi, startApi } from './api.ts'
import { keptLog, toldStatuses, until } from './engine.ts'
import {
  editShared,
  fillShared,
  makeShared,
  readShared,
  SHARED_SYSTEMS,
  type SharedField,
  type SharedOptions,
  type SharedPerson,
  type SharedSystem,
  sharedWorkspace,
  urlOf,
} from './shared-customers.ts'

export interface SharedHub {
  api: RunningApi
  environment: Record<string, string>
  /** Changes a person in one system, as a user of it would. */
  edit(system: SharedSystem, at: number, fields: Partial<SharedPerson>): Promise<void>
  /** Waits until the person has these values in all systems. */
  everywhere(at: number, fields: Partial<SharedPerson>): Promise<void>
  /** Waits until nothing is on its way to any system, and nothing from one. */
  settled(): Promise<void>
  /** Waits for a write-back in this state and answers it. */
  inState(state: string): Promise<JsonObject>
  personIn(system: SharedSystem, at: number): Promise<SharedPerson | undefined>
  systemState(system: SharedSystem): Promise<string | undefined>
  /** The table write_back. */
  rows(): Promise<JsonObject[]>
  /** What is told when a wait fails. */
  tell(): Promise<unknown>
  stop(): Promise<void>
}

/** Resolves when all systems have been read. `different`: values in which a system differs from the start, for all persons. */
export async function startSharedHub(
  serverUrl: string,
  persons: readonly SharedPerson[],
  options: SharedOptions = {},
  different: Partial<Record<SharedSystem, Partial<SharedPerson>>> = {},
): Promise<SharedHub> {
  const environment = await makeShared(serverUrl)
  await fillShared(environment, persons)
  const hub = { edit } as { edit: SharedHub['edit'] }
  async function edit(system: SharedSystem, at: number, fields: Partial<SharedPerson>): Promise<void> {
    await withClient(urlOf(environment, system), (client) => editShared(client, system, at, fields))
  }
  for (const [system, fields] of Object.entries(different)) {
    for (const at of persons.keys()) await hub.edit(system as SharedSystem, at, fields)
    await withClient(urlOf(environment, system as SharedSystem), (client) =>
      client.query('update write_count set n = 0'),
    )
  }
  const files = sharedWorkspace(options)
  const api = await startApi(files)
  const log = keptLog()
  const engine = new ConnectorEngine({
    db: api.db,
    accept: (changes) => api.core.acceptor.accept(changes),
    systems: new Map(
      SHARED_SYSTEMS.map((name) => {
        const path = `config/systems/${name}.yaml`
        return [name, { name, path, text: files[path] ?? '' }]
      }),
    ),
    connectors: CONNECTORS,
    environment,
    log,
    writer: api.core.writer,
  })
  engine.start()
  const rows = async (): Promise<JsonObject[]> =>
    (await api.db.query<JsonObject>({ text: 'select * from write_back order by record_no' })).rows
  const tell = async (): Promise<unknown> => ({
    rows: await rows(),
    persons: await Promise.all(SHARED_SYSTEMS.map((system) => readShared(environment, system))),
    log: log.lines.slice(-15),
  })
  const count = persons.length * SHARED_SYSTEMS.length
  if (count > 0)
    await until(async () => (await api.ledger()).applied === count && (await areFollowed(api)), 20_000, tell)
  const personIn = async (system: SharedSystem, at: number) => (await readShared(environment, system))[at]
  return {
    ...hub,
    api,
    environment,
    rows,
    tell,
    personIn,
    everywhere: (at, fields) =>
      until(
        async () => {
          const lists = await Promise.all(SHARED_SYSTEMS.map((system) => personIn(system, at)))
          const names = Object.keys(fields) as SharedField[]
          return lists.every((person) => names.every((name) => person?.[name] === fields[name]))
        },
        10_000,
        tell,
      ),
    settled: async () => {
      await until(async () => (await rows()).every(({ state }) => state === 0), 10_000, tell)
      await api.quiet()
    },
    inState: async (state) => {
      let found: JsonObject | undefined
      await until(
        async () => {
          const { body } = await api.ask(`/admin/v1/write-backs?state=${state}`)
          found = (body.items as JsonObject[])[0]
          return found !== undefined
        },
        10_000,
        tell,
      )
      return found ?? {}
    },
    systemState: async (system) => (await toldStatuses(api.db)).get(system)?.state,
    stop: async () => {
      await engine.stop()
      await api.stop()
    },
  }
}

/** The snapshots are done, and those that follow a log have begun to. */
async function areFollowed(api: RunningApi): Promise<boolean> {
  const all = [...(await toldStatuses(api.db)).values()]
  const isDone = all.every(({ entities }) => Object.values(entities).every((one) => one.backfill?.state === 'done'))
  return all.length === SHARED_SYSTEMS.length && isDone
}
