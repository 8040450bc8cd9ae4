import { attributeOf, resolveQName, type XmlElement } from '../shared/xml.ts'
import { schemaError } from '../shared/errors.ts'
import {
  ANY_TYPE,
  type AttributeSlot,
  type ComplexType,
  type ElementSlot,
  type SimpleType,
  simpleType,
  type XsdType,
} from './wsdl-model.ts'

export const XSD = 'http://www.w3.org/2001/XMLSchema'

interface Located {
  node: XmlElement
  schema: XmlElement
}

type Kind = 'element' | 'type' | 'group' | 'attribute' | 'attributeGroup'

/** Types inside types while one is being resolved: more are no schema that anybody wrote. */
const NESTING_MAX = 60

/**
 * The schemas of a WSDL, any number for a namespace, resolved when asked for. Reads what describes messages: elements,
 * complex and simple types, extension, restriction, groups, references, attributes, any. Facets are the system's to check.
 */
export class XsdReader {
  private readonly named = new Map<string, Located>()
  private readonly resolved = new Map<XmlElement, XsdType>()
  private depth = 0

  /** @param namespace that an included schema without one takes on */
  add(schema: XmlElement, namespace = attributeOf(schema, 'targetNamespace') ?? ''): void {
    for (const node of schema.children) {
      const name = attributeOf(node, 'name')
      const kind = kindOf(node)
      if (name === undefined || kind === undefined) continue
      const key = keyOf(kind, namespace, name)
      if (!this.named.has(key)) this.named.set(key, { node, schema: asSchemaOf(schema, namespace) })
    }
  }

  /** A global element. Throws `connector.schema` where there is none. */
  element(namespace: string, name: string): ElementSlot {
    const located = this.find('element', namespace, name)
    return this.slotOf(located.node, located.schema, namespace)
  }

  type(namespace: string, name: string): XsdType {
    if (namespace === XSD) return name === 'anyType' ? ANY_TYPE : simpleType(name)
    // The types of SOAP encoding mirror those of XSD.
    if (namespace === 'http://schemas.xmlsoap.org/soap/encoding/') return simpleType(name)
    const { node, schema } = this.find('type', namespace, name)
    return this.typeOf(node, schema)
  }

  /** Named types by `{namespace}name`. */
  namedTypes(): Map<string, () => XsdType> {
    const types = new Map<string, () => XsdType>()
    for (const [key, { node, schema }] of this.named) {
      if (key.startsWith('type ')) types.set(key.slice('type '.length), () => this.typeOf(node, schema))
    }
    return types
  }

  private find(kind: Kind, namespace: string, name: string): Located {
    const located = this.named.get(keyOf(kind, namespace, name))
    if (located) return located
    throw schemaError(`The WSDL names the ${kind} "${name}" of the namespace "${namespace}", but has none.`, {
      fix: 'Give the address of the WSDL with all that it imports.',
    })
  }

  private reference(
    kind: Kind,
    node: XmlElement,
    attribute: string,
    schema: XmlElement,
  ): { namespace: string; name: string } {
    const text = attributeOf(node, attribute) ?? ''
    const found = resolveQName(node, text)
    // In a schema that has taken on the namespace of the one that includes it, bare names mean that namespace too.
    const isBare = found?.namespace === '' && !this.named.has(keyOf(kind, '', found.name))
    if (found) return isBare ? { ...found, namespace: attributeOf(schema, 'targetNamespace') ?? '' } : found
    throw schemaError(`The WSDL names the ${kind} "${text}" with a prefix that it does not declare.`)
  }

  private slotOf(node: XmlElement, schema: XmlElement, namespace: string): ElementSlot {
    const many = Number(attributeOf(node, 'maxOccurs')?.replace('unbounded', 'Infinity') ?? 1) > 1
    const optional = attributeOf(node, 'minOccurs') === '0'
    if (attributeOf(node, 'ref') !== undefined) {
      const { namespace: other, name } = this.reference('element', node, 'ref', schema)
      return { ...this.element(other, name), many, optional }
    }
    return {
      name: attributeOf(node, 'name') ?? '',
      namespace,
      many,
      optional,
      nillable: isTrue(attributeOf(node, 'nillable')),
      type: () => this.elementType(node, schema),
    }
  }

