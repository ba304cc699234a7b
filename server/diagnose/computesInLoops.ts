// Computations that a loop waits for one by one: where it says so itself, where a function of the user's does that it calls, and in
// `forEach`, which waits for none.

import type { Node } from 'oxc-parser'
import type { FunctionLike } from '../../runtime/functions/analysis/sourceUnit.ts'
import { resultsOf } from '../knowledge/follow.ts'
import { bare, isFunction, methodOf, type Subject } from '../knowledge/subject.ts'
import { computed, importOf } from './awaits.ts'
import type { Finding, Fix } from './finding.ts'
import { declaredIn, feedsItself, mentions } from './loops.ts'

type Call = Extract<Node, { type: 'CallExpression' }>

const LOOPS = /^(For|ForIn|ForOf|While|DoWhile)Statement$/
const WAY_OUT = 'Collect them first, and compute all at once: await compute(...list).'

/** Computations in a loop, one after the other. */
export function loopFindings(subject: Subject): Finding[] {
  const found: Finding[] = []
  for (const awaiting of subject.all('AwaitExpression')) {
    const inner = computed(subject, awaiting.argument as Node)
    const loop = inner ? loopAround(subject, awaiting) : undefined
    // A descent or a fixed point has nothing to gather.
    if (!inner || !loop || feedsItself(subject, loop, awaiting)) continue
    const property = (inner.call.callee as Extract<Node, { type: 'MemberExpression' }>).property
    const fix = gatherFix(subject, loop, awaiting, inner.collection)
    found.push({
      code: 'compute-in-loop',
      severity: 'warning',
      start: property.start,
      end: inner.call.end,
      message: `compute() in a loop: each turn waits for the one before it, and nothing is shared between them. ${WAY_OUT}`,
      ...(fix && { fix }),
    })
  }
  return [...found, ...calledFindings(subject), ...forEachFindings(subject)]
}

/** The loop whose turns wait for an expression. What a stream gives comes turn by turn: there is nothing to collect of it. */
function loopAround(subject: Subject, awaiting: Node): Node | undefined {
  for (const at of subject.around(awaiting)) {
    // What is handed out one by one is wanted one by one.
    if (isFunction(at) || at.type === 'YieldExpression') return undefined
    if (!LOOPS.test(at.type)) continue
    // What is iterated over is computed once.
    if ((at.type === 'ForOfStatement' || at.type === 'ForInStatement') && within(awaiting, at.right as Node))
      continue
    return at.type === 'ForOfStatement' && at.await ? undefined : at
  }
  return undefined
}

/** `for (const k of ks) console.log(await sumOf(k))`, where `sumOf` does nothing but compute. */
function calledFindings(subject: Subject): Finding[] {
  const found: Finding[] = []
  for (const awaiting of subject.all('AwaitExpression')) {
    const call = bare(awaiting.argument as Node)
    if (call.type !== 'CallExpression') continue
    const loop = loopAround(subject, awaiting)
    // The same in each turn is done for something that is not to be seen here.
    if (!loop || !mentions(call, declaredIn(subject, loop)) || feedsItself(subject, loop, awaiting)) continue
    const called = resultsOf({ subject, node: call })
    const inner = called && onlyComputes(called.of, called.fn)
    if (!inner) continue
    const name = subject.slice(call.callee)
    found.push({
      code: 'compute-in-loop',
      severity: 'warning',
      start: call.start,
      end: call.end,
      message: `${name}() computes, and is called in a loop: each turn waits for the one before it, and nothing is shared between them. Let ${name}() give the collection. ${WAY_OUT}`,
      ...(called.of === subject && {
        related: [{ start: inner.start, end: inner.end, message: 'it is computed here' }],
      }),
    })
  }
  return found
}

/** The computation of a function that makes collections, computes and gives what came out, and does nothing else. */
function onlyComputes(of: Subject, fn: FunctionLike): Call | undefined {
  const body = fn.body as Node
  const statements = body.type === 'BlockStatement' ? (body.body as Node[]) : []
  const isHarmless = (statement: Node): boolean =>
    statement.type === 'VariableDeclaration' ||
    statement.type === 'ReturnStatement' ||
    (statement.type === 'ExpressionStatement' && /^console\./.test(of.slice(statement)))
  if (!statements.every(isHarmless)) return undefined
  const assigns = of.inside(body, 'AssignmentExpression', 'UpdateExpression', 'ThisExpression')
  if (assigns.length > 0) return undefined
  for (const call of of.inside(body, 'CallExpression')) {
    if (of.functionAround(call) !== (fn as Node)) continue
    const inner = computed(of, call)
    if (inner) return inner.call
  }
  return undefined
}

/** `xs.forEach(async (x) => …)` with a computation inside. */
function forEachFindings(subject: Subject): Finding[] {
  const found: Finding[] = []
  for (const call of subject.all('CallExpression')) {
    const [given] = call.arguments
    if (methodOf(call) !== 'forEach' || call.callee.type !== 'MemberExpression' || !given) continue
    const fn = bare(given as Node)
    // Collections have methods of their own by such names.
    if (!isFunction(fn) || subject.kinds.of(call.callee.object as Node)) continue
    const waits = subject
      .inside(fn, 'CallExpression')
      .filter((each) => subject.functionAround(each) === fn && computed(subject, each))
      .filter((each) => isAwaited(subject, each) || ('body' in fn && bare(fn.body as Node) === each))
    for (const { callee, end } of waits.slice(0, 1))
      found.push({
        code: 'compute-in-loop',
        severity: 'warning',
        start: callee.type === 'MemberExpression' ? callee.property.start : callee.start,
        end,
        message: `compute() in forEach(): it waits for none of them, what comes after it runs before they are done, and nothing is shared between them. ${WAY_OUT}`,
      })
  }
  return found
}

function isAwaited(subject: Subject, node: Node): boolean {
  let parent = subject.parent(node)
  while (parent && bare(parent) === node) parent = subject.parent(parent)
  return parent?.type === 'AwaitExpression'
}

/** `for (const x of xs) out.push(await f(x).compute())` → `out.push(...(await compute(...Array.from(xs, (x) => f(x)))))` */
function gatherFix(subject: Subject, loop: Node, awaiting: Node, collection: Node): Fix | undefined {
  if (loop.type !== 'ForOfStatement' || loop.left.type !== 'VariableDeclaration') return undefined
  const body = loop.body as Node
  const only =
    body.type === 'BlockStatement' ? (body.body.length === 1 ? (body.body[0] as Node) : undefined) : body
  if (only?.type !== 'ExpressionStatement') return undefined
  const push = bare(only.expression as Node)
  if (push.type !== 'CallExpression' || methodOf(push) !== 'push' || push.arguments.length !== 1)
    return undefined
  if (bare(push.arguments[0] as Node) !== awaiting || push.callee.type !== 'MemberExpression')
    return undefined
  const target = subject.slice(push.callee.object)
  const variable = subject.slice(loop.left.declarations[0].id)
  const over = subject.slice(loop.right)
  const text = `${target}.push(...(await compute(...Array.from(${over}, (${variable}) => ${subject.slice(collection)}))))`
  return {
    title: 'Compute all at once',
    edits: [{ start: loop.start, end: loop.end, text }, ...importOf(subject, 'compute')],
  }
}

const within = (node: Node, other: Node): boolean => node.start >= other.start && node.end <= other.end
