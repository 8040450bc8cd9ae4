import type { ConnectorSpec, EntityConfig } from '../../../hub/contracts/connector.ts'
import type { JsonObject } from '../../../hub/contracts/json.ts'

/** A real system as a company has configured it: nobody changes it behind the connector's back here. */
export interface LiveSubject {
  spec: ConnectorSpec
  settings: JsonObject
  /** Texts that must never be in a log or an error. */
  secrets: string[]
  /** Polled ones, or those followed by the log; at least one. */
  entities: EntityConfig[]
  /** How many records of an entity are looked at. */
  recordsMax: number
  /** How long one check may take, ms. */
  timeoutMs: number
  /** Named by a person, who knows that records of it may be changed and changed back. */
  write?: { entity: string; field: string | undefined }
  pace?(): Promise<void>
}
