import { schemaError } from '../../shared/errors.ts'
import { attributeOf, child, children, parseXml, type XmlElement } from '../../shared/xml.ts'

export type ODataVersion = '2' | '4'

/** What a service says of itself in `$metadata`. */
export interface ServiceModel {
  version: ODataVersion
  /** Entity set -> its type. */
  sets: ReadonlyMap<string, EntityType>
  /** Complex type by qualified name -> its properties. */
  complexTypes: ReadonlyMap<string, readonly Property[]>
}

export interface EntityType {
  name: string
  keyFields: readonly string[]
  properties: ReadonlyMap<string, Property>
  navigations: ReadonlyMap<string, Navigation>
}

export interface Property {
  name: string
  /** `Edm.String`, a complex type's qualified name, ...; without `Collection()`. */
  type: string
  many: boolean
  nullable: boolean
  /** V2 only: an Edm.DateTime that holds a day (`sap:display-format="Date"`). */
  isDay: boolean
  /** Characters of a text, where the metadata say so. */
  maxLength?: number
}

export interface Navigation {
  /** Looked up late, because types point at each other in circles. */
  target(): EntityType | undefined
  many: boolean
}

const SAP = 'http://www.sap.com/Protocols/SAPData'

/** Reads an EDMX document of OData V2 or V4. Throws `connector.rejected` for bad XML, `connector.schema` for what is no EDMX. */
export function parseMetadata(text: string | Buffer): ServiceModel {
  const root = parseXml(text)
  const schemas = children(child(root, 'DataServices') ?? root, 'Schema')
  if (root.name !== 'Edmx' || schemas.length === 0)
    throw schemaError('The metadata of the service is no EDMX document.')
  const version: ODataVersion = attributeOf(root, 'Version')?.startsWith('4') === true ? '4' : '2'
  return new ModelReader(schemas, version).read()
}

class ModelReader {
  readonly #schemas: readonly XmlElement[]
  readonly #version: ODataVersion
  readonly #elements = new Map<string, XmlElement>()
  readonly #aliases = new Map<string, string>()
  readonly #types = new Map<string, EntityType>()

  constructor(schemas: readonly XmlElement[], version: ODataVersion) {
    this.#schemas = schemas
    this.#version = version
  }

  read(): ServiceModel {
    for (const schema of this.#schemas) this.#index(schema)
    for (const [name, element] of this.#elements) {
      if (element.name === 'EntityType') this.#types.set(name, this.#entityType(name, element))
    }
    const complexTypes = new Map<string, readonly Property[]>()
    for (const [name, element] of this.#elements) {
      if (element.name === 'ComplexType') complexTypes.set(name, this.#properties(element))
    }
    const sets = new Map<string, EntityType>()
    const containers = this.#schemas.flatMap((schema) => children(schema, 'EntityContainer'))
    for (const set of containers.flatMap((container) => children(container, 'EntitySet'))) {
      const type = this.#types.get(this.#qualified(attributeOf(set, 'EntityType') ?? ''))
      if (type) sets.set(attributeOf(set, 'Name') ?? '', type)
    }
    return { version: this.#version, sets, complexTypes }
  }

  #index(schema: XmlElement): void {
    const namespace = attributeOf(schema, 'Namespace') ?? ''
    const alias = attributeOf(schema, 'Alias')
    if (alias !== undefined) this.#aliases.set(alias, namespace)
    for (const element of schema.children) {
      const name = attributeOf(element, 'Name')
      if (name !== undefined) this.#elements.set(`${namespace}.${name}`, element)
    }
  }

  /** The full name of a type that may be written with an alias. */
  #qualified(name: string): string {
    const dot = name.lastIndexOf('.')
    const namespace = this.#aliases.get(name.slice(0, Math.max(0, dot)))
    return namespace === undefined ? name : `${namespace}${name.slice(dot)}`
  }

  #entityType(name: string, element: XmlElement, depth = 0): EntityType {
    const baseName = attributeOf(element, 'BaseType')
    const baseElement = baseName === undefined ? undefined : this.#elements.get(this.#qualified(baseName))
    const base = baseElement && depth < 20 ? this.#entityType(name, baseElement, depth + 1) : undefined
    const keys = child(element, 'Key')
    return {
      name,
      keyFields: keys
        ? children(keys, 'PropertyRef').map((key) => attributeOf(key, 'Name') ?? '')
        : (base?.keyFields ?? []),
      properties: new Map([
        ...(base?.properties ?? []),
        ...this.#properties(element).map((each): [string, Property] => [each.name, each]),
      ]),
      navigations: new Map([
        ...(base?.navigations ?? []),
        ...children(element, 'NavigationProperty').map((each): [string, Navigation] => [
          attributeOf(each, 'Name') ?? '',
          this.#navigation(each),
        ]),
      ]),
    }
  }

  #properties(element: XmlElement): Property[] {
    return children(element, 'Property').map((each) => {
      const written = attributeOf(each, 'Type') ?? 'Edm.String'
      const inner = /^Collection\((.*)\)$/.exec(written)?.[1]
      const maxLength = Number(attributeOf(each, 'MaxLength') ?? Number.NaN)
      return {
        name: attributeOf(each, 'Name') ?? '',
        type: this.#plainType(this.#qualified(inner ?? written)),
        many: inner !== undefined,
        nullable: attributeOf(each, 'Nullable') !== 'false',
        isDay: attributeOf(each, 'display-format', SAP) === 'Date',
        ...(Number.isInteger(maxLength) ? { maxLength } : {}),
      }
    })
  }

  /** Type definitions and enumerations as what they stand for. */
  #plainType(name: string): string {
    const element = this.#elements.get(name)
    if (element?.name === 'TypeDefinition') return attributeOf(element, 'UnderlyingType') ?? 'Edm.String'
    return element?.name === 'EnumType' ? 'Edm.String' : name
  }

  #navigation(element: XmlElement): Navigation {
    const written = attributeOf(element, 'Type')
    if (written !== undefined) {
      const inner = /^Collection\((.*)\)$/.exec(written)?.[1]
      const name = this.#qualified(inner ?? written)
      return { many: inner !== undefined, target: () => this.#types.get(name) }
    }
    const association = this.#elements.get(this.#qualified(attributeOf(element, 'Relationship') ?? ''))
    const role = attributeOf(element, 'ToRole')
    const end = association && children(association, 'End').find((each) => attributeOf(each, 'Role') === role)
    const name = this.#qualified((end && attributeOf(end, 'Type')) ?? '')
    return { many: (end && attributeOf(end, 'Multiplicity')) === '*', target: () => this.#types.get(name) }
  }
}
