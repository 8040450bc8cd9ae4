/** The mapping engine: documents that turn a system's records into canonical ones, and back. Pure: no I/O, no clock. */
export { parseMapping, parseMappingOrThrow } from './parse-mapping.ts'
export type { ParseResult } from './parse-mapping.ts'
export { compileMapping } from './compile-mapping.ts'
export type { CompiledMapping, MappingResult, RecordSequence } from './compile-mapping.ts'
export type { MappingDocument } from './document/document.ts'
export type { MappingProblem } from './engine/problem.ts'
export type { InverseResult, NotInverted } from './engine/inverse.ts'
export { irreversibleTargets } from './engine/inverse.ts'
