import type { ZenExpression } from '../../contracts/expression/zen-expression.ts'

/** The graph of a rule, checked and ready to run. */
export interface RuleGraph {
  nodes: readonly GraphNode[]
  edges: readonly GraphEdge[]
}

/** Nodes are named by their place in `nodes`. */
export interface GraphEdge {
  from: number
  to: number
  /** The statement of a switch that this edge belongs to. */
  handle: string | undefined
}

interface NodeBase {
  id: string
  name: string
  /** JSON pointer into the document. */
  pointer: string
}

export type GraphNode = InputNode | OutputNode | TableNode | ExpressionsNode | SwitchNode | CallNode

export interface InputNode extends NodeBase {
  kind: 'input'
}

export interface OutputNode extends NodeBase {
  kind: 'output'
}

/** What tables, expressions and calls of rules can do to their input and output. */
export interface Transform {
  /** Gives the node's input, instead of all that comes in. */
  inputField: ZenExpression | undefined
  /** Where the node's output goes. */
  outputPath: readonly string[] | undefined
  /** Once for each item of a list. */
  loop: boolean
  /** The output keeps the input. */
  passThrough: boolean
}

export interface TableNode extends NodeBase {
  kind: 'table'
  hitPolicy: 'first' | 'collect'
  columns: readonly Column[]
  rows: readonly Row[]
  outputs: readonly (readonly string[])[]
  transform: Transform
}

export interface Column {
  name: string
  /** Gives the value under test; undefined: cells are conditions in themselves. */
  field: ZenExpression | undefined
}

export interface Row {
  id: string
  /** What the editor calls description. */
  title: string | undefined
  /** From 1. */
  number: number
  tests: readonly Test[]
  results: readonly { path: readonly string[]; value: ZenExpression }[]
}

export interface Test {
  column: number
  expression: ZenExpression
}

export interface ExpressionsNode extends NodeBase {
  kind: 'expressions'
  expressions: readonly { path: readonly string[]; value: ZenExpression }[]
  transform: Transform
}

export interface SwitchNode extends NodeBase {
  kind: 'switch'
  hitPolicy: 'first' | 'collect'
  /** Without a condition: always. */
  statements: readonly { id: string; condition: ZenExpression | undefined }[]
}

export interface CallNode extends NodeBase {
  kind: 'call'
  rule: string
  transform: Transform
}
