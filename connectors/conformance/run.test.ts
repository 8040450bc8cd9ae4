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
  perMode: true,
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
    const check: Check = { ...failing, needs: () => false }
    const outcome = await runCheck(check, harness(), system, [])
    expect(outcome.verdict).toBe('not applicable')
    expect(scoreTable('none', [outcome])).toMatch(/^Conformance of none: 0 of 0 applicable/)
  })

  test('numbers each check once, and looks for secrets when all others have spoken', () => {
    const numbers = CHECKS.map(({ number }) => number)
    expect(new Set(numbers).size).toBe(numbers.length)
    expect(numbers.at(-1)).toBe(1)
  })
})
