/** SOAP against a whole hub: what is described, what is answered, and what every known attack on XML and WS-Security gets. */
import fc from 'fast-check'
import { connect } from 'node:net'
import type { JsonObject } from '../../hub/contracts/json.ts'
import { changeEvent, type RunningApi, sendChanges, startApi } from '../support/api.ts'
import { PUSH_WORKSPACE } from '../support/push-workspace.ts'
import { ATTACKS } from './soap/attacks.ts'
import { bodyOf, envelope, ENVELOPES, faultIn, post, security } from '../support/soap.ts'

const NAMESPACE = 'urn:omnihub:customers:1'

let hub: RunningApi
let mary = ''
let key = ''
const me = (more = ''): string => security('a channel', key, more)

const find = (inner: string): string => `<FindCustomers xmlns="${NAMESPACE}">${inner}</FindCustomers>`
const get = (inner: string): string => `<GetCustomer xmlns="${NAMESPACE}">${inner}</GetCustomer>`
const FIND = find('<phone>+442079460958</phone>')
const send = (body: string, header = me()) => post(hub, envelope(header, body))
const moment = (offsetMs: number): string => new Date(Date.now() + offsetMs).toISOString()

beforeAll(async () => {
  hub = await startApi({
    ...PUSH_WORKSPACE,
    'config/access.yaml': 'roles:\n  viewer: { customer: { birthDate: masked, emails.address: masked } }\n',
  })
  key = await hub.keyOf('channel')
  const events = [
    changeEvent('crm/Contact/1', {
      ...{ Id: '1', FirstName: 'Mary', LastName: 'Smith \u0001 & <Co>', Born: '1971-03-12' },
      ...{ Email: 'mary@example.com', Phone: '+44 20 7946 0958', Street: '1 High Street', City: 'Leeds' },
    }),
  ]
  await sendChanges(hub, ...events)
  const { body } = await hub.ask('/v1/customers?phone=%2B442079460958')
  mary = String((body.items as JsonObject[])[0]?.id)
})
afterAll(() => hub.stop())

describe('The documents of a service', () => {
  test('are public, and name the address by which they were asked for', async () => {
    const answer = await hub.ask('/soap/customers?wsdl', { key: null })
    expect(answer).toMatchObject({ status: 200 })
    expect(answer.headers.get('content-type')).toBe('text/xml; charset=utf-8')
    expect(answer.text).toContain(`<soap:address location="${hub.url}/soap/customers"/>`)
    expect((await hub.ask('/soap/customers?WSDL', { key: null })).text).toBe(answer.text)
    const xsd = await hub.ask('/soap/customers?xsd', { key: null })
    expect(answer.text).toContain(xsd.text.slice(xsd.text.indexOf('<xs:schema'), -1))
  })

  test('are asked for by name, of services that there are', async () => {
    hub.expectProblem(await hub.ask('/soap/customers'), 400, 'soap.document.unknown')
    hub.expectProblem(await hub.ask('/soap/teapots?wsdl'), 404, 'soap.service.unknown', '{service}')
    hub.expectProblem(await post(hub, envelope(me(), FIND), {}, 'teapots'), 404, 'soap.service.unknown', '{service}')
  })
})

