/** Lets one loop sleep until somebody raises the signal or a time has passed. A raise while nobody sleeps is kept. */
export class Signal {
  private raised = false
  private wake: (() => void) | undefined

  raise(): void {
    this.raised = true
    this.wake?.()
  }

  /** Resolves when the signal is raised or after `timeoutMs`; only one may wait at a time. */
  async wait(timeoutMs?: number): Promise<void> {
    if (!this.raised) {
      let timer: NodeJS.Timeout | undefined
      await new Promise<void>((resolve) => {
        this.wake = resolve
        if (timeoutMs !== undefined) timer = setTimeout(resolve, Math.max(0, timeoutMs))
      })
      clearTimeout(timer)
      this.wake = undefined
    }
    this.raised = false
  }
}
