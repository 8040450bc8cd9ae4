/** How the application writes values that JSON has no type for, and how strictly it reads them. */
export interface WrappedDate {
  __type: 'Date'
  iso: string
}
export interface WrappedDecimal {
  $decimal: string
}

export type RpcType = 'text' | 'date' | 'decimal' | 'boolean'

const ISO = /^\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d\.\d{3}Z)?$/
const DECIMAL = /^-?\d{1,18}\.\d{2}$/

export const date = (iso: string): WrappedDate => ({ __type: 'Date', iso })
export const decimal = (text: string): WrappedDecimal => ({ $decimal: text })

export function hasType(type: RpcType, value: unknown): boolean {
  if (type === 'text') return typeof value === 'string'
  if (type === 'boolean') return typeof value === 'boolean'
  const members = Object.entries((value ?? {}) as Record<string, unknown>)
  if (typeof value !== 'object' || value === null) return false
  const { __type, iso, $decimal } = value as Record<string, unknown>
  if (type === 'decimal') return members.length === 1 && typeof $decimal === 'string' && DECIMAL.test($decimal)
  return members.length === 2 && __type === 'Date' && typeof iso === 'string' && ISO.test(iso)
}
