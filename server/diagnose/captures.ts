// What a task's function takes along from around it: what cannot travel, and what is changed there in vain.

import type { Node } from 'oxc-parser'
import type { Capture } from '../../runtime/functions/analysis/sourceUnit.ts'
import { CANNOT_TRAVEL } from '../knowledge/api.ts'
import { bare, methodOf, type Subject, type TaskFunction } from '../knowledge/subject.ts'
import type { Finding } from './finding.ts'

const CONTAINERS = /^(Map|Set|Array|URLSearchParams|FormData|Headers|\w+Array)$/
export const MUTATORS =
  /^(push|pop|shift|unshift|splice|sort|reverse|set|add|delete|clear|fill|copyWithin|append)$/

export function captureFindings(subject: Subject): Finding[] {
  return subject.tasks.flatMap((task) =>
    [...task.unit.captures.values()]
      .filter(({ binding }) => binding.kind !== 'import' && binding !== task.unit.selfBinding)
      .flatMap((capture) => [
        ...assigned(task, capture),
        ...cannotTravel(subject, capture),
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

/** `list.push(x)` in a task, of a list from outside. */
function mutated(subject: Subject, task: TaskFunction, { binding }: Capture): Finding[] {
  const { unit } = task
  // Objects of the user's own classes may call anything by these names.
  const init = initOf(binding)
  if (!init || (init.type !== 'ObjectExpression' && !isContainer(init))) return []
  const change = changeOf(subject, unit.node as Node, binding)
  const told = (start: number, end: number, what: string): Finding => ({
    code: 'mutates-capture',
    severity: 'warning',
    start,
    end,
    message: `${what} in a task changes the copy on the worker alone. Return the value instead, and combine the results.`,
    related: [{ ...declared(binding), message: `'${binding.name}' is declared here` }, callOf(task)],
  })
  if (change) return [told(change.start, change.end, `${subject.slice(change)} =`)]
  // What a written object's own methods do is not known.
  if (init.type === 'ObjectExpression') return []
  for (const call of subject.inside(unit, 'CallExpression')) {
    const method = methodOf(call)
    if (method === undefined || !MUTATORS.test(method) || call.callee.type !== 'MemberExpression') continue
    const object = bare(call.callee.object as Node)
    if (object.type !== 'Identifier' || subject.binding(object) !== binding) continue
    return [told(object.start, call.callee.end, `${binding.name}.${method}()`)]
  }
  return []
}

/** Whether an expression is a list, a map or the like that is made here. */
export const isContainer = (init: Node): boolean =>
  init.type === 'ArrayExpression' ||
  (init.type === 'NewExpression' && init.callee.type === 'Identifier' && CONTAINERS.test(init.callee.name))

/** The member of a variable that a function assigns. A cache (`known[key] ??= …`) may well be each worker's own. */
function changeOf(subject: Subject, fn: Node, binding: Capture['binding']): Node | undefined {
  for (const node of subject.inside(fn, 'AssignmentExpression', 'UpdateExpression')) {
    if (node.type === 'AssignmentExpression' && /^(\?\?|\|\||&&)=$/.test(node.operator)) continue
    const target = bare((node.type === 'AssignmentExpression' ? node.left : node.argument) as Node)
    if (target.type !== 'MemberExpression') continue
    let root: Node = target
    while (root.type === 'MemberExpression') root = bare(root.object as Node)
    if (root.type === 'Identifier' && subject.binding(root) === binding) return target
  }
  return undefined
}

export function initOf(binding: Capture['binding']): Node | undefined {
  const [declaration] = binding.declarations
  return binding.simple && declaration?.type === 'VariableDeclarator' && declaration.init
    ? bare(declaration.init as Node)
    : undefined
}

export function declared({ declarations, name }: Capture['binding']): { start: number; end: number } {
  const [declaration] = declarations
  const start = declaration.type === 'VariableDeclarator' ? declaration.id.start : declaration.start
  return { start, end: start + name.length }
}

export const callOf = ({ call, method }: TaskFunction): NonNullable<Finding['related']>[number] => ({
  start: call.callee.type === 'MemberExpression' ? call.callee.property.start : call.callee.start,
  end: call.callee.end,
  message: `${method}() runs this function as tasks`,
})
