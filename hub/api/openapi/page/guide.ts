import { type JsonObject, objectOf } from '../../../contracts/json.ts'
import { codeBlock, escape, inline, list } from './html.ts'

/** What a channel developer should know before the operations: a few screens, in the order in which it is needed. */
interface Chapter {
  id: string
  title: string
  text: readonly string[]
  code: readonly (readonly [label: string, code: string])[]
}

const CHAPTERS: readonly Chapter[] = [
  {
    id: 'start',
    title: 'Start',
    text: [
      'One API for the customers that a company has spread over its systems. A customer is **one** record here, made of all that the systems say, and has one id. You never learn what the CRM calls a postcode.',
      'An admin gives you a key. Keep it and the address of the hub in your environment, and ask who is calling:',
      'The quick start in `docs/channel-developers/quick-start.md` goes on from here: a customer, a decision, events and a webhook in ten minutes.',
    ],
    code: [
      [
        'curl',
        'export OMNIHUB_URL=…\nexport OMNIHUB_KEY=omni_…\n\ncurl "$OMNIHUB_URL/v1/customers?phone=%2B61255501234" \\\n  -H "Authorization: Bearer $OMNIHUB_KEY"',
      ],
      [
        'TypeScript',
        "import { OmnihubClient } from '@omnihub/client'\n\nconst hub = new OmnihubClient({ url, key })\nconst { items } = await hub.listCustomers({ phone: '+61255501234' })",
      ],
    ],
  },
  {
    id: 'authentication',
    title: 'Authentication',
    text: [
      'Send your key with each request: `Authorization: Bearer omni_…`. Where something on the way needs that header for itself, send the key as `x-api-key`. A token of the company’s identity provider (OIDC) goes in the place of the key.',
      'A key has a role; each operation below names the roles that may call it. `401` means that the key is not valid, `403` that its role may not do this. Fields that a role does not see are masked everywhere: in answers, in history, in events.',
      'A key may ask so often: `RateLimit-Policy` and `RateLimit` say how often, and what is left. `429` comes with `Retry-After`.',
    ],
    code: [
      [
        'Headers of each answer',
        'RateLimit-Policy: "key";q=400;w=2\nRateLimit: "key";r=399;t=1\nX-Request-Id: qf0GmXbK-1c',
      ],
    ],
  },
  {
    id: 'errors',
    title: 'Errors',
    text: [
      'Errors are `application/problem+json` (RFC 9457). `code` is for programs and never changes its meaning; `detail` and `fix` are for people; `pointer` says where. A request with several faults has all of them in `errors`. `docs/errors.md` lists the codes.',
      '`4xx`: the request is at fault, and nothing has changed. `409`: it does not go together with what is. `412`: somebody else was faster. `429` and `503`: the same request may succeed later; `Retry-After` says when. Quote `requestId` when you ask an operator: it is in the log of the hub.',
    ],
    code: [
      [
        '404 application/problem+json',
        '{\n  "type": "urn:omnihub:problem:customer.unknown",\n  "title": "Customer unknown",\n  "status": 404,\n  "detail": "There is no customer with this id.",\n  "code": "customer.unknown",\n  "requestId": "qf0GmXbK-1c"\n}',
      ],
      [
        'TypeScript',
        "try {\n  await hub.getCustomer({ id })\n} catch (error) {\n  if (!(error instanceof OmnihubError)) throw error\n  if (error.code === 'customer.unknown') return undefined\n  console.error(error.message, error.fix, error.requestId)\n}",
      ],
    ],
  },
  {
    id: 'lists',
    title: 'Lists and parts',
    text: [
      'Lists come in pages: `limit` (at most 200) items and `next`. Send `next` as `cursor` for the page after it; `next: null` is the last one. Pages stay right while things change: nothing comes twice, nothing is left out.',
      '`fields=id,name,emails.address` answers only these fields. `include=accounts,invoices` brings what belongs to a customer.',
      'An id of a customer that was joined into another goes on working: it answers with the one that survived, and `Content-Location` names it.',
    ],
    code: [
      [
        'curl',
        'curl "$OMNIHUB_URL/v1/customers?q=smith&limit=50&cursor=…" \\\n  -H "Authorization: Bearer $OMNIHUB_KEY"',
      ],
      [
        'TypeScript',
        "for await (const customer of hub.listCustomers({ q: 'smith' })) {\n  console.log(customer.id, customer.name?.full)\n}",
      ],
    ],
  },
  {
    id: 'changing',
    title: 'Changing things',
    text: [
      'Edits are JSON Merge Patches (RFC 7396): members replace, `null` empties, lists are replaced whole. Send the `ETag` that you have read as `If-Match`; `412` says that it has changed since, `428` that you forgot.',
      'With an `Idempotency-Key` of your choice the same request again is the same act, and gets the same answer for a day: after a broken connection, send it again. The client does so by itself.',
      'The hub carries changes to the systems of record. It waits for them as long as you say (`Prefer: wait=10`, in seconds): `201` or `200` means that the system has it, `202` that it is on its way, and `writes` says how far. `GET /v1/writes/{write}` tells later.',
    ],
    code: [
      [
        'curl',
        'curl -X PATCH "$OMNIHUB_URL/v1/customers/$ID" \\\n  -H "Authorization: Bearer $OMNIHUB_KEY" \\\n  -H \'If-Match: "…"\' -H "Idempotency-Key: $(uuidgen)" \\\n  -H \'Content-Type: application/merge-patch+json\' \\\n  -d \'{"preferredChannel": "sms"}\'',
      ],
      [
        'TypeScript',
        "const customer = await hub.getCustomer({ id })\nawait hub.edit(customer, { preferredChannel: 'sms' })",
      ],
    ],
  },
  {
    id: 'events-guide',
    title: 'Events',
    text: [
      'Everything that changes is told as a CloudEvent, at least once and in order for each customer. Take it as a stream (`GET /v1/events`, goes on after `Last-Event-ID`), as webhooks signed by the Standard Webhooks scheme (`POST /v1/subscriptions`), or from the bus. All kinds with schemas and examples are in [/asyncapi.json](/asyncapi.json).',
    ],
    code: [
      ['curl', 'curl -N "$OMNIHUB_URL/v1/events?type=customer.*" \\\n  -H "Authorization: Bearer $OMNIHUB_KEY"'],
      [
        'TypeScript',
        "for await (const event of hub.followEvents({ type: ['customer.*'] })) {\n  if (event.type === 'customer.updated') console.log(event.subject, event.data.changed)\n}\n\n// In the receiver of a webhook:\nconst event = await verifyWebhook({ secret, headers: request.headers, body })",
      ],
    ],
  },
  {
    id: 'client',
    title: 'The TypeScript client',
    text: [
      '`clients/typescript` in the repository is this API as a package without dependencies, for Node 20 and browsers: a method for each operation, with types of all it takes and answers; errors with codes; repetition that is safe; pages, events and lines as loops; webhooks verified. It is generated from [/openapi.json](/openapi.json), from which other generators make clients of other languages.',
    ],
    code: [
      [
        'TypeScript',
        'const hub = new OmnihubClient({\n  url,\n  key,\n  timeoutMs: 10_000,\n  retries: 4,\n  onRetry: ({ operation, error }) => console.warn(operation, error.code),\n})',
      ],
    ],
  },
  {
    id: 'soap-guide',
    title: 'SOAP',
    text: [
      'The same operations, by the same rules, for callers that speak SOAP 1.1 or 1.2: the WSDLs are at `/soap/customers?wsdl`, `/soap/records?wsdl` and `/soap/decisions?wsdl`. The key goes as WS-Security UsernameToken; faults carry the codes of this page.',
    ],
    code: [['curl', 'curl "$OMNIHUB_URL/soap/customers?wsdl"']],
  },
]

