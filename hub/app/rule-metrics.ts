import { Counter, type Registry } from 'prom-client'
import type { RuleParts } from './rule-parts.ts'

/** Decisions of this process; labels are names of rules in force. */
export function addRuleMetrics({ registry, rules }: { registry: Registry; rules: RuleParts }): void {
  const registers = [registry]
  const decisions = new Counter({
    name: 'omnihub_decisions_total',
    help: 'Decisions made by this process; outcome failed: the rule could not decide.',
    labelNames: ['rule', 'outcome'],
    registers,
  })
  rules.onDecided(({ rule, result }) => {
    decisions.inc({ rule, outcome: result === null ? 'failed' : 'decided' })
  })
  let told = 0
  new Counter({
    name: 'omnihub_decisions_unkept_total',
    help: 'Decisions that this process answered and could not keep.',
    registers,
    collect() {
      const { lost } = rules.decisionLog
      this.inc(lost - told)
      told = lost
    },
  })
}
