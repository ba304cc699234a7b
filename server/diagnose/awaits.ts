// Computations that wait where they need not, or are not waited for at all.

import type { Node } from 'oxc-parser'
import { forEachChild } from '../../runtime/functions/analysis/hoist.ts'
import { forEachName } from '../../runtime/functions/analysis/patterns.ts'
import { COLLECTIONS } from '../knowledge/api.ts'
import { bare, isFunction, methodOf, type Subject } from '../knowledge/subject.ts'
import type { Finding, Fix, TextEdit } from './finding.ts'

type Call = Extract<Node, { type: 'CallExpression' }>

const LOOPS = /^(For|ForIn|ForOf|While|DoWhile)Statement$/

/** `c` of `c.compute()`, when `c` is a collection. */
function computed(
  subject: Subject,
  node: Node,
  method = 'compute',
): { call: Call; collection: Node } | undefined {
  const call = bare(node)
  if (call.type !== 'CallExpression' || methodOf(call) !== method || call.callee.type !== 'MemberExpression')
    return undefined
  const collection = bare(call.callee.object as Node)
  const kind = subject.kinds.of(collection)
  return kind && COLLECTIONS.has(kind) ? { call, collection } : undefined
}

/** Computations in a loop, one after the other. */
export function loopFindings(subject: Subject): Finding[] {
  const found: Finding[] = []
  for (const awaiting of subject.all('AwaitExpression')) {
    const inner = computed(subject, awaiting.argument as Node)
    if (!inner) continue
    let loop: Node | undefined
    for (const at of subject.around(awaiting)) {
      if (isFunction(at)) break
      if (!LOOPS.test(at.type)) continue
      // What is iterated over is computed once.
      if (
        (at.type === 'ForOfStatement' || at.type === 'ForInStatement') &&
        within(awaiting, at.right as Node)
      )
        continue
      loop = at
      break
    }
    if (!loop) continue
    const property = (inner.call.callee as Extract<Node, { type: 'MemberExpression' }>).property
    const fix = gatherFix(subject, loop, awaiting, inner.collection)
    found.push({
      code: 'compute-in-loop',
      severity: 'warning',
      start: property.start,
      end: inner.call.end,
      message:
        'compute() in a loop: each turn waits for the one before it, and nothing is shared between them. Collect them first, and compute all at once: await compute(...list).',
      ...(fix && { fix }),
    })
  }
  return found
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

/** `compute()` whose promise nobody looks at. */
export function missingAwaitFindings(subject: Subject): Finding[] {
  const found: Finding[] = []
  const tell = (call: Call, what: string): void => {
    const property = (call.callee as Extract<Node, { type: 'MemberExpression' }>).property
    found.push({
      code: 'missing-await',
      severity: 'warning',
      start: property.start,
      end: call.end,
      message: `${what} Put await in front of it.`,
      fix: { title: 'Add await', edits: [{ start: call.start, end: call.start, text: 'await ' }] },
    })
  }
  for (const statement of subject.all('ExpressionStatement')) {
    const inner =
      computed(subject, statement.expression as Node) ??
      computed(subject, statement.expression as Node, 'persist')
    if (inner)
      tell(
        inner.call,
        `${methodOf(inner.call)}() gives a promise, and nobody waits for it: the run may end before it is done, and its error is lost.`,
      )
  }
  for (const declarator of subject.all('VariableDeclarator')) {
    if (!declarator.init || declarator.id.type !== 'Identifier') continue
    const inner = computed(subject, declarator.init as Node)
    if (!inner) continue
    const { name } = declarator.id
    const uses = subject
      .called(name)
      .filter((use) => use !== declarator.id && isUseOf(subject, use, declarator))
    const wrong = uses.find((use) => isValueUse(subject, use))
    if (wrong)
      tell(
        inner.call,
        `'${name}' is the promise of a value, and is used as the value itself${lineText(subject, wrong)}.`,
      )
  }
  return found
}

const lineText = (subject: Subject, node: Node): string => ` in line ${subject.lineOf(node.start)}`

function isUseOf(subject: Subject, use: Node, declarator: Node): boolean {
  return subject.binding(use)?.declarations[0] === declarator
}

/** In an operator, a template, or as the object of a member that promises do not have. */
function isValueUse(subject: Subject, use: Node): boolean {
  const parent = subject.parent(use)
  if (!parent) return false
  if (parent.type === 'BinaryExpression' && !/^(===|!==|==|!=|in|instanceof)$/.test(parent.operator))
    return true
  if (parent.type === 'TemplateLiteral') return true
  return (
    parent.type === 'MemberExpression' &&
    parent.object === use &&
    !(parent.property.type === 'Identifier' && /^(then|catch|finally)$/.test(parent.property.name))
  )
}

/** Neighbouring statements that each wait for a computation, though neither needs the other. */
export function sequenceFindings(subject: Subject): Finding[] {
  const found: Finding[] = []
  for (const block of subject.all('Program', 'BlockStatement')) {
    const statements = block.body as Node[]
    for (let at = 0; at < statements.length; ) {
      const chain = independentFrom(subject, statements, at)
      if (chain.length >= 2) found.push(sequenceFinding(subject, chain))
      at += Math.max(1, chain.length)
    }
  }
  return found
}

interface Awaited {
  statement: Node
  keyword: string
  pattern: Node
  collection: Node
  names: Set<string>
}

function independentFrom(subject: Subject, statements: readonly Node[], from: number): Awaited[] {
  const chain: Awaited[] = []
  const names = new Set<string>()
  for (let at = from; at < statements.length; at++) {
    const awaited = awaitedBy(subject, statements[at])
    if (!awaited || (chain.length > 0 && awaited.keyword !== chain[0].keyword)) break
    if (mentions(awaited.collection, names)) break
    chain.push(awaited)
    for (const name of awaited.names) names.add(name)
  }
  return chain
}

function awaitedBy(subject: Subject, statement: Node): Awaited | undefined {
  if (statement.type !== 'VariableDeclaration' || statement.declarations.length !== 1) return undefined
  const [{ id, init }] = statement.declarations
  if (init?.type !== 'AwaitExpression') return undefined
  const inner = computed(subject, init.argument as Node)
  if (!inner || inner.call.arguments.length > 0) return undefined
  const names = new Set<string>()
  forEachName(id, (name) => void names.add(name))
  return { statement, keyword: statement.kind, pattern: id as Node, collection: inner.collection, names }
}

function mentions(node: Node, names: ReadonlySet<string>): boolean {
  if (node.type === 'Identifier' && names.has(node.name)) return true
  let found = false
  forEachChild(node, (child) => {
    found ||= mentions(child, names)
  })
  return found
}

function sequenceFinding(subject: Subject, chain: readonly Awaited[]): Finding {
  const [first] = chain
  const last = chain.at(-1)!
  const patterns = chain.map(({ pattern }) => subject.slice(pattern)).join(', ')
  const collections = chain.map(({ collection }) => subject.slice(collection)).join(', ')
  const count = chain.length === 2 ? 'These two computations' : `These ${chain.length} computations`
  return {
    code: 'awaits-in-sequence',
    severity: 'information',
    start: chain[1].statement.start,
    end: last.statement.end,
    message: `${count} do not need each other, and each waits for the one before it. Computed at once they run at the same time, and what they share runs once.`,
    related: [{ start: first.statement.start, end: first.statement.end, message: 'the first of them' }],
    fix: {
      title: 'Compute them at once',
      edits: [
        {
          start: first.statement.start,
          end: last.statement.end,
          text: `${first.keyword} [${patterns}] = await compute(${collections})`,
        },
        ...importOf(subject, 'compute'),
      ],
    },
  }
}

/** What brings a name of heddle into the file, where it is not there. */
export function importOf(subject: Subject, name: string): TextEdit[] {
  const imports = subject.all('ImportDeclaration').filter(({ source }) => source.value === 'heddle')
  for (const { specifiers } of imports)
    for (const specifier of specifiers)
      if (specifier.type === 'ImportSpecifier' && specifier.local.name === name) return []
  const named = imports.find(({ specifiers }) => specifiers.at(-1)?.type === 'ImportSpecifier')
  const at = named?.specifiers.at(-1)?.end
  return at === undefined
    ? [{ start: 0, end: 0, text: `import { ${name} } from 'heddle'\n` }]
    : [{ start: at, end: at, text: `, ${name}` }]
}

const within = (node: Node, other: Node): boolean => node.start >= other.start && node.end <= other.end
