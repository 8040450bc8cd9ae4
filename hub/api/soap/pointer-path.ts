import type { MessagePlan } from './message-plan.ts'
import type { ObjectShape, Shape } from './shape.ts'

/**
 * Where in the message the error of an operation is: `/emails/0/address` of the body, `?phone` and `{id}` become
 * `/EditCustomer/customer/emails[1]/address`, `/FindCustomers/phone` and `/GetCustomer/id`. A part that the schema does not
 * know ends the path as it is.
 */
export function pointerPath(plan: MessagePlan, pointer: string): string {
  const root = `/${plan.name}`
  const [, parameter] = /^\?(.+)$/s.exec(pointer) ?? /^\{(.+)\}$/s.exec(pointer) ?? []
  if (parameter !== undefined) {
    const member = plan.request.members.find(({ name }) => name === parameter)
    return member === undefined ? root : `${root}/${member.element}`
  }
  if (!pointer.startsWith('/')) return root
  const parts = pointer
    .slice(1)
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
  const inline = plan.request.members.find(
    ({ name, element }) => name === parts[0] && plan.places.get(element) === 'member',
  )
  const record = plan.request.members.find(({ element }) => plan.places.get(element) === 'body')
  if (inline !== undefined || record === undefined) return root + stepsOf(plan.request, parts)
  return `${root}/${record.element}${steps(record.shape, parts)}`
}

function steps(shape: Shape, parts: readonly string[]): string {
  const [first, ...rest] = parts
  if (first === undefined) return ''
  if (shape.kind === 'object') return stepsOf(shape, parts)
  if (shape.kind === 'map') return `/member[name=${quoted(first)}]/value${steps(shape.value.shape, rest)}`
  if (shape.kind !== 'any') return ''
  const place = /^\d+$/.test(first) ? `/list/item[${Number(first) + 1}]` : `/object/member[name=${quoted(first)}]/value`
  return place + steps(shape, rest)
}

function stepsOf(shape: ObjectShape, [first = '', ...rest]: readonly string[]): string {
  const member = shape.members.find(({ name }) => name === first)
  if (member === undefined) return `/${first.slice(0, 60)}`
  const [index, ...inner] = rest
  if (!member.repeated || index === undefined || !/^\d+$/.test(index))
    return `/${member.element}${steps(member.shape, rest)}`
  return `/${member.element}[${Number(index) + 1}]${steps(member.shape, inner)}`
}

function quoted(name: string): string {
  const shown = name.slice(0, 60)
  return shown.includes("'") ? `"${shown}"` : `'${shown}'`
}