  private elementType(node: XmlElement, schema: XmlElement): XsdType {
    if (attributeOf(node, 'type') !== undefined) {
      const { namespace, name } = this.reference('type', node, 'type', schema)
      return this.type(namespace, name)
    }
    const own = node.children.find((each) => kindOf(each) === 'type')
    return own ? this.typeOf(own, schema) : ANY_TYPE
  }

  private typeOf(node: XmlElement, schema: XmlElement): XsdType {
    const known = this.resolved.get(node)
    if (known) return known
    this.depth += 1
    try {
      if (this.depth > NESTING_MAX) throw schemaError('The WSDL has types that are made of each other without an end.')
      const type = node.name === 'simpleType' ? this.simple(node, schema) : this.complex(node, schema)
      this.resolved.set(node, type)
      return type
    } finally {
      this.depth -= 1
    }
  }

  private simple(node: XmlElement, schema: XmlElement): SimpleType {
    const restriction = node.children.find((each) => each.name === 'restriction')
    if (restriction === undefined)
      return simpleType(node.children.some((each) => each.name === 'list') ? 'list' : 'union')
    const values = restriction.children
      .filter((each) => each.name === 'enumeration')
      .map((each) => attributeOf(each, 'value') ?? '')
    const base = this.baseOf(restriction, schema)
    const simple = base.kind === 'simple' ? base : (base.text ?? simpleType('string'))
    return simpleType(simple.base, values.length > 0 ? values : simple.values)
  }

  private baseOf(derivation: XmlElement, schema: XmlElement): XsdType {
    if (attributeOf(derivation, 'base') === undefined) {
      const own = derivation.children.find((each) => kindOf(each) === 'type')
      return own ? this.typeOf(own, schema) : simpleType('string')
    }
    const { namespace, name } = this.reference('type', derivation, 'base', schema)
    return this.type(namespace, name)
  }

  private complex(node: XmlElement, schema: XmlElement): ComplexType {
    const content = node.children.find((each) => each.name === 'simpleContent' || each.name === 'complexContent')
    const derivation = content?.children.find((each) => each.name === 'extension' || each.name === 'restriction')
    if (!content || !derivation) return { ...this.content(node, schema), text: undefined }
    const base = this.baseOf(derivation, schema)
    const own = this.content(derivation, schema)
    if (base.kind === 'simple') return { ...own, text: base }
    const attributes = [...own.attributes, ...base.attributes.filter((each) => !hasName(own.attributes, each.name))]
    if (content.name === 'simpleContent') return { ...own, attributes, text: base.text ?? simpleType('string') }
    // A restriction says all elements again; an extension only what it adds.
    const isExtension = derivation.name === 'extension'
    const elements = isExtension ? [...base.elements, ...own.elements] : own.elements
    return { kind: 'complex', elements, attributes, text: base.text, open: own.open || (isExtension && base.open) }
  }

  /** What stands in the content model of `node`, flat: the order of a choice's branches is as good as any. */
  private content(node: XmlElement, schema: XmlElement): Omit<ComplexType, 'text'> {
    const elements: ElementSlot[] = []
    const attributes: AttributeSlot[] = []
    const open = this.collect(node, schema, { many: false, optional: false }, elements, attributes)
    return { kind: 'complex', elements, attributes, open }
  }

