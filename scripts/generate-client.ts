/**
 * Writes clients/typescript/src/generated/ from the API of the hub: types, a method for each operation, error codes.
 *
 *   node scripts/generate-client.ts            writes
 *   node scripts/generate-client.ts --check    compares, and fails when something is stale
 */
import { asyncApiDocument } from '../hub/api/asyncapi/document.ts'
import { openApiDocument } from '../hub/api/openapi/document.ts'
import { OPERATIONS } from '../hub/api/operations/index.ts'
import { clientModules } from './client/modules.ts'
import { API_VERSION } from '../hub/api/openapi/version.ts'
import { findErrorCodes } from './docs/error-codes.ts'
import { keepFolder } from './docs/generated-folder.ts'
import { hubSources } from './docs/sources.ts'

const modules = clientModules({
  openApi: openApiDocument(OPERATIONS, API_VERSION),
  asyncApi: asyncApiDocument(API_VERSION),
  errorCodes: findErrorCodes(hubSources()).map(({ code }) => code),
})
const folder = {
  folder: 'clients/typescript/src/generated',
  banner: '// Generated from the OpenAPI document of the hub by `npm run docs`. Change the operation, not this file.',
  source: 'the API',
  mend: 'npm run docs',
}
await keepFolder(folder, Object.entries(modules))
