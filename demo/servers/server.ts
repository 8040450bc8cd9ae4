import type { Troubles } from '../trouble.ts'

/** A server that speaks for a legacy system, and what the hub needs to reach it. */
export interface DemoServer {
  /** Environment variables that config/systems refers to. */
  environment: Record<string, string>
  /** The hub can be reached from now on; `hookUrl` says where a system pushes to. */
  hubAt?(hookUrl: (system: string) => string): void
  /** What it can be made to do wrong, by name; each ends by itself. */
  troubles: Troubles
  close(): Promise<void>
}

export interface DemoServerOptions {
  /** Of the system's database, which has been filled. */
  databaseUrl: string
  /** Told what went wrong; the server goes on. */
  onError(error: unknown): void
}
