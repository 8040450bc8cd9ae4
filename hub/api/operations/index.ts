import { ADMIN_RULES_OPERATIONS } from './admin-rules.ts'
import { ADMIN_RUN_OPERATIONS } from './admin-run.ts'
import { ADMIN_SET_UP_OPERATIONS } from './admin-set-up.ts'
import { ADMIN_SYSTEMS_OPERATIONS } from './admin-systems.ts'
import { AUDIT_OPERATIONS } from './audit.ts'
import { BULK_OPERATIONS } from './bulk.ts'
import { CHANGES_OPERATIONS } from './changes.ts'
import { CUSTOMERS_OPERATIONS } from './customers.ts'
import { DECISION_OPERATIONS } from './decisions.ts'
import { DOMAIN_OPERATIONS } from './domain.ts'
import { ENTITY_OPERATIONS } from './entities.ts'
import { EVENTS_OPERATIONS } from './events.ts'
import { HOOK_OPERATIONS } from './hooks.ts'
import { MATCHING_OPERATIONS } from './matching.ts'
import type { OperationSpec } from './operation.ts'
import { PRIVACY_OPERATIONS } from './privacy.ts'
import { PROSPECT_OPERATIONS } from './prospects.ts'
import { RECORD_WRITE_OPERATIONS } from './record-writes.ts'
import { SERVICE_OPERATIONS } from './service.ts'
import { SOAP_OPERATIONS } from './soap.ts'
import { SUBSCRIPTION_OPERATIONS } from './subscriptions.ts'
import { WRITE_BACK_OPERATIONS } from './write-back.ts'

/** The whole API. A route that is not here does not start; an operation without a route fails a test. */
export const OPERATIONS: readonly OperationSpec[] = [
  ...CUSTOMERS_OPERATIONS,
  ...PROSPECT_OPERATIONS,
  ...DOMAIN_OPERATIONS,
  ...ENTITY_OPERATIONS,
  ...RECORD_WRITE_OPERATIONS,
  ...DECISION_OPERATIONS,
  ...EVENTS_OPERATIONS,
  ...SUBSCRIPTION_OPERATIONS,
  ...CHANGES_OPERATIONS,
  ...BULK_OPERATIONS,
  ...HOOK_OPERATIONS,
  ...ADMIN_RUN_OPERATIONS,
  ...ADMIN_SYSTEMS_OPERATIONS,
  ...ADMIN_SET_UP_OPERATIONS,
  ...MATCHING_OPERATIONS,
  ...ADMIN_RULES_OPERATIONS,
  ...WRITE_BACK_OPERATIONS,
  ...AUDIT_OPERATIONS,
  ...PRIVACY_OPERATIONS,
  ...SOAP_OPERATIONS,
  ...SERVICE_OPERATIONS,
]

const PATTERNS = OPERATIONS.map(({ method, path }) => ({
  method,
  pattern: new RegExp(`^${path.replace(/[.]/g, '\\.').replace(/\{\w+\}/g, '[^/]+')}$`),
}))

/** The methods that an address has; GET brings HEAD with it. */
export function methodsAt(path: string): string[] {
  const methods = PATTERNS.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method as string)
  return methods.includes('GET') ? ['GET', 'HEAD', ...methods.filter((method) => method !== 'GET')] : methods
}
