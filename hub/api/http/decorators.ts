import {
  applyDecorators,
  createParamDecorator,
  type ExecutionContext,
  HttpCode,
  RequestMapping,
  RequestMethod,
} from '@nestjs/common'
import { RouteConfig } from '@nestjs/platform-fastify'
import type { FastifyRequest } from 'fastify'
import { type OperationSpec, routePath } from '../operations/operation.ts'
import type { Input as InputType } from './input.ts'

/** Makes a controller's method the handler of an operation: its address, its permission and its input are the operation's. */
export function Operation(spec: OperationSpec): MethodDecorator {
  const status = Number(Object.keys(spec.answers).find((answer) => answer.startsWith('2')) ?? 200)
  return applyDecorators(
    RequestMapping({ path: routePath(spec.path), method: RequestMethod[spec.method] }),
    HttpCode(status),
    RouteConfig({ operation: spec }),
  )
}

/** The request as the operation declares it, checked before the handler runs. */
export const Input = createParamDecorator((_: unknown, context: ExecutionContext): InputType => {
  return context.switchToHttp().getRequest<FastifyRequest>().input
})
