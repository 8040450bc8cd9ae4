import { join } from 'node:path'
import { pino } from 'pino'
import { Registry } from 'prom-client'
import { SoapDesk } from '../api/soap/soap-desk.ts'
import type { SoapPort } from '../api/soap/soap-controller.ts'
import { createHttpServer, type HttpServer } from '../api/http/http-server.ts'
import { parseOrigins } from '../api/http/cors.ts'
import type { TlsFiles } from '../api/http/tls.ts'
import { openApiDocument } from '../api/openapi/document.ts'
import { openApiPage } from '../api/openapi/page/page.ts'
import { API_VERSION } from '../api/openapi/version.ts'
import { OPERATIONS } from '../api/operations/index.ts'
import type { Change } from '../contracts/change.ts'
import type { ConnectorSpec } from '../contracts/connector.ts'
import { HubError } from '../contracts/hub-error.ts'
import { ConnectorEngine, hookPath } from '../intake/connector-engine/connector-engine.ts'
import { PushDesk } from '../intake/connector-engine/push-desk.ts'
import { RateBudgets } from '../intake/connector-engine/rate-budget.ts'
import { SystemsDesk } from '../intake/connector-engine/systems-desk.ts'
import { type AccessPolicy, eventViewOf, parseAccessPolicy } from '../security/access-policy.ts'
import { ensureAdminKey } from '../security/admin-key.ts'
import { ensureMasterKeys } from '../security/master-key.ts'
import { Vault } from '../security/vault.ts'
import { AuditTrail } from '../security/audit-trail.ts'
import { parseRoleLimits, RateLimits } from '../security/rate-limits.ts'
import { keysAndTokens, type Verifier } from '../security/callers.ts'
import { parseRoleMapping } from '../security/oidc-roles.ts'
import { TokenVerifier } from '../security/token-verifier.ts'
import { allowEntries, EgressGuard } from '../security/egress/egress-guard.ts'
import { KeyVerifier } from '../security/key-verifier.ts'
import { postgresApiKeyStore } from '../security/postgres-api-key-store.ts'
import { apiParts } from './api-parts.ts'
import { BulkParts } from './bulk-parts.ts'
import { type DemoCompany, openDemoCompany } from './demo-company.ts'
import { type Foundations, openFoundations } from './foundations.ts'
import { guardedConnectors } from './guarded-connectors.ts'
import { addHubMetrics } from './hub-metrics.ts'
import { HubCore } from './hub-core.ts'
import { createLog, type HubLog } from './log.ts'
import { packageFolder, packageVersion } from './package-folder.ts'
import type { Settings } from './settings-table.ts'
import { WebhookParts } from './webhook-parts.ts'
import { readWorkspace, type Workspace } from './workspace.ts'
import { loadConnectors } from './workspace-connectors.ts'

export interface RunningHub {
  url: string
  /** Resolves when everything has ended in order; may be called more than once. */
  stop(): Promise<void>
}

export interface RunOptions {
  settings: Settings
  /** Lines for the person who started the hub. */
  print(line: string): void
  /** Something without which the hub can't go on has ended. */
  onLost(reason: string): void
}

