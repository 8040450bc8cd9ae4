/**
 * Tells why tests are skipped. Not by console.log: what a file says that way is shown with its results, and of a file whose
 * tests are all skipped Jest shows none.
 */
export function tellSkipped(reason: string | null): void {
  if (reason !== null) process.stderr.write(`${reason}\n`)
}
