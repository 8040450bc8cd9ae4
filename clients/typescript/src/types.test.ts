import { describe, expect, test } from '@jest/globals'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { openApiDocument } from '../../../hub/api/openapi/document.ts'
import { OPERATIONS } from '../../../hub/api/operations/index.ts'

/** What the compiler says of code that uses the client: as it comes to somebody who writes it. */

const FOLDER = fileURLToPath(new URL('.', import.meta.url))
const HEAD = `import { OmnihubClient, OmnihubError, answerInfo, verifyWebhook, type Customer, type OmnihubEvent } from './index.ts'
declare const hub: OmnihubClient
declare const customer: Customer
declare const event: OmnihubEvent
`

/** Each case as a file of its own, compiled together; the messages by title. */
function compiled(cases: Readonly<Record<string, string>>): Map<string, string[]> {
  const names = Object.keys(cases)
  const files = new Map(
    names.map((name, index) => [
      join(FOLDER, `case-${index}.ts`),
      `${HEAD}export async function run() {\n${cases[name] ?? ''}\n}\n`,
    ]),
  )
  const config = ts.readConfigFile(join(FOLDER, '../tsconfig.json'), ts.sys.readFile)
  const { options } = ts.parseJsonConfigFileContent(config.config, ts.sys, join(FOLDER, '..'))
  const host = ts.createCompilerHost(options)
  const read = host.getSourceFile.bind(host)
  host.fileExists = (path) => files.has(path) || ts.sys.fileExists(path)
  host.getSourceFile = (path, ...rest) => {
    const text = files.get(path)
    return text === undefined ? read(path, ...rest) : ts.createSourceFile(path, text, ts.ScriptTarget.ES2022)
  }
  const program = ts.createProgram([...files.keys()], { ...options, noEmit: true }, host)
  const said = [...files.keys()].map((path) => {
    const source = program.getSourceFile(path)
    const found = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)]
    return found.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '))
  })
  return new Map(names.map((name, index) => [name, said[index] ?? []]))
}

const RIGHT: Readonly<Record<string, string>> = {
  'members of records with their types': `
    const found = await hub.getCustomer({ id: 'c', include: ['accounts'] })
    const id: string = found.id
    const city: string | undefined = found.addresses?.[0]?.city
    const amount: string | undefined = (await hub.getInvoice({ id: 'i' })).total?.amount`,
  'pages awaited and iterated': `
    const { items, next } = await hub.listCustomers({ q: 'smith', limit: 3 })
    const cursor: string | null = next
    for await (const one of hub.listInvoices({ customer: items[0]?.id })) { const total: string | undefined = one.total?.currency }
    const all: Customer[] = await hub.listCustomers().all(10)`,
  'patches of what was read': `
    const edited: Customer = await hub.edit(customer, { preferredChannel: null, name: { given: 'Ann' }, emails: [{ address: 'a@example.com' }] })
    const same: Customer = await hub.refresh(customer)`,
  'undefined where a version may be the newest': `
    const newer: Customer | undefined = await hub.getCustomer({ id: 'c' }, { ifNoneMatch: '"1"' })`,
  'events told apart by their type': `
    if (event.type === 'customer.updated') { const changed: string[] | undefined = event.data.changed }
    if (event.type === 'invoice.created') { const id: string | undefined = event.data.invoice?.id }
    for await (const one of hub.followEvents({ type: ['customer.*'] })) { const subject: string = one.subject }`,
  'errors with codes that are known, and with others': `
    try { await hub.getLedger() } catch (error) {
      if (error instanceof OmnihubError && error.code === 'customer.unknown') throw error
      if (error instanceof OmnihubError && error.code === 'one.of.a.later.hub') throw error
    }`,
  'lines, texts and what answers nothing': `
    for await (const { customer, key } of hub.streamCrossReferences()) { const text: string | undefined = customer ?? key }
    const text: string = await hub.getMetrics()
    const nothing: void = await hub.deleteSubscription({ id: 's' })
    const status: number | undefined = answerInfo(customer)?.status
    const told: OmnihubEvent = await verifyWebhook({ secret: 's', headers: new Headers(), body: '{}' })`,
  'a signal, a time limit and a key of one call': `
    await hub.editCustomer({ id: 'c', ifMatch: '"1"', body: {} }, { signal: AbortSignal.timeout(5), timeoutMs: 1, idempotencyKey: 'k' })`,
}

const WRONG: Readonly<Record<string, [string, string]>> = {
  'a parameter that is missing': [`await hub.getCustomer({})`, "Property 'id' is missing"],
  'a parameter that does not exist': [`await hub.listCustomers({ phon: '1' })`, "'phon' does not exist"],
  'a choice that does not exist': [`await hub.getCustomer({ id: 'c', include: ['cats'] })`, '"cats"'],
  'a body that is missing': [`await hub.joinCustomers({ id: 'c' })`, "Property 'body' is missing"],
  'a member of a body that is missing': [
    `await hub.joinCustomers({ id: 'c', body: {} })`,
    "Property 'with' is missing",
  ],
  'a member of another type': [`await hub.createSubscription({ body: { url: 'u', types: 'customer.*' } })`, 'string[]'],
  'a member that records do not have': [`return customer.firstName`, "'firstName' does not exist"],
  'a value that a member does not have': [`return customer.status === 'gone'`, 'no overlap'],
  'a patch of a member that does not exist': [`await hub.edit(customer, { nick: 'x' })`, "'nick' does not exist"],
  'data of another event': [
    `if (event.type === 'customer.created') return event.data.changed`,
    "'changed' does not exist",
  ],
  'what may be undefined as if it were there': [
    `const one: Customer = await hub.getCustomer({ id: 'c' }, { ifNoneMatch: '"1"' })`,
    'undefined',
  ],
  'an operation that does not exist': [`await hub.getPerson({ id: 'c' })`, "'getPerson' does not exist"],
}

/** What /docs shows of each operation. */
function samples(): [string, string][] {
  const paths = openApiDocument(OPERATIONS, '1.0')['paths'] as Record<
    string,
    Record<string, { operationId: string; 'x-codeSamples': { lang: string; source: string }[] }>
  >
  return Object.values(paths).flatMap((item) =>
    Object.values(item).flatMap(({ operationId, 'x-codeSamples': all }) =>
      all.flatMap(({ lang, source }, index): [string, string][] =>
        lang === 'TypeScript' ? [[`${operationId} ${index}`, source]] : [],
      ),
    ),
  )
}

describe('The compiler', () => {
  const shown = samples()
  const wrong = Object.entries(WRONG).map(([title, [code]]): [string, string] => [title, code])
  const said = compiled({ ...RIGHT, ...Object.fromEntries(wrong), ...Object.fromEntries(shown) })

  test.each(Object.keys(RIGHT))('takes %s', (title) => {
    expect(said.get(title)).toEqual([])
  })

  test.each(Object.entries(WRONG))('refuses %s', (title, [, message]) => {
    expect(said.get(title)?.join(' ')).toContain(message)
  })

  test('takes each example that /docs shows', () => {
    expect(shown.length).toBeGreaterThan(100)
    for (const [title, source] of shown) expect([title, source, said.get(title)]).toEqual([title, source, []])
  })
})
