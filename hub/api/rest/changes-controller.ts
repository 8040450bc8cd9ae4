import { Controller, Inject } from '@nestjs/common'
import { HubError } from '../../contracts/hub-error.ts'
import type { Principal } from '../../security/key-verifier.ts'
import { Input, Operation } from '../http/decorators.ts'
import type { Input as InputOf } from '../http/input.ts'
import { sendChangesOperation } from '../operations/changes.ts'
import { API_PORTS, type ApiPorts } from '../ports.ts'

@Controller()
export class ChangesController {
  readonly #ports: ApiPorts

  constructor(@Inject(API_PORTS) ports: ApiPorts) {
    this.#ports = ports
  }

  @Operation(sendChangesOperation)
  send(@Input() input: InputOf<typeof sendChangesOperation>): Promise<{ accepted: number; duplicates: number }> {
    const { changes } = this.#ports
    const request = { contentType: input.headers['content-type'], headers: input.headers, body: input.raw }
    return changes.accept(changes.parse(request, principalOf(input)))
  }
}

/** The gate lets nobody through without a principal; an operation that is public by mistake must not act for nobody. */
export function principalOf(input: { principal: Principal | null }): Principal {
  if (input.principal !== null) return input.principal
  throw new HubError({
    code: 'auth.missing',
    family: 'reject',
    status: 401,
    message: 'This operation needs an API key.',
  })
}