export function guideNavigation(): string {
  const links = [...CHAPTERS.map(({ id, title }) => ({ id, title })), { id: 'deprecated', title: 'What will go' }]
  return `<h2>Guide</h2><ul>${links.map(({ id, title }) => `<li><a href="#${id}">${title}</a></li>`).join('')}</ul>`
}

export function guide(operations: readonly { method: string; path: string; spec: JsonObject }[]): string {
  return `<section>${CHAPTERS.map(chapterHtml).join('\n')}${deprecations(operations)}</section>`
}

function chapterHtml({ id, title, text, code }: Chapter): string {
  const said = text.map((paragraph) => `<p>${withLinks(inline(paragraph))}</p>`).join('')
  const shown = code.map(([label, one]) => codeBlock(one, label)).join('')
  return `<article id="${id}"><div class="text"><h3>${escape(title)}</h3>${said}</div><div class="code">${shown}</div></article>`
}

/** `[text](address)` and `**strong**`, in text that was escaped. */
function withLinks(text: string): string {
  return text
    .replace(/\[([^\]]+)\]\((\/[^)]+)\)/g, '<a href="$2">$1</a>')
    .replace(/\*\*([^*]+)\*\*/g, '<strong>$1</strong>')
}

/** What will go, so that nobody has to look for it. */
function deprecations(operations: readonly { method: string; path: string; spec: JsonObject }[]): string {
  const rows = operations.flatMap(({ method, path, spec }) =>
    [spec, ...list(spec['parameters']).map(objectOf)]
      .filter((one) => one['deprecated'] === true)
      .map((one) => {
        const parameter = one === spec ? '' : ` <code>${escape(one['name'])}</code>`
        const link = `<a href="#${escape(spec['operationId'])}">${method} ${escape(path)}</a>`
        return `<tr><td>${link}${parameter}</td><td>${inline(one['x-deprecation'])}</td></tr>`
      }),
  )
  const shown = rows.length === 0 ? '<p>Nothing is deprecated now.</p>' : `<table>${rows.join('')}</table>`
  return `<article id="deprecated"><div class="text"><h3>What will go</h3><p>What is added never breaks you. What goes is deprecated at least 180 days before, and every answer that it takes part in says so in <code>Deprecation</code> and <code>Sunset</code>. <code>docs/channel-developers/versioning.md</code> has the promises.</p>${shown}</div></article>`
}
