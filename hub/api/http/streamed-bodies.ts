import type { FastifyInstance } from 'fastify'
import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import type { Readable } from 'node:stream'
import { STREAMED_TYPES } from '../operations/operation.ts'
import { frameworkError } from './problem.ts'

/** Connections on which somebody sends lines, however long that takes. */
const sending = new WeakSet<object>()

/** Whether a request that has gone on for long is one that may: the handler bounds it by what comes, not by the clock. */
export function maySendOn(socket: Socket): boolean {
  return sending.has(socket)
}

/** Hands bodies of the streamed types to operations that want them so; others get the bytes, as with any type. */
export function addStreamedBodies(fastify: FastifyInstance, bytesMax: number): void {
  fastify.addContentTypeParser([...STREAMED_TYPES], (request, payload, done) => {
    if (request.routeOptions.config.operation?.body?.stream !== true) {
      held(payload, bytesMax).then((bytes) => {
        done(null, bytes)
      }, done)
      return
    }
    const { socket } = payload
    sending.add(socket)
    payload.once('close', () => sending.delete(socket))
    done(null, payload)
  })
}

async function held(payload: IncomingMessage & Readable, bytesMax: number): Promise<Buffer> {
  const pieces: Buffer[] = []
  let size = 0
  for await (const piece of payload as AsyncIterable<Buffer>) {
    size += piece.length
    if (size > bytesMax) throw frameworkError(413) ?? new Error('too large')
    pieces.push(piece)
  }
  return Buffer.concat(pieces)
}
