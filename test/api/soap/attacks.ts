/** Messages that attack the reader of XML, the envelope, WS-Security or what is behind them, and the exact answer to each. */
import { envelope, ENVELOPES, security } from '../../support/soap.ts'

const NAMESPACE = 'urn:omnihub:customers:1'
const WSU = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd'
const DIGEST = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0#PasswordDigest'

const find = (inner: string): string => `<FindCustomers xmlns="${NAMESPACE}">${inner}</FindCustomers>`
const get = (inner: string): string => `<GetCustomer xmlns="${NAMESPACE}">${inner}</GetCustomer>`
const FIND = find('<phone>+442079460958</phone>')
const moment = (offsetMs: number): string => new Date(Date.now() + offsetMs).toISOString()
const stamp = (created: string, expires = ''): string =>
  `<wsu:Timestamp xmlns:wsu="${WSU}"><wsu:Created>${created}</wsu:Created>${expires === '' ? '' : `<wsu:Expires>${expires}</wsu:Expires>`}</wsu:Timestamp>`
const me = (known: Known, more = ''): string => security('a channel', known.key, more)
const withStamp = (known: Known, ...times: [string, string?]): string =>
  me(known).replace('<wsse:UsernameToken>', `${stamp(...times)}$&`)

const envelopes = (inner: string): string => `<e:Envelope xmlns:e="${ENVELOPES['1.1']}">${inner}</e:Envelope>`
const deep = (depth: number): string => `${'<a>'.repeat(depth)}${'</a>'.repeat(depth)}`
const attributes = Array.from({ length: 5_000 }, (_, at) => `a${at}="x"`).join(' ')
const bombs = Array.from({ length: 10 }, (_, at) => `<!ENTITY l${at + 1} "${`&l${at};`.repeat(10)}">`).join('')

/** What an attack knows: a key that is right, and a customer. */
interface Known {
  key: string
  customer: string
}

