import { readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { HubError } from '../../hub/contracts/hub-error.ts'
import { settingsError } from '../shared/errors.ts'
import { statusError, type HttpResponse } from '../shared/http.ts'
import { attributeOf, children, parseXml, type XmlElement } from '../shared/xml.ts'
import { schemasOf, WSDL, type WsdlDocuments } from './wsdl-reader.ts'
import { XSD } from './xsd-reader.ts'

const DOCUMENTS_MAX = 200
const WHERE = '/settings/wsdl'

/** Fetches a document by its address; the caller decides what headers go where. */
export type Fetch = (url: string) => Promise<HttpResponse>

/**
 * Reads a WSDL with all that it imports and includes. A WSDL from a URL can draw in other URLs only, never a file of this
 * machine; one from a file may name both.
 * @param wsdl URL, or path of a file
 * Throws `connector.settings` for what is no WSDL, and what `fetch` throws.
 */
export async function loadWsdl(wsdl: string, fetch: Fetch, now: () => number): Promise<WsdlDocuments> {
  const loader = new WsdlLoader(fetch, now)
  await loader.addDefinitions(isUrl(wsdl) ? wsdl : resolve(wsdl))
  return loader
}

class WsdlLoader implements WsdlDocuments {
  readonly definitions: XmlElement[] = []
  readonly schemas: { schema: XmlElement; namespace: string }[] = []
  private readonly seen = new Set<string>()
  private readonly fetch: Fetch
  private readonly now: () => number

  constructor(fetch: Fetch, now: () => number) {
    this.fetch = fetch
    this.now = now
  }

  async addDefinitions(address: string): Promise<void> {
    const document = await this.document(address)
    if (document === undefined) return
    if (document.name === 'schema' && document.namespace === XSD && this.definitions.length > 0) {
      // Some WSDLs import their schemas by wsdl:import.
      return this.addSchema(document, address, attributeOf(document, 'targetNamespace') ?? '')
    }
    if (document.name !== 'definitions' || document.namespace !== WSDL) {
      throw settingsError('The document is no WSDL 1.1: its root is not wsdl:definitions.', {
        where: WHERE,
        fix: 'Give the address of the WSDL itself; often it is that of the service with ?wsdl at its end.',
      })
    }
    this.definitions.push(document)
    for (const schema of schemasOf(document)) {
      await this.addSchema(schema, address, attributeOf(schema, 'targetNamespace') ?? '')
    }
    for (const each of children(document, 'import', WSDL)) {
      const location = attributeOf(each, 'location')
      if (location !== undefined) await this.addDefinitions(addressOf(location, address))
    }
  }

  private async addSchema(schema: XmlElement, address: string, namespace: string): Promise<void> {
    this.schemas.push({ schema, namespace })
    for (const each of schema.children) {
      const location = attributeOf(each, 'schemaLocation')
      if (each.namespace !== XSD || location === undefined) continue
      const isImport = each.name === 'import'
      if (!isImport && each.name !== 'include' && each.name !== 'redefine') continue
      const target = addressOf(location, address)
      const document = await this.document(target)
      if (document === undefined) continue
      await this.addSchema(document, target, attributeOf(document, 'targetNamespace') ?? (isImport ? '' : namespace))
    }
  }

  /** Undefined for one that was read already. */
  private async document(address: string): Promise<XmlElement | undefined> {
    if (this.seen.has(address)) return undefined
    this.seen.add(address)
    if (this.seen.size > DOCUMENTS_MAX) {
      throw settingsError(`The WSDL draws in more than ${DOCUMENTS_MAX} documents.`, { where: WHERE })
    }
    const bytes = isUrl(address) ? await this.fromUrl(address) : await fromFile(address)
    try {
      return parseXml(bytes)
    } catch (error) {
      if (!(error instanceof HubError)) throw error
      throw settingsError(`A document of the WSDL can't be read: ${error.message}`, {
        where: WHERE,
        fix: 'Give the address of the WSDL itself; what answers there now is something else.',
        cause: error,
      })
    }
  }

  private async fromUrl(url: string): Promise<Buffer> {
    const response = await this.fetch(url)
    if (response.status === 200) return response.body
    if (response.status === 404 || response.status === 410) {
      throw settingsError(`There is no WSDL at its address (HTTP ${response.status}).`, { where: WHERE })
    }
    throw statusError(response, this.now())
  }
}

async function fromFile(path: string): Promise<Buffer> {
  try {
    return await readFile(path)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw settingsError(`The file of the WSDL can't be read (${code ?? 'unknown'}).`, {
      where: WHERE,
      fix: 'Give the path of a file that the hub may read, or a URL.',
      internal: path,
    })
  }
}

function isUrl(address: string): boolean {
  return /^https?:\/\//i.test(address)
}

function addressOf(location: string, base: string): string {
  if (isUrl(location)) return location
  if (!isUrl(base)) return resolve(dirname(base), location)
  const url = URL.parse(location, base)
  if (url && /^https?:$/.test(url.protocol)) return url.href
  throw settingsError('The WSDL draws in a document that is at no http(s) address.', { where: WHERE })
}
