/** The embedded server keeps its port from start to start, so that a tool pointed at it keeps working. */
import { readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'

export async function choosePort(folder: string): Promise<number> {
  const file = join(folder, 'port')
  const kept = Number.parseInt(await readFile(file, 'utf8').catch(() => ''), 10)
  const port = kept > 0 && kept < 65536 ? ((await tryPort(kept)) ?? (await tryPort(0))) : await tryPort(0)
  if (port === undefined) throw new Error('no free port on 127.0.0.1')
  if (port !== kept) await writeFile(file, `${port}\n`)
  return port
}

/** The port, when it is free; for 0 any free one. */
function tryPort(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(undefined))
    server.listen(port, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' ? address?.port : undefined))
    })
  })
}
