import { setImmediate as turn } from 'node:timers/promises'
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

/** Runs `act` and tells by how much memory has grown: at most while it ran, and after it. */
export async function watchMemory<T>(act: () => Promise<T>): Promise<{ value: T; kept: number; peak: number }> {
  const before = await memoryKept()
  let most = before
  const timer = setInterval(() => void (most = Math.max(most, memoryInUse())), 10)
  try {
    const value = await act()
    most = Math.max(most, memoryInUse())
    return { value, kept: (await memoryKept()) - before, peak: most - before }
  } finally {
    clearInterval(timer)
  }
}
