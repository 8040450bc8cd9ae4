import type { HubError } from '../contracts/hub-error.ts'
import { loadRules } from './rule-set.ts'
import type { RuleSet, RuleSource } from './rule-set.ts'

export interface LoadedEach {
  rules: RuleSet
  /** The sources that are not among the rules, each with all that is wrong with it. */
  faults: ReadonlyMap<RuleSource, readonly HubError[]>
}

/**
 * Loads all rules that can be loaded, as layers (see LoadOptions): a source with a fault is left out, and so is one that
 * cannot do without it. Each round leaves at least one out, so it ends; in the usual case there is one round.
 */
export function loadEach(sources: readonly RuleSource[]): LoadedEach {
  const faults = new Map<RuleSource, readonly HubError[]>()
  for (let rest = sources; ; rest = rest.filter((source) => !faults.has(source))) {
    const loaded = loadRules(rest, { layered: true })
    if (loaded.ok) return { rules: loaded.rules, faults }
    for (const source of rest) {
      const own = loaded.errors.filter(({ where = '' }) => isWithin(where, source))
      if (own.length > 0) faults.set(source, own)
    }
    // An error that names no document would be a fault of the loader, and the loop would not end.
    if (!rest.some((source) => faults.has(source))) throw loaded.errors[0] ?? new Error('rules without a reason')
  }
}

function isWithin(where: string, { envelope, graph }: RuleSource): boolean {
  return [envelope, graph].some(({ file }) => where === file || where.startsWith(`${file}#`))
}
