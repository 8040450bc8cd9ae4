/** What a process holds of the machine, as Linux tells it; null elsewhere. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'

export interface Footprint {
  /** Of memory that is in use now. */
  bytes: number
  /** Files, sockets and pipes that are open. */
  files: number
}

export function footprintOf(pid: number): Footprint | null {
  if (!existsSync(`/proc/${pid}/status`)) return null
  const kilobytes = Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0)
  return { bytes: kilobytes * 1024, files: readdirSync(`/proc/${pid}/fd`).length }
}
