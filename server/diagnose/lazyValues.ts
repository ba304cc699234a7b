// Collections where their values are meant: an operator, a template or a function of the language sees an object, not a number.

import type { Node } from 'oxc-parser'
import { KIND_NAMES, LAZY } from '../knowledge/api.ts'
import { bare, isFunction, type Subject } from '../knowledge/subject.ts'
import type { Finding } from './finding.ts'

/** Functions of the language that want values. */
const WANT_VALUES =
  /^(Math|JSON|Number|String|Array|Object)\.\w+$|^(Number|String|Boolean|parseInt|parseFloat|isNaN)$/

export function lazyValueFindings(subject: Subject): Finding[] {
  const found: Finding[] = []
  const tell = (node: Node, where: string): void => {
    const kind = subject.kinds.of(node)
    if (!kind || !LAZY.has(kind) || kind === 'grouped') return
    // Inside a task a captured collection is another matter, and columns have operators of their own.
    if (kind === 'series') return
    const awaits = canAwait(subject, node)
    const text = subject.slice(node)
    found.push({
      code: 'collection-as-value',
      severity: 'warning',
      start: node.start,
      end: node.end,
      message: `This is a ${KIND_NAMES[kind]}, not its value: ${where}. Compute it first: await ${short(text)}.compute().`,
      ...(awaits && {
        fix: {
          title: 'Compute it first',
          edits: [{ start: node.start, end: node.end, text: `(await ${text}.compute())` }],
        },
      }),
    })
  }
  for (const operation of subject.all('BinaryExpression')) {
    if (/^(===|!==|==|!=|in|instanceof)$/.test(operation.operator)) continue
    for (const side of [operation.left, operation.right])
      tell(bare(side as Node), `${operation.operator} sees an object`)
  }
  for (const operation of subject.all('UnaryExpression'))
    if (/^[-+~]$/.test(operation.operator))
      tell(bare(operation.argument as Node), `${operation.operator} sees an object`)
  for (const template of subject.all('TemplateLiteral'))
    for (const part of template.expressions)
      tell(bare(part as Node), 'the text would say what it is, not what it holds')
  for (const statement of subject.all('IfStatement', 'WhileStatement', 'ConditionalExpression'))
    if (!mayBeNothing(subject, bare(statement.test as Node)))
      tell(bare(statement.test as Node), 'it always counts as true')
  for (const loop of subject.all('ForOfStatement'))
    if (subject.kinds.of(bare(loop.right as Node)) !== 'delayed')
      tell(bare(loop.right as Node), 'it has nothing to go through yet')
  for (const spread of subject.all('SpreadElement')) {
    // Fields of an object are spread as they are.
    if (subject.parent(spread)?.type === 'ObjectExpression') continue
    if (subject.kinds.of(bare(spread.argument as Node)) !== 'delayed')
      tell(bare(spread.argument as Node), 'it has nothing to go through yet')
  }
  for (const call of subject.all('CallExpression')) {
    const callee = bare(call.callee as Node)
    if (!WANT_VALUES.test(subject.slice(callee))) continue
    const root = callee.type === 'MemberExpression' ? bare(callee.object as Node) : callee
    if (root.type === 'Identifier' && subject.binding(root)) continue
    for (const argument of call.arguments)
      if (argument.type !== 'SpreadElement')
        tell(bare(argument as Node), `${subject.slice(callee)} wants the value`)
  }
  return found
}

/** `b?: Bag`: whether it is there may be asked. */
function mayBeNothing(subject: Subject, node: Node): boolean {
  if (node.type !== 'Identifier') return false
  const [declaration] = subject.binding(node)?.declarations ?? []
  return declaration?.type === 'Identifier' && (declaration as { optional?: boolean }).optional === true
}

/** At the top level, or in an async function. */
function canAwait(subject: Subject, node: Node): boolean {
  for (const at of subject.around(node)) if (isFunction(at)) return 'async' in at && at.async === true
  return true
}

const short = (text: string): string =>
  (text.length > 40 ? `${text.slice(0, 39)}…` : text).replace(/\s+/g, ' ')
