import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

// Without it what is in use cannot be told from what is only not collected yet; whoever runs the kit need not think of a flag.
setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

/** Bytes in the heap and in buffers. */
export function memoryInUse(): number {
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

/** The same without what is free to go. */
export async function memoryKept(): Promise<number> {
  // Buffers are let go in a turn of their own after the objects that held them.
  for (let round = 0; round < 2; round += 1) {
    await turn()
    collect()
  }
  return memoryInUse()
}

const SETTLE_MS_MAX = 2000
const SETTLE_STEP_MS = 100

/**
 * Runs `act` and tells by how much memory has grown: at most while it ran, and after it. What is kept may take a moment to
 * go (a socket that closes): it is looked at until it is below `keptMax`, two seconds at most.
 */
export async function watchMemory<T>(
  act: () => Promise<T>,
  keptMax: number,
): Promise<{ value: T; kept: number; peak: number }> {
  const before = await memoryKept()
  let most = before
  const timer = setInterval(() => void (most = Math.max(most, memoryInUse())), 10)
  try {
    const value = await act()
    most = Math.max(most, memoryInUse())
    let kept = (await memoryKept()) - before
    for (let waited = 0; kept >= keptMax && waited < SETTLE_MS_MAX; waited += SETTLE_STEP_MS) {
      await sleep(SETTLE_STEP_MS)
      kept = (await memoryKept()) - before
    }
    return { value, kept, peak: most - before }
  } finally {
    clearInterval(timer)
  }
}