  private collect(
    node: XmlElement,
    schema: XmlElement,
    around: { many: boolean; optional: boolean },
    elements: ElementSlot[],
    attributes: AttributeSlot[],
  ): boolean {
    let open = isTrue(attributeOf(node, 'mixed'))
    for (const each of node.children) {
      if (each.namespace !== XSD) continue
      if (each.name === 'any') open = true
      else if (each.name === 'element') addSlot(elements, this.localSlot(each, schema), around)
      else if (each.name === 'attribute') this.addAttribute(each, schema, attributes)
      else if (['sequence', 'all', 'choice', 'group', 'attributeGroup'].includes(each.name)) {
        const inner = this.followed(each, schema)
        const within = {
          many: around.many || (attributeOf(each, 'maxOccurs') ?? '1') !== '1',
          optional: around.optional || each.name === 'choice' || attributeOf(each, 'minOccurs') === '0',
        }
        this.depth += 1
        if (this.depth > NESTING_MAX)
          throw schemaError('The WSDL has groups that are made of each other without an end.')
        open = this.collect(inner.node, inner.schema, within, elements, attributes) || open
        this.depth -= 1
      }
    }
    return open
  }

  private followed(node: XmlElement, schema: XmlElement): Located {
    if (attributeOf(node, 'ref') === undefined) return { node, schema }
    const kind = node.name === 'group' ? 'group' : 'attributeGroup'
    const { namespace, name } = this.reference(kind, node, 'ref', schema)
    return this.find(kind, namespace, name)
  }

  private localSlot(node: XmlElement, schema: XmlElement): ElementSlot {
    const form = attributeOf(node, 'form') ?? attributeOf(schema, 'elementFormDefault') ?? 'unqualified'
    return this.slotOf(node, schema, form === 'qualified' ? (attributeOf(schema, 'targetNamespace') ?? '') : '')
  }

  private addAttribute(node: XmlElement, schema: XmlElement, attributes: AttributeSlot[]): void {
    const required = attributeOf(node, 'use') === 'required'
    if (attributeOf(node, 'use') === 'prohibited') return
    if (attributeOf(node, 'ref') === undefined) {
      const type = this.elementType(node, schema)
      const form = attributeOf(node, 'form') ?? attributeOf(schema, 'attributeFormDefault') ?? 'unqualified'
      const namespace = form === 'qualified' ? (attributeOf(schema, 'targetNamespace') ?? '') : ''
      const simple = type.kind === 'simple' ? type : simpleType('string')
      attributes.push({ name: attributeOf(node, 'name') ?? '', namespace, required, type: simple })
      return
    }
    const { namespace, name } = this.reference('attribute', node, 'ref', schema)
    attributes.push({ name, namespace, required, type: simpleType('string') })
  }
}

function addSlot(elements: ElementSlot[], slot: ElementSlot, around: { many: boolean; optional: boolean }): void {
  const before = elements.findIndex((each) => each.name === slot.name && each.namespace === slot.namespace)
  const next = { ...slot, many: slot.many || around.many, optional: slot.optional || around.optional }
  // The same name twice (in two branches of a choice, or twice in a sequence): it may come more than once.
  if (before >= 0) elements[before] = { ...next, many: around.optional ? next.many : true }
  else elements.push(next)
}

function hasName(attributes: readonly AttributeSlot[], name: string): boolean {
  return attributes.some((each) => each.name === name)
}

function isTrue(text: string | undefined): boolean {
  return text === 'true' || text === '1'
}

function kindOf(node: XmlElement): Kind | undefined {
  if (node.namespace !== XSD) return undefined
  if (node.name === 'complexType' || node.name === 'simpleType') return 'type'
  const kinds: readonly string[] = ['element', 'group', 'attribute', 'attributeGroup']
  return kinds.includes(node.name) ? (node.name as Kind) : undefined
}

function keyOf(kind: Kind, namespace: string, name: string): string {
  return `${kind} {${namespace}}${name}`
}

/** A schema without a namespace of its own takes that of the schema that includes it. */
function asSchemaOf(schema: XmlElement, namespace: string): XmlElement {
  if ((attributeOf(schema, 'targetNamespace') ?? '') === namespace) return schema
  return { ...schema, attributes: { ...schema.attributes, targetNamespace: namespace } }
}
