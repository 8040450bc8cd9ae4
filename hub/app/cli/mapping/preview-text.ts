import { differenceText, type PreviewedRecord } from '../../../mapping/index.ts'
import { count, indent, leafLines, plural, printable, table } from '../shared/text.ts'
import type { PreviewReport } from './preview-tally.ts'

/** A preview for people. `isCompared`: only what differs from the other mapping is shown of each record. */
export function reportText(report: PreviewReport, isCompared: boolean): string {
  const shown = report.samples.map((record, at) => recordText(record, at + 1, isCompared))
  const counts = [
    `${plural(report.records, 'record')}: ${count(report.mapped)} mapped`,
    `${count(report.failed)} failed`,
  ]
  counts.push(`${count(report.deleted)} deleted`)
  if (isCompared) counts.push(`${count(report.changed)} otherwise than before`)
  const parts = [...shown, `${counts.join(', ')}\n`]
  if (report.errors.length > 0) {
    const rows = report.errors.map(({ records, code, message }) => [records, code, message])
    parts.push(table(['records', 'code', 'what'], rows))
  }
  const filled = Object.entries(report.filled).sort(([, a], [, b]) => b - a)
  if (filled.length > 0) {
    const rows = filled.map(([path, times]) => [path, times, `${Math.round((100 * times) / report.records)} %`])
    parts.push(table(['field', 'filled', ''], rows))
  }
  return parts.join('\n')
}

function recordText(record: PreviewedRecord, number: number, isCompared: boolean): string {
  const { key, input, outcome, changes = [] } = record
  const name = key === null ? `record ${number}` : `record ${number}, key ${printable(key)}`
  if (isCompared) {
    const text =
      changes.length === 0 ? '  as before' : indent(differenceText(changes).split('\n').map(printable).join('\n'))
    return `${name}: ${outcome.kind}\n${text}\n`
  }
  const after =
    outcome.kind === 'mapped'
      ? leafLines(outcome.document, '+')
      : outcome.kind === 'failed'
        ? outcome.errors.map(({ code, message }) => `! ${code}: ${printable(message)}`)
        : []
  return `${name}: ${outcome.kind}\n${indent([...leafLines(input, '-'), ...after].join('\n'))}\n`
}
