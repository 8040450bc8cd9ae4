import type { CanonicalEntity } from '../../contracts/canonical.ts'
import type { Json } from '../../contracts/json.ts'
import type { Conversion, ScopedPath } from '../conversions/conversion.ts'
import type { MappingDefaults } from '../conversions/options.ts'
import type { Expression } from '../expression/expression.ts'
import type { Position } from './config-error.ts'
import type { Path } from './path.ts'

/** A mapping, read and checked: what parseMapping gives and compileMapping takes. */
export interface MappingDocument {
  fileName: string
  /** The source entity, `Contact`. */
  source: string
  target: CanonicalEntity
  /** Paths of the key's parts; empty where the mapping names none. */
  key: readonly Path[]
  sequence: Path | null
  deletedWhen: Expression | null
  defaults: MappingDefaults
  root: ObjectNode
}

/** The canonical document as the mapping builds it. */
export type TargetNode = ObjectNode | ListNode | FieldNode

export interface ObjectNode {
  kind: 'object'
  members: Map<string, TargetNode>
}

export interface ListNode {
  kind: 'list'
  /** Path of the list in the document, `emails`. */
  target: string
  items: ListItem[]
}

export interface ListItem {
  /** Path of the item for messages, `emails[0]`. */
  target: string
  /** A source list of which every item gives one item; null: the item is written once. */
  each: ScopedPath | null
  /** Members without which the item is left out; null: it's left out when none of its source values is there. */
  require: readonly string[] | null
  node: ObjectNode | FieldNode
}

export interface FieldNode {
  kind: 'field'
  /** `name.given`, `emails[0].address`. */
  target: string
  source: FieldSource
  steps: readonly Conversion[]
  absent: AbsentPolicy
  /** The value for `absent: default`. */
  default: Json | undefined
  empty: EmptyPolicy
  unparsable: UnparsablePolicy
  /** Keep white space at both ends of the text read. */
  keepSpaces: boolean
  /** Texts that mean that there is no value: `00000000`, `N/A`. */
  absentWhen: ReadonlySet<string> | null
  position: Position
}

export type FieldSource =
  | { kind: 'path'; from: ScopedPath }
  | { kind: 'paths'; from: readonly ScopedPath[] }
  | { kind: 'constant'; value: Json }
  | { kind: 'expression'; expression: Expression; scope: 'record' | 'item' }
  | { kind: 'ref'; entity: string; system: string | null; key: readonly ScopedPath[] }

export const ABSENT_POLICIES = ['omit', 'error', 'default'] as const
export const EMPTY_POLICIES = ['absent', 'keep', 'error'] as const
export const UNPARSABLE_POLICIES = ['error', 'omit', 'keep-raw-in-attributes'] as const
export type AbsentPolicy = (typeof ABSENT_POLICIES)[number]
export type EmptyPolicy = (typeof EMPTY_POLICIES)[number]
export type UnparsablePolicy = (typeof UNPARSABLE_POLICIES)[number]

export interface Policies {
  absent: AbsentPolicy
  empty: EmptyPolicy
  unparsable: UnparsablePolicy
}

export const DEFAULT_POLICIES: Policies = { absent: 'omit', empty: 'absent', unparsable: 'error' }

/** Members without which an item of a well-known list says nothing. */
export const ESSENTIAL_MEMBERS: Readonly<Record<string, readonly string[]>> = {
  emails: ['address'],
  phones: ['number'],
  identifiers: ['scheme', 'value'],
  consents: ['purpose', 'state'],
}

/** All fields of a node, in the order in which they are written. */
export function* fieldsOf(node: TargetNode): Generator<FieldNode> {
  if (node.kind === 'field') yield node
  else if (node.kind === 'object') for (const member of node.members.values()) yield* fieldsOf(member)
  else for (const item of node.items) yield* fieldsOf(item.node)
}
