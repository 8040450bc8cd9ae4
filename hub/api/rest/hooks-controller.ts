import { Controller, Inject, Req, Res } from '@nestjs/common'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Input, Operation } from '../http/decorators.ts'
import type { Input as InputOf } from '../http/input.ts'
import { describeHookOperation, receivePushOperation } from '../operations/hooks.ts'
import { API_PORTS, type ApiPorts } from '../ports.ts'

/** What only the server itself may say about its answer. */
const OWN_HEADERS = new Set(['content-length', 'transfer-encoding', 'connection', 'content-type'])

/** Pushes of systems in their own formats: everything about them is the connector's, but the way in and out. */
@Controller()
export class HooksController {
  readonly #ports: ApiPorts

  constructor(@Inject(API_PORTS) ports: ApiPorts) {
    this.#ports = ports
  }

  @Operation(receivePushOperation)
  receive(
    @Input() input: InputOf<typeof receivePushOperation>,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.#pass('POST', input.params.system, input, request, reply)
  }

  @Operation(describeHookOperation)
  describe(
    @Input() input: InputOf<typeof describeHookOperation>,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.#pass('GET', input.params.system, input, request, reply)
  }

  async #pass(
    method: 'GET' | 'POST',
    system: string,
    input: Pick<InputOf, 'headers' | 'raw'>,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<void> {
    const answer = await this.#ports.hooks.receive(system, {
      method,
      headers: plain(input.headers, ', '),
      query: plain(request.query as Record<string, string | string[]>, ','),
      body: method === 'GET' ? Buffer.alloc(0) : input.raw,
    })
    for (const [name, value] of Object.entries(answer.headers ?? {})) {
      if (!OWN_HEADERS.has(name.toLowerCase())) reply.header(name, value)
    }
    // As bytes: what the connector says of the type must not get a second charset.
    reply.code(answer.status).header('content-type', answer.contentType).send(Buffer.from(answer.body))
  }
}

function plain(values: Readonly<Record<string, string | string[] | undefined>>, joint: string): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, Array.isArray(value) ? value.join(joint) : value] as const],
    ),
  )
}
