import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { SettingsSchema } from '../../contracts/connector.ts'
import { resolveReferences } from './references.ts'

const folder = mkdtempSync(join(tmpdir(), 'omnihub-references-'))
afterAll(() => rmSync(folder, { recursive: true }))

const text = { type: 'string', title: '', description: '' } as const
const SCHEMA: SettingsSchema = {
  type: 'object',
  properties: { host: text, password: text, port: { ...text, type: 'integer' }, tls: { ...text, type: 'boolean' } },
  additionalProperties: false,
}
const resolve = (settings: Record<string, string | number>, environment = {}) =>
  resolveReferences(settings, SCHEMA, environment, { name: 'config/systems/crm.yaml', path: join(folder, 'crm.yaml') })

describe('References in settings', () => {
  test('Each becomes what it points at, as the type of its setting', async () => {
    writeFileSync(join(folder, 'secret'), 'p w\n')
    const settings = { host: 'a-${env:A}-${env:B}', password: '${file:secret}', port: '${env:PORT}', tls: '${env:TLS}' }
    expect(await resolve(settings, { A: '1', B: '${env:A}', PORT: '5432', TLS: 'true' })).toEqual({
      // What a variable holds is a value and no template.
      host: 'a-1-${env:A}',
      password: 'p w',
      port: 5432,
      tls: true,
    })
  })

  test('Those inside of maps and lists too, and are named by their whole place', async () => {
    const inner = {
      type: 'object',
      title: '',
      description: '',
      properties: { port: { ...text, type: 'integer' } },
    } as const
    const schema: SettingsSchema = {
      type: 'object',
      properties: { auth: inner, secrets: { type: 'array', title: '', description: '', items: text } },
      additionalProperties: false,
    }
    const document = { name: 'config/systems/crm.yaml', path: join(folder, 'crm.yaml') }
    const settings = { auth: { port: '${env:PORT}' }, secrets: ['${env:A}', 'b'] }
    expect(await resolveReferences(settings, schema, { PORT: '1', A: 'a' }, document)).toEqual({
      auth: { port: 1 },
      secrets: ['a', 'b'],
    })
    await expect(resolveReferences(settings, schema, { A: 'a' }, document)).rejects.toMatchObject({
      where: 'config/systems/crm.yaml#/settings/auth/port',
    })
  })

  test('A secret that was renewed is found at the next start', async () => {
    writeFileSync(join(folder, 'secret'), 'old')
    expect(await resolve({ password: '${file:secret}' })).toEqual({ password: 'old' })
    writeFileSync(join(folder, 'secret'), 'new')
    expect(await resolve({ password: '${file:secret}' })).toEqual({ password: 'new' })
  })

  test('What is not there is named, and nothing of what is', async () => {
    await expect(resolve({ port: 1, password: '${env:PW}' }, { PW: '' })).rejects.toMatchObject({
      code: 'system.reference.unset',
      family: 'config',
      message: 'The environment variable PW is not set.',
      where: 'config/systems/crm.yaml#/settings/password',
    })
    writeFileSync(join(folder, 'empty'), '\n')
    writeFileSync(join(folder, 'huge'), 'x'.repeat(70_000))
    const told = { none: 'there is none', empty: 'it is empty', huge: 'it is larger than 64 KiB' }
    for (const [file, why] of Object.entries(told)) {
      await expect(resolve({ password: `\${file:${file}}` })).rejects.toMatchObject({
        code: 'system.reference.unreadable',
        message: `The file that the setting refers to can not be used: ${why}.`,
      })
    }
  })
})
