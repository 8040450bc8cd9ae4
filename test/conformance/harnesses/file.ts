import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type {
  Ability,
  ConnectorHarness,
  FaultCase,
  SpoiledCase,
  SystemUnderTest,
  TestEntity,
  TypesCase,
} from '../../../connectors/conformance/harness.ts'
import { startProxy } from '../../../connectors/conformance/tcp-proxy.ts'
import { file } from '../../../connectors/file/index.ts'
import type { JsonObject } from '../../../hub/contracts/json.ts'
import { startSftp } from '../../../scripts/servers/openssh.ts'
import { LegacyFiles } from './legacy-files.ts'

const LACKS: Partial<Record<Ability, string>> = {
  tornWrite:
    'the protocol is encrypted and a rename has no moment that can be hit from outside; a unit test has the crash in between',
  throttle: 'files know no order to wait',
}

/** CSV on an SFTP server. */
export const sftpHarness: ConnectorHarness = {
  spec: file,
  variant: 'CSV over SFTP',
  packages: [{ package: 'openssh-server', service: 'ssh', present: () => existsSync('/usr/sbin/sshd') }],
  async start(): Promise<SystemUnderTest> {
    const server = await startSftp()
    const proxy = await startProxy({ host: '127.0.0.1', port: server.port })
    const { user, hostKey, privateKey, files } = server
    const settings = { folder: files, host: '127.0.0.1', port: proxy.port, user, hostKey, privateKey }
    const system = folderSystem(files, 'csv')
    return {
      ...system,
      settings,
      wrongPassword: { ...settings, privateKey: server.strangeKey },
      unreachable: { ...settings, port: 1 },
      withoutRights: { ...settings, privateKey: server.readOnlyKey },
      secrets: [privateKey, server.strangeKey, server.readOnlyKey].map((key) => key.split('\n')[2] ?? ''),
      lacks: {
        tornWrite: LACKS.tornWrite ?? '',
        throttle: LACKS.throttle ?? '',
        absent: 'a column of a CSV file has a value in each row',
      },
      proxy,
      faults: (entity) => [
        ...optionFaults(entity),
        {
          title: 'the key of another server',
          run: async (open) => (await open({ ...settings, hostKey: 'SHA256:other' })).check(),
          code: 'connector.settings',
          family: 'config',
        },
        {
          title: 'a key in no known form',
          run: async (open) => (await open({ ...settings, privateKey: 'no key' })).check(),
          code: 'connector.auth',
          family: 'config',
        },
      ],
      async killAndRestart() {
        await server.kill9()
        await server.restart()
      },
      async stop() {
        await system.stop()
        await proxy.close()
        await server.stop()
      },
    }
  },
}

/** JSON lines in a folder of this machine. */
export const folderHarness: ConnectorHarness = {
  spec: file,
  variant: 'JSON lines in a folder',
  start(): Promise<SystemUnderTest> {
    const folder = mkdtempSync(join(tmpdir(), 'omnihub-files-'))
    const system = folderSystem(folder, 'jsonl')
    const none = 'a folder of this machine has none'
    return Promise.resolve({
      ...system,
      settings: { folder },
      lacks: {
        wrongPassword: none,
        unreachable: none,
        withoutRights: 'the tests run as an account that may do anything',
        network: none,
        restart: none,
        tornWrite: LACKS.tornWrite ?? '',
        throttle: LACKS.throttle ?? '',
        dropField: 'a JSON line has the fields that it has: nobody drops one of all',
        addField: 'a JSON line has the fields that it has: nobody adds one to all',
      },
      secrets: [],
      async stop() {
        await system.stop()
        rmSync(folder, { recursive: true })
      },
    })
  },
}

type Shared = Pick<
  SystemUnderTest,
  'modes' | 'freshEntity' | 'types' | 'faults' | 'spoiled' | 'losePosition' | 'losesPosition' | 'stop'
>

function folderSystem(root: string, format: 'csv' | 'jsonl'): Shared {
  const open: LegacyFiles[] = []
  const byEntity = new Map<string, LegacyFiles>()
  const fresh = (pageSize = 1000): TestEntity => {
    const name = `e${open.length + 1} Ü`
    mkdirSync(join(root, name))
    const files = new LegacyFiles(join(root, name), format)
    open.push(files)
    byEntity.set(name, files)
    return entityOf(files, name, format, pageSize)
  }
  return {
    modes: ['poll'],
    freshEntity: (_, options = {}) => Promise.resolve(fresh(options.pageSize)),
    types: () => Promise.resolve(typesOf(fresh(), byEntity, format)),
    faults: optionFaults,
    spoiled: (entity) => spoiledFiles(root, format, byEntity.get(entity.config.entity)),
    losesPosition: ['poll'],
    losePosition(entity) {
      byEntity.get(entity.config.entity)?.forgetOldFiles()
      return Promise.resolve()
    },
    stop() {
      for (const files of open) files.close()
      return Promise.resolve()
    },
  }
}

