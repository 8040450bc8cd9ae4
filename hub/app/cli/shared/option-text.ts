import type { OptionSpec } from './command.ts'

/** What stands for the value of an option in help. */
export function valueOf(spec: OptionSpec): string {
  return spec.value ?? (spec.type === 'integer' ? '<number>' : '<text>')
}
