import { Controller, Inject } from '@nestjs/common'
import { Input, Operation } from '../http/decorators.ts'
import type { Input as InputOf } from '../http/input.ts'
import { sendChangesOperation } from '../operations/changes.ts'
import { API_PORTS, type ApiPorts } from '../ports.ts'
import { principalOf } from './author.ts'

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
