import { parseXml, textOf, child, children } from '../../../connectors/shared/xml.ts'
import type { Answer } from './exchange.ts'
import { SapRefusal } from './refusal.ts'

/** An IDoc that SAP has taken from outside. */
export interface TakenIdoc {
  docnum: string
  /** SNDPRN */
  sender: string
  messageType: string
  xml: string
  /** How often it came: SAP itself takes each time anew. */
  times: number
}

/** The IDoc port: stores what it gets and answers 200, which says nothing about whether it can be processed. */
export function takeIdocs(method: string, headers: Record<string, string>, body: string, taken: TakenIdoc[]): Answer {
  if (method !== 'POST') throw new SapRefusal(405, 'EA/000', 'IDocs must be posted')
  if (!/xml/.test(headers['content-type'] ?? '')) throw new SapRefusal(415, 'EA/001', 'IDocs must be XML')
  for (const idoc of idocsIn(body)) {
    const known = taken.find(({ docnum, sender }) => docnum === idoc.docnum && sender === idoc.sender)
    if (known) known.times += 1
    else taken.push({ ...idoc, xml: body, times: 1 })
  }
  return { status: 200, headers: { 'content-type': 'text/plain' }, body: '' }
}

function idocsIn(body: string): Omit<TakenIdoc, 'xml' | 'times'>[] {
  try {
    const root = parseXml(body)
    return children(root, 'IDOC').map((idoc) => {
      const control = child(idoc, 'EDI_DC40')
      const field = (name: string): string => (control && textOf(control, name)) ?? ''
      for (const name of ['IDOCTYP', 'MESTYP', 'SNDPOR', 'SNDPRT', 'SNDPRN', 'RCVPOR', 'RCVPRT', 'RCVPRN']) {
        if (field(name) === '') throw new SapRefusal(400, 'E0/335', `Control record: ${name} is missing`)
      }
      if (field('IDOCTYP') !== root.name)
        throw new SapRefusal(400, 'EA/447', 'The root is not named after the basic type')
      return { docnum: field('DOCNUM'), sender: field('SNDPRN'), messageType: field('MESTYP') }
    })
  } catch (error) {
    if (error instanceof SapRefusal) throw error
    throw new SapRefusal(400, 'EA/002', 'The document can not be read')
  }
}
