import { isJsonObject, type Json, type JsonObject } from '../../contracts/json.ts'

/**
 * The OpenAPI document as one page of HTML: no script, nothing loaded from anywhere. It renders what our own document
 * uses, which is less than all that OpenAPI can say.
 */
export function openApiPage(document: JsonObject): string {
  const info = object(document['info'])
  const operations = operationsOf(document)
  const tags = [...new Set(operations.map(({ tag }) => tag))]
  const schemas = Object.entries(object(object(document['components'])['schemas']))
  const sections = tags.map((tag) =>
    tagSection(
      tag,
      operations.filter((operation) => operation.tag === tag),
    ),
  )
  return [
    '<!doctype html><html lang="en"><head><meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${escape(info['title'])} API</title><style>${STYLE}</style></head><body>`,
    `<nav><h1>${escape(info['title'])}</h1><p>API ${escape(info['version'])} · <a href="/openapi.json">openapi.json</a> · <a href="/asyncapi.json">asyncapi.json</a></p>`,
    ...tags.map((tag) => navigation(tag, operations)),
    `<h2><a href="#schemas">Schemas</a></h2><ul>${schemas.map(([name]) => `<li><a href="#schema-${escape(name)}">${escape(name)}</a></li>`).join('')}</ul>`,
    `</nav><main><section>${paragraphs(info['description'])}${AUTHENTICATION}</section>`,
    ...sections,
    '<section id="schemas"><h2>Schemas</h2>',
    ...schemas.map(([name, schema]) => schemaSection(name, object(schema))),
    '</section></main></body></html>\n',
  ].join('\n')
}

const AUTHENTICATION =
  '<p>Send your key with each request: <code>Authorization: Bearer omni_…</code>. For example:</p>' +
  '<pre>curl -H "Authorization: Bearer $OMNIHUB_KEY" "$OMNIHUB_URL/v1/customers?phone=%2B61255501234"</pre>'

interface Operation {
  method: string
  path: string
  tag: string
  spec: JsonObject
}

function operationsOf(document: JsonObject): Operation[] {
  return Object.entries(object(document['paths'])).flatMap(([path, item]) =>
    Object.entries(object(item)).map(([method, spec]) => ({
      method: method.toUpperCase(),
      path,
      tag: String(list(object(spec)['tags'])[0] ?? 'Other'),
      spec: object(spec),
    })),
  )
}

function navigation(tag: string, operations: readonly Operation[]): string {
  const items = operations
    .filter((operation) => operation.tag === tag)
    .map(({ spec }) => `<li><a href="#${escape(spec['operationId'])}">${escape(spec['summary'])}</a></li>`)
  return `<h2>${escape(tag)}</h2><ul>${items.join('')}</ul>`
}

function tagSection(tag: string, operations: readonly Operation[]): string {
  return `<section><h2>${escape(tag)}</h2>${operations.map(operationArticle).join('\n')}</section>`
}

function operationArticle({ method, path, spec }: Operation): string {
  const body = object(spec['requestBody'])
  const answers = Object.entries(object(spec['responses'])).filter(([status]) => status !== 'default')
  return [
    `<article id="${escape(spec['operationId'])}"><h3>${escape(spec['summary'])}</h3>`,
    `<p class="address"><b class="${method.toLowerCase()}">${method}</b> <code>${escape(path)}</code></p>`,
    paragraphs(spec['description']),
    parameterTable(list(spec['parameters']).map(object)),
    Object.keys(body).length === 0 ? '' : `<h4>Body</h4>${paragraphs(body['description'])}${content(body)}`,
    '<h4>Answers</h4><table>',
    ...answers.map(([status, answer]) => answerRow(status, object(answer))),
    '</table></article>',
  ].join('')
}

function parameterTable(parameters: readonly JsonObject[]): string {
  if (parameters.length === 0) return ''
  const rows = parameters.map((parameter) => {
    const required = parameter['required'] === true ? ' <i>required</i>' : ''
    const name = `<code>${escape(parameter['name'])}</code> ${escape(parameter['in'])}${required}`
    return `<tr><td>${name}</td><td>${typeText(object(parameter['schema']))}</td><td>${inline(parameter['description'])}</td></tr>`
  })
  return `<h4>Parameters</h4><table>${rows.join('')}</table>`
}

function answerRow(status: string, answer: JsonObject): string {
  const headers = Object.entries(object(answer['headers'])).map(
    ([name, header]) => `<br><code>${escape(name)}</code>: ${inline(object(header)['description'])}`,
  )
  return `<tr><td><code>${escape(status)}</code></td><td>${inline(answer['description'])}${headers.join('')}${content(answer)}</td></tr>`
}

