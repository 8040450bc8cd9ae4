import type { Provider, Type } from '@nestjs/common'
import { AuditController } from '../admin/audit-controller.ts'
import { ErasuresController } from '../admin/erasures-controller.ts'
import { KeysController } from '../admin/keys-controller.ts'
import { LedgerController } from '../admin/ledger-controller.ts'
import { MappingsController } from '../admin/mappings-controller.ts'
import { MatchesController } from '../admin/matches-controller.ts'
import { MatchingController } from '../admin/matching-controller.ts'
import { MATCHING_PORT } from '../admin/matching-port.ts'
import { ParkedController } from '../admin/parked-controller.ts'
import { ADMIN_PORTS, type AdminPorts, type MappingsPort, type SystemsPort } from '../admin/ports.ts'
import { RuleDecisionsController } from '../admin/decisions-controller.ts'
import { RulesController } from '../admin/rules-controller.ts'
import { RULES_PORT } from '../admin/rules-port.ts'
import { WriteBacksController } from '../admin/write-backs-controller.ts'
import { SystemsController } from '../admin/systems-controller.ts'
import { asyncApiDocument } from '../api/asyncapi/document.ts'
import { EventTail } from '../api/events/event-tail.ts'
import { EventsController } from '../api/events/events-controller.ts'
import { SubscriptionsController } from '../api/events/subscriptions-controller.ts'
import type { DirectHandler } from '../api/http/http-server.ts'
import type { Input } from '../api/http/input.ts'
import { getCustomerOperation } from '../api/operations/customers.ts'
import { API_PORTS, type ApiPorts, type ChangesPort, type HooksPort } from '../api/ports.ts'
import { ChangesController } from '../api/rest/changes-controller.ts'
import { DecisionsController } from '../api/rest/decisions-controller.ts'
import { ProspectsController } from '../api/rest/prospects-controller.ts'
import { PrivacyController } from '../api/rest/privacy-controller.ts'
import { ExportsController } from '../api/rest/exports-controller.ts'
import { DomainController } from '../api/rest/domain/domain-controller.ts'
import { HooksController } from '../api/rest/hooks-controller.ts'
import { ImportsController } from '../api/rest/imports-controller.ts'
import { CustomersController } from '../api/rest/customers-controller.ts'
import { SoapController, type SoapPort, SOAP_PORT } from '../api/soap/soap-controller.ts'
import { RECORD_WRITE_CONTROLLERS, RecordWritesController } from '../api/rest/record-writes-controllers.ts'
import { ENTITY_CONTROLLERS } from '../api/rest/entities-controllers.ts'
import { CANONICAL_ENTITIES } from '../contracts/canonical.ts'
import { HUB_SYSTEM } from '../contracts/hub-system.ts'
import { parseChanges } from '../intake/cloudevents.ts'
import { foldForSearch } from '../intake/pipeline/search-text.ts'
import { compileMapping, parseMappingOrThrow, previewMapping } from '../mapping/index.ts'
import type { SubscriptionDesk } from '../delivery/webhooks/desk.ts'
import type { ApiKeyStore } from '../security/api-key-store.ts'
import { postgresApiKeyStore } from '../security/postgres-api-key-store.ts'
import type { KeyVerifier } from '../security/key-verifier.ts'
import type { Database } from '../store/database.ts'
import type { BulkParts } from './bulk-parts.ts'
import type { HubCore } from './hub-core.ts'
import { API_VERSION } from '../api/openapi/version.ts'
import type { Workspace } from './workspace.ts'

/** What describes, reads, pauses and resumes systems: the systems desk. */
export type SystemReader = SystemsPort

export interface ApiPartsOptions {
  db: Database
  core: HubCore
  workspace: Workspace
  verifier: KeyVerifier
  keyStore: ApiKeyStore
  /** Largest request of changes in bytes. */
  changesBytesMax: number
  /** Aborts when the process is told to stop. */
  stopping: AbortSignal
  reader: SystemReader
  hooks: HooksPort
  subscriptions: SubscriptionDesk
  bulk: Pick<BulkParts, 'imports' | 'exports'>
  soap: SoapPort
  onError(error: unknown): void
}

