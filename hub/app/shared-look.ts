/** The gauges of one scrape share one look at the store: who asks while one is under way gets the same answer. */
export function sharedLook<T>(look: () => Promise<T>): () => Promise<T> {
  let looking: Promise<T> | undefined
  return () =>
    (looking ??= look().finally(() => {
      looking = undefined
    }))
}
