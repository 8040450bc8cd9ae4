import { Module, type Provider, type Type } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify'
import { fastify, type FastifyReply, type FastifyRequest, type RouteHandlerMethod } from 'fastify'
import { randomBytes } from 'node:crypto'
import type { Server } from 'node:http'
import type { Server as TlsServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import type { Registry } from 'prom-client'
import type { AccessPolicy } from '../../security/access-policy.ts'
import type { AuditTrail } from '../../security/audit-trail.ts'
import type { RateLimits } from '../../security/rate-limits.ts'
import type { Verifier } from '../../security/callers.ts'
import { methodsAt } from '../operations/index.ts'
import { addCors } from './cors.ts'
import type { HttpLog } from './http-log.ts'
import type { Input } from './input.ts'
import { requestMetrics } from './metrics.ts'
import { frameworkError, PROBLEM_TYPE, problemOf } from './problem.ts'
import { ProblemFilter } from './problem-filter.ts'
import { addGate, answerHeaders, bodyLimitOf } from './request-hooks.ts'
import { addStreamedBodies, maySendOn } from './streamed-bodies.ts'
import { followTls, readTls, type TlsFiles } from './tls.ts'
import { type ReadinessCheck, SERVICE_OPTIONS, ServiceController, type ServiceOptions } from './service-controller.ts'

export interface HttpServerOptions {
  verifier: Verifier
  log: HttpLog
  registry: Registry
  readiness: readonly ReadinessCheck[]
  /** Largest request of changes in bytes. */
  changesBytesMax: number
  openApi: string
  docs: string
  /** Aborted when the server is told to stop, for handlers whose answers take long. */
  stopping?: AbortController
  /** Nest controllers whose methods carry `@Operation`, and what they are given. */
  controllers: readonly Type[]
  providers: readonly Provider[]
  /**
   * Operations that are called so often that the way through Nest (three promises a request) shows in the figures, by
   * operation id: called with the checked input straight from Fastify. Each also has its controller's method.
   */
  direct?: Readonly<Record<string, DirectHandler>>
  /** See GateOptions. */
  access?: AccessPolicy
  /** See GateOptions. */
  limits?: RateLimits
  /** Origins whose pages may read answers; absent: none. */
  origins?: ReadonlySet<string>
  /** Absent: plain HTTP. */
  tls?: TlsFiles
  /** How long a caller may take; for tests. */
  times?: Partial<HttpTimes>
  /** See GateOptions. */
  audit?: Pick<AuditTrail, 'read' | 'found'>
  /** See GateOptions. */
  admit?(system: string): () => void
  /** See GateOptions. */
  current?(): Promise<void> | undefined
}

export type DirectHandler = (input: Input, reply: FastifyReply) => Promise<void>

export interface HttpServer {
  /** Answers the port, which is the machine's choice where 0 was asked for. */
  listen(port: number, host: string): Promise<{ port: number; url: string }>
  /** Aborts when the server is told to stop: long answers (event streams) end on it. */
  stopping: AbortSignal
  /** Takes no new requests, lets those under way end for at most `graceMs`, then closes their connections. */
  close(graceMs: number): Promise<void>
  /** For tests that need no socket. */
  app: NestFastifyApplication
}

/** In ms. What is slower holds a connection, and is closed. */
export interface HttpTimes {
  /** For the head of a request. */
  head: number
  /** For a whole request. */
  request: number
  /** Without a byte in either direction while an answer is being written: a reader that does not read. */
  silence: number
  /** How often the first two are looked at. */
  sweep: number
}

const TIMES: HttpTimes = { head: 15_000, request: 120_000, silence: 300_000, sweep: 5_000 }
const HEAD_BYTES_MAX = 16 * 1024
const IDLE_SWEEP_MS = 50
const PARAM_LENGTH_MAX = 4_096

/** Makes the HTTP server; nothing listens until `listen`. */
export async function createHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const stopping = options.stopping ?? new AbortController()
  const filter = new ProblemFilter({ log: options.log, methodsAt })
  const adapter = newAdapter(filter, options)
  const instance = adapter.getInstance()
  instance.removeAllContentTypeParsers()
  instance.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
  const { verifier, changesBytesMax, registry, tls } = options
  addStreamedBodies(instance, bodyLimitOf(changesBytesMax))
  addCors(instance, options.origins ?? new Set())
  const metrics = requestMetrics(registry)
  const direct = directHandlers(options.direct ?? {}, filter)
  const { access, admit, audit, current, limits } = options
  addGate(instance, {
    verifier,
    changesBytesMax,
    begin: metrics.begin,
    direct,
    ...(admit === undefined ? {} : { admit }),
    ...(current === undefined ? {} : { current }),
    ...(access === undefined ? {} : { access }),
    ...(audit === undefined ? {} : { audit }),
    ...(limits === undefined ? {} : { limits }),
  })
  const app = await NestFactory.create<NestFastifyApplication>(apiModule(options, stopping.signal), adapter, {
    logger: false,
    bodyParser: false,
    abortOnError: false,
  })
  app.useGlobalFilters(filter)
  await app.init()
  await instance.ready()
  const endUnused = watchUnused(instance.server)
  const endTls =
    tls === undefined ? undefined : followTls(instance.server as unknown as TlsServer, tls, onTlsError(options))
  return {
    app,
    stopping: stopping.signal,
    listen: async (port, host) => {
      await app.listen(port, host)
      const address = instance.server.address() as AddressInfo
      const name = address.family === 'IPv6' ? `[${address.address}]` : address.address
      return { port: address.port, url: `${tls === undefined ? 'http' : 'https'}://${name}:${address.port}` }
    },
    close: async (graceMs) => {
      endTls?.()
      await closeServer(app, stopping, graceMs, endUnused)
      metrics.close()
    },
  }
}

