import type { HubError } from '../contracts/hub-error.ts'
import type { RuleOverviewRow } from '../store/rule-queries.ts'
import type { FileFaults } from './rule-desk.ts'
import type { RulesInForce } from './rule-registry.ts'

/** Every rule that there is, in force, drafted or only in a file that is wrong, as the console shows it. */
export function overviewOf(inForce: RulesInForce, stored: readonly RuleOverviewRow[], faults: FileFaults): object[] {
  const overviews = new Map(stored.map((row) => [row.rule, row]))
  const names = [...new Set([...overviews.keys(), ...faults.keys()])].sort()
  return names.map((rule) => {
    const [uppermost] = inForce.rules.versions(rule)
    const row = overviews.get(rule)
    return {
      rule,
      title: uppermost?.title ?? null,
      inForce: inForce.revisions
        .filter((one) => one.rule === rule)
        .map(({ envelope: _envelope, graph: _graph, cases: _cases, ...head }) => head),
      onChange: uppermost?.envelope.onChange ?? null,
      newest: row?.newest ?? null,
      drafts: row?.drafts ?? 0,
      faults: (faults.get(rule) ?? []).map(factsOf),
    }
  })
}

function factsOf({ code, message, where, fix }: HubError): object {
  return { code, message, ...(where === undefined ? {} : { where }), ...(fix === undefined ? {} : { fix }) }
}