function entityOf(files: LegacyFiles, name: string, format: 'csv' | 'jsonl', pageSize: number): TestEntity {
  const done = (work: () => void): Promise<void> => {
    work()
    return Promise.resolve()
  }
  return {
    config: {
      entity: name,
      mode: 'poll',
      options: {
        full: `${name}/full-*.${format}`,
        delta: `${name}/delta-*.${format}`,
        keyColumns: ['id'],
        settleSeconds: 0,
        minShare: 0,
        pageSize,
        outFolder: `${name}/out`,
        ...(format === 'csv'
          ? { outColumns: ['name', 'note', 'amount'] }
          : { format, outColumns: ['name', 'note', 'amount'] }),
      },
    },
    put: (records) => done(() => files.put(records.map((record) => ({ ...record })))),
    putAt: (records, at) => done(() => files.putAt(records, at)),
    putLate: (records, at) => {
      const commit = files.putLate(records, at)
      return Promise.resolve({ commit: () => done(commit) })
    },
    remove: (ids) => done(() => files.remove(ids)),
    oracle: () => Promise.resolve(files.rows().map((row) => ({ ...row, id: String(row.id) }))),
    ...(format === 'csv'
      ? {
          addField: (field: string) => done(() => files.addColumn(field)),
          dropField: (field: string) => done(() => files.dropColumn(field)),
        }
      : { keepsAbsent: true }),
    fill: (count) =>
      done(() => {
        const rows = Array.from({ length: count }, (_, i) => ({
          id: `f${i + 1}`,
          name: 'x'.repeat(100),
          amount: i + 1,
        }))
        files.put(rows)
      }),
    fromNative: (data) => ({ ...data, ...(Object.hasOwn(data, 'amount') ? { amount: Number(data.amount) } : {}) }),
    isDiscovered: ({ suggestedOptions }) => suggestedOptions.full === `${name}/full-*.${format}`,
    badFields: [{ 'no such column': 1 }],
  }
}

function typesOf(entity: TestEntity, byEntity: Map<string, LegacyFiles>, format: 'csv' | 'jsonl'): TypesCase {
  const key = "k:/ ' % 😀"
  const csv = { id: key, name: '0012,50-', note: 'a "b",\r\nc', amount: '9007199254740993' }
  const rich = {
    id: key,
    big: '12345678901234567890.0123456789',
    list: [1, { n: null }],
    yes: true,
    at: '0001-01-01',
    empty: '',
  }
  const row: JsonObject = format === 'csv' ? csv : rich
  return {
    entity,
    insert: () => {
      byEntity.get(entity.config.entity)?.put([row])
      return Promise.resolve()
    },
    expected: row,
    key,
  }
}

const LARGE_ROW = 'x'.repeat(20 * 1024 * 1024)

/** Files that can't be read, each told in a file of errors below the folder. */
function spoiledFiles(root: string, format: 'csv' | 'jsonl', files: LegacyFiles | undefined): SpoiledCase[] {
  const header = 'id,name,note,amount'
  const texts: Record<string, string> =
    format === 'csv'
      ? {
          'a row with too many values': `${header}\nx,1,2,3,4,5\n`,
          'a quote that nothing closes': `${header}\n"x,1,2,3\ny,1,2,3\n`,
          'a header that names a column twice': 'id,name,name,amount\nx,1,2,3\n',
          'a row of 20 MiB': `${header}\nx,${LARGE_ROW},2,3\n`,
          'bytes that are no text': `${header}\n\uFFFD\u0000,\u0000,2\n`,
        }
      : {
          'a line that is no JSON': '{"id": "x", "name": \n',
          'a line that is no object': '["x", 1]\n',
          'a line without a key': '{"name": "x"}\n',
          'a line of 20 MiB': `{"id": "x", "name": "${LARGE_ROW}"}\n`,
          'JSON that nests too deep': `{"id": ${'['.repeat(100_000)}\n`,
        }
  return Object.entries(texts).map(([title, text]) => {
    let file = ''
    return {
      title,
      spoil: () => Promise.resolve(void (file = files?.spoil(text) ?? '')),
      told: () => Promise.resolve(existsSync(join(root, 'errors', `${file}.errors.csv`))),
    }
  })
}

function optionFaults(entity: TestEntity): FaultCase[] {
  const read =
    (options: JsonObject): FaultCase['run'] =>
    async (open) => {
      const connector = await open()
      const config = { ...entity.config, options: { ...entity.config.options, ...options } }
      for await (const page of connector.backfill?.(config, null) ?? []) if (page.records.length === 0) break
    }
  const settings = { code: 'connector.settings', family: 'config' }
  return [
    { title: 'an unknown option', run: read({ patern: 'x' }), ...settings },
    { title: 'a pattern outside of the folder', run: read({ full: '../*.csv' }), ...settings },
    { title: 'no key', run: read({ keyColumns: [] }), ...settings },
  ]
}
