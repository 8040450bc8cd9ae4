/** Pauses that grow: each repeat doubles the pause up to `mostMs`. */
export interface PauseRange {
  firstMs: number
  mostMs: number
}

/**
 * The pause before repeat number `repeat` (0 is the first), in ms. It lies between half of the doubled pause and all of it:
 * the jitter keeps many processes that lost the same broker from coming back in step.
 */
export function backOffMs(range: PauseRange, repeat: number, random: () => number = Math.random): number {
  const whole = Math.min(range.mostMs, range.firstMs * 2 ** Math.min(repeat, 30))
  return Math.round(whole / 2 + (whole / 2) * random())
}
