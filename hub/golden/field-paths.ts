import { CUSTOMER_SHAPE } from './customer-shape.ts'

const ATTRIBUTE_NAME = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/

/**
 * What is wrong with the path of a field, as a sentence; undefined: it is one. Fields are the members of a customer
 * (`status`, `emails`), the parts of its names (`name.given`), and attributes (`attributes.tier`).
 */
export function fieldFault(path: string): string | undefined {
  const [member = '', part, ...rest] = path.split('.')
  const shape = CUSTOMER_SHAPE.get(member)
  if (shape === undefined)
    return `"${path}" is no field of a customer; fields are ${[...CUSTOMER_SHAPE.keys()].join(', ')}.`
  if (part === undefined) return undefined
  if (rest.length > 0) return `"${path}" is too deep: a field has at most two parts.`
  if (shape.kind === 'object') {
    if (shape.members.includes(part)) return undefined
    return `"${path}" is no field of a customer; ${member} has ${shape.members.join(', ')}.`
  }
  if (shape.kind !== 'attributes') return `"${path}" is no field of a customer: ${member} is one as a whole.`
  if (ATTRIBUTE_NAME.test(part)) return undefined
  return `"${path}" can't be an attribute: a name is a letter, then letters, digits, hyphens and underscores.`
}
