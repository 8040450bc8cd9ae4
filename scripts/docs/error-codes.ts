/**
 * Finds every error code in the source with what is said about it there: its family, its message, what to do. Codes are
 * text literals in one of these places, in hub/ and connectors/:
 * - the value of a member `code`, also inside a condition, or the type of such a member;
 * - an argument for a parameter named `code`;
 * - an argument for the parameter that ends a template in such a place: `code: \`store.${what}\``.
 */
import ts from 'typescript'

export interface ErrorCode {
  code: string
  /** retry, reject, config, bug; undefined where the place does not say. */
  family: string | undefined
  status: number | undefined
  /** The message with `…` for what is filled in, or the first sentence of the comment on the function that makes it. */
  meaning: string | undefined
  fix: string | undefined
  /** Path of the first file that has it. */
  file: string
}

export interface Source {
  path: string
  text: string
}

const CODE = /^[a-z][a-z0-9-]*(\.[a-z0-9-]+)+$/
/** A parameter that is a code, whole (prefix '') or the end of one, and what its function says of every code. */
type CodeParameter = { index: number; prefix: string; said: Said }
/** By file and name first: small helpers of different files share names. */
type Makers = Map<string, CodeParameter>

export function findErrorCodes(sources: readonly Source[]): ErrorCode[] {
  const files = sources.map(({ path, text }) => ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true))
  const makers: Makers = new Map()
  for (const file of files) visit(file, (node) => noteMaker(node, makers))
  const found = new Map<string, ErrorCode>()
  for (const file of files) {
    visit(file, (node) => {
      for (const one of codesAt(node, makers)) merge(found, { ...one, file: file.fileName })
    })
  }
  return [...found.values()].sort((a, b) => (a.code < b.code ? -1 : 1))
}

type Found = Omit<ErrorCode, 'file'>
type Said = Omit<Found, 'code'>

function visit(node: ts.Node, look: (node: ts.Node) => void): void {
  look(node)
  node.forEachChild((child) => visit(child, look))
}

/** The first place that says something wins; later ones fill what it leaves open. */
function merge(found: Map<string, ErrorCode>, one: ErrorCode): void {
  const known = found.get(one.code)
  if (known === undefined) found.set(one.code, one)
  else {
    known.family ??= one.family
    known.status ??= one.status
    known.meaning ??= one.meaning
    known.fix ??= one.fix
  }
}

function noteMaker(node: ts.Node, makers: Makers): void {
  if (!ts.isFunctionLike(node)) return
  const name = nameOfFunction(node)
  if (name === undefined) return
  const names = node.parameters.map((parameter) => parameter.name.getText())
  const whole = names.indexOf('code')
  const prefix = templatePrefix(node, names)
  const isWhole = whole >= 0 && takesText(node.parameters[whole])
  const found = prefix ?? (isWhole ? { index: whole, prefix: '', said: saidByMaker(node) } : undefined)
  if (found === undefined) return
  makers.set(`${node.getSourceFile().fileName}#${name}`, found)
  makers.set(name, found)
}

function nameOfFunction(node: ts.SignatureDeclaration): string | undefined {
  if (node.name !== undefined) return node.name.getText()
  const { parent } = node
  return ts.isVariableDeclaration(parent) || ts.isPropertyDeclaration(parent) ? parent.name.getText() : undefined
}

function takesText(parameter: ts.ParameterDeclaration | undefined): boolean {
  return parameter?.type?.kind === ts.SyntaxKind.StringKeyword
}

/** `code: \`store.${what}\`` in a function with a parameter `what`. */
function templatePrefix(maker: ts.SignatureDeclaration, names: readonly string[]): CodeParameter | undefined {
  let found: CodeParameter | undefined
  visit(maker, (node) => {
    if (!ts.isPropertyAssignment(node) || node.name.getText() !== 'code' || !ts.isTemplateExpression(node.initializer))
      return
    const [span] = node.initializer.templateSpans
    const index = span === undefined ? -1 : names.indexOf(span.expression.getText())
    if (index >= 0) found = { index, prefix: node.initializer.head.text, said: saidByMaker(maker) }
  })
  return found
}

function codesAt(node: ts.Node, makers: Makers): Found[] {
  if (ts.isPropertyAssignment(node) && node.name.getText() === 'code' && ts.isObjectLiteralExpression(node.parent)) {
    return literals(node.initializer).map((code) => ({
      code,
      ...saidInObject(node.parent as ts.ObjectLiteralExpression),
    }))
  }
  if (ts.isPropertySignature(node) && node.name.getText() === 'code' && node.type !== undefined) {
    return literalTypes(node.type).map((code) => ({ code, ...NOTHING_SAID }))
  }
  if (!ts.isCallExpression(node) && !ts.isNewExpression(node)) return []
  const callee = node.expression
  const name = ts.isPropertyAccessExpression(callee) ? callee.name.getText() : callee.getText()
  // A bare name means the file's own function or one that was imported; a method is known by its name alone.
  const maker =
    makers.get(`${node.getSourceFile().fileName}#${name}`) ?? (isLocal(node, name) ? undefined : makers.get(name))
  const argument = maker === undefined ? undefined : node.arguments?.[maker.index]
  if (maker === undefined || argument === undefined) return []
  return literals(argument, maker.prefix).map((code) => ({ code, ...filled(saidInCall(node), maker.said) }))
}

