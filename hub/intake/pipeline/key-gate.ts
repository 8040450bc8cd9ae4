/** A lane of a batch with everything that the batch locks for it. */
export interface GatedLane {
  name: string
  locks: readonly number[]
}

export interface Admission {
  /** Names of the lanes that may be applied now. */
  admitted: ReadonlySet<string>
  release(): void
}

/**
 * Keeps the workers of one process out of each other's way. Two batches that share a match key must not run side by
 * side, and the database sees to that with advisory locks; but of hundreds of records in a batch only some share a key
 * with another batch, and the whole batch would wait for them. So a batch begins with the records that meet nobody, and
 * the others follow in a batch of their own when the one they met is done.
 *
 * Measured (bench/pipeline.ts): without it four workers were no faster than one.
 */
export class KeyGate {
  readonly #held = new Set<number>()
  #waiting: (() => void)[] = []

  /** Admits the lanes of which no lock is held, and holds theirs. May admit none: then wait for `released`. */
  admit(lanes: readonly GatedLane[]): Admission {
    const admitted = new Set<string>()
    const taken: number[] = []
    for (const { name, locks } of lanes) {
      if (locks.some((lock) => this.#held.has(lock))) continue
      admitted.add(name)
      for (const lock of locks) taken.push(lock)
    }
    for (const lock of taken) this.#held.add(lock)
    return {
      admitted,
      release: () => {
        for (const lock of taken) this.#held.delete(lock)
        const waiting = this.#waiting
        this.#waiting = []
        for (const wake of waiting) wake()
      },
    }
  }

  /** Resolves when some other batch has released its locks. */
  released(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve))
  }
}
