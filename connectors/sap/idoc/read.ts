import type { JsonObject } from '../../../hub/contracts/json.ts'
import { rejectedError } from '../../shared/errors.ts'
import { attributeOf, children, type XmlElement } from '../../shared/xml.ts'

/** One IDoc: its control record, and its segments as data. */
export interface Idoc {
  control: Readonly<Record<string, string>>
  /**
   * Each field as text, as it came; each segment as a list under its name, also where there is but one, with its fields
   * and the segments inside it. Segments of one name keep their order. The control record stands under EDI_DC40.
   */
  data: JsonObject
}

/**
 * The IDocs of a document, in their order. The root is named after the basic type and holds one IDOC element for each.
 * Throws `connector.rejected` that names the place; nothing of the content is told.
 */
export function readIdocs(root: XmlElement): Idoc[] {
  const elements = children(root, 'IDOC')
  if (elements.length === 0 || elements.length !== root.children.length) {
    throw rejectedError('The document is no IDoc file: its root must hold IDOC elements and nothing else.', {
      where: '/',
    })
  }
  return elements.map((element, at) => readIdoc(element, root.name, `/IDOC/${at}`))
}

function readIdoc(element: XmlElement, rootName: string, where: string): Idoc {
  const [control, ...others] = children(element, 'EDI_DC40')
  if (!control || others.length > 0 || element.children[0] !== control) {
    throw rejectedError('An IDoc must begin with one control record EDI_DC40.', { where })
  }
  const fields = controlFields(control, where)
  checkControl(fields, rootName, where)
  const data: JsonObject = { EDI_DC40: { ...fields } }
  for (const segment of element.children.slice(1)) addSegment(data, segment, where)
  return { control: fields, data }
}

function controlFields(control: XmlElement, where: string): Record<string, string> {
  const fields: Record<string, string> = {}
  for (const field of control.children) {
    if (field.children.length > 0 || Object.hasOwn(fields, field.name)) {
      throw rejectedError('The control record of an IDoc has a field twice, or one with segments in it.', { where })
    }
    fields[field.name] = field.text.trim()
  }
  return fields
}

function checkControl(fields: Readonly<Record<string, string>>, rootName: string, where: string): void {
  const bad = (name: string, what: string): never => {
    throw rejectedError(`The field ${name} of an IDoc's control record ${what}.`, {
      where: `${where}/EDI_DC40/${name}`,
    })
  }
  if ((fields.TABNAM ?? 'EDI_DC40') !== 'EDI_DC40') bad('TABNAM', 'is not EDI_DC40')
  if (!/^\d{1,16}$/.test(fields.DOCNUM ?? '')) bad('DOCNUM', 'is no number of at most 16 digits')
  if (!/^[A-Z0-9_/]{1,30}$/.test(fields.MESTYP ?? '')) bad('MESTYP', 'is no message type')
  if (!fields.SNDPRN) bad('SNDPRN', 'is empty: without its sender a number names no IDoc')
  // An extension (CIMTYP) may stand in place of the basic type.
  const types = [fields.IDOCTYP, fields.CIMTYP].filter((type) => type !== undefined && type !== '')
  if (types.length > 0 && !types.includes(rootName)) bad('IDOCTYP', 'is not what the document is named after')
}

function addSegment(data: JsonObject, element: XmlElement, where: string): void {
  if (!isSegment(element)) {
    throw rejectedError('An IDoc holds something that is no segment.', { where })
  }
  const segment: JsonObject = {}
  for (const member of element.children) {
    if (isSegment(member)) addSegment(segment, member, `${where}/${element.name}`)
    else if (Object.hasOwn(segment, member.name)) {
      throw rejectedError('A segment of an IDoc has a field twice.', { where: `${where}/${element.name}` })
    } else define(segment, member.name, member.text)
  }
  const list = Object.hasOwn(data, element.name) ? data[element.name] : []
  if (!Array.isArray(list)) throw rejectedError('A name of an IDoc stands for a field and for a segment.', { where })
  list.push(segment)
  define(data, element.name, list)
}

/** SAP marks segments; what has children is one in any case, since fields hold text alone. */
function isSegment(element: XmlElement): boolean {
  return attributeOf(element, 'SEGMENT') !== undefined || element.children.length > 0
}

function define(data: JsonObject, name: string, value: JsonObject[string]): void {
  Object.defineProperty(data, name, { value, enumerable: true, writable: true, configurable: true })
}
