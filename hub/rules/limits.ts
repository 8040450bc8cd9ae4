/** What a rule may be made of and may cost. Everything that comes from a document or an input has a limit here. */
export const LIMITS = {
  /** Of each text: the envelope, the graph, the cases. */
  textBytesMax: 1_048_576,
  depthMax: 32,
  nodesMax: 200,
  edgesMax: 1_000,
  columnsMax: 64,
  rowsMax: 5_000,
  /** In all tables of a document. */
  cellsMax: 100_000,
  expressionsMax: 200,
  problemsMax: 50,
  /** An input's depth, and its values counted one by one. */
  inputDepthMax: 32,
  inputValuesMax: 50_000,
  /** Values in a result. */
  resultValuesMax: 50_000,
  /** Rules that call rules that call rules. */
  callDepthMax: 8,
  /** Cells, expressions and nodes that one decision may look at, with all that it calls. */
  stepsMax: 1_000_000,
  loopItemsMax: 10_000,
  /** What the expressions of one decision may cost together, in units of about a nanosecond (contracts/expression/work.ts). */
  workMax: 200_000_000,
} as const
