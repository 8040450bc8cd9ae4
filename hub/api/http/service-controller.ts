import { Controller, Inject, Res } from '@nestjs/common'
import type { FastifyReply } from 'fastify'
import type { Registry } from 'prom-client'
import {
  docsOperation,
  liveOperation,
  metricsOperation,
  openApiOperation,
  readyOperation,
} from '../operations/service.ts'
import { Operation } from './decorators.ts'

/** What a process needs to do its work; resolves where it is there. */
export interface ReadinessCheck {
  name: string
  check(): Promise<void>
}

export interface ServiceOptions {
  readiness: readonly ReadinessCheck[]
  registry: Registry
  /** The documents, made once at the start. */
  openApi: string
  docs: string
  /** True from the moment the process was told to stop. */
  isStopping(): boolean
}

export const SERVICE_OPTIONS = Symbol('service options')
const CHECK_MS_MAX = 2_000
const DOCS_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'; base-uri 'none'"

/** Health, figures and the documentation of the API. */
@Controller()
export class ServiceController {
  readonly #options: ServiceOptions

  constructor(@Inject(SERVICE_OPTIONS) options: ServiceOptions) {
    this.#options = options
  }

  @Operation(liveOperation)
  live(): object {
    return { status: 'live' }
  }

  @Operation(readyOperation)
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<object> {
    const outcomes = await Promise.all(
      this.#options.readiness.map(async (check) => [check.name, (await passes(check)) ? 'ok' : 'failed'] as const),
    )
    const stopping = this.#options.isStopping()
    const ready = !stopping && outcomes.every(([, outcome]) => outcome === 'ok')
    if (!ready) reply.code(503)
    return { status: ready ? 'ready' : 'not ready', checks: Object.fromEntries(outcomes) }
  }

  @Operation(metricsOperation)
  async metrics(@Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    reply.type(this.#options.registry.contentType)
    return this.#options.registry.metrics()
  }

  @Operation(openApiOperation)
  openApi(@Res({ passthrough: true }) reply: FastifyReply): string {
    reply.type('application/json; charset=utf-8').header('cache-control', 'no-cache')
    return this.#options.openApi
  }

  @Operation(docsOperation)
  docs(@Res({ passthrough: true }) reply: FastifyReply): string {
    reply
      .type('text/html; charset=utf-8')
      .header('content-security-policy', DOCS_POLICY)
      .header('cache-control', 'no-cache')
    return this.#options.docs
  }
}

/** A check that hangs has failed: the platform that asks does not wait for ever. */
async function passes({ check }: ReadinessCheck): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), CHECK_MS_MAX)
  })
  try {
    return await Promise.race([check().then(() => true), late])
  } catch {
    return false
  } finally {
    clearTimeout(timer)
  }
}
