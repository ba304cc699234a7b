// What a task's function takes along from around it: what cannot travel, what is too large to, and what is changed there in vain.

import type { Node } from 'oxc-parser'
import type { Capture } from '../../runtime/functions/analysis/sourceUnit.ts'
import { CANNOT_TRAVEL, ELEMENT_BYTES } from '../knowledge/api.ts'
import { bare, methodOf, type Subject, type TaskFunction } from '../knowledge/subject.ts'
import type { Finding, Fix } from './finding.ts'

/** Larger values are better scattered: sent once, and kept where they are needed. */
const LARGE_BYTES = 1_000_000
const CONTAINERS = /^(Map|Set|Array|URLSearchParams|FormData|Headers|\w+Array)$/
const MUTATORS = /^(push|pop|shift|unshift|splice|sort|reverse|set|add|delete|clear|fill|copyWithin|append)$/

export function captureFindings(subject: Subject): Finding[] {
  return subject.tasks.flatMap((task) =>
    [...task.unit.captures.values()]
      .filter(({ binding }) => binding.kind !== 'import' && binding !== task.unit.selfBinding)
      .flatMap((capture) => [
        ...assigned(task, capture),
        ...cannotTravel(subject, capture),
        ...large(subject, task, capture),
        ...mutated(subject, task, capture),
      ]),
  )
}

function assigned(task: TaskFunction, { binding, writtenAt }: Capture): Finding[] {
  if (writtenAt === undefined) return []
  const { name } = binding
  return [
    {
      code: 'assigns-capture',
      severity: 'warning',
      start: writtenAt,
      end: writtenAt + name.length,
      message: `'${name}' is assigned in a task: it changes the copy on the worker alone, and '${name}' here stays as it is. Return the value instead, and combine the results.`,
      related: [{ ...declared(binding), message: `'${name}' is declared here` }, callOf(task)],
    },
  ]
}

function cannotTravel(subject: Subject, { binding, first }: Capture): Finding[] {
  const init = initOf(binding)
  const byType = subject.typeOf(binding)?.platformClass
  const problem = (init && problemOf(subject, init)) ?? (byType ? CANNOT_TRAVEL[byType] : undefined)
  if (!problem) return []
  const { name } = binding
  return [
    {
      code: 'cannot-travel',
      severity: 'error',
      start: first,
      end: first + name.length,
      message: `'${name}' cannot be sent to a worker: it is ${problem.what}. Way out: ${problem.remedy}.`,
      related: [{ ...declared(binding), message: `'${name}' is made here` }],
    },
  ]
}

function problemOf(subject: Subject, init: Node): { what: string; remedy: string } | undefined {
  if (init.type === 'NewExpression' && init.callee.type === 'Identifier') {
    if (subject.binding(init.callee)?.kind === 'class') return undefined
    return CANNOT_TRAVEL[init.callee.name]
  }
  if (init.type === 'CallExpression') {
    const name = init.callee.type === 'Identifier' ? init.callee.name : methodOf(init)
    const own = init.callee.type === 'Identifier' && subject.binding(init.callee)
    if (own && own.kind !== 'import') return asyncCall(own.declarations[0])
    if (subject.kinds.meaning(init).promised) return CANNOT_TRAVEL.Promise
    return name !== undefined && /^[a-z]/.test(name) && Object.hasOwn(CANNOT_TRAVEL, name)
      ? CANNOT_TRAVEL[name]
      : undefined
  }
  return undefined
}

/** A call of an async function that nobody awaited. */
function asyncCall(declaration: Node | undefined): { what: string; remedy: string } | undefined {
  const made =
    declaration?.type === 'VariableDeclarator' && declaration.init
      ? bare(declaration.init as Node)
      : declaration
  if (
    made?.type === 'FunctionDeclaration' ||
    made?.type === 'FunctionExpression' ||
    made?.type === 'ArrowFunctionExpression'
  ) {
    if (made.async) return CANNOT_TRAVEL.Promise
    if ('generator' in made && made.generator)
      return { what: 'a running generator', remedy: 'make a list of it first: [...generator()]' }
  }
  return undefined
}

function large(subject: Subject, task: TaskFunction, { binding, first }: Capture): Finding[] {
  // What a worker can make again by itself is not sent.
  if (!task.unit.values.some((capture) => capture.binding === binding)) return []
  const init = initOf(binding)
  const bytes = init ? bytesOf(init) : 0
  if (bytes < LARGE_BYTES) return []
  const { name } = binding
  const megabytes = Math.round(bytes / 1e6)
  const fix = scatterFix(subject, task, name)
  return [
    {
      code: 'large-capture',
      severity: 'warning',
      start: first,
      end: first + name.length,
      message: `'${name}' is about ${megabytes} MB and is sent along with this function. Send it once with client.scatter(${name}), and pass what that gives as an argument.`,
      related: [{ ...declared(binding), message: `'${name}' is made here` }],
      ...(fix && { fix }),
    },
  ]
}

