import type { OracleSettings } from './settings.ts'

/** What a session gives for a column: numbers as their exact text, LOBs whole. */
export type Cell = string | number | boolean | Buffer | null
export type Row = Cell[]

/** `text` for numbers, dates and times too: the statement converts it. `national`: of the NVARCHAR2 character set. */
export interface Bind {
  kind: 'text' | 'national' | 'binary' | 'long'
  value: string | Buffer | null
}

/**
 * All that this connector asks of a connection to Oracle, so that its logic can be tried without one. Errors carry
 * Oracle's own text (`ORA-00942: ...`) or that of the driver (`NJS-503: ...`).
 */
export interface OracleSession {
  /** It can't be used again. */
  readonly isBroken: boolean
  /** @param binds for :1, :2, ... each used once, in their order */
  query(text: string, binds: readonly Bind[]): Promise<Row[]>
  /** Begins a transaction where none is open. Answers how many rows it changed. */
  execute(text: string, binds: readonly Bind[]): Promise<number>
  commit(): Promise<void>
  rollback(): Promise<void>
  /** At once, whatever runs. */
  close(): void
}

export type OpenSession = (settings: OracleSettings, system: string) => Promise<OracleSession>
