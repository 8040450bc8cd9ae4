import type { Io } from './io.ts'
import { count } from './text.ts'

export interface Progress {
  done: number
  /** Undefined or null: not known. */
  total?: number | null | undefined
  elapsedMs: number
  what: string
}

const BAR_WIDTH = 24
const DRAW_EVERY_MS = 200
/** Where nothing can be drawn over (a log file), a line now and then. */
const LINE_EVERY_MS = 10_000

/** `[######------]  45 %  450,000 of 1,000,000 records  12,345/s  45 s left` */
export function progressLine({ done, total, elapsedMs, what }: Progress): string {
  const rate = elapsedMs > 0 ? (done * 1000) / elapsedMs : 0
  const speed = `${count(Math.round(rate))}/s`
  if (total === undefined || total === null || total <= 0) {
    return `${count(done)} ${what}  ${speed}  ${duration(elapsedMs / 1000)}`
  }
  const share = Math.min(1, done / total)
  const filled = Math.floor(share * BAR_WIDTH)
  const bar = `[${'#'.repeat(filled)}${'-'.repeat(BAR_WIDTH - filled)}]`
  const left = done >= total || rate === 0 ? '' : `  ${duration((total - done) / rate)} left`
  const percent = String(Math.floor(share * 100)).padStart(3)
  return `${bar} ${percent} %  ${count(done)} of ${count(total)} ${what}  ${speed}${left}`
}

/** 75 -> `1 min 15 s`; hours without seconds. */
export function duration(seconds: number): string {
  const whole = Math.ceil(seconds)
  if (whole < 60) return `${whole} s`
  const minutes = Math.floor(whole / 60)
  return minutes < 60 ? `${minutes} min ${whole % 60} s` : `${count(Math.floor(minutes / 60))} h ${minutes % 60} min`
}

/** Draws progress on a terminal; elsewhere prints a line now and then. */
export class ProgressBar {
  readonly #io: Io
  readonly #what: string
  readonly #startedAt: number
  #drawnAt: number
  #drawn = false

  constructor(io: Io, what: string) {
    this.#io = io
    this.#what = what
    this.#startedAt = io.now()
    this.#drawnAt = this.#startedAt
  }

  update(done: number, total?: number | null): void {
    const now = this.#io.now()
    const { columns } = this.#io
    if (now - this.#drawnAt < (columns === undefined ? LINE_EVERY_MS : DRAW_EVERY_MS)) return
    this.#drawnAt = now
    const line = this.line(done, total)
    if (columns === undefined) this.#io.err(`${line}\n`)
    else this.#io.err(`\r\x1b[2K${line.slice(0, columns - 1)}`)
    this.#drawn = true
  }

  line(done: number, total?: number | null): string {
    return progressLine({ done, total, elapsedMs: this.#io.now() - this.#startedAt, what: this.#what })
  }

  /** Takes the bar away, so that what is printed next stands on a line of its own. */
  clear(): void {
    if (this.#drawn && this.#io.columns !== undefined) this.#io.err('\r\x1b[2K')
  }
}