/** Whether the file has a function of this name, which then is the one that is called. */
function isLocal(node: ts.Node, name: string): boolean {
  return node.getSourceFile().statements.some((one) => ts.isFunctionDeclaration(one) && one.name?.text === name)
}

function filled(said: Said, standard: Said): Said {
  return {
    family: said.family ?? standard.family,
    status: said.status ?? standard.status,
    meaning: said.meaning ?? standard.meaning,
    fix: said.fix ?? standard.fix,
  }
}

/** What a function says of each error that it makes: in the object that it makes, else in its comment. */
function saidByMaker(maker: ts.SignatureDeclaration): Said {
  let said: Said | undefined
  visit(maker, (node) => {
    const isError = ts.isNewExpression(node) && node.expression.getText() === 'HubError'
    const [options] = isError ? (node.arguments ?? []) : []
    if (options !== undefined && ts.isObjectLiteralExpression(options)) said ??= saidInObject(options)
  })
  return said ?? { ...NOTHING_SAID, meaning: firstSentence(maker) }
}

const NOTHING_SAID = { family: undefined, status: undefined, meaning: undefined, fix: undefined }

/** The codes that an expression can be: a literal, or those of both ways of a condition. */
function literals(expression: ts.Expression, prefix = ''): string[] {
  if (ts.isConditionalExpression(expression)) {
    return [...literals(expression.whenTrue, prefix), ...literals(expression.whenFalse, prefix)]
  }
  if (ts.isBinaryExpression(expression))
    return [...literals(expression.left, prefix), ...literals(expression.right, prefix)]
  if (ts.isParenthesizedExpression(expression)) return literals(expression.expression, prefix)
  if (!ts.isStringLiteralLike(expression)) return []
  const code = prefix + expression.text
  return CODE.test(code) ? [code] : []
}

function literalTypes(type: ts.TypeNode): string[] {
  if (ts.isUnionTypeNode(type)) return type.types.flatMap(literalTypes)
  return ts.isLiteralTypeNode(type) && ts.isStringLiteral(type.literal) && CODE.test(type.literal.text)
    ? [type.literal.text]
    : []
}

function saidInObject(object: ts.ObjectLiteralExpression): Said {
  const member = (name: string): ts.Expression | undefined => {
    const property = object.properties.find((one) => one.name?.getText() === name)
    if (property !== undefined && ts.isPropertyAssignment(property)) return property.initializer
    return property !== undefined && ts.isShorthandPropertyAssignment(property) ? declared(property.name) : undefined
  }
  const status = member('status')
  return {
    family: textOf(member('family')),
    status: status !== undefined && ts.isNumericLiteral(status) ? Number(status.text) : undefined,
    meaning: textOf(member('message')) ?? textOf(member('detail')) ?? commentOn(object),
    fix: textOf(member('fix')),
  }
}

function saidInCall(call: ts.CallExpression | ts.NewExpression): Said {
  const given = [...(call.arguments ?? [])]
  // A piece of a sentence, which the function makes whole, is no message.
  const [meaning, fix] = given
    .map((argument) => textOf(argument))
    .filter((text) => text !== undefined && isSentence(text))
  const options = given.find((argument) => ts.isObjectLiteralExpression(argument))
  const said = options === undefined ? NOTHING_SAID : saidInObject(options)
  return { family: said.family, status: said.status, meaning: meaning ?? said.meaning, fix: fix ?? said.fix }
}

function isSentence(text: string): boolean {
  return text.includes(' ') && /[.…?]$/.test(text)
}

/** The text of a literal; of a template with `…` for its gaps; of a constant that is declared as one of these; of a default. */
function textOf(expression: ts.Expression | undefined): string | undefined {
  if (expression === undefined) return undefined
  if (ts.isStringLiteralLike(expression)) return expression.text
  if (ts.isTemplateExpression(expression)) {
    return expression.head.text + expression.templateSpans.map((span) => `…${span.literal.text}`).join('')
  }
  if (ts.isBinaryExpression(expression)) return textOf(expression.right)
  return ts.isIdentifier(expression) ? textOf(declared(expression)) : undefined
}

/** What the nearest `const <name> = ...` around an identifier declares. */
function declared(identifier: ts.Identifier): ts.Expression | undefined {
  for (let scope: ts.Node | undefined = identifier.parent; scope !== undefined; scope = scope.parent) {
    if (!ts.isBlock(scope) && !ts.isSourceFile(scope)) continue
    for (const statement of scope.statements) {
      if (!ts.isVariableStatement(statement)) continue
      const declaration = statement.declarationList.declarations.find((one) => one.name.getText() === identifier.text)
      if (declaration?.initializer !== undefined) return declaration.initializer
    }
  }
  return undefined
}

/** The comment on the function around a place, where the function makes errors and nothing else. */
function commentOn(place: ts.Node): string | undefined {
  const maker = ts.findAncestor(place, (node) => ts.isFunctionDeclaration(node) || ts.isMethodDeclaration(node))
  if (maker === undefined) return undefined
  const { type } = maker as ts.FunctionDeclaration
  return type?.getText() === 'HubError' || type?.getText() === 'never' ? firstSentence(maker) : undefined
}

function firstSentence(maker: ts.Node): string | undefined {
  const comment = ts.getJSDocCommentsAndTags(maker).find(ts.isJSDoc)?.comment
  const text = typeof comment === 'string' ? comment.replaceAll(/\s+/g, ' ') : ''
  return text === '' ? undefined : text.split(/(?<=\.)\s/)[0]
}
