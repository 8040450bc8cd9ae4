/**
 * Work on one thing at a time, in the order in which it came. Whoever waits here holds nothing: a crowd that wants the same row
 * would else hold a connection each, and keep everybody from the database while one of them works. Within one process; what
 * others do is kept apart by the lock in the database.
 */
export class Turns {
  readonly #last = new Map<string, Promise<void>>()

  async take<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
    const before = this.#last.get(name)
    let done = (): void => undefined
    const turn = new Promise<void>((resolve) => {
      done = resolve
    })
    this.#last.set(name, turn)
    await before
    try {
      return await work()
    } finally {
      // Whoever came meanwhile waits for this turn, not for the map.
      if (this.#last.get(name) === turn) this.#last.delete(name)
      done()
    }
  }
}
