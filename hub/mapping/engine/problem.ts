import type { FieldNode } from '../document/document.ts'
import type { ScopedPath } from '../conversions/conversion.ts'
import { formatPath } from '../document/path.ts'

/**
 * Why a record can't be mapped. Says where and by which conversion, never the value: it goes to logs and to people who
 * may not see the record.
 */
export interface MappingProblem {
  code:
    | 'mapping.value.absent'
    | 'mapping.value.empty'
    | 'mapping.value.unparsable'
    | 'mapping.expression.failed'
    | 'mapping.record.invalid'
  /** Source path, several joined by comma; the expression's text for an expression. */
  source: string
  /** Target path. */
  target: string
  /** Name of the conversion that failed, where one did. */
  conversion: string | null
  message: string
}

export function scopedText(from: ScopedPath): string {
  if (from.path.length === 0) return '$item'
  return formatPath(from.path)
}

/** What a field reads, for messages. */
export function sourceText(field: FieldNode): string {
  const { source } = field
  switch (source.kind) {
    case 'path':
      return scopedText(source.from)
    case 'paths':
      return source.from.map(scopedText).join(', ')
    case 'ref':
      return source.key.map(scopedText).join(', ')
    case 'expression':
      return source.expression.text
    case 'constant':
      return ''
  }
}

export function absentProblem(field: FieldNode): MappingProblem {
  const source = sourceText(field)
  return {
    code: 'mapping.value.absent',
    source,
    target: field.target,
    conversion: null,
    message: `${field.target} must have a value, but ${source} has none.`,
  }
}

export function emptyProblem(field: FieldNode): MappingProblem {
  const source = sourceText(field)
  return {
    code: 'mapping.value.empty',
    source,
    target: field.target,
    conversion: null,
    message: `${source}, for ${field.target}, is empty.`,
  }
}

/** `step` counts from 0; undefined: the value itself is at fault, before any conversion. */
export function unparsableProblem(field: FieldNode, step: number | undefined): MappingProblem {
  const source = sourceText(field)
  const conversion = step === undefined ? undefined : field.steps[step]
  if (field.source.kind === 'expression' && conversion === undefined) {
    return {
      code: 'mapping.expression.failed',
      source,
      target: field.target,
      conversion: null,
      message: `The expression of ${field.target} failed: a field it reads is missing, of another type, or too large.`,
    }
  }
  const fault = conversion?.expectation ?? 'is not a single value or holds what cannot be copied'
  return {
    code: 'mapping.value.unparsable',
    source,
    target: field.target,
    conversion: conversion?.name ?? null,
    message: `The value of ${source}, for ${field.target}, ${fault}.`,
  }
}

export const RECORD_PROBLEM: MappingProblem = {
  code: 'mapping.record.invalid',
  source: '',
  target: '',
  conversion: null,
  message: 'The record is not a JSON object.',
}
