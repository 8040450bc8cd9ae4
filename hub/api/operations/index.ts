import type { OperationSpec } from './operation.ts'
import { SERVICE_OPERATIONS } from './service.ts'

/** The whole API. A route that is not here does not start; an operation without a route fails a test. */
export const OPERATIONS: readonly OperationSpec[] = [...SERVICE_OPERATIONS]

const PATTERNS = OPERATIONS.map(({ method, path }) => ({
  method,
  pattern: new RegExp(`^${path.replace(/[.]/g, '\\.').replace(/\{\w+\}/g, '[^/]+')}$`),
}))

/** The methods that an address has; GET brings HEAD with it. */
export function methodsAt(path: string): string[] {
  const methods = PATTERNS.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method as string)
  return methods.includes('GET') ? ['GET', 'HEAD', ...methods.filter((method) => method !== 'GET')] : methods
}