/** What the attack is, its message, and what the fault says; `message` as a pattern. */
export const ATTACKS: [string, (known: Known) => string | Buffer, Record<string, unknown>][] = [
  [
    'a DOCTYPE',
    (known) => `<!DOCTYPE x>${envelope(me(known), FIND)}`,
    { code: 'soap.xml', message: /has a DOCTYPE, which is not accepted \(line 1/ },
  ],
  [
    'entities that expand each other',
    (known) => `<!DOCTYPE x [<!ENTITY l0 "ha">${bombs}]>${envelope(me(known), find('<q>&l10;</q>'))}`,
    { code: 'soap.xml', message: /DOCTYPE/ },
  ],
  [
    'an external entity',
    (known) => `<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]>${envelope(me(known), find('<q>&f;</q>'))}`,
    { code: 'soap.xml', message: /DOCTYPE/ },
  ],
  [
    'an external entity by parameter',
    (known) => `<!DOCTYPE x [<!ENTITY % p SYSTEM "http://127.0.0.1:1/x.dtd"> %p;]>${envelope(me(known), FIND)}`,
    { code: 'soap.xml', message: /DOCTYPE/ },
  ],
  [
    'an entity that nobody declared',
    (known) => envelope(me(known), find('<q>&f;</q>')),
    { code: 'soap.xml', message: /not well-formed/ },
  ],
  [
    'a depth that eats stacks',
    (known) => envelope(me(known), find(deep(100_000))),
    { code: 'soap.xml', message: /nested deeper than 128 elements/ },
  ],
  [
    'elements without end',
    (known) => envelope(me(known), find('<q/>'.repeat(100_000))),
    { code: 'soap.xml', message: /more than 20000 elements/ },
  ],
  [
    'attributes without end',
    (known) => envelope(me(known), `<FindCustomers xmlns="${NAMESPACE}" ${attributes}/>`),
    { code: 'soap.xml', message: /more than 100 attributes/ },
  ],
  [
    'a processing instruction',
    (known) => envelope(me(known), find('<?php evil() ?><q>x</q>')),
    { code: 'soap.xml', message: /processing instruction/ },
  ],
  [
    'an XML declaration of an unknown encoding',
    (known) => `<?xml version="1.0" encoding="utf-7"?>${envelope(me(known), FIND)}`,
    { code: 'soap.xml', message: /encoding that is not accepted/ },
  ],
  [
    'bytes that are not UTF-8',
    (known) => Buffer.from(envelope(me(known), find('<q>\u00E9</q>')), 'latin1'),
    { code: 'soap.xml', message: /not UTF-8/ },
  ],
  ['a NUL', (known) => envelope(me(known), find('<q>a\0b</q>')), { code: 'soap.xml', message: /not well-formed/ }],
  [
    'a NUL by its number',
    (known) => envelope(me(known), find('<q>a&#0;b</q>')),
    { code: 'soap.xml', message: /not well-formed/ },
  ],
  ['nothing', () => ' ', { code: 'soap.xml', message: /not well-formed|no element/ }],
  ['JSON', () => '{"id": 1}', { code: 'soap.xml', message: /not well-formed/ }],
  [
    'half of a message',
    (known) => envelope(me(known), FIND).slice(0, -20),
    { code: 'soap.xml', message: /not well-formed/ },
  ],
  [
    'a prefix without a namespace',
    (known) => envelope(me(known), '<z:FindCustomers/>'),
    { code: 'soap.xml', message: /not well-formed/ },
  ],
  [
    'an envelope of no version',
    (known) => envelope(me(known), FIND).replaceAll(ENVELOPES['1.1'], 'urn:soap:9'),
    { code: 'soap.version', faultcode: 'soap:VersionMismatch' },
  ],
  ['no envelope', () => FIND, { code: 'soap.version', faultcode: 'soap:VersionMismatch' }],
  [
    'two Bodies',
    (known) => envelopes(`<e:Header>${me(known)}</e:Header><e:Body>${FIND}</e:Body><e:Body>${FIND}</e:Body>`),
    { code: 'soap.envelope' },
  ],
  [
    'two Headers',
    (known) => envelopes(`<e:Header>${me(known)}</e:Header><e:Header/><e:Body>${FIND}</e:Body>`),
    { code: 'soap.envelope' },
  ],
  [
    'a Header after the Body',
    (known) => envelopes(`<e:Body>${FIND}</e:Body><e:Header>${me(known)}</e:Header>`),
    { code: 'soap.envelope' },
  ],
  [
    'the real Body wrapped in another element',
    (known) => envelopes(`<e:Header>${me(known)}</e:Header><w><e:Body>${FIND}</e:Body></w><e:Body>${FIND}</e:Body>`),
    { code: 'soap.envelope' },
  ],
  [
    'a Body in the Header',
    (known) => envelope(`${me(known)}<w e:mustUnderstand="1"><e:Body>${FIND}</e:Body></w>`, FIND),
    { code: 'soap.header.not-understood', faultcode: 'soap:MustUnderstand' },
  ],
  [
    'a Body in the Body',
    (known) => envelope(me(known), `<e:Body>${FIND}</e:Body>`),
    { code: 'soap.operation.unknown' },
  ],
  ['two operations', (known) => envelope(me(known), FIND + FIND), { code: 'soap.envelope' }],
  ['no operation', (known) => envelope(me(known), ''), { code: 'soap.envelope' }],
  [
    'one id on two elements',
    (known) =>
      envelope(me(known, `<wsu:Created wsu:Id="a">${moment(0)}</wsu:Created>`), FIND).replace(
        '<e:Body>',
        `<e:Body xmlns:u="${WSU}" u:Id="a">`,
      ),
    { code: 'soap.envelope', message: /same wsu:Id/ },
  ],
  [
    'two Security headers',
    (known) => envelope(me(known) + security('admin', 'guess'), FIND),
    { code: 'soap.security.invalid', message: /more than one Security/ },
  ],
  [
    'two UsernameTokens',
    (known) => envelope(me(known).replace(/<wsse:UsernameToken>.*<\/wsse:UsernameToken>/, '$&$&'), FIND),
    { code: 'soap.security.invalid', message: /more than one UsernameToken/ },
  ],
  [
    'two Passwords',
    (known) => envelope(me(known, '<wsse:Password>guess</wsse:Password>'), FIND),
    { code: 'soap.security.invalid', message: /more than one Password/ },
  ],
  [
    'a signature',
    (known) =>
      envelope(
        me(known).replace(
          '</wsse:Security>',
          '<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"><Reference URI="#b"/></Signature>$&',
        ),
        FIND,
      ),
    { code: 'soap.security.unsupported', message: /Signature/ },
  ],
  [
    'a token of another kind',
    (known) => envelope(me(known).replace('</wsse:Security>', '<wsse:BinarySecurityToken/>$&'), FIND),
    { code: 'soap.security.unsupported', message: /BinarySecurityToken/ },
  ],
  [
    'a comment in the Username',
    (known) => envelope(security('a chan<!-- x -->nel', known.key), FIND),
    { code: 'soap.security.invalid', message: /comment/ },
  ],
  [
    'a comment in the Password',
    (known) => envelope(security('a channel', `${known.key.slice(0, 9)}<!---->${known.key.slice(9)}`), FIND),
    { code: 'soap.security.invalid', message: /comment/ },
  ],
  [
    'elements in the Password',
    (known) => envelope(security('a channel', `<x>${known.key}</x>`), FIND),
    { code: 'soap.security.invalid', message: /holds elements/ },
  ],
  [
    'a digest',
    (known) => envelope(me(known).replace('<wsse:Password>', `<wsse:Password Type="${DIGEST}">`), FIND),
    { code: 'soap.security.digest', fix: 'Send the key as PasswordText, over TLS.' },
  ],
  [
    'a password of an unknown type',
    (known) => envelope(me(known).replace('<wsse:Password>', '<wsse:Password Type="urn:x">'), FIND),
    { code: 'soap.security.invalid' },
  ],
  ['no key', () => envelope('', FIND), { code: 'auth.missing', status: 401 }],
  [
    'a guessed key',
    () => envelope(security('admin', 'omni_aaaaaaaaaaaa_x'), FIND),
    { code: 'auth.invalid', status: 401 },
  ],
  [
    'another key’s name',
    (known) => envelope(security('admin', known.key), FIND),
    { code: 'auth.invalid', status: 401 },
  ],
  [
    'a Timestamp that has expired',
    (known) => envelope(withStamp(known, moment(-10_000), moment(-1_000)), FIND),
    { code: 'soap.security.expired', message: /has expired/ },
  ],
  [
    'a Timestamp of the future',
    (known) => envelope(withStamp(known, moment(900_000), moment(999_000)), FIND),
    { code: 'soap.security.expired', message: /future/ },
  ],
  [
    'an old Timestamp without an end',
    (known) => envelope(withStamp(known, '2020-01-01T00:00:00Z'), FIND),
    { code: 'soap.security.expired', message: /too old/ },
  ],
  [
    'a Timestamp that is none',
    (known) => envelope(withStamp(known, 'yesterday'), FIND),
    { code: 'soap.security.invalid' },
  ],
  [
    'an old token',
    (known) => envelope(me(known, '<wsu:Created>2020-01-01T00:00:00Z</wsu:Created>'), FIND),
    { code: 'soap.security.expired', status: 401 },
  ],
  [
    'a header that must be understood',
    (known) => envelope(`${me(known)}<t:Transaction xmlns:t="urn:t" e:mustUnderstand="1">5</t:Transaction>`, FIND),
    { code: 'soap.header.not-understood', faultcode: 'soap:MustUnderstand', pointer: '/Envelope/Header/Transaction' },
  ],
  [
    'an operation of another namespace',
    (known) => envelope(me(known), FIND.replace(NAMESPACE, 'urn:evil')),
    { code: 'soap.element.namespace', pointer: '/FindCustomers' },
  ],
  [
    'an address in an id',
    (known) => envelope(me(known), get('<id>..</id>')),
    { code: 'soap.value.invalid', pointer: '/GetCustomer/id' },
  ],
  [
    'an escaped address in an id',
    (known) => envelope(me(known), get('<id>%2e%2e/../rules?x</id>')),
    { code: 'request.path.invalid', pointer: '/GetCustomer/id' },
  ],
  [
    'a line end in a header',
    (known) => envelope(me(known), get(`<id>${known.customer}</id><ifNoneMatch>a&#13;&#10;x-api-key: y</ifNoneMatch>`)),
    { code: 'soap.value.invalid', pointer: '/GetCustomer/ifNoneMatch' },
  ],
  [
    'a name that changes prototypes',
    (known) =>
      envelope(
        me(known),
        `<EditCustomer xmlns="${NAMESPACE}"><id>${known.customer}</id><customer><attributes><member><name>__proto__</name><value><text>x</text></value></member></attributes></customer></EditCustomer>`,
      ),
    { code: 'request.body.forbidden-name' },
  ],
]
