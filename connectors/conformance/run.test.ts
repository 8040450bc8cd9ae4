import type { ConnectorSpec } from '../../hub/contracts/connector.ts'
import type { Check } from './check.ts'
import type { ConnectorHarness, SystemUnderTest } from './harness.ts'
import { CHECKS, runCheck, scoreTable } from './run.ts'

const spec = { name: 'none' } as ConnectorSpec
const system = { modes: ['poll', 'log'], settings: {} } as unknown as SystemUnderTest
const harness = (waivers: Record<number, string> = {}): ConnectorHarness => ({
  spec,
  waivers,
  start: () => Promise.resolve(system),
})
const passing: Check = { number: 5, title: 'it passes', run: () => Promise.resolve() }
const failing: Check = {
  number: 5,
  title: 'it fails',
  modes: ['poll', 'log'],
  run: (_, mode) => (mode === 'log' ? Promise.reject(new Error('no')) : Promise.resolve()),
}

describe('the conformance kit', () => {
  test('passes a check that is met, and fails one that is not, naming the way of reading', async () => {
    expect((await runCheck(passing, harness(), system, [])).verdict).toBe('passed')
    const outcome = await runCheck(failing, harness(), system, [])
    expect(outcome.verdict).toBe('failed')
    expect(outcome.reason).toMatch(/^by log: Error: no/)
  })

  test('waives a check with its reason, and finds a waiver that is needed no more', async () => {
    const waivers = { 5: 'the vendor has no log' }
    expect(await runCheck(failing, harness(waivers), system, [])).toMatchObject({
      verdict: 'waived',
      reason: waivers[5],
    })
    expect((await runCheck(passing, harness(waivers), system, [])).verdict).toBe('stale waiver')
  })

  test('leaves out what makes no sense for a connector', async () => {
    const check: Check = { ...failing, inapplicable: () => 'it has no log' }
    const outcome = await runCheck(check, harness(), system, [])
    expect(outcome).toMatchObject({ verdict: 'not applicable', reason: 'it has no log' })
    expect(scoreTable('none', [outcome])).toMatch(/^Conformance of none: 0 of 0 applicable.*\n.*\(it has no log\)$/)
    expect((await runCheck(check, harness({ 5: 'no log' }), system, [])).verdict).toBe('stale waiver')
  })

  test('leaves out what is demanded of ways of reading that the system has not', async () => {
    const check: Check = { ...failing, modes: ['push'] }
    expect(await runCheck(check, harness(), system, [])).toMatchObject({
      verdict: 'not applicable',
      reason: 'its changes come by poll and log only',
    })
  })

  test('tells which parts of a check the system has no such thing for, and fails where nobody says why', async () => {
    const check: Check = { ...passing, run: (bench) => Promise.resolve(void bench.lacks('restart', false)) }
    const lacking = { ...system, lacks: { restart: 'a folder does not restart' } }
    const outcome = await runCheck(check, harness(), lacking, [])
    expect(outcome).toMatchObject({ verdict: 'passed', untried: ['restart: a folder does not restart'] })
    expect(scoreTable('none', [outcome])).toContain('(not tried: restart: a folder does not restart)')
    const silent = await runCheck(check, harness(), system, [])
    expect(silent.reason).toMatch(/offers no SystemUnderTest.killAndRestart, nor does lacks.restart say why/)
  })

  test('numbers each check once, and looks for secrets when all others have spoken', () => {
    const numbers = CHECKS.map(({ number }) => number)
    expect(new Set(numbers).size).toBe(numbers.length)
    expect(numbers.at(-1)).toBe(1)
  })
})