/** Starts everything in the order in which it depends on each other; what has started ends again when a later part fails. */
export async function runHub({ settings, print, onLost }: RunOptions): Promise<RunningHub> {
  const logFile = logFileOf(settings)
  const log = createLog(
    settings.logLevel,
    logFile === undefined ? undefined : pino.destination({ dest: logFile, mkdir: true }),
  )
  const workspace = await readWorkspace(settings.workspace ?? packageFolder())
  const connectors = guarded(await loadConnectors(workspace.folder), settings)
  const foundations = await openFoundations({ settings, log, onLost })
  const stops: (() => Promise<void>)[] = [foundations.close]
  const stop = async (): Promise<void> => {
    for (const end of stops.splice(0).reverse()) await end()
  }
  try {
    const vault = await openVault(settings, foundations)
    const core = newCore({ settings, vault, workspace, connectors, foundations, log })
    await core.start()
    stops.push(() => core.stop())
    const access = parseAccessPolicy(workspace.access)
    const webhooks = newWebhooks({ settings, foundations, vault, core, access, log })
    webhooks.start()
    stops.push(() => webhooks.stop())
    const demo = await demoFor(settings, foundations, log)
    if (demo !== undefined) stops.push(() => demo.stop())
    const environment = { ...process.env, ...demo?.environment }
    const systems = newSystems({ settings, workspace, connectors, foundations, core, environment, log })
    stops.push(() => systems.pushes.stop())
    const admin = ensureAdminKey(settings.dataDir, settings.adminKey)
    const registry = new Registry()
    addHubMetrics({ registry, foundations, core, systems: systems.desk, webhooks })
    const audit = newAudit(foundations, log)
    audit.start()
    stops.push(() => audit.stop())
    const bulk = newBulk({ workspace, foundations, core, access, log })
    bulk.start()
    stops.push(() => bulk.stop())
    const common = {
      settings,
      vault,
      workspace,
      foundations,
      core,
      systems,
      webhooks,
      bulk,
      audit,
      access,
      registry,
      log,
    }
    const parts = { ...common, adminKey: admin.key }
    const http = await newHttp(parts)
    stops.push(() => http.close(settings.shutdownSecondsMax * 1000))
    const { url } = await http.listen(settings.port, settings.host).catch(portTaken(settings.port))
    systems.reachedAt(url)
    systems.pushes.start()
    systems.engine.start()
    stops.push(() => systems.engine.stop())
    tellWhere(print, url, foundations, admin)
    if (logFile !== undefined) print(`  log     ${logFile}`)
    demo?.accompany({ db: foundations.db, hookUrl: systems.hookUrl, systems: () => systems.desk.overview(), print })
    return { url, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

function openVault({ dataDir, masterKey, masterKeysOld }: Settings, { db }: Foundations): Promise<Vault> {
  return Vault.open(db, ensureMasterKeys(dataDir, masterKey, masterKeysOld))
}

function guarded(connectors: readonly ConnectorSpec[], settings: Settings): readonly ConnectorSpec[] {
  const { egressAllow, egressGuardSystems, webhooksToLoopback } = settings
  if (!egressGuardSystems) return connectors
  return guardedConnectors(
    connectors,
    new EgressGuard({ allow: allowEntries(egressAllow), loopback: webhooksToLoopback }),
  )
}

/** Standard output is for programs that collect logs; somebody who has just started the hub reads sentences there. */
function logFileOf({ logFile, databaseUrl, dataDir }: Settings): string | undefined {
  return logFile ?? (databaseUrl === undefined ? join(dataDir, 'hub.log') : undefined)
}

interface CoreParts {
  settings: Settings
  workspace: Workspace
  connectors: readonly ConnectorSpec[]
  foundations: Foundations
  log: HubLog
}

function newCore({ settings, vault, workspace, connectors, foundations, log }: CoreParts & { vault: Vault }): HubCore {
  const { db, pipelineDb, bus } = foundations
  const { partitions, workers, decisionLogDays } = settings
  const stores = { db, pipelineDb, bus, vault }
  return new HubCore({ ...stores, workspace, connectors, partitions, workers, decisionLogDays, log })
}

/** The demo company belongs to the default workspace, unless the settings say otherwise. */
async function demoFor(
  settings: Settings,
  { databaseUrl }: Foundations,
  log: HubLog,
): Promise<DemoCompany | undefined> {
  const wanted = settings.demo ?? settings.workspace === undefined
  return wanted ? openDemoCompany({ databaseUrl, trouble: settings.demoTrouble }, log) : undefined
}

interface Systems {
  engine: ConnectorEngine
  desk: SystemsDesk
  pushes: PushDesk
  hookUrl(system: string): string
  /** Where this process listens, which is known last. */
  reachedAt(url: string): void
}

interface SystemsParts extends CoreParts {
  core: HubCore
  environment: Readonly<Record<string, string | undefined>>
}

function newSystems(parts: SystemsParts): Systems {
  const { settings, connectors, core, environment, log } = parts
  const { db } = parts.foundations
  const { systems } = parts.workspace
  const accept = (changes: Change[]) => core.acceptor.accept(changes)
  let address = ''
  const hookUrl = (system: string): string => (settings.publicUrl ?? address).replace(/\/+$/, '') + hookPath(system)
  const budgets = new RateBudgets(db)
  const common = { db, accept, systems, connectors, environment, log, budgets, hookUrl }
  const engine = new ConnectorEngine({ ...common, writer: core.writer })
  const pushes = new PushDesk(common)
  const desk = new SystemsDesk({
    db,
    systems,
    connectors,
    onChanged: (system) => {
      engine.changed(system)
    },
  })
  const reachedAt = (url: string): void => {
    address = url
  }
  return { engine, desk, pushes, hookUrl, reachedAt }
}

type WebhooksParts = Pick<HttpParts, 'settings' | 'foundations' | 'vault' | 'core' | 'access' | 'log'>

function newWebhooks({ settings, foundations, vault, core, access, log }: WebhooksParts): WebhookParts {
  const { db } = foundations
  const { egressAllow, webhooksToLoopback } = settings
  const view = eventViewOf(access)
  const webhooks = new WebhookParts({ db, box: vault.box, egressAllow, loopback: webhooksToLoopback, view, log })
  core.onRelayed(() => {
    webhooks.nudge()
  })
  return webhooks
}

function newBulk({ workspace, foundations, core, access, log }: BulkOptions): BulkParts {
  const onError = (error: unknown): void => {
    log.warn({ error }, 'Work on imports and exports failed; it is tried again')
  }
  return new BulkParts({ db: foundations.db, core, workspace, access, onError })
}

type BulkOptions = Pick<HttpParts, 'workspace' | 'foundations' | 'core' | 'access' | 'log'>

function newAudit({ db }: Foundations, log: HubLog): AuditTrail {
  const onError = (error: unknown): void => {
    log.warn({ error }, 'Entries of the audit trail could not be written; it tries again')
  }
  return new AuditTrail({ db, onError })
}

interface HttpParts {
  settings: Settings
  vault: Vault
  workspace: Workspace
  foundations: Foundations
  core: HubCore
  systems: Systems
  webhooks: WebhookParts
  bulk: BulkParts
  audit: AuditTrail
  access: AccessPolicy
  adminKey: string
  registry: Registry
  log: HubLog
}

async function newHttp(parts: HttpParts): Promise<HttpServer> {
  const { settings, workspace, foundations, core, systems, webhooks, audit, access, adminKey, registry, log } = parts
  const { db, bus } = foundations
  const document = openApiDocument(OPERATIONS, API_VERSION, workspace.extensions)
  const keyStore = postgresApiKeyStore(db)
  const verifier = new KeyVerifier({ store: keyStore, adminKey, now: () => performance.now() })
  const callers = keysAndTokens(verifier, tokensOf(settings, log))
  const limits = new RateLimits(parseRoleLimits(settings.rateLimits), () => performance.now())
  const stopping = new AbortController()
  const changesBytesMax = settings.bodyBytesMax
  const onError = (error: unknown): void => {
    log.warn({ error }, 'The event stream could not look for news; it looks again')
  }
  return createHttpServer({
    verifier: callers,
    stopping,
    log,
    registry,
    readiness: [
      { name: 'database', check: async () => void (await db.query({ text: 'select 1' })) },
      { name: 'bus', check: () => (bus.healthy() ? Promise.resolve() : Promise.reject(busAway())) },
    ],
    changesBytesMax,
    openApi: JSON.stringify(document),
    docs: openApiPage(document),
    audit,
    access,
    origins: parseOrigins(settings.corsOrigins),
    ...tlsOf(settings),
    limits,
    admit: (system) => systems.pushes.admit(system),
    current: () => core.rules.watch.current(db),
    ...apiParts({
      db,
      core,
      workspace,
      verifier,
      keyStore,
      changesBytesMax,
      stopping: stopping.signal,
      reader: systems.desk,
      hooks: systems.pushes,
      subscriptions: webhooks.desk,
      bulk: parts.bulk,
      soap: soapPort({ settings, callers, limits, log }),
      onError,
    }),
  })
}

interface SoapParts extends Pick<HttpParts, 'settings' | 'log'> {
  callers: Verifier
  limits: RateLimits
}

function soapPort({ settings, callers, limits, log }: SoapParts): SoapPort {
  const desk = new SoapDesk({
    operations: OPERATIONS,
    verifier: callers,
    limits,
    now: () => Date.now(),
    onError: (error, requestId) => {
      log.error({ error, requestId }, 'A SOAP request failed.')
    },
  })
  return { desk, publicUrl: settings.publicUrl }
}

/** The identity provider of the settings; undefined where they name none. */
function tokensOf(settings: Settings, log: HubLog): TokenVerifier | undefined {
  const { oidcIssuer: issuer, oidcAudience: audience, oidcRolesClaim: rolesClaim, oidcRoles } = settings
  if (issuer === undefined) return undefined
  if (audience === undefined) throw noAudience()
  const onError = (error: unknown): void => {
    log.warn({ error }, 'The keys of the identity provider could not be fetched; those known go on')
  }
  const now = (): number => performance.now()
  return new TokenVerifier({ issuer, audience, rolesClaim, roles: parseRoleMapping(oidcRoles), now, onError })
}

function tlsOf({ tlsCertificate: certificate, tlsKey: key }: Settings): { tls?: TlsFiles } {
  if (certificate !== undefined && key !== undefined) return { tls: { certificate, key } }
  if (certificate === undefined && key === undefined) return {}
  throw new HubError({
    code: 'settings.tls',
    family: 'config',
    message: 'TLS can not be served: one of OMNIHUB_TLS_CERT and OMNIHUB_TLS_KEY is missing.',
    fix: 'Set both, or none.',
  })
}

function noAudience(): HubError {
  return new HubError({
    code: 'settings.oidc-audience',
    family: 'config',
    message:
      'OMNIHUB_OIDC_ISSUER is set, but OMNIHUB_OIDC_AUDIENCE is not: any token of that issuer would open the hub.',
    fix: 'Set OMNIHUB_OIDC_AUDIENCE to what tokens for this hub have in `aud`.',
  })
}

function busAway(): HubError {
  return new HubError({ code: 'bus.unavailable', family: 'retry', message: 'The bus cannot be reached at the moment.' })
}

function portTaken(port: number): (error: unknown) => never {
  return (error) => {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
    throw new HubError({
      code: 'settings.port-taken',
      family: 'config',
      message: `Port ${port} is taken by another program.`,
      fix: 'End that program, or set PORT to a free port.',
      cause: error,
    })
  }
}

function tellWhere(
  print: (line: string) => void,
  url: string,
  { embedded }: Foundations,
  admin: ReturnType<typeof ensureAdminKey>,
): void {
  print(`Omnihub ${packageVersion()} is up`)
  print(`  API     ${url}   pages ${url}/docs   OpenAPI ${url}/openapi.json`)
  print(`  store   ${embedded.database ? 'embedded PostgreSQL' : 'PostgreSQL at DATABASE_URL'}`)
  print(`  bus     ${embedded.bus ? 'embedded' : 'RabbitMQ at AMQP_URL'}`)
  if (admin.made) print(`  key     ${admin.key}   (role admin, shown this once, kept in ${join(admin.file ?? '')})`)
  else if (admin.file !== undefined) print(`  key     kept in ${admin.file}`)
}
