/** `omnihub rule`: rules of a running hub, asked, tried, put in force and taken back from a shell. */
import { parse } from 'yaml'
import { HubError } from '../../../contracts/hub-error.ts'
import { isJsonObject, type JsonObject } from '../../../contracts/json.ts'
import { readRuleTexts, RULE_FILE } from '../rule/rule-files.ts'
import { EXIT } from '../shared/exit-codes.ts'
import { readTextFile } from '../shared/files.ts'
import type { Io } from '../shared/io.ts'
import { indent, json, leafLines, plural, printable, table } from '../shared/text.ts'
import { type HubClient, segment } from './hub-client.ts'
import { itemsOf, numberOf, objectsOf, textOf } from './operate.ts'

export async function listRules(hub: HubClient, asJson: boolean, io: Io): Promise<number> {
  const rules = itemsOf(await hub.get('/admin/v1/rules'))
  if (asJson) {
    io.out(json(rules))
    return EXIT.done
  }
  const rows = rules.map((rule) => [
    textOf(rule['rule']),
    objectsOf(rule['inForce']).map(inForceText).join(', ') || 'nothing',
    numberOf(rule['drafts']),
    objectsOf(rule['faults'])
      .map(({ message }) => textOf(message))
      .join(' '),
  ])
  io.out(rows.length === 0 ? 'There are no rules.\n' : table(['rule', 'in force', 'drafts', 'what is wrong'], rows))
  return EXIT.done
}

function inForceText({ revision, validFrom, validTo }: JsonObject): string {
  const from = validFrom === null ? '' : ` from ${textOf(validFrom)}`
  const to = validTo === null ? '' : ` until ${textOf(validTo)}`
  return `${textOf(revision)}${from}${to}`
}

export interface PublishRequest {
  rule: string
  revision: number | undefined
  note: string | undefined
  asJson: boolean
}

export async function publishRule(
  hub: HubClient,
  { rule, revision, note, asJson }: PublishRequest,
  io: Io,
): Promise<number> {
  const named = await namedRule(rule, revision, io)
  let number = revision
  if (named.texts !== undefined) {
    const body = { ...named.texts, ...(note === undefined ? {} : { note }) }
    number = numberOf((await hub.put(`/admin/v1/rules/${segment(named.name)}`, { body }))['revision'])
  }
  const path = `/admin/v1/rules/${segment(named.name)}/revisions/${number ?? 0}/publish`
  try {
    const head = await hub.post(path)
    io.out(asJson ? json(head) : `Revision ${textOf(head['revision'])} of ${named.name} is in force.\n`)
    return EXIT.done
  } catch (error) {
    if (!(error instanceof HubError) || error.code !== 'rule.cases-failed' || asJson) throw error
    io.out(failingText(objectsOf(error.facts?.['failing'] as JsonObject['failing'])))
    throw error
  }
}

function failingText(failing: readonly JsonObject[]): string {
  return failing
    .map(({ title, difference }) => {
      const lines = textOf(difference).split('\n').map(printable).join('\n')
      return `FAILED  ${printable(textOf(title))}\n${indent(lines)}\n`
    })
    .join('')
}

export async function rollBackRule(hub: HubClient, rule: string, asJson: boolean, io: Io): Promise<number> {
  const head = await hub.post(`/admin/v1/rules/${segment(rule)}/roll-back`)
  io.out(asJson ? json(head) : `Revision ${textOf(head['revision'])} of ${rule} is in force again.\n`)
  return EXIT.done
}

export interface DecideRequest {
  rule: string
  input: string | undefined
  customer: string | undefined
  at: string | undefined
  trace: boolean
  asJson: boolean
}

export async function decideByRule(hub: HubClient, request: DecideRequest, io: Io): Promise<number> {
  const { rule, input, customer, at, trace, asJson } = request
  const given = input === undefined ? {} : await readInput(input, io)
  const body = {
    input: { ...given, ...(customer === undefined ? {} : { customer: { id: customer } }) },
    ...(at === undefined ? {} : { at }),
    trace,
  }
  const answer = await hub.post(`/v1/decisions/${segment(rule)}`, { body })
  if (asJson) {
    io.out(json(answer))
    return EXIT.done
  }
  const lines = leafLines(answer['result'] ?? null, ' ').map((line) => line.trimStart())
  const reasons = Array.isArray(answer['trace']) ? answer['trace'].map((line) => printable(textOf(line))) : []
  io.out(`${[...lines, ...(reasons.length === 0 ? [] : ['', ...reasons])].join('\n')}\n`)
  io.out(`\nDecided by revision ${textOf(answer['revision'])}; the decision is ${textOf(answer['decision'])}.\n`)
  return EXIT.done
}

async function readInput(name: string, io: Io): Promise<JsonObject> {
  const text = name === '-' ? await standardInput(io) : await readTextFile(io, name)
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    value = undefined
  }
  if (isJsonObject(value)) return value
  throw new HubError({
    code: 'cli.rule.input',
    family: 'reject',
    message: 'The input of a rule is a JSON object.',
    where: name,
    fix: '`omnihub rule list` names the rules; GET /v1/rules/<rule> shows what each takes.',
  })
}

async function standardInput(io: Io): Promise<string> {
  const chunks: Uint8Array[] = []
  for await (const chunk of io.stdin) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}

export interface ShadowRequest {
  rule: string
  revision: number | undefined
  decisions: number
  asJson: boolean
}

export async function shadowRule(hub: HubClient, request: ShadowRequest, io: Io): Promise<number> {
  const { rule, revision, decisions, asJson } = request
  const { name, texts } = await namedRule(rule, revision, io)
  const body = { ...(texts ?? { revision: revision ?? 0 }), decisions }
  const run = await hub.post(`/admin/v1/rules/${segment(name)}/shadow`, { body })
  const different = numberOf(run['different'])
  if (asJson) io.out(json(run))
  else {
    for (const { difference, count } of objectsOf(run['kinds'])) {
      io.out(
        `${plural(numberOf(count), 'decision')}\n${indent(textOf(difference).split('\n').map(printable).join('\n'))}\n`,
      )
    }
    io.out(
      `${plural(numberOf(run['decided']), 'decision')} made again: ${numberOf(run['same'])} the same, ${different} different\n`,
    )
  }
  return different === 0 ? EXIT.done : EXIT.failed
}

/** A rule by its name and a revision, or by its file. */
async function namedRule(
  rule: string,
  revision: number | undefined,
  io: Io,
): Promise<{ name: string; texts?: { envelope: string; graph: string; cases: string | null } }> {
  const isFile = RULE_FILE.test(rule)
  if (isFile === (revision !== undefined)) {
    throw new HubError({
      code: 'cli.usage.rule',
      family: 'reject',
      message: 'Name a file `<rule>.rule.yaml`, or a rule with --revision.',
      fix: 'GET /admin/v1/rules/<rule>/revisions lists the revisions.',
    })
  }
  if (!isFile) return { name: rule }
  const texts = await readRuleTexts(io, rule)
  const envelope: unknown = parse(texts.envelope, { maxAliasCount: 0 })
  const name = isJsonObject(envelope) ? envelope['name'] : undefined
  return { name: typeof name === 'string' ? name : rule.replace(/^.*\//, '').replace(RULE_FILE, ''), texts }
}
