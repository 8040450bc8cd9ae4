import { existsSync } from 'node:fs'
import { dirname, extname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { runLive } from '../../../../connectors/conformance/live/run-live.ts'
import type { LiveSubject } from '../../../../connectors/conformance/live/subject.ts'
import type { ConnectorHarness } from '../../../../connectors/conformance/harness.ts'
import { type CheckOutcome, runConformance, scoreTable } from '../../../../connectors/conformance/run.ts'
import type { EntityConfig, SettingSchema } from '../../../contracts/connector.ts'
import { HubError } from '../../../contracts/hub-error.ts'
import { isJsonObject, type Json } from '../../../contracts/json.ts'
import { resolveReferences } from '../../../intake/connector-engine/references.ts'
import { parseSystemConfig, type SystemConfig } from '../../../intake/connector-engine/system-config.ts'
import { readWorkspace } from '../../workspace.ts'
import { importModule, loadConnectors, workspaceConnectors } from '../../workspace-connectors.ts'
import { EXIT } from '../shared/exit-codes.ts'
import type { Io } from '../shared/io.ts'
import { json } from '../shared/text.ts'
import { unknownConnector, workspaceOf } from './connector-workspace.ts'

const CHECK_MS_MAX = 5 * 60_000

export interface TestOptions {
  workspace: string | undefined
  harness: boolean
  'write-entity': string | undefined
  'write-field': string | undefined
  records: number
  json: boolean
}

/** `omnihub connector test`: the kit against a configured system, or all of it against the connector's own harness. */
export async function testConnector(name: string, options: TestOptions, io: Io): Promise<number> {
  const workspace = workspaceOf(io, options.workspace)
  const note = ({ number, title, verdict }: CheckOutcome): void => {
    // Where nobody watches, the report at the end says it all.
    if (io.columns !== undefined) io.err(`${String(number).padStart(4)}  ${verdict.padEnd(14)} ${title}\n`)
  }
  const outcomes = options.harness
    ? await runConformance(await harnessOf(workspace, name), note)
    : await runLive(await subjectOf(workspace, name, options, io), note)
  const failed = outcomes.filter(({ verdict }) => verdict === 'failed' || verdict === 'stale waiver')
  io.out(options.json ? json({ ok: failed.length === 0, checks: outcomes }) : report(name, options, outcomes, failed))
  return failed.length === 0 ? EXIT.done : EXIT.failed
}

function report(
  name: string,
  { harness }: TestOptions,
  outcomes: readonly CheckOutcome[],
  failed: readonly CheckOutcome[],
): string {
  const reasons = failed.flatMap(({ number, reason = '' }) => ['', `${number}: ${reason}`])
  if (harness) return `${[scoreTable(name, outcomes), ...reasons].join('\n')}\n`
  // Most of the kit is not for a system at work: that is said once.
  const tried = outcomes.filter(({ verdict }) => verdict !== 'not applicable')
  const leftOut = Map.groupBy(
    outcomes.filter(({ verdict }) => verdict === 'not applicable').sort((x, y) => x.number - y.number),
    ({ reason = '' }) => reason,
  )
  const notes = [...leftOut].map(
    ([reason, all]) => `Not tried: ${all.map(({ number }) => number).join(', ')} (${reason})`,
  )
  return `${[scoreTable(name, tried), ...notes, ...reasons].join('\n')}\n`
}

/** The harness beside a workspace's connector. */
async function harnessOf(workspace: string, name: string): Promise<ConnectorHarness> {
  const own = await workspaceConnectors(workspace)
  const found = own.find((one) => one.name === name)
  if (found === undefined)
    throw unknownConnector(
      name,
      own.map((one) => one.name),
    )
  const path = join(dirname(found.path), `harness${extname(found.path)}`)
  const exported = existsSync(path) ? (await importModule(path)).harness : undefined
  if (isHarness(exported)) return exported
  throw new HubError({
    code: 'cli.connector.harness',
    family: 'reject',
    message: `The connector ${name} has no harness to be tried with.`,
    where: path,
    fix: 'Export one there: export const harness: ConnectorHarness = { spec, start }.',
  })
}

function isHarness(value: unknown): value is ConnectorHarness {
  return typeof value === 'object' && value !== null && 'spec' in value && 'start' in value
}

async function subjectOf(workspace: string, name: string, options: TestOptions, io: Io): Promise<LiveSubject> {
  const connectors = await loadConnectors(workspace)
  const { systems } = await readWorkspace(workspace)
  const document = systems.get(name)
  if (document === undefined) throw unknownSystem(name, [...systems.keys()])
  const config = parseSystemConfig(document, connectors)
  const entities = entitiesOf(config)
  const { spec } = config
  if (spec === undefined || entities.length === 0) throw onlyPushes(name)
  const writeEntity = options['write-entity']
  if (writeEntity !== undefined && !entities.some(({ entity }) => entity === writeEntity)) {
    throw unknownEntity(writeEntity, entities)
  }
  const settings = await resolveReferences(config.settings, spec.settings, io.env, config.document)
  const secrets = secretsIn(settings, {
    type: 'object',
    title: '',
    description: '',
    properties: spec.settings.properties,
  })
  for (const secret of secrets) io.secrets.add(secret)
  const { callsPerSecond } = config.rate
  return {
    spec,
    settings,
    secrets,
    entities,
    recordsMax: options.records,
    timeoutMs: CHECK_MS_MAX,
    ...(writeEntity === undefined ? {} : { write: { entity: writeEntity, field: options['write-field'] } }),
    ...(callsPerSecond === undefined ? {} : { pace: () => sleep(1000 / callsPerSecond) }),
  }
}

function entitiesOf({ entities }: SystemConfig): EntityConfig[] {
  return entities.flatMap(({ entity, mode, options }) => (mode === 'push' ? [] : [{ entity, mode, options }]))
}

/** The values of settings that are secrets, nested ones too; shorter ones would be found in any text. */
function secretsIn(value: Json, schema: SettingSchema): string[] {
  if (schema.secret === true) return typeof value === 'string' && value.length >= 4 ? [value] : []
  if (Array.isArray(value)) {
    const { items } = schema
    return items !== undefined && 'title' in items ? value.flatMap((item) => secretsIn(item, items)) : []
  }
  if (!isJsonObject(value)) return []
  return Object.entries(schema.properties ?? {}).flatMap(([name, member]) => secretsIn(value[name] ?? null, member))
}

function unknownSystem(name: string, known: readonly string[]): HubError {
  return new HubError({
    code: 'cli.connector.system',
    family: 'reject',
    message: `The workspace has no system ${name}.`,
    fix: known.length === 0 ? `Describe it in config/systems/${name}.yaml.` : `Use one of ${known.join(', ')}.`,
  })
}

function onlyPushes(name: string): HubError {
  return new HubError({
    code: 'cli.connector.only-pushes',
    family: 'reject',
    message: `The system ${name} only pushes: there is nothing to ask it.`,
    fix: 'Its connector, where it has one, is tried with its own harness: --harness.',
  })
}

function unknownEntity(entity: string, known: readonly EntityConfig[]): HubError {
  return new HubError({
    code: 'cli.connector.entity',
    family: 'reject',
    message: `The system has no entity ${entity} that is read.`,
    fix: `Use one of ${known.map((one) => one.entity).join(', ')}.`,
  })
}