/** The controllers of the API and what they are given: the one place where the API meets the hub's core. */
export function apiParts(options: ApiPartsOptions): {
  controllers: Type[]
  providers: Provider[]
  direct: Record<string, DirectHandler>
} {
  const ports = apiPorts(options)
  const customers = new CustomersController(ports)
  return {
    direct: {
      [getCustomerOperation.id]: (input, reply) => customers.read(input as Input<typeof getCustomerOperation>, reply),
    },
    controllers: [
      CustomersController,
      ProspectsController,
      DomainController,
      ...ENTITY_CONTROLLERS,
      ...RECORD_WRITE_CONTROLLERS,
      RecordWritesController,
      ChangesController,
      ImportsController,
      ExportsController,
      HooksController,
      DecisionsController,
      EventsController,
      SubscriptionsController,
      SoapController,
      LedgerController,
      SystemsController,
      ParkedController,
      MappingsController,
      MatchesController,
      MatchingController,
      KeysController,
      AuditController,
      PrivacyController,
      ErasuresController,
      WriteBacksController,
      RulesController,
      RuleDecisionsController,
    ],
    providers: [
      { provide: API_PORTS, useValue: ports },
      { provide: ADMIN_PORTS, useValue: adminPorts(options) },
      { provide: MATCHING_PORT, useValue: options.core.matching },
      { provide: SOAP_PORT, useValue: options.soap },
      { provide: RULES_PORT, useValue: options.core.rules.port },
    ],
  }
}

function apiPorts(options: ApiPartsOptions): ApiPorts {
  const { db, core, workspace, stopping, hooks, subscriptions, bulk, onError } = options
  const tail = new EventTail({ db, onError })
  core.onRelayed(() => {
    tail.nudge()
  })
  return {
    db,
    changes: changesPort(options),
    hooks,
    imports: bulk.imports,
    exports: bulk.exports,
    decisions: core.rules.service,
    stewardship: core.stewardship,
    survivorship: core.survivorship,
    edits: core.edits,
    erasures: core.erasures,
    prospects: core.prospects,
    records: core.recordWrites.desk,
    validator: core.validator,
    changeRules: core.rules.onChange,
    entitiesOf: (system) =>
      system === HUB_SYSTEM
        ? CANONICAL_ENTITIES
        : core.mappings
            .list()
            .filter((head) => head.system === system)
            .map(({ entity }) => entity),
    foldForSearch,
    tail,
    subscriptions,
    asyncApi: JSON.stringify(asyncApiDocument(API_VERSION, workspace.extensions)),
    stopping,
  }
}

function changesPort({ core, workspace, changesBytesMax }: ApiPartsOptions): ChangesPort {
  return {
    parse: (request, principal) =>
      parseChanges(request, {
        systems: workspace.systems,
        ...(principal.system === null ? {} : { onlySystem: principal.system }),
        receivedAt: new Date().toISOString(),
        limits: { bodyBytesMax: changesBytesMax },
      }),
    accept: (changes) => core.acceptor.accept(changes),
  }
}

function adminPorts({ db, core, verifier, keyStore, reader }: ApiPartsOptions): AdminPorts {
  return {
    db,
    parking: core.parking,
    mappings: mappingsPort(core),
    systems: reader,
    matches: {
      // A new model may bring another one at any time.
      get reviewWeight() {
        return core.matcher.reviewWeight
      },
      decide: (pair, kind, act) => core.matchDecisions.decide(pair, kind, act),
    },
    writeBacks: core.writeBackDesk,
    erasures: core.erasures,
    vault: core.vault,
    keys: {
      store: keyStore,
      storeIn: postgresApiKeyStore,
      forget: () => {
        verifier.forget()
      },
    },
  }
}

function mappingsPort(core: HubCore): MappingsPort {
  const { desk, mappings } = core
  return {
    draft: (target, text, author) => desk.draft(target, text, author),
    publish: (head, author) => desk.publish(head, author),
    rollBack: (system, entity, author) => desk.rollBack(system, entity, author),
    preview: ({ system, entity }, document, records) => {
      const tried = compileMapping(parseMappingOrThrow(document, `${system}/${entity}.yaml`))
      return previewMapping(tried, records, mappings.find(system, entity)?.compiled)
    },
    inForce: () =>
      mappings.list().map((head) => ({
        ...head,
        target: mappings.find(head.system, head.entity)?.compiled.document.target ?? '',
      })),
  }
}