describe('A message', () => {
  test.each(['1.1', '1.2'] as const)('of SOAP %s is answered in an envelope of its version', async (version) => {
    const type = version === '1.1' ? 'text/xml; charset=utf-8' : 'application/soap+xml; charset=utf-8'
    const message = envelope(me(), get(`<id>${mary}</id>`), version)
    const answer = await post(hub, message, { 'content-type': type })
    expect(answer).toMatchObject({ status: 200 })
    expect(answer.headers.get('content-type')).toBe(type)
    expect(answer.text).toContain(`xmlns:soap="${ENVELOPES[version]}"`)
    const { name, namespace, children } = bodyOf(answer)
    expect([name, namespace, children.map((child) => child.name)]).toEqual([
      'GetCustomerResponse',
      NAMESPACE,
      ['customer', 'etag'],
    ])
    const rest = await hub.ask(`/v1/customers/${mary}`)
    expect(children[1]?.text).toBe(rest.headers.get('etag'))
    const wrong = await post(hub, envelope(me(), get('<id>17</id>'), version), { 'content-type': type })
    expect(wrong.headers.get('content-type')).toBe(type)
    expect(faultIn(wrong)).toMatchObject({
      ...{ code: 'request.path.invalid', pointer: '/GetCustomer/id', status: 400 },
      ...(version === '1.1' ? { http: 500, faultcode: 'soap:Client' } : { http: 400, faultcode: 'soap:Sender' }),
    })
  })

  test('is audited, limited and counted as the operation that it asks for', async () => {
    const name = 'three a while'
    const made = await hub.ask('/admin/v1/keys', {
      method: 'POST',
      body: { name, role: 'channel', limits: { perSecond: 1, burst: 3, concurrent: 2 } },
    })
    const limited = security(name, String(made.body.key))
    const good = await post(hub, envelope(limited, FIND))
    expect([good.status, good.headers.get('ratelimit')]).toEqual([200, expect.stringMatching(/^"key";r=2/)])
    // Refused before it came to an operation, for what the message is and for who it says that it is from.
    expect(faultIn(await post(hub, envelope(limited, '<x/>')))).toMatchObject({ code: 'soap.operation.unknown' })
    const wrongName = security('somebody', String(made.body.key))
    expect(faultIn(await post(hub, envelope(wrongName, FIND)))).toMatchObject({ code: 'auth.invalid', status: 401 })
    const over = await post(hub, envelope(limited, FIND))
    expect(faultIn(over)).toMatchObject({ code: 'request.rate-limited', faultcode: 'soap:Server', status: 429 })
    expect(over.headers.get('retry-after')).toBe('1')
    expect(faultIn(await post(hub, envelope(limited, '<x/>')))).toMatchObject({ code: 'request.rate-limited' })
    await hub.audit.flush()
    const actor = `${name} (${String(made.body.id)})`
    const { body } = await hub.ask(`/admin/v1/audit?act=read.*&actor=${encodeURIComponent(actor)}`)
    expect(body.items).toHaveLength(1)
  })

  test('may do what its key may do', async () => {
    const join = `<JoinCustomers xmlns="${NAMESPACE}"><id>${mary}</id><with>${mary}</with></JoinCustomers>`
    expect(faultIn(await send(join))).toMatchObject({ code: 'auth.forbidden', status: 403, faultcode: 'soap:Client' })
    const viewer = await hub.keyOf('viewer')
    const masked = await post(hub, envelope(security('a viewer', viewer), get(`<id>${mary}</id>`)))
    expect(masked.text).not.toMatch(/1971|mary@example/)
    expect(masked.text).toContain('<emails><address>***</address>')
    expect(masked.text).toContain('<masked>/GetCustomerResponse/customer/birthDate</masked>')
  })

  test('may bring its key in the headers of HTTP, but not two keys', async () => {
    const bearer = { authorization: `Bearer ${key}` }
    expect(await post(hub, envelope('', FIND), bearer)).toMatchObject({ status: 200 })
    expect(await post(hub, envelope(me(), FIND), bearer)).toMatchObject({ status: 200 })
    const other = await post(hub, envelope(me(), FIND), { authorization: `Bearer ${hub.adminKey}` })
    expect(faultIn(other)).toMatchObject({ code: 'soap.security.ambiguous', status: 401 })
    const byId = security(String(key.split('_')[1]), key)
    expect(await post(hub, envelope(byId, FIND))).toMatchObject({ status: 200 })
  })

  test('is told of the same version by an element, and of what XML can not write by a mark', async () => {
    const first = bodyOf(await send(get(`<id>${mary}</id>`)))
    const etag = first.children.at(-1)?.text ?? ''
    const again = await send(get(`<id>${mary}</id><ifNoneMatch>${etag.replaceAll('"', '&quot;')}</ifNoneMatch>`))
    expect(bodyOf(again).children.map(({ name, text }) => [name, text])).toEqual([
      ['etag', etag],
      ['notModified', 'true'],
    ])
    const sources = await send(`<GetSources xmlns="${NAMESPACE}"><id>${mary}</id></GetSources>`)
    expect(sources.text).toContain('<text>Smith \uFFFD &amp; &lt;Co&gt;</text>')
  })

  test('is refused with the path of the element at fault', async () => {
    const edit = (inner: string): string => `<EditCustomer xmlns="${NAMESPACE}"><id>${mary}</id>${inner}</EditCustomer>`
    const emails =
      '<customer><emails><address>x@y.example</address></emails><emails><address>no</address></emails></customer>'
    expect(faultIn(await send(edit(emails)))).toMatchObject({ code: 'request.precondition.missing', status: 428 })
    const any = edit(`<ifMatch>"${mary}.1"</ifMatch>${emails}`)
    expect(faultIn(await send(any))).toMatchObject({
      ...{ status: 422, pointer: '/EditCustomer/customer/emails[2]/address', faultcode: 'soap:Client' },
    })
    const misspelt =
      '<EditCustomer xmlns="urn:omnihub:customers:1"><id>1</id><customer><emials/></customer></EditCustomer>'
    expect(faultIn(await send(misspelt))).toMatchObject({
      ...{ code: 'soap.element.unknown', pointer: '/EditCustomer/customer/emials' },
      fix: expect.stringContaining('Did you mean `emails`?'),
    })
  })
})

