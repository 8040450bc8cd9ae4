import { describe, expect, test } from '@jest/globals'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { HubError } from '../contracts/hub-error.ts'
import { readSettings } from './settings.ts'
import { settingsHelp, settingsPage } from './settings-page.ts'
import { SETTINGS } from './settings-table.ts'

function refusal(env: Record<string, string>): HubError {
  try {
    readSettings(env)
  } catch (thrown) {
    if (thrown instanceof HubError) return thrown
    throw thrown
  }
  throw new Error('The settings were accepted.')
}

describe('Settings', () => {
  test('have defaults, so that nothing needs to be set', () => {
    expect(readSettings({ PATH: '/bin', HOME: '/root' })).toMatchObject({
      port: 8080,
      host: '127.0.0.1',
      dataDir: '.omnihub',
      workspace: undefined,
      demo: undefined,
      adminKey: undefined,
      databaseUrl: undefined,
      amqpUrl: undefined,
      workers: 4,
      partitions: 8,
      logLevel: 'info',
      bodyBytesMax: 10485760,
      shutdownSecondsMax: 20,
    })
  })

  test('come from the environment', () => {
    const settings = readSettings({
      PORT: '0',
      OMNIHUB_DEMO: 'Off',
      DATABASE_URL: 'postgres://u:p@db/hub',
      AMQP_URL: 'amqps://u:p@mq',
      OMNIHUB_LOG_LEVEL: 'WARN',
    })
    expect(settings).toMatchObject({ port: 0, demo: false, databaseUrl: 'postgres://u:p@db/hub', logLevel: 'warn' })
  })

  test('that are set to nothing count as absent', () => {
    expect(readSettings({ PORT: '', DATABASE_URL: '', OMNIHUB_ADMIN_KEY_FILE: '' })).toMatchObject({ port: 8080 })
  })

  test('come from a file that <NAME>_FILE names, without the line break at its end', () => {
    const folder = mkdtempSync(join(tmpdir(), 'omnihub-settings-'))
    try {
      writeFileSync(join(folder, 'key'), 'a long admin key\n')
      writeFileSync(join(folder, 'empty'), '\n')
      expect(readSettings({ OMNIHUB_ADMIN_KEY_FILE: join(folder, 'key') }).adminKey).toBe('a long admin key')
      expect(refusal({ OMNIHUB_ADMIN_KEY_FILE: join(folder, 'empty') }).message).toContain('names an empty file')
      expect(refusal({ OMNIHUB_ADMIN_KEY_FILE: join(folder, 'none') }).message).toContain('ENOENT')
      const both = refusal({ OMNIHUB_ADMIN_KEY_FILE: join(folder, 'key'), OMNIHUB_ADMIN_KEY: 'another key' })
      expect(both.message).toContain('OMNIHUB_ADMIN_KEY_FILE is set beside OMNIHUB_ADMIN_KEY. Keep one of the two.')
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  test('that do not exist stop the start with the nearest name', () => {
    const error = refusal({ OMNIHUB_WORKER: '2' })
    expect(error).toMatchObject({ code: 'settings.invalid', family: 'config' })
    expect(error.message).toContain('Did you mean OMNIHUB_WORKERS?')
    expect(refusal({ OMNIHUB_ADMIN_KEYFILE: 'x' }).message).toContain('Did you mean OMNIHUB_ADMIN_KEY_FILE?')
    expect(refusal({ OMNIHUB_TEAPOT_TEMPERATURE: '1' }).message).toContain('omnihub --help')
  })

  test('leave the names of secrets of systems alone', () => {
    expect(readSettings({ OMNIHUB_SECRET_CRM: 'x', OMNIHUB_DEMO_CRM_URL: 'y' }).port).toBe(8080)
  })

  test.each([
    ['PORT', '80a', 'Set it to a number from 0 to 65535.'],
    ['PORT', '65536', 'Set it to a number from 0 to 65535.'],
    ['PORT', '-1', 'Set it to a number'],
    ['PORT', '8080.5', 'Set it to a number'],
    ['OMNIHUB_WORKERS', '65', 'Set it to a number from 0 to 64.'],
    ['OMNIHUB_PARTITIONS', '0', 'Set it to a number from 1 to 256.'],
    ['OMNIHUB_DEMO', 'maybe', 'Set it to `on` or `off`.'],
    ['OMNIHUB_DEMO', 'constructor', 'Set it to `on` or `off`.'],
    ['OMNIHUB_LOG_LEVEL', 'loud', 'Set it to one of debug, info, warn, error, silent.'],
    ['DATABASE_URL', 'mysql://u:p@db', 'Write it as postgres://'],
    ['AMQP_URL', 'rabbit', 'Write it as amqp://'],
    ['HOST', ' 0.0.0.0', 'without spaces'],
    ['OMNIHUB_ADMIN_KEY', 'short', 'Set it to a text of at least 8 characters.'],
  ])('%s=%s stops the start and says what to do', (name, value, fix) => {
    const error = refusal({ [name]: value })
    expect(error.message).toContain(name)
    expect(error.message).toContain(fix)
  })

  test('are all checked before the start is refused', () => {
    const error = refusal({ PORT: 'x', OMNIHUB_WORKERS: 'y', OMNIHUB_X: 'z' })
    expect(error.facts?.['errors']).toHaveLength(3)
  })

  test('that are secret are not shown when they are wrong', () => {
    for (const [name, value] of [
      ['DATABASE_URL', 'postgres//hub:hunter2@db'],
      ['OMNIHUB_ADMIN_KEY', ' hunter2 '],
    ] as const) {
      const error = refusal({ [name]: value })
      expect(JSON.stringify([error.message, error.facts, error.stack])).not.toContain('hunter2')
    }
  })
})

describe('The documentation of settings', () => {
  test('names each setting in the help and on the page', () => {
    for (const { env } of Object.values(SETTINGS)) {
      expect(settingsHelp()).toContain(env)
      expect(settingsPage()).toContain(`\`${env}\``)
    }
  })

  test('fits an ordinary terminal', () => {
    expect(
      Math.max(
        ...settingsHelp()
          .split('\n')
          .map((line) => line.length),
      ),
    ).toBeLessThanOrEqual(100)
  })
})
