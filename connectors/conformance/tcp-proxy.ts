import { createServer, createConnection, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { TcpProxy } from './harness.ts'

/** A proxy on loopback that can do to a connection what networks do. */
export async function startProxy(target: { host: string; port: number }): Promise<TcpProxy & { port: number }> {
  const pairs = new Set<{ client: Socket; server: Socket }>()
  const state = { frozen: false, refused: false, bytesLeft: Infinity, words: undefined as string | undefined }
  const cut = (): void => {
    for (const { client, server } of pairs) {
      client.destroy()
      server.destroy()
    }
  }
  // Half-open allowed: a silent peer does not answer the end of a connection either.
  const proxy = createServer({ allowHalfOpen: true }, (client) => {
    if (state.refused) {
      client.destroy()
      return
    }
    const server = createConnection({ ...target, allowHalfOpen: true })
    const pair = { client, server }
    pairs.add(pair)
    const end = (): void => {
      client.destroy()
      server.destroy()
      pairs.delete(pair)
    }
    for (const socket of [client, server]) {
      socket.on('error', end)
      socket.on('close', end)
      socket.on('end', () => {
        if (!state.frozen) end()
      })
    }
    client.on('data', (data: Buffer) => {
      if (state.frozen) return
      server.write(data)
      if (state.words === undefined || !data.includes(state.words)) return
      state.words = undefined
      // The system gets the rest of it, and the time to do it; its answer is lost.
      server.removeAllListeners('data')
      server.resume()
      void sleep(300).then(end)
    })
    server.on('data', (data: Buffer) => {
      if (state.frozen) return
      state.bytesLeft -= data.length
      if (state.bytesLeft < 0) {
        state.bytesLeft = Infinity
        client.write(data.subarray(0, Math.floor(data.length / 2)), () => cut())
      } else {
        client.write(data)
      }
    })
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  const address = proxy.address()
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    cut,
    cutAfterBytes: (bytes) => void (state.bytesLeft = bytes),
    cutAfterWords: (words) => void (state.words = words),
    freeze: () => void (state.frozen = true),
    thaw: () => void (state.frozen = false),
    refuse: () => void (state.refused = true),
    accept: () => void (state.refused = false),
    get openConnections() {
      return pairs.size
    },
    async close() {
      cut()
      await new Promise((resolve) => proxy.close(resolve))
    },
  }
}
