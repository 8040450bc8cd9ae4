import { Controller, Inject, Req, Res } from '@nestjs/common'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Input, Operation } from '../http/decorators.ts'
import type { Input as InputOf } from '../http/input.ts'
import { presentedKey } from '../http/request-hooks.ts'
import { callSoapOperation, describeSoapOperation } from '../operations/soap.ts'
import type { SoapDesk } from './soap-desk.ts'

export interface SoapPort {
  desk: SoapDesk
  /** The address of the hub as the settings know it; undefined: as the request was addressed. */
  publicUrl: string | undefined
}

export const SOAP_PORT = Symbol('SOAP port')

/** The way of SOAP into the hub and out of it. */
@Controller()
export class SoapController {
  readonly #port: SoapPort

  constructor(@Inject(SOAP_PORT) port: SoapPort) {
    this.#port = port
  }

  @Operation(describeSoapOperation)
  describe(
    @Input() { params }: InputOf<typeof describeSoapOperation>,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): void {
    const base = (this.#port.publicUrl ?? `${request.protocol}://${request.host}`).replace(/\/+$/, '')
    const text = this.#port.desk.document(params.service, Object.keys(request.query as object), base)
    reply.header('content-type', 'text/xml; charset=utf-8').header('cache-control', 'no-cache').send(text)
  }

  @Operation(callSoapOperation)
  async call(
    @Input() { params, raw, headers, requestId }: InputOf<typeof callSoapOperation>,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { desk } = this.#port
    const key = presentedKey(request)
    const answer = await desk.call(params.service, { headers, bytes: raw, requestId, server: request.server, key })
    for (const [name, value] of Object.entries(answer.headers)) reply.header(name, value)
    reply.code(answer.status).header('content-type', answer.contentType).send(answer.body)
  }
}
