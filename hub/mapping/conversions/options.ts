import type { Json } from '../../contracts/json.ts'
import type { Conversion, ScopedPath } from './conversion.ts'

/** What an option may hold. `conversions` is a list of conversions; `table` maps texts to scalars. */
export type OptionType = 'text' | 'texts' | 'integer' | 'boolean' | 'scalar' | 'path' | 'table' | 'conversions'

export interface OptionDefinition {
  type: OptionType
  /** For the documentation, the JSON Schema and editors. */
  description: string
  required?: boolean
  /** The words allowed, for text. */
  values?: readonly string[]
  minimum?: number
  maximum?: number
}

/** The checked options of one conversion. */
export interface Options {
  has(name: string): boolean
  text(name: string): string | undefined
  texts(name: string): readonly string[] | undefined
  integer(name: string): number | undefined
  flag(name: string): boolean
  scalar(name: string): Json | undefined
  path(name: string): ScopedPath | undefined
  table(name: string): ReadonlyMap<string, Json> | undefined
  conversions(name: string): readonly Conversion[] | undefined
}

/** The document's `defaults`. */
export interface MappingDefaults {
  region?: string
  country?: string
  timeZone?: string
  currency?: string
}

export interface BuildContext {
  defaults: MappingDefaults
}

/** Thrown by `build` when options that are right one by one don't go together; the reader adds the place. */
export class OptionProblem extends Error {
  readonly option: string | undefined
  readonly fix: string | undefined

  constructor(message: string, option?: string, fix?: string) {
    super(message)
    this.name = 'OptionProblem'
    this.option = option
    this.fix = fix
  }
}

/** A conversion as mappings name it. Reading, checking, the JSON Schema and the documentation all come from this. */
export interface ConversionDefinition {
  name: string
  /** One sentence. */
  summary: string
  /** As in a mapping: `date: { format: yyyyMMdd }`. */
  example: string
  options: Readonly<Record<string, OptionDefinition>>
  /** The option that `name: value` stands for, so that `join: ", "` needs no braces. */
  main?: string
  /** Whether `convert: name` without any option is meant. */
  bare: boolean
  build(options: Options, context: BuildContext): Conversion
}
