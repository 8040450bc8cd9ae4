import { request } from 'node:http'
import { xmlText } from '../../../connectors/shared/xml.ts'

/** Fields as text or numbers, segments as lists. */
export interface Segment {
  [name: string]: string | number | Segment[]
}

export interface IdocContent {
  messageType: string
  /** Basic type, after which the document is named. */
  idocType: string
  segments: Record<string, Segment[]>
  /** When it was made; the sender's own clock where absent, ms. */
  madeAt?: number
}

export interface IdocSenderOptions {
  /** Where the hub takes them. */
  url: string
  user: string
  password: string
  /** SNDPRN and SNDPOR. */
  partner: string
  port: string
  client?: string
  firstNumber?: number
  now?: () => number
}

export interface SentIdocs {
  status: number
  body: string
}

/**
 * Sends IDocs as SAP's "XML HTTP" port does: a number for each, a document for each packet, again after anything but a 2xx.
 * On request it repeats packets and sends them in another order, as tRFC queues do.
 */
export class IdocSender {
  readonly #options: IdocSenderOptions
  #number: number
  /** Documents that wait to be sent. */
  readonly #queue: string[] = []
  /** Sends each packet so many times. */
  repeats = 1
  /** Sends waiting packets from the last to the first. */
  reversed = false

  constructor(options: IdocSenderOptions) {
    this.#options = options
    this.#number = options.firstNumber ?? 1
  }

  /** One packet of IDocs of one basic type. */
  queue(...idocs: readonly IdocContent[]): string {
    const document = this.document(idocs)
    this.#queue.push(document)
    return document
  }

  /** The XML of a packet, with fresh numbers. */
  document(idocs: readonly IdocContent[]): string {
    const [first] = idocs
    if (!first) throw new RangeError('A packet needs an IDoc.')
    const parts = idocs.map((idoc) => this.#idoc(idoc))
    return `<?xml version="1.0" encoding="UTF-8"?><${first.idocType}>${parts.join('')}</${first.idocType}>`
  }

  /** Sends what waits; what is not answered with 2xx goes on waiting. Answers of each sending, in order. */
  async flush(): Promise<SentIdocs[]> {
    const packets = this.#queue.splice(0)
    const ordered = (this.reversed ? packets.toReversed() : packets).flatMap((packet) =>
      Array.from({ length: this.repeats }, () => packet),
    )
    const answers: SentIdocs[] = []
    const waiting = new Set(packets)
    try {
      for (const packet of ordered) {
        const answer = await this.post(packet)
        answers.push(answer)
        if (answer.status >= 200 && answer.status < 300) waiting.delete(packet)
        else waiting.add(packet)
      }
    } finally {
      // Also what could not be sent because nobody listens.
      this.#queue.unshift(...waiting)
    }
    return answers
  }

  get waiting(): number {
    return this.#queue.length
  }

  post(document: string | Buffer): Promise<SentIdocs> {
    const { url, user, password } = this.#options
    return new Promise((resolve, reject) => {
      const outgoing = request(
        url,
        {
          method: 'POST',
          headers: {
            authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
            'content-type': 'text/xml; charset=utf-8',
            'content-length': Buffer.byteLength(document),
          },
        },
        (incoming) => {
          const chunks: Buffer[] = []
          incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
          incoming.on('end', () =>
            resolve({ status: incoming.statusCode ?? 0, body: Buffer.concat(chunks).toString() }),
          )
          incoming.on('error', reject)
        },
      )
      outgoing.on('error', reject)
      outgoing.end(document)
    })
  }

  #idoc({ messageType, idocType, segments, madeAt }: IdocContent): string {
    const { partner, port, client = '100', now = Date.now } = this.#options
    const at = new Date(madeAt ?? now()).toISOString().replaceAll(/[-:T]/g, '')
    const control = {
      TABNAM: 'EDI_DC40',
      MANDT: client,
      DOCNUM: String(this.#number++).padStart(16, '0'),
      DOCREL: '756',
      STATUS: '30',
      DIRECT: '1',
      OUTMOD: '2',
      IDOCTYP: idocType,
      MESTYP: messageType,
      SNDPOR: port,
      SNDPRT: 'LS',
      SNDPRN: partner,
      RCVPOR: 'OMNIHUB',
      RCVPRT: 'LS',
      RCVPRN: 'OMNIHUB',
      CREDAT: at.slice(0, 8),
      CRETIM: at.slice(8, 14),
    }
    const fields = Object.entries(control).map(([name, value]) => `<${name}>${xmlText(value)}</${name}>`)
    return `<IDOC BEGIN="1"><EDI_DC40 SEGMENT="1">${fields.join('')}</EDI_DC40>${segmentsText(segments)}</IDOC>`
  }
}

function segmentsText(segments: Record<string, Segment[]>): string {
  return Object.entries(segments)
    .flatMap(([name, list]) => list.map((segment) => `<${name} SEGMENT="1">${membersText(segment)}</${name}>`))
    .join('')
}

function membersText(segment: Segment): string {
  return Object.entries(segment)
    .map(([name, value]) =>
      Array.isArray(value) ? segmentsText({ [name]: value }) : `<${name}>${xmlText(String(value))}</${name}>`,
    )
    .join('')
}
