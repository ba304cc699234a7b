// Computations that wait where they need not, or are not waited for at all.

import type { Node } from 'oxc-parser'
import { forEachChild } from '../../runtime/functions/analysis/hoist.ts'
import { forEachName } from '../../runtime/functions/analysis/patterns.ts'
import { COLLECTIONS } from '../knowledge/api.ts'
import { heddleName } from '../knowledge/follow.ts'
import { bare, methodOf, type Subject } from '../knowledge/subject.ts'
import type { Finding, TextEdit } from './finding.ts'

type Call = Extract<Node, { type: 'CallExpression' }>

/** `c` of `c.compute()`, when `c` is a collection. */
export function computed(
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

/** A call that gives a promise of heddle's: `c.compute()`, `c.persist()`, `compute(c)`, `future.result()`, `client.gather(…)`. */
function promising(subject: Subject, node: Node): Call | undefined {
  const own = computed(subject, node) ?? computed(subject, node, 'persist')
  if (own) return own.call
  const call = bare(node)
  if (call.type !== 'CallExpression') return undefined
  const callee = bare(call.callee as Node)
  if (callee.type === 'Identifier')
    return /^(compute|persist|gather)$/.test(heddleName(subject, callee) ?? '') ? call : undefined
  if (callee.type !== 'MemberExpression') return undefined
  const kind = subject.kinds.of(callee.object as Node)
  const promises = kind === 'client' ? /^(compute|persist|gather|scatter)$/ : /^result$/
  return (kind === 'client' || kind === 'future') && promises.test(methodOf(call) ?? '') ? call : undefined
}

/** `compute()` whose promise nobody looks at. */
export function missingAwaitFindings(subject: Subject): Finding[] {
  const found: Finding[] = []
  const tell = (call: Call, what: string): void => {
    const { callee } = call
    found.push({
      code: 'missing-await',
      severity: 'warning',
      start: callee.type === 'MemberExpression' ? callee.property.start : callee.start,
      end: call.end,
      message: `${what} Put await in front of it.`,
      fix: { title: 'Add await', edits: [{ start: call.start, end: call.start, text: 'await ' }] },
    })
  }
  for (const statement of subject.all('ExpressionStatement')) {
    const call = promising(subject, statement.expression as Node)
    if (call)
      tell(
        call,
        `${nameOf(call)}() gives a promise, and nobody waits for it: the run may end before it is done, and its error is lost.`,
      )
  }
  for (const declarator of subject.all('VariableDeclarator')) {
    const call = declarator.init && promising(subject, declarator.init as Node)
    if (!call) continue
    if (declarator.id.type === 'ArrayPattern')
      tell(call, `${nameOf(call)}() gives a promise, which cannot be taken apart.`)
    if (declarator.id.type !== 'Identifier') continue
    const { name } = declarator.id
    const uses = subject
      .called(name)
      .filter((use) => use !== declarator.id && isUseOf(subject, use, declarator))
    const wrong = uses.find((use) => isValueUse(subject, use))
    if (wrong)
      tell(
        call,
        `'${name}' is the promise of a value, and is used as the value itself${lineText(subject, wrong)}.`,
      )
  }
  return found
}

const nameOf = ({ callee }: Call): string =>
  callee.type === 'MemberExpression' && callee.property.type === 'Identifier'
    ? callee.property.name
    : callee.type === 'Identifier'
      ? callee.name
      : 'this'

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
  return [...found, ...besideFindings(subject)]
}

/** Computations that stand beside each other in one list, object or call: `[await a.compute(), await b.compute()]`. */
function besideFindings(subject: Subject): Finding[] {
  const found: Finding[] = []
  for (const list of subject.all('ArrayExpression', 'ObjectExpression', 'CallExpression')) {
    const parts: readonly (Node | null)[] =
      list.type === 'ArrayExpression'
        ? (list.elements as (Node | null)[])
        : list.type === 'CallExpression'
          ? (list.arguments as Node[])
          : (list.properties as Node[]).map((each) =>
              each.type === 'Property' ? (each.value as Node) : null,
            )
    const waits = parts.filter(
      (part) => part?.type === 'AwaitExpression' && computed(subject, part.argument as Node),
    ) as Node[]
    if (waits.length < 2) continue
    found.push({
      code: 'awaits-in-sequence',
      severity: 'information',
      start: waits[1].start,
      end: waits.at(-1)!.end,
      message: `These ${waits.length} computations stand beside each other, and each waits for the one before it. Computed at once, with await compute(…) of all of them, they run at the same time, and what they share runs once.`,
      related: [{ start: waits[0].start, end: waits[0].end, message: 'the first of them' }],
    })
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
