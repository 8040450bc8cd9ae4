import { Ajv2020 } from 'ajv/dist/2020.js'
import assert from 'node:assert/strict'
import type { DiscoveredEntity, SourceRecord } from '../../hub/contracts/connector.ts'
import type { Check } from './check.ts'
import type { TestEntity } from './harness.ts'
import { pushedNothings, pushedTypes } from './push-runs.ts'
import {
  backfill,
  collect,
  fieldsOf,
  Follower,
  keyOf,
  plainOracle,
  plainRecords,
  poll,
  pollStart,
  someRecords,
} from './reading.ts'
import { startReading } from './start-reading.ts'

const DEADLINE_MS = 15_000
const SOUNDS_SECRET = /(password|passphrase|secret|token|privateKey|apiKey)$/i

/** 1 to 3, 13, 14, 19, 23: what the connector says of itself and of the data. */
export const BASIC_CHECKS: Check[] = [
  {
    number: 1,
    title: 'the settings are a valid schema that marks its secrets, and no secret is ever told',
    async run({ harness, system, said }) {
      const ajv = new Ajv2020({ strict: true, strictRequired: false })
      ajv.addKeyword({ keyword: 'secret', schemaType: 'boolean' })
      const validate = ajv.compile(harness.spec.settings)
      assert.ok(validate(system.settings), ajv.errorsText(validate.errors))
      if (harness.spec.entityOptions) ajv.compile(harness.spec.entityOptions)
      for (const [name, setting] of Object.entries(harness.spec.settings.properties)) {
        assert.ok(setting.title && setting.description, `the setting ${name} has a title and a description`)
        const sounds = SOUNDS_SECRET.test(name) || /:password@/.test(setting.description)
        assert.ok(!sounds || setting.secret === true, `the setting ${name} is marked as a secret`)
      }
      for (const [place, secret] of system.secrets.entries()) {
        const telling = said.find((text) => text.includes(secret))
        assert.ok(
          telling === undefined,
          `no log and no error has a secret: ${telling?.replaceAll(secret, `<secret ${place}>`)}`,
        )
      }
    },
  },
  {
    number: 2,
    title: 'check succeeds, and tells a wrong password, an unreachable host and a missing right apart, in time',
    async run(bench) {
      const { system } = bench
      const entities = await Promise.all(system.modes.map((mode) => system.freshEntity(mode)))
      const configs = entities.map((entity) => entity.config)
      const { connector } = await bench.open()
      const { serverVersion } = await connector.check(configs)
      if (!bench.lacks('version')) assert.match(serverVersion, /\d/)
      for (const [ability, code] of [
        ['wrongPassword', 'connector.auth'],
        ['unreachable', 'connector.unreachable'],
        ['withoutRights', 'connector.forbidden'],
      ] as const) {
        const settings = system[ability]
        if (bench.lacks(ability, settings !== undefined)) continue
        const startedAt = Date.now()
        const refused = await bench.open(settings)
        const error = await bench.failure(() => refused.connector.check(configs), ability)
        assert.deepEqual([ability, error.code], [ability, code])
        assert.ok(Date.now() - startedAt < DEADLINE_MS, `${code} is told in time`)
      }
    },
  },
  {
    number: 3,
    title: 'discovery is stable, and a new field changes nothing else in it',
    inapplicable: ({ spec }) => (spec.capabilities.discover ? undefined : 'the connector declares no discovery'),
    async run(bench) {
      const entity = await bench.system.freshEntity(bench.mode)
      // Documents show their fields only where there is one.
      await entity.put(someRecords(1))
      const { connector } = await bench.open()
      const first = (await connector.discover?.()) ?? []
      assert.deepEqual(await connector.discover?.(), first)
      const named = first.filter((discovered) => isDiscovered(entity, discovered))
      assert.equal(named.length, 1, `discovery finds ${entity.config.entity} once`)
      assert.deepEqual(named[0]?.keyFields, entity.keyFields ?? ['id'])
      if (bench.lacks('addField', entity.addField !== undefined)) return
      await entity.addField?.('later')
      const later = entity.fieldName?.('later') ?? 'later'
      const second = (await connector.discover?.()) ?? []
      const fresh = second.find((discovered) => isDiscovered(entity, discovered))
      assert.ok(
        fresh?.fields.some(({ name }) => name === later),
        `the new field ${later} is found`,
      )
      assert.deepEqual(
        second.map((each) => ({ ...each, fields: each.fields.filter(({ name }) => name !== later) })),
        first,
      )
    },
  },
  {
    number: 13,
    title: 'absent, null and empty are three things',
    modes: ['poll', 'log', 'push'],
    async run(bench, mode) {
      if (mode === 'push') return pushedNothings(bench)
      const entity = await bench.system.freshEntity(mode)
      const absent = !bench.lacks('absent', entity.without !== undefined || entity.keepsAbsent === true)
      const [noNull, noEmpty] = [bench.lacks('null'), bench.lacks('empty')]
      if (absent && entity.without) entity.config = entity.without('amount')
      const reader = await startReading(bench, entity, mode)
      await entity.put([
        { id: 'a', name: noEmpty ? 'A' : '', note: noNull ? 'a' : null },
        { id: 'b', name: noNull ? 'B' : null, note: noEmpty ? 'b' : '' },
      ])
      const readings = [(await reader.read(2)).records]
      if (bench.backfills) {
        const polled: TestEntity = { ...entity, config: { ...entity.config, mode: 'poll' } }
        readings.push((await collect(backfill(await bench.open(), polled))).flatMap((page) => page.records))
      }
      for (const records of readings) {
        const fields = ['a', 'b'].map((id) =>
          fieldsOf(entity, records.find(({ key }) => key === keyOf(entity, id))?.data),
        )
        assert.deepEqual(
          fields.map(({ name, note }) => [name, note]),
          [
            [noEmpty ? 'A' : '', noNull ? 'a' : null],
            [noNull ? 'B' : null, noEmpty ? 'b' : ''],
          ],
        )
        if (!absent) continue
        assert.deepEqual(
          fields.map((each) => Object.hasOwn(each, 'amount')),
          [false, false],
          'a field that is not there is absent',
        )
      }
    },
  },
  {
    number: 14,
    title: 'every type arrives exactly, by snapshot and by following alike',
    modes: ['poll', 'log', 'push'],
    inapplicable: (_, { lacks }) => lacks?.types,
    async run(bench, mode) {
      assert.ok(!bench.lacks('types', bench.system.types !== undefined))
      if (mode === 'push') return pushedTypes(bench)
      const types = await bench.system.types?.(mode)
      assert.ok(types)
      const open = await bench.open()
      const follower = mode === 'log' ? new Follower(open, [types.entity], null) : undefined
      await follower?.started()
      const start = mode === 'poll' ? await pollStart(open, types.entity) : null
      await types.insert()
      if (bench.backfills) {
        const [snapshot] = (await collect(backfill(open, types.entity))).flatMap((page) => page.records)
        assert.deepEqual(snapshot?.data, types.expected)
        assert.equal(snapshot.key, types.key)
      }
      await follower?.until(({ records }) => records.length > 0, 'the record in the log')
      const followed = follower
        ? follower.records
        : (await collect(poll(open, types.entity, start))).flatMap((page) => page.records)
      assert.deepEqual(followed[0]?.data, types.expected)
      assert.equal(followed[0]?.key, types.key)
    },
  },
  {
    number: 19,
    title: "faults are classified by the system's own codes",
    inapplicable: (_, { lacks }) => lacks?.faults,
    async run(bench) {
      assert.ok(!bench.lacks('faults', bench.system.faults !== undefined))
      const entity = await bench.system.freshEntity(bench.mode)
      await entity.put(someRecords(3))
      const cases = bench.system.faults?.(entity) ?? []
      assert.ok(cases.length > 0, 'SystemUnderTest.faults gives at least one case')
      for (const { title, run, code, family } of cases) {
        const error = await bench.failure(() => run(async (settings) => (await bench.open(settings)).connector), title)
        assert.deepEqual([title, error.code, error.family], [title, code, family])
      }
    },
  },
  {
    number: 23,
    title: 'a field that is added or dropped while reading loses nothing',
    modes: ['poll', 'log'],
    inapplicable: (_, { lacks }) =>
      lacks?.addField !== undefined && lacks.dropField !== undefined ? lacks.addField : undefined,
    async run(bench, mode) {
      const entity = await bench.system.freshEntity(mode, { pageSize: 10 })
      const adds = !bench.lacks('addField', entity.addField !== undefined)
      const drops = !bench.lacks('dropField', entity.dropField !== undefined)
      const open = await bench.open()
      let follower: Follower | undefined
      let start: Awaited<ReturnType<typeof pollStart>> | null = null
      const follow = async (): Promise<void> => {
        follower = mode === 'log' ? new Follower(open, [entity], null) : undefined
        await follower?.started()
        start = mode === 'poll' ? await pollStart(open, entity) : null
      }
      if (!bench.backfills) await follow()
      await entity.put(someRecords(30))
      if (bench.backfills) await follow()
      const changes = [
        async (): Promise<void> => (adds ? entity.addField?.('later') : undefined),
        async (): Promise<void> => (drops ? entity.dropField?.('note') : undefined),
      ]
      const records: SourceRecord[] = []
      if (bench.backfills) {
        for await (const page of backfill(open, entity)) {
          records.push(...page.records)
          await changes.shift()?.()
        }
        assert.deepEqual([...plainRecords(entity, records).keys()], [...(await plainOracle(entity)).keys()])
      }
      for (const change of changes) await change()
      await entity.put([{ id: 'r0001', amount: 99 }])
      const isChange = ({ data }: SourceRecord): boolean => Number(fieldsOf(entity, data).amount) === 99
      await follower?.until((each) => each.records.some(isChange), 'the change')
      const followed = follower
        ? follower.records
        : (await collect(poll(open, entity, start))).flatMap((page) => page.records)
      const last = followed.findLast(({ key }) => key === keyOf(entity, 'r0001'))
      const fields = fieldsOf(entity, last?.data)
      assert.equal(Number(fields.amount), 99)
      if (adds) assert.equal(Object.hasOwn(fields, 'later'), true, 'the added field is read')
      if (drops) assert.equal(Object.hasOwn(fields, 'note'), false, 'the dropped field is absent, not null')
    },
  },
]

function isDiscovered(entity: TestEntity, discovered: DiscoveredEntity): boolean {
  if (entity.isDiscovered) return entity.isDiscovered(discovered)
  const { table } = entity.config.options
  return table === undefined ? discovered.entity === entity.config.entity : discovered.suggestedOptions.table === table
}
