/** What a command sees of the world, so that tests can hand it another one. */
export interface Io {
  /** Results, for people or programs. */
  out(text: string): void
  /** Results of any length; resolves when whoever reads them can take more. */
  write(bytes: Uint8Array): Promise<void>
  /** Progress, notes and errors. */
  err(text: string): void
  stdin: AsyncIterable<Uint8Array>
  env: Readonly<Record<string, string | undefined>>
  cwd: string
  /** Columns of the terminal that `err` writes to; undefined: it is none, so nothing there is drawn over. */
  columns: number | undefined
  /** Milliseconds since 1970. */
  now(): number
  /** Aborted by Ctrl-C, from the first call on; a command that never asks is ended by Ctrl-C at once. */
  interrupted(): AbortSignal
  /** Texts that must never be shown, such as the key in use. */
  secrets: Set<string>
}

/** The process itself. */
export function processIo(): Io {
  let signal: AbortSignal | undefined
  const secrets = new Set<string>()
  const hide = (text: string): string => withoutSecrets(text, secrets)
  return {
    out: (text) => void process.stdout.write(text),
    write: (bytes) =>
      new Promise((resolve, reject) => {
        process.stdout.write(bytes, (error) => {
          if (error) reject(error)
          else resolve()
        })
      }),
    err: (text) => void process.stderr.write(hide(text)),
    stdin: process.stdin,
    env: process.env,
    cwd: process.cwd(),
    columns: process.stderr.isTTY ? process.stderr.columns : undefined,
    now: () => Date.now(),
    interrupted: () => (signal ??= abortedByCtrlC()),
    secrets,
  }
}

function abortedByCtrlC(): AbortSignal {
  const controller = new AbortController()
  process.on('SIGINT', () => {
    if (controller.signal.aborted) process.exit(130)
    controller.abort()
    // Whoever waits for more input would wait on.
    process.stdin.destroy()
  })
  return controller.signal
}

export function withoutSecrets(text: string, secrets: ReadonlySet<string>): string {
  let hidden = text
  for (const secret of secrets) if (secret.length >= 4) hidden = hidden.replaceAll(secret, '[secret]')
  return hidden
}
