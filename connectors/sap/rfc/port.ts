/** A value as ABAP gives and takes it: structures are objects, tables are lists of structures. */
export type RfcValue = string | number | Uint8Array | RfcStructure | RfcStructure[] | undefined
export interface RfcStructure {
  [name: string]: RfcValue
}

/**
 * One connection, and with it one unit of work: what a BAPI changed is committed or rolled back by BAPI_TRANSACTION_COMMIT or
 * _ROLLBACK on this connection, and by no other; when it closes before, it is rolled back.
 */
export interface RfcConnection {
  call(functionModule: string, parameters: RfcStructure): Promise<RfcStructure>
}

/** How function modules are called. Throws HubErrors only. */
export interface RfcPort {
  /** Runs `work` on a connection that nobody else uses meanwhile, and closes it after a failure. */
  withConnection<Result>(work: (connection: RfcConnection) => Promise<Result>): Promise<Result>
  /** Signs in; answers with the release, e.g. `SAP 756`. */
  ping(): Promise<string>
  close(): Promise<void>
}
