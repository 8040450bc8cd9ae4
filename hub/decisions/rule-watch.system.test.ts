/** Who decides by what, when something is published: with real tables, and clocks that the tests turn. */
import { setTimeout as sleep } from 'node:timers/promises'
import { type Database, openDatabase } from '../store/database.ts'
import { publishRuleRevision, insertRuleRevision, ruleGeneration } from '../store/rule-queries.ts'
import { expressions, single, source } from '../rules/testing.ts'
import { type TestDatabase, testDatabase } from '../../test/support/test-database.ts'
import { RuleRegistry } from './rule-registry.ts'
import { RuleWatch } from './rule-watch.ts'

let server: TestDatabase
let db: Database
beforeAll(async () => {
  server = await testDatabase()
  db = openDatabase(server.url, { poolMax: 4 })
})
afterAll(async () => {
  await db.close()
  await server.drop()
})
beforeEach(async () => {
  await db.query({ text: 'truncate rule_watch, rule_publication, rule_revision restart identity cascade' })
})

interface Process {
  registry: RuleRegistry
  watch: RuleWatch
  /** Turns this process's clocks on, or lets it sleep: then only that of the wall goes on. */
  pass(ms: number): void
  decidesBy(): Promise<unknown>
}

async function join(name: string): Promise<Process> {
  const turned = { steady: 0 }
  const registry = new RuleRegistry({
    onFault: ({ rule }, error) => {
      throw new Error(`${rule}: ${error.message}`)
    },
  })
  const watch = new RuleWatch({
    registry,
    processId: name,
    clocks: () => ({ steady: performance.now() + turned.steady, wall: Date.now() + turned.steady }),
  })
  await watch.join(db)
  await watch.look(db)
  return {
    registry,
    watch,
    pass: (ms) => {
      turned.steady += ms
    },
    decidesBy: async () => {
      await watch.current(db)
      return registry.decide('test', {}, { at: 0 }).result['answer']
    },
  }
}

async function publish(answer: string): Promise<void> {
  const { envelope, graph } = source(single('expressionNode', expressions({ answer })))
  await db.transaction(async (tx) => {
    const texts = { rule: 'test', envelope: envelope.text, graph: graph.text, cases: null, hash: `hash of ${answer}` }
    const revision = await insertRuleRevision(tx, {
      ...texts,
      ...{ validFrom: null, validTo: null, file: null, author: 'test', note: null },
    })
    await publishRuleRevision(tx, { rule: 'test', revision }, 'test')
  })
}

async function msUntilEverywhere({ watch }: Process): Promise<number> {
  const begin = performance.now()
  await watch.look(db)
  await watch.everywhere(db)
  return performance.now() - begin
}

test('A publication waits until every living process has the rule', async () => {
  await publish('1')
  const [one, two] = [await join('one'), await join('two')]
  await publish('2')
  const done = msUntilEverywhere(one)
  await sleep(150)
  expect([await one.decidesBy(), await two.decidesBy()]).toEqual([2, 1])
  await two.watch.look(db)
  const ms = await done
  expect(ms).toBeGreaterThan(140)
  expect(ms).toBeLessThan(1_000)
  expect(await two.decidesBy()).toBe(2)
})

test('A publication waits two seconds for a process that hangs, which then looks before it decides', async () => {
  await publish('1')
  const [one, hung] = [await join('one'), await join('hung')]
  await publish('2')
  const ms = await msUntilEverywhere(one)
  expect(ms).toBeGreaterThan(1_900)
  expect(ms).toBeLessThan(3_500)
  expect(await hung.decidesBy()).toBe(2)
})

test('A publication waits for nobody who left, or has not been seen for long', async () => {
  const [one, gone, silent] = [await join('one'), await join('gone'), await join('silent')]
  await gone.watch.leave(db)
  await db.query({
    text: `update rule_watch set seen_at = now() - interval '16 seconds' where process = $1`,
    values: ['silent'],
  })
  await publish('1')
  expect(await msUntilEverywhere(one)).toBeLessThan(1_000)
  silent.pass(16_000)
  expect(await silent.decidesBy()).toBe(1)
})

test('A process that begins while something is published is waited for', async () => {
  const one = await join('one')
  const begun = await join('begun')
  await db.query({ text: `update rule_watch set generation = -1 where process = 'begun'` })
  await publish('1')
  const done = msUntilEverywhere(one)
  await sleep(100)
  await begun.watch.look(db)
  const ms = await done
  expect(ms).toBeGreaterThan(90)
  expect(ms).toBeLessThan(1_500)
})

test('A decision asks the database for nothing while what was seen is fresh, and looks when it is not, asleep or awake', async () => {
  await publish('1')
  const one = await join('one')
  expect(one.watch.current(db)).toBeUndefined()
  await publish('2')
  one.pass(1_500)
  expect(await one.decidesBy()).toBe(1)
  one.pass(600)
  expect(await one.decidesBy()).toBe(2)
})

test('Who can not find out whether a rule has changed does not decide', async () => {
  await publish('1')
  const one = await join('one')
  one.pass(2_100)
  const away = { query: () => Promise.reject(new Error('the database is away')) }
  await expect(one.watch.current(away)).rejects.toThrow('the database is away')
  expect(await one.decidesBy()).toBe(1)
})

test('A process that could not say for ten seconds that it lives has no lease, though it looks', async () => {
  await publish('1')
  const one = await join('one')
  for (let passed = 0; passed < 11_000; passed += 1_000) {
    one.pass(1_000)
    await one.watch.current(db)
  }
  await publish('2')
  expect(await one.decidesBy()).toBe(2)
})

test('A look that was overtaken by a newer one puts nothing older in force', async () => {
  await publish('1')
  const one = await join('one')
  await publish('2')
  let goOn = (): void => undefined
  const held = new Promise<void>((resolve) => {
    goOn = resolve
  })
  const slow: Pick<Database, 'query'> = {
    query: async (statement) => {
      const answer = await db.query(statement)
      if (statement.name === 'rule-generation') await held
      return answer as never
    },
  }
  const overtaken = one.registry.refresh(slow)
  await sleep(20)
  await publish('3')
  await one.registry.refresh(db)
  goOn()
  await overtaken
  expect(one.registry.inForce.generation).toBe(await ruleGeneration(db))
  expect(await one.decidesBy()).toBe(3)
})