/** Bytes that an expression evidently takes up; 0 when it does not say. */
function bytesOf(node: Node): number {
  if (node.type === 'NewExpression' && node.callee.type === 'Identifier') {
    const [length] = node.arguments
    return (ELEMENT_BYTES[node.callee.name] ?? 0) * (length ? numberOf(length as Node) : 0)
  }
  if (node.type === 'CallExpression') {
    const method = methodOf(node)
    if (method === 'alloc' || method === 'allocUnsafe') return numberOf(node.arguments[0] as Node)
    if (method === 'from' && node.arguments[0]?.type === 'ObjectExpression') {
      const [length] = node.arguments[0].properties
      return length?.type === 'Property' ? 8 * numberOf(length.value as Node) : 0
    }
    if ((method === 'fill' || method === 'map') && node.callee.type === 'MemberExpression')
      return bytesOf(bare(node.callee.object as Node))
  }
  if (node.type === 'ArrayExpression' && node.elements.length > LARGE_BYTES / 8)
    return 8 * node.elements.length
  return 0
}

function numberOf(node: Node | undefined): number {
  if (node?.type === 'Literal' && typeof node.value === 'number') return node.value
  if (node?.type === 'BinaryExpression') {
    const [a, b] = [numberOf(node.left as Node), numberOf(node.right as Node)]
    if (node.operator === '*') return a * b
    if (node.operator === '**') return a ** b
    if (node.operator === '+') return a + b
  }
  return 0
}

/** For `client.submit((x) => …)`: the value becomes an argument of the function, and its scattered copy one of the call. */
function scatterFix(subject: Subject, { unit, call, method }: TaskFunction, name: string): Fix | undefined {
  const { node } = unit
  if (
    method !== 'submit' ||
    node.type !== 'ArrowFunctionExpression' ||
    call.callee.type !== 'MemberExpression'
  )
    return undefined
  if (bare(call.arguments[0] as Node) !== (node as Node)) return undefined
  const client = subject.slice(call.callee.object)
  const last = node.params.at(-1)
  // `x => …` has no brackets to put a second one into.
  const open = subject.text.indexOf('(', node.start)
  if (open < 0 || open > (node.params[0]?.start ?? node.body.start)) return undefined
  const inParameters = last ? { at: last.end, text: `, ${name}` } : { at: open + 1, text: name }
  const end = call.arguments.at(-1)!.end
  return {
    title: `Scatter '${name}' once and pass it as an argument`,
    edits: [
      { start: inParameters.at, end: inParameters.at, text: inParameters.text },
      { start: end, end, text: `, await ${client}.scatter(${name})` },
    ],
  }
}

/** `list.push(x)` in a task, of a list from outside. */
function mutated(subject: Subject, task: TaskFunction, { binding }: Capture): Finding[] {
  const { unit } = task
  // Objects of the user's own classes may call anything by these names.
  const init = initOf(binding)
  const evident =
    init?.type === 'ArrayExpression' ||
    (init?.type === 'NewExpression' && init.callee.type === 'Identifier' && CONTAINERS.test(init.callee.name))
  if (!evident) return []
  for (const call of subject.inside(unit, 'CallExpression')) {
    const method = methodOf(call)
    if (method === undefined || !MUTATORS.test(method) || call.callee.type !== 'MemberExpression') continue
    const object = bare(call.callee.object as Node)
    if (object.type !== 'Identifier' || subject.binding(object) !== binding) continue
    return [
      {
        code: 'mutates-capture',
        severity: 'warning',
        start: object.start,
        end: call.callee.end,
        message: `${binding.name}.${method}() in a task changes the copy on the worker alone. Return the value instead, and combine the results.`,
        related: [{ ...declared(binding), message: `'${binding.name}' is declared here` }, callOf(task)],
      },
    ]
  }
  return []
}

function initOf(binding: Capture['binding']): Node | undefined {
  const [declaration] = binding.declarations
  return binding.simple && declaration?.type === 'VariableDeclarator' && declaration.init
    ? bare(declaration.init as Node)
    : undefined
}

function declared({ declarations, name }: Capture['binding']): { start: number; end: number } {
  const [declaration] = declarations
  const start = declaration.type === 'VariableDeclarator' ? declaration.id.start : declaration.start
  return { start, end: start + name.length }
}

const callOf = ({ call, method }: TaskFunction): NonNullable<Finding['related']>[number] => ({
  start: call.callee.type === 'MemberExpression' ? call.callee.property.start : call.callee.start,
  end: call.callee.end,
  message: `${method}() runs this function as tasks`,
})