describe('Against a message that attacks', () => {
  test.each(ATTACKS)('with %s the hub says just that', async (_, message, expected) => {
    const answer = await post(hub, message({ key, customer: mary }))
    const fault = faultIn(answer)
    const { message: pattern = /./, ...exact } = expected
    expect(fault).toMatchObject({ faultcode: 'soap:Client', http: 500, ...exact })
    expect(fault.message).toMatch(pattern as RegExp)
    // Nothing of the message comes back, and nothing of the machine.
    expect(answer.text).not.toMatch(/root:|omni_|node_modules/)
  })

  test('that replays a Nonce the hub takes it once, also with other content and a new time', async () => {
    const once = (): string => me(`<wsse:Nonce>bm9uY2U=</wsse:Nonce><wsu:Created>${moment(0)}</wsu:Created>`)
    const message = envelope(once(), FIND)
    expect(await post(hub, message)).toMatchObject({ status: 200 })
    for (const again of [message, envelope(once(), get(`<id>${mary}</id>`))]) {
      expect(faultIn(await post(hub, again))).toMatchObject({ code: 'soap.security.replayed', status: 401 })
    }
    // Another's nonce is no replay, and a stranger's uses nothing up.
    const stranger = security('a channel', 'wrong', '<wsse:Nonce>bmV4dA==</wsse:Nonce>')
    expect(faultIn(await post(hub, envelope(stranger, FIND)))).toMatchObject({ code: 'auth.invalid' })
    expect(await send(FIND, me('<wsse:Nonce>bmV4dA==</wsse:Nonce>'))).toMatchObject({ status: 200 })
    const admin = security('admin', hub.adminKey, '<wsse:Nonce>bmV4dA==</wsse:Nonce>')
    expect(await send(FIND, admin)).toMatchObject({ status: 200 })
  })

  test('whose SOAPAction names another operation the hub does neither', async () => {
    const action = (value: string) => post(hub, envelope(me(), FIND), { soapaction: value })
    for (const same of [`"${NAMESPACE}/FindCustomers"`, '""', '']) expect((await action(same)).status).toBe(200)
    for (const other of [`"${NAMESPACE}/GetCustomer"`, '"FindCustomers"']) {
      expect(faultIn(await action(other))).toMatchObject({ code: 'soap.action', pointer: '/FindCustomers' })
    }
    const type = `application/soap+xml; charset=utf-8; action="${NAMESPACE}/GetCustomer"`
    const message = envelope(me(), FIND, '1.2')
    expect(faultIn(await post(hub, message, { 'content-type': type }))).toMatchObject({
      code: 'soap.action',
      http: 400,
    })
  })

  test('a message is read in the encodings that it may have, and its texts as they are', async () => {
    const utf16 = Buffer.from(`\uFEFF${envelope(me(), FIND)}`, 'utf16le')
    expect(await post(hub, utf16, { 'content-type': 'text/xml' })).toMatchObject({ status: 200 })
    const cdata = envelope(security('<![CDATA[a channel]]>', `<![CDATA[${key}]]>`), FIND)
    expect(await post(hub, cdata)).toMatchObject({ status: 200 })
    const comments = envelope(`<!-- a -->${me()}`, find('<!-- Optional: --><phone>+442079460958</phone>'))
    expect(await post(hub, comments)).toMatchObject({ status: 200 })
    const latin = Buffer.from(envelope(me(), find('<q>\u00E9</q>')), 'latin1')
    expect(await post(hub, latin, { 'content-type': 'text/xml; charset=iso-8859-1' })).toMatchObject({ status: 200 })
  })

  test('what is no SOAP at all is answered by HTTP', async () => {
    const oversize = envelope(me(), find(`<q>${'x'.repeat(1024 * 1024)}</q>`))
    hub.expectProblem(await post(hub, oversize), 413, 'request.body.too-large')
    const json = await post(hub, '{}', { 'content-type': 'application/json' })
    hub.expectProblem(json, 415, 'request.content-type.unsupported')
    hub.expectProblem(
      await hub.ask('/soap/customers?x', { method: 'PUT', body: 'x' }),
      405,
      'request.method-not-allowed',
    )
    const chunked = new ReadableStream({
      start: (controller) => {
        for (let at = 0; at < 12; at++) controller.enqueue(Buffer.alloc(1024 * 100, 0x20))
        controller.close()
      },
    })
    const headers = { 'content-type': 'text/xml' }
    const endless = await fetch(`${hub.url}/soap/customers`, {
      method: 'POST',
      headers,
      body: chunked,
      duplex: 'half',
    } as RequestInit)
    expect([endless.status, await endless.json()]).toEqual([
      413,
      expect.objectContaining({ code: 'request.body.too-large' }),
    ])
  })

  test('of a stranger no more is read than the Header', async () => {
    const large = `<w>${'<a>x</a>'.repeat(30_000)}`
    expect(faultIn(await post(hub, envelope('', large)))).toMatchObject({ code: 'auth.missing' })
    expect(faultIn(await post(hub, envelope(security('admin', 'guess'), large)))).toMatchObject({
      code: 'auth.invalid',
    })
    expect(faultIn(await post(hub, envelope(me(), large)))).toMatchObject({ code: 'soap.xml' })
    expect(faultIn(await post(hub, envelope(large, FIND)))).toMatchObject({
      ...{ code: 'soap.xml', message: expect.stringContaining('more than 200 elements') },
    })
    const many = find(`<limit>1</limit>${'<!-- x -->'.repeat(3_000)}`)
    expect(await post(hub, envelope(me(), many))).toMatchObject({ status: 200 })
    const twice = `<e:Envelope xmlns:e="${ENVELOPES['1.1']}"><e:Header>${me()}</e:Header><e:Body>${many}</e:Body><e:Body>${many}</e:Body></e:Envelope>`
    expect(faultIn(await post(hub, twice))).toMatchObject({ code: 'soap.envelope' })
  })

  test('messages that are broken anywhere are answered, and the hub makes no error of its own', async () => {
    const patch = `<customer><emails><address>x@y.example</address></emails><attributes><member><name>a</name><value><list><item><number>1</number></item></list></value></member></attributes></customer>`
    const bodies = [
      FIND,
      get(`<id>${mary}</id><include>invoices</include><ifNoneMatch>x</ifNoneMatch>`),
      `<EditCustomer xmlns="${NAMESPACE}"><id>${mary}</id><ifMatch>"${mary}.9"</ifMatch>${patch}</EditCustomer>`,
    ]
    const pieces = [
      '',
      '<',
      '>',
      '/',
      '"',
      '&',
      '&lt;',
      '<a/>',
      'xsi:nil="true"',
      '\u0000',
      '\uFFFF',
      '9'.repeat(30),
      '<![CDATA[',
      '<!--',
      ']]>',
    ]
    const edit = fc.record({
      at: fc.double({ min: 0, max: 1, noNaN: true }),
      length: fc.nat(40),
      piece: fc.constantFrom(...pieces),
    })
    const broken = fc.record({
      body: fc.constantFrom(...bodies),
      edits: fc.array(edit, { minLength: 1, maxLength: 4 }),
    })
    await fc.assert(
      fc.asyncProperty(broken, async ({ body, edits }) => {
        const whole = envelope(me(), body)
        const message = edits.reduce((text, { at, length, piece }) => {
          const from = Math.floor(at * text.length)
          return text.slice(0, from) + piece + text.slice(from + length)
        }, whole)
        const answer = await post(hub, message)
        expect(answer.headers.get('content-type')).toBe('text/xml; charset=utf-8')
        if (answer.status === 200) return
        expect(faultIn(answer)).toMatchObject({
          http: 500,
          faultcode: expect.stringMatching(/^soap:(Client|VersionMismatch|MustUnderstand)$/),
        })
      }),
      { numRuns: 500, seed: 20261122 },
    )
  })

  test('a message that never ends holds nobody else up', async () => {
    const { hostname, port } = new URL(hub.url)
    const slow = connect(Number(port), hostname)
    const ended = new Promise((resolve) => slow.once('close', resolve))
    slow.write(
      `POST /soap/customers HTTP/1.1\r\nhost: x\r\ncontent-type: text/xml\r\ncontent-length: 1000\r\n\r\n<e:Envelope`,
    )
    expect(await send(FIND)).toMatchObject({ status: 200 })
    slow.destroy()
    await ended
    expect(await send(FIND)).toMatchObject({ status: 200 })
  })
})
