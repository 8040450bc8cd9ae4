import { Ajv2020 } from 'ajv/dist/2020.js'
import assert from 'node:assert/strict'
import type { Check } from './check.ts'
import { backfill, collect, Follower, plainOracle, plainRecords, poll, pollStart, someRecords } from './reading.ts'

const DEADLINE_MS = 15_000

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
        const sounds = /password|secret|token|url$/i.test(name)
        assert.ok(!sounds || setting.secret === true, `the setting ${name} is marked as a secret`)
      }
      for (const secret of system.secrets) {
        assert.ok(!said.some((text) => text.includes(secret)), 'no log and no error has a secret')
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
      assert.match((await connector.check(configs)).serverVersion, /\d/)
      for (const [settings, code] of [
        [system.wrongPassword, 'connector.auth'],
        [system.unreachable, 'connector.unreachable'],
        [system.withoutRights, 'connector.forbidden'],
      ] as const) {
        const startedAt = Date.now()
        const refused = await bench.open(settings)
        const error = await bench.failure(() => refused.connector.check(configs))
        assert.equal(error.code, code)
        assert.ok(Date.now() - startedAt < DEADLINE_MS, `${code} is told in time`)
      }
    },
  },
  {
    number: 3,
    title: 'discovery is stable, and a new field changes nothing else in it',
    needs: ({ spec }) => spec.capabilities.discover,
    async run(bench) {
      const entity = await bench.system.freshEntity(bench.system.modes[0] ?? 'poll')
      const { connector } = await bench.open()
      const first = (await connector.discover?.()) ?? []
      assert.deepEqual(await connector.discover?.(), first)
      const named = first.filter(({ suggestedOptions }) => suggestedOptions.table === entity.config.options.table)
      assert.equal(named.length, 1)
      assert.deepEqual(named[0]?.keyFields, ['id'])
      if (!entity.addField) return
      await entity.addField('later')
      const second = (await connector.discover?.()) ?? []
      assert.deepEqual(
        second.map((each) => ({ ...each, fields: each.fields.filter(({ name }) => name !== 'later') })),
        first,
      )
    },
  },
  {
    number: 13,
    title: 'absent, null and empty are three things',
    perMode: true,
    async run(bench, mode) {
      const entity = await bench.system.freshEntity(mode)
      entity.config.options.columns = { exclude: ['amount'] }
      await entity.put([
        { id: 'a', name: '', note: null },
        { id: 'b', name: null, note: '' },
      ])
      const records = (
        await collect(backfill(await bench.open(), { ...entity, config: { ...entity.config, mode: 'poll' } }))
      ).flatMap((page) => page.records)
      assert.deepEqual(
        records.map(({ data }) => [data?.name, data?.note, Object.hasOwn(data ?? {}, 'amount')]),
        [
          ['', null, false],
          [null, '', false],
        ],
      )
    },
  },
  {
    number: 14,
    title: 'every type arrives exactly, by snapshot and by following alike',
    perMode: true,
    needs: (_, system) => system.types !== undefined,
    async run(bench, mode) {
      const types = await bench.system.types?.(mode)
      assert.ok(types)
      const open = await bench.open()
      const follower = mode === 'log' ? new Follower(open, [types.entity], null) : undefined
      await follower?.started()
      const start = mode === 'poll' ? await pollStart(open, types.entity) : null
      await types.insert()
      const [snapshot] = (await collect(backfill(open, types.entity))).flatMap((page) => page.records)
      assert.deepEqual(snapshot?.data, types.expected)
      assert.equal(snapshot.key, types.key)
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
    needs: (_, system) => system.faults !== undefined,
    async run(bench) {
      const entity = await bench.system.freshEntity('poll')
      await entity.put(someRecords(3))
      for (const fault of bench.system.faults?.(entity) ?? []) {
        const error = await bench.failure(() => fault.run(async (settings) => (await bench.open(settings)).connector))
        assert.deepEqual([fault.title, error.code, error.family], [fault.title, fault.code, fault.family])
      }
    },
  },
  {
    number: 23,
    title: 'a field that is added or dropped while reading loses nothing',
    perMode: true,
    async run(bench, mode) {
      const entity = await bench.system.freshEntity(mode, { pageSize: 10 })
      assert.ok(entity.addField && entity.dropField)
      await entity.put(someRecords(30))
      const open = await bench.open()
      const follower = mode === 'log' ? new Follower(open, [entity], null) : undefined
      await follower?.started()
      const start = mode === 'poll' ? await pollStart(open, entity) : null
      let pages = 0
      const records = []
      for await (const page of backfill(open, entity)) {
        records.push(...page.records)
        pages += 1
        if (pages === 1) await entity.addField('later')
        if (pages === 2) await entity.dropField('note')
      }
      assert.deepEqual([...plainRecords(records).keys()], [...(await plainOracle(entity)).keys()])
      await entity.put([{ id: 'r0001', amount: 99 }])
      await follower?.until((each) => each.records.some(({ data }) => Number(data?.amount) === 99), 'the change')
      const followed = follower
        ? follower.records
        : (await collect(poll(open, entity, start))).flatMap((page) => page.records)
      const last = followed.findLast(({ key }) => key === 'r0001')
      assert.equal(Number(last?.data?.amount), 99)
      assert.equal(Object.hasOwn(last?.data ?? {}, 'later'), true, 'the added field is read')
      assert.equal(Object.hasOwn(last?.data ?? {}, 'note'), false, 'the dropped field is absent, not null')
    },
  },
]
