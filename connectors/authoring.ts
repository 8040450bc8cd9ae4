/**
 * What a connector outside this repository is made of: `import { ... } from 'omnihub/connector'`. The hub gives a
 * workspace's connectors this very file, so that an error they throw is one that it knows.
 */
export type {
  Checkpoint,
  CheckResult,
  Connector,
  ConnectorContext,
  ConnectorSpec,
  DiscoveredEntity,
  EntityConfig,
  Page,
  PushRequest,
  PushResult,
  RecordWrite,
  SettingsSchema,
  SourceRecord,
  WriteResult,
} from '../hub/contracts/connector.ts'
export { HubError } from '../hub/contracts/hub-error.ts'
export { isJsonObject, type Json, type JsonObject } from '../hub/contracts/json.ts'
export type { ChangedRecord, ChangePlace, ChangeSource, ChangeSourceOptions } from './shared/change-source.ts'
export { backfillChanges, pollChanges } from './shared/change-source-reading.ts'
export { missingChanges, writeChanges } from './shared/change-source-writing.ts'
export {
  authError,
  busyError,
  forbiddenError,
  rejectedError,
  schemaError,
  settingsError,
  stoppedError,
  throttledError,
  unexpectedError,
  unreachableError,
} from './shared/errors.ts'
export { HttpClient } from './shared/http.ts'
export { retryAfterMs, statusError } from './shared/http-errors.ts'
export { hashRow } from './shared/row-hash.ts'
export { readSettings } from './shared/settings.ts'
export { parseXml, xmlText } from './shared/xml.ts'
