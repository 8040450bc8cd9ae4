/** One page of a list. */
export interface Page<Item> {
  items: Item[]
  /** Where the next page begins; null: this is the last one. */
  next: string | null
}

/**
 * A list that the hub answers page by page. Awaited it is the first page; iterated it is all items, each page being asked for
 * when it is needed. Nothing is sent before one of both.
 */
export class Pages<Item, One extends Page<Item> = Page<Item>> implements PromiseLike<One>, AsyncIterable<Item> {
  readonly #read: (cursor: string | undefined) => Promise<One>
  #first: Promise<One> | undefined

  constructor(read: (cursor: string | undefined) => Promise<One>) {
    this.#read = read
  }

  then<Kept = One, Refused = never>(
    onFulfilled?: ((page: One) => Kept | PromiseLike<Kept>) | null,
    onRejected?: ((reason: unknown) => Refused | PromiseLike<Refused>) | null,
  ): Promise<Kept | Refused> {
    this.#first ??= this.#read(undefined)
    return this.#first.then(onFulfilled, onRejected)
  }

  catch<Refused = never>(
    onRejected?: ((reason: unknown) => Refused | PromiseLike<Refused>) | null,
  ): Promise<One | Refused> {
    return this.then(undefined, onRejected)
  }

  /** Page after page. */
  async *pages(): AsyncGenerator<One, void, undefined> {
    let page = await this.then()
    for (;;) {
      yield page
      if (page.next === null) return
      page = await this.#read(page.next)
    }
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Item, void, undefined> {
    for await (const { items } of this.pages()) yield* items
  }

  /** All items, or the first `max` of them. */
  async all(max = Number.POSITIVE_INFINITY): Promise<Item[]> {
    const found: Item[] = []
    if (max < 1) return found
    for await (const item of this) if (found.push(item) >= max) break
    return found
  }
}
