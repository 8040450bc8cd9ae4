import { type Json, type JsonObject, objectOf } from '../../../contracts/json.ts'
import { guide, guideNavigation } from './guide.ts'
import { codeBlock, escape, inline, list, paragraphs } from './html.ts'
import { members, schemaSection, typeText } from './schema-html.ts'
import { STYLE } from './style.ts'

/**
 * The OpenAPI document as one page of HTML: no script, nothing loaded from anywhere. It renders what our own document
 * uses, which is less than all that OpenAPI can say.
 */
export function openApiPage(document: JsonObject): string {
  const info = objectOf(document['info'])
  const operations = operationsOf(document)
  const tags = [...new Set(operations.map(({ tag }) => tag))]
  const schemas = Object.entries(objectOf(objectOf(document['components'])['schemas']))
  const sections = tags.map((tag) =>
    tagSection(
      tag,
      operations.filter((operation) => operation.tag === tag),
    ),
  )
  const schemaLinks = schemas.map(([name]) => `<li><a href="#schema-${escape(name)}">${escape(name)}</a></li>`)
  return [
    '<!doctype html><html lang="en"><head><meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${escape(info['title'])} API</title><style>${STYLE}</style></head><body>`,
    `<nav><h1>${escape(info['title'])}</h1><p>API ${escape(info['version'])} · <a href="/openapi.json">openapi.json</a> · <a href="/asyncapi.json">asyncapi.json</a></p>`,
    guideNavigation(),
    ...tags.map((tag) => navigation(tag, operations)),
    `<details><summary><h2>Schemas</h2></summary><ul>${schemaLinks.join('')}</ul></details>`,
    '</nav><main>',
    guide(operations),
    ...sections,
    '<section id="schemas"><h2>Schemas</h2>',
    ...schemas.map(([name, schema]) => schemaSection(name, objectOf(schema))),
    '</section></main></body></html>\n',
  ].join('\n')
}

interface Operation {
  method: string
  path: string
  tag: string
  spec: JsonObject
}

function operationsOf(document: JsonObject): Operation[] {
  return Object.entries(objectOf(document['paths'])).flatMap(([path, item]) =>
    Object.entries(objectOf(item)).map(([method, spec]) => ({
      method: method.toUpperCase(),
      path,
      tag: String(list(objectOf(spec)['tags'])[0] ?? 'Other'),
      spec: objectOf(spec),
    })),
  )
}

function navigation(tag: string, operations: readonly Operation[]): string {
  const own = operations.filter((operation) => operation.tag === tag)
  const items = own.map(
    ({ spec }) => `<li><a href="#${escape(spec['operationId'])}">${escape(spec['summary'])}</a></li>`,
  )
  // What only admins and operators call stays folded: the page is for channels first.
  const open = own.some(({ path }) => path.startsWith('/v1/')) ? ' open' : ''
  return `<details${open}><summary><h2>${escape(tag)}</h2></summary><ul>${items.join('')}</ul></details>`
}

function tagSection(tag: string, operations: readonly Operation[]): string {
  return `<section><h2>${escape(tag)}</h2>${operations.map(operationArticle).join('\n')}</section>`
}

function operationArticle({ method, path, spec }: Operation): string {
  const id = escape(spec['operationId'])
  const body = objectOf(spec['requestBody'])
  const answers = Object.entries(objectOf(spec['responses'])).filter(([status]) => status !== 'default')
  const [good, refusals] = [answers.filter(([status]) => status < '4'), answers.filter(([status]) => status >= '4')]
  const going = spec['deprecated'] === true ? `<p class="going">Deprecated. ${inline(spec['x-deprecation'])}</p>` : ''
  return [
    `<article id="${id}"><div class="text"><h3><a href="#${id}">${escape(spec['summary'])}</a></h3>`,
    `<p class="address"><b class="${method.toLowerCase()}">${method}</b> <code>${escape(path)}</code></p>`,
    going,
    paragraphs(spec['description']),
    parameterTable(list(spec['parameters']).map(objectOf)),
    Object.keys(body).length === 0 ? '' : `<h4>Body</h4>${paragraphs(body['description'])}${content(body)}`,
    '<h4>Answers</h4><table>',
    ...good.map(([status, answer]) => answerRow(status, objectOf(answer))),
    '</table><details><summary>Refusals</summary><table>',
    ...refusals.map(([status, answer]) => answerRow(status, objectOf(answer))),
    `</table></details></div><div class="code">${samples(spec)}${answerSamples(answers)}</div></article>`,
  ].join('')
}

/** Requests in each language, then the answer: what is read first. */
function samples(spec: JsonObject): string {
  const all = list(spec['x-codeSamples']).map(objectOf)
  const titles = new Set(all.map((one) => one['label']))
  return all
    .map((one) => {
      const language = one['lang'] === 'Shell' ? 'curl' : String(one['lang'])
      const label = titles.size > 1 ? `${String(one['label'])} · ${language}` : language
      return codeBlock(String(one['source']), label)
    })
    .join('')
}

function answerSamples(answers: readonly [string, Json][]): string {
  const blocks = answers.flatMap(([status, answer]) =>
    Object.entries(objectOf(objectOf(answer)['content'])).flatMap(([type, media]) => {
      const example = objectOf(media)['example']
      return example === undefined || status >= '3'
        ? []
        : [codeBlock(JSON.stringify(example, null, 2), `${status} ${type}`)]
    }),
  )
  return blocks.slice(0, 1).join('')
}

function parameterTable(parameters: readonly JsonObject[]): string {
  if (parameters.length === 0) return ''
  const rows = parameters.map((parameter) => {
    const required = parameter['required'] === true ? ' <i>required</i>' : ''
    const going =
      parameter['deprecated'] === true ? `<br><i class="going">${inline(parameter['x-deprecation'])}</i>` : ''
    const name = `<code>${escape(parameter['name'])}</code> <i>${escape(parameter['in'])}</i>${required}<span class="type">${typeText(objectOf(parameter['schema']))}</span>`
    return `<tr><td>${name}</td><td>${inline(parameter['description'])}${going}</td></tr>`
  })
  return `<h4>Parameters</h4><table>${rows.join('')}</table>`
}

function answerRow(status: string, answer: JsonObject): string {
  const headers = Object.entries(objectOf(answer['headers'])).map(
    ([name, header]) => `<br><code>${escape(name)}</code>: ${inline(objectOf(header)['description'])}`,
  )
  const codes = list(answer['x-error-codes']).map((code) => `<code>${escape(code)}</code>`)
  const shown = codes.length === 0 ? content(answer) : `<p class="codes">${codes.join(' ')}</p>`
  return `<tr><td class="status"><code>${escape(status)}</code></td><td>${inline(answer['description'])}${headers.join('')}${shown}</td></tr>`
}

function content(holder: JsonObject): string {
  return Object.entries(objectOf(holder['content']))
    .filter(([type]) => type !== 'application/problem+json')
    .map(([type, media]) => {
      const schema = objectOf(objectOf(media)['schema'])
      return `<div class="media"><code>${escape(type)}</code> ${typeText(schema)}${members(schema)}</div>`
    })
    .join('')
}