function content(holder: JsonObject): string {
  return Object.entries(object(holder['content']))
    .map(([type, media]) => {
      const schema = object(object(media)['schema'])
      return `<div class="media"><code>${escape(type)}</code> ${typeText(schema)}${members(schema)}</div>`
    })
    .join('')
}

function schemaSection(name: string, schema: JsonObject): string {
  return `<article id="schema-${escape(name)}"><h3>${escape(name)}</h3>${paragraphs(schema['description'])}<p>${typeText(schema)}</p>${members(schema)}</article>`
}

/** The members of an object, or of the objects in a list, two levels deep at most: the rest has a name to follow. */
function members(schema: JsonObject, depth = 0): string {
  const inner = schema['type'] === 'array' ? object(schema['items']) : schema
  const properties = Object.entries(object(inner['properties']))
  if (properties.length === 0 || depth > 1) return ''
  const required = list(inner['required'])
  const rows = properties.map(([name, member]) => {
    const mark = required.includes(name) ? ' <i>required</i>' : ''
    const text = inline(object(member)['description'])
    return `<tr><td><code>${escape(name)}</code>${mark}</td><td>${typeText(object(member))}</td><td>${text}${members(object(member), depth + 1)}</td></tr>`
  })
  return `<table>${rows.join('')}</table>`
}

function typeText(schema: JsonObject): string {
  const reference = schema['$ref']
  if (typeof reference === 'string') {
    const name = reference.split('/').at(-1) ?? ''
    return `<a href="#schema-${escape(name)}">${escape(name)}</a>`
  }
  if (schema['type'] === 'array') return `list of ${typeText(object(schema['items']))}`
  const choices = list(schema['enum'])
  if (choices.length > 0) return choices.map((choice) => `<code>${escape(choice)}</code>`).join(' ')
  const alternatives = [...list(schema['oneOf']), ...list(schema['anyOf'])].map((one) => typeText(object(one)))
  if (alternatives.length > 0) return alternatives.join(' or ')
  if (schema['const'] !== undefined) return `<code>${escape(schema['const'])}</code>`
  const type = Array.isArray(schema['type']) ? schema['type'].join(' or ') : (schema['type'] ?? 'any')
  const format = schema['format'] === undefined ? '' : ` (${escape(schema['format'])})`
  const standard = schema['default'] === undefined ? '' : `, default <code>${escape(schema['default'])}</code>`
  return `${escape(type)}${format}${standard}`
}

function paragraphs(text: Json | undefined): string {
  return String(text ?? '')
    .split(/\n{2,}/)
    .filter((paragraph) => paragraph !== '')
    .map((paragraph) => `<p>${inline(paragraph)}</p>`)
    .join('')
}

/** Text with `code` in it. */
function inline(text: Json | undefined): string {
  return escape(text ?? '').replace(/`([^`]+)`/g, '<code>$1</code>')
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function escape(value: Json | undefined): string {
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value ?? '')
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character)
}

function object(value: Json | undefined): JsonObject {
  return isJsonObject(value) ? value : {}
}

function list(value: Json | undefined): Json[] {
  return Array.isArray(value) ? value : []
}

const STYLE = `
:root{color-scheme:light dark;--line:#8884;--soft:#8881;--link:#0a6ebd}
@media (prefers-color-scheme:dark){:root{--link:#6cb6ff}}
*{box-sizing:border-box}body{margin:0;font:16px/1.5 system-ui,sans-serif;display:grid;grid-template-columns:18rem minmax(0,1fr)}
nav{position:sticky;top:0;height:100vh;overflow:auto;padding:1rem;border-right:1px solid var(--line);font-size:.9rem}
nav h1{margin:0}nav h2{font-size:1rem;margin:1rem 0 .25rem}nav ul{list-style:none;margin:0;padding:0}
main{padding:1rem 2rem;max-width:70rem}a{color:var(--link);text-decoration:none}a:hover{text-decoration:underline}
article{border-top:1px solid var(--line);padding:.5rem 0 1.5rem}h3{margin:.75rem 0 .25rem}h4{margin:1rem 0 .25rem}
table{border-collapse:collapse;width:100%;font-size:.9rem}td{border-top:1px solid var(--line);padding:.3rem .6rem .3rem 0;vertical-align:top}
td:first-child{white-space:nowrap;width:1%;padding-right:1.5rem}code,pre{font-family:ui-monospace,monospace;font-size:.9em}
pre{background:var(--soft);padding:.75rem;overflow:auto}.address b{padding:.1rem .5rem;border-radius:.25rem;background:var(--soft)}
.media{margin-top:.25rem}i{opacity:.7;font-size:.85em}
@media (max-width:50rem){body{display:block}nav{position:static;height:auto;border:0}}
`
