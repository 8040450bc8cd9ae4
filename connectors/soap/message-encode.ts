import { isJsonObject, type Json, type JsonObject } from '../../hub/contracts/json.ts'
import { rejectedError } from '../shared/errors.ts'
import { xmlAttribute, xmlText } from '../shared/xml.ts'
import { ATTRIBUTE_MARK, type ComplexType, type ElementSlot, memberNames, TEXT_MEMBER } from './wsdl-model.ts'
import { lexicalOf } from './xsd-values.ts'

/**
 * A value as an element, by what the WSDL says of it: members in its order, null as xsi:nil, a list as repeated elements.
 * Expects the prefix `xsi` to be declared around it. Throws `connector.rejected` with a pointer for what the WSDL does not
 * have; no value is told.
 * @param around the default namespace where the element will stand
 */
export function encodeElement(slot: ElementSlot, value: Json, where = '', around = ''): string {
  if (Array.isArray(value)) {
    if (!slot.many) throw rejectedError(`The WSDL has only one "${slot.name}", not a list.`, { where })
    return value.map((each, index) => encodeOne(slot, each, `${where}/${index}`, around)).join('')
  }
  return encodeOne(slot, value, where, around)
}

function encodeOne(slot: ElementSlot, value: Json, where: string, around: string): string {
  const start = `<${slot.name}${slot.namespace === around ? '' : ` xmlns="${xmlAttribute(slot.namespace)}"`}`
  if (value === null) {
    if (slot.nillable) return `${start} xsi:nil="true"/>`
    throw rejectedError(`The WSDL does not let "${slot.name}" be nil.`, { where })
  }
  const type = slot.type()
  if (type.kind === 'simple') return closed(start, slot.name, xmlText(lexicalOf(type, value, where)))
  if (!isJsonObject(value)) {
    if (type.open && type.elements.length === 0) return closed(start, slot.name, encodeUnknownText(value, where))
    if (type.text) return closed(start, slot.name, xmlText(lexicalOf(type.text, value, where)))
    throw rejectedError(`The WSDL has elements inside of "${slot.name}", not a value.`, { where })
  }
  return encodeComplex(start, slot, type, value, where)
}

function encodeComplex(start: string, slot: ElementSlot, type: ComplexType, value: JsonObject, where: string): string {
  const known = new Set(memberNames(type))
  const unknown = Object.keys(value).filter((name) => !known.has(name))
  const [wrong] = unknown
  if (wrong !== undefined && !type.open) {
    throw rejectedError(`The WSDL has no "${wrong}" in "${slot.name}".`, {
      where: `${where}/${pointerOf(wrong)}`,
      fix: `It has ${[...known].join(', ') || 'nothing in it'}.`,
    })
  }
  const attributes = type.attributes.map((attribute) => {
    const name = `${ATTRIBUTE_MARK}${attribute.name}`
    const given = Object.hasOwn(value, name) ? value[name] : undefined
    if (given === undefined || given === null) return ''
    const text = xmlAttribute(lexicalOf(attribute.type, given, `${where}/${pointerOf(name)}`))
    if (attribute.namespace === '') return ` ${attribute.name}="${text}"`
    return ` xmlns:a="${xmlAttribute(attribute.namespace)}" a:${attribute.name}="${text}"`
  })
  const inner = type.elements.map((each) => {
    const given = Object.hasOwn(value, each.name) ? value[each.name] : undefined
    return given === undefined ? '' : encodeElement(each, given, `${where}/${pointerOf(each.name)}`, slot.namespace)
  })
  const more = unknown.map((name) => encodeUnknown(name, value[name] ?? null, `${where}/${pointerOf(name)}`))
  const text = type.text && value[TEXT_MEMBER] !== undefined ? value[TEXT_MEMBER] : undefined
  const ownText = type.text && text !== undefined ? xmlText(lexicalOf(type.text, text, `${where}/${TEXT_MEMBER}`)) : ''
  return closed(start + attributes.join(''), slot.name, [ownText, ...inner, ...more].join(''))
}

/** For xs:any: elements in the namespace around them. */
function encodeUnknown(name: string, value: Json, where: string): string {
  if (!/^[\p{L}_][\p{L}\p{N}._-]*$/u.test(name)) {
    throw rejectedError('The name of a field can not be that of an XML element.', { where })
  }
  if (value === null) return `<${name} xsi:nil="true"/>`
  if (Array.isArray(value)) return value.map((each, index) => encodeUnknown(name, each, `${where}/${index}`)).join('')
  if (!isJsonObject(value)) return closed(`<${name}`, name, encodeUnknownText(value, where))
  const inner = Object.entries(value).map(([each, given]) => encodeUnknown(each, given, `${where}/${pointerOf(each)}`))
  return closed(`<${name}`, name, inner.join(''))
}

function encodeUnknownText(value: Json, where: string): string {
  if (typeof value === 'object')
    throw rejectedError('The WSDL does not say how a list or object is written here.', { where })
  return xmlText(String(value))
}

function closed(start: string, name: string, content: string): string {
  return content === '' ? `${start}/>` : `${start}>${content}</${name}>`
}

function pointerOf(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1')
}