/**
 * Nest's adapter on a Fastify of ours. Its constructor adds eight hooks to every request, for middleware, CORS, versioning
 * and the like, none of which the hub uses: they would cost a tenth of a plain GET. So the instance takes no hooks while
 * the adapter is being made. Should a later adapter need one of them, the tests of the shell will tell.
 */
function newAdapter(filter: ProblemFilter, { tls, changesBytesMax, ...options }: HttpServerOptions): FastifyAdapter {
  const times = { ...TIMES, ...options.times }
  const newId = requestIds()
  const http = { headersTimeout: times.head, connectionsCheckingInterval: times.sweep, maxHeaderSize: HEAD_BYTES_MAX }
  const instance = fastify({
    bodyLimit: bodyLimitOf(changesBytesMax),
    logger: false,
    genReqId: (request) => newId(request.headers['x-request-id']),
    requestTimeout: times.request,
    connectionTimeout: times.silence,
    ...(tls === undefined ? { http } : { https: { ...http, ...readTls(tls), minVersion: 'TLSv1.2' as const } }),
    routerOptions: { maxParamLength: PARAM_LENGTH_MAX },
    frameworkErrors: (error: unknown, request: FastifyRequest, reply: FastifyReply) => {
      filter.send(error, request, reply)
    },
    clientErrorHandler: (error, socket) => {
      answerClientError(error, socket, newId(undefined))
    },
  })
  const { addHook } = instance
  instance.addHook = () => instance
  // The adapter looks for its options on whatever it is given.
  const adapter = new FastifyAdapter(Object.assign(instance, { skipMiddie: true, multipart: false }))
  instance.addHook = addHook
  return adapter
}

function onTlsError({ log }: HttpServerOptions): (error: unknown) => void {
  return (error) => {
    log.error({ error }, 'The new certificate can not be used; the old one goes on')
  }
}

function directHandlers(
  handlers: Readonly<Record<string, DirectHandler>>,
  filter: ProblemFilter,
): (operation: string) => RouteHandlerMethod | undefined {
  return (operation) => {
    const handler = handlers[operation]
    if (handler === undefined) return undefined
    return (request, reply) => {
      handler(request.input, reply).catch((error: unknown) => {
        filter.send(error, request, reply)
      })
    }
  }
}

function apiModule(options: HttpServerOptions, stopping: AbortSignal): Type {
  const { readiness, registry, openApi, docs } = options
  const service: ServiceOptions = { readiness, registry, openApi, docs, isStopping: () => stopping.aborted }
  class ApiModule {}
  Module({
    controllers: [ServiceController, ...options.controllers],
    providers: [{ provide: SERVICE_OPTIONS, useValue: service }, ...options.providers],
  })(ApiModule)
  return ApiModule
}

/** The caller's own id where it is a plain one, so that a request can be followed through both logs; else a new one. */
function requestIds(): (own: string | string[] | undefined) => string {
  const prefix = randomBytes(6).toString('base64url')
  let count = 0
  return (own) =>
    typeof own === 'string' && /^[A-Za-z0-9][\w.-]{0,63}$/.test(own) ? own : `${prefix}-${(count++).toString(36)}`
}

/** What Node could not read as HTTP at all has no request and no reply: the answer is written by hand. */
function answerClientError(error: NodeJS.ErrnoException, socket: Socket, requestId: string): void {
  // Node tells of it once and does nothing itself.
  if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT' && maySendOn(socket)) return
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const status = error.code === 'HPE_HEADER_OVERFLOW' ? 431 : error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 408 : 400
  const problem = frameworkError(status)
  const body = problem === undefined ? '' : JSON.stringify(problemOf(problem, requestId))
  const headers = {
    ...answerHeaders(requestId),
    'content-type': PROBLEM_TYPE,
    'content-length': Buffer.byteLength(body),
    connection: 'close',
  }
  const head = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  socket.end(`HTTP/1.1 ${status} Refused\r\n${head.join('')}\r\n${body}`)
}

/**
 * Callers open connections ahead of need. Node does not count one on which nothing was ever sent as idle, and would wait
 * for it until the grace is over. Returns what ends them.
 */
function watchUnused(server: Server): () => void {
  const open = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    open.add(socket)
    socket.once('close', () => open.delete(socket))
  })
  return () => {
    for (const socket of open) if (socket.bytesRead === 0) socket.destroy()
  }
}

async function closeServer(
  app: NestFastifyApplication,
  stopping: AbortController,
  graceMs: number,
  endUnused: () => void,
): Promise<void> {
  if (stopping.signal.aborted) return
  stopping.abort()
  const { server } = app.getHttpAdapter().getInstance()
  endUnused()
  const patience = setTimeout(() => server.closeAllConnections(), graceMs)
  // Fastify ends what is idle at this moment; a connection that still has a request becomes so later.
  const sweep = setInterval(() => server.closeIdleConnections(), IDLE_SWEEP_MS)
  try {
    await app.close()
  } finally {
    clearTimeout(patience)
    clearInterval(sweep)
  }
}
