import type { Role } from '../../security/permissions.ts'
import type { Input } from '../http/input.ts'
import { authorOf, principalOf } from './author.ts'

/** Who asks for a job, as jobs keep it. */
export function askerOf(input: Pick<Input, 'principal'>): {
  actor: string
  keyId: string
  role: Role
  system: string | null
} {
  const { keyId, role, system } = principalOf(input)
  return { actor: authorOf(input), keyId, role, system }
}
