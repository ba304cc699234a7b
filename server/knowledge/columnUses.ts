// Where a text names columns of its frames and files: `col('a')` in a frame's step, and `row.a` in a function over rows.

import type { CallExpression, Node } from 'oxc-parser'
import { BY_KEY, BY_NAME, OPTIONS, OPTIONS_OF_OTHER, ROW_FUNCTIONS } from './columnArguments.ts'
import { type ColumnOwner, ownerOf } from './columnOwner.ts'
import { heddleName } from './follow.ts'
import type { Source } from './sources.ts'
import { bare, isFunction, methodOf, type Subject } from './subject.ts'

export interface ColumnUse extends ColumnOwner {
  name: string
  start: number
  end: number
  /** The name stands between quotes. */
  quoted: boolean
  /** The step takes it for certain, whatever the program does: by its own argument, not by a condition or a function of the user's. */
  isCertain: boolean
  /** A function of the user's names it, by its row. */
  isOfRow?: true
}

/** The sources of columns, each once. */
export const sourcesOf = (uses: readonly ColumnUse[]): Source[] => [
  ...new Map(uses.flatMap(({ source }) => (source ? [[sourceId(source), source]] : []))).values(),
]

/** Sources of one id have the same files. */
export const sourceId = ({ format, paths }: Pick<Source, 'format' | 'paths'>): string =>
  `${format} ${paths.join('\n')}`

/** Every use of a column of a frame, or of files. */
export function columnUses(subject: Subject): ColumnUse[] {
  const uses: ColumnUse[] = []
  for (const call of subject.all('CallExpression')) {
    if (call.callee.type !== 'MemberExpression' || call.arguments.length === 0) continue
    const object = bare(call.callee.object as Node)
    const kind = subject.kinds.of(object)
    if (kind !== 'bag' && kind !== 'dataframe' && kind !== 'grouped') continue
    const owner = ownerOf(subject, object, call)
    if (!owner) continue
    const method = methodOf(call) ?? ''
    const [first, end] = BY_NAME[kind]?.[method] ?? [0, 0]
    const [firstOfRows, endOfRows] = ROW_FUNCTIONS[kind]?.[method] ?? [0, 0]
    call.arguments.forEach((argument, place) => {
      if (argument.type === 'SpreadElement') return
      const given = bare(argument as Node)
      if (isFunction(given)) {
        if (place >= firstOfRows && place < endOfRows) rowUses(subject, given, owner, uses)
        return
      }
      if (place >= first && place < end) textUses(given, owner, uses)
      if (kind === 'dataframe' && given.type === 'ObjectExpression') {
        optionUses(given, place, owner, OPTIONS[method] ?? [], uses)
        const other = place > 0 ? OPTIONS_OF_OTHER[method] : undefined
        const otherOwner = other && ownerOf(subject, bare(call.arguments[0] as Node), call)
        if (otherOwner) optionUses(given, place, otherOwner, other, uses)
        for (const property of given.properties as Node[]) {
          const whose = other && optionName(property) === 'rightOn' ? otherOwner : owner
          if (whose) exprUses(subject, property, whose, uses)
        }
        return
      }
      exprUses(subject, given, owner, uses)
    })
  }
  return uses.sort((a, b) => a.start - b.start)
}

/** Members of the first parameter; those that objects have anyway are no columns. */
function rowUses(subject: Subject, fn: Node, owner: ColumnOwner, uses: ColumnUse[]): void {
  if (!('params' in fn)) return
  const [row] = fn.params as Node[]
  if (row?.type === 'ObjectPattern') {
    for (const property of row.properties)
      if (property.type === 'Property' && !property.computed && property.key.type === 'Identifier') {
        // One that has a default may be absent.
        const isCertain = property.value.type !== 'AssignmentPattern'
        uses.push({
          ...span(property.key),
          ...owner,
          name: property.key.name,
          quoted: false,
          isCertain,
          isOfRow: true,
        })
      }
    return
  }
  if (row?.type !== 'Identifier') return
  const found: ColumnUse[] = []
  const given = new Set<string>()
  for (const member of subject.inside(fn, 'MemberExpression')) {
    const object = bare(member.object as Node)
    if (object.type !== 'Identifier' || object.name !== row.name) continue
    if (subject.binding(object)?.kind !== 'parameter' || subject.functionAround(object) !== fn) continue
    const { property } = member
    const isText = property.type === 'Literal' && typeof property.value === 'string'
    if (!isText && (member.computed || property.type !== 'Identifier')) continue
    const name = isText ? String(property.value) : property.type === 'Identifier' ? property.name : ''
    if (!isText && name in Object.prototype) continue
    const parent = subject.parent(member)
    if (parent?.type === 'AssignmentExpression' && parent.left === member) given.add(name)
    found.push({
      ...(isText ? inside(property) : span(property)),
      ...owner,
      name,
      quoted: isText,
      isCertain: true,
      isOfRow: true,
    })
  }
  // What the function puts into its rows they have from then on.
  uses.push(...found.map((use) => (given.has(use.name) ? { ...use, isCertain: false } : use)))
}

function textUses(node: Node, owner: ColumnOwner, uses: ColumnUse[], isCertain = true): void {
  if (node.type === 'Literal' && typeof node.value === 'string')
    uses.push({ ...inside(node), ...owner, name: node.value, quoted: true, isCertain })
  if (node.type === 'ArrayExpression')
    for (const element of node.elements) if (element) textUses(bare(element as Node), owner, uses, isCertain)
}

/** `{ on: 'a', by: ['b'] }`, and `{ a: 'new' }` of a step that renames. */
function optionUses(
  { properties }: Extract<Node, { type: 'ObjectExpression' }>,
  place: number,
  owner: ColumnOwner,
  options: readonly string[],
  uses: ColumnUse[],
): void {
  for (const property of properties) {
    if (property.type !== 'Property' || property.computed) continue
    const { key } = property
    const name = optionName(property)
    if (name === undefined) continue
    if (place === 0 && BY_KEY.test(methodOf(owner.step) ?? '')) {
      const quoted = key.type === 'Literal'
      uses.push({ ...(quoted ? inside(key) : span(key)), ...owner, name, quoted, isCertain: true })
    } else if (options.includes(name)) textUses(bare(property.value as Node), owner, uses)
  }
}

function optionName(property: Node): string | undefined {
  if (property.type !== 'Property' || property.computed) return undefined
  const { key } = property
  const name = key.type === 'Identifier' ? key.name : key.type === 'Literal' ? key.value : undefined
  return typeof name === 'string' ? name : undefined
}

/** `col('a')` and `struct('a')` anywhere in an argument, and the keys of `….over('a')`. */
function exprUses(subject: Subject, node: Node, owner: ColumnOwner, uses: ColumnUse[]): void {
  for (const call of subject.inside(node, 'CallExpression')) {
    const name = call.callee.type === 'Identifier' ? heddleName(subject, call.callee) : undefined
    const isOver =
      methodOf(call) === 'over' &&
      call.callee.type === 'MemberExpression' &&
      subject.kinds.of(call.callee.object as Node) === 'series'
    if (name !== 'col' && name !== 'struct' && !isOver) continue
    const way = wayTo(subject, call, owner.step)
    if (way === undefined) continue
    for (const given of name === 'col' ? call.arguments.slice(0, 1) : call.arguments)
      if (given.type !== 'SpreadElement') textUses(bare(given as Node), owner, uses, way === 'certain')
  }
}

/** How an expression comes to a step; nothing where it is another step's, e.g. one of a frame that is joined. */
function wayTo(subject: Subject, node: Node, step: CallExpression): 'certain' | 'perhaps' | undefined {
  let way: 'certain' | 'perhaps' = 'certain'
  let below = node
  for (const at of subject.around(node)) {
    if (at === (step as Node)) return way
    if (isFunction(at)) return undefined
    if (/^(Conditional|Logical)Expression$/.test(at.type)) way = 'perhaps'
    if (at.type === 'CallExpression' && at.callee !== below) {
      const callee = bare(at.callee as Node)
      const kind = callee.type === 'MemberExpression' ? subject.kinds.of(callee.object as Node) : undefined
      if (kind === 'dataframe' || kind === 'grouped') return undefined
      if (kind !== 'series' && !isOfHeddle(subject, callee)) way = 'perhaps'
    }
    below = at
  }
  return undefined
}

const LINKS_MAX = 50

/** Whether a call begins with a name of heddle's: `when(…).then`. */
function isOfHeddle(subject: Subject, callee: Node): boolean {
  let at = callee
  for (let i = 0; i < LINKS_MAX; i++) {
    if (at.type === 'Identifier') return heddleName(subject, at) !== undefined
    if (at.type === 'MemberExpression') at = bare(at.object as Node)
    else if (at.type === 'CallExpression') at = bare(at.callee as Node)
    else return false
  }
  return false
}

const span = ({ start, end }: { start: number; end: number }): { start: number; end: number } => ({
  start,
  end,
})
const inside = ({ start, end }: Node): { start: number; end: number } => ({ start: start + 1, end: end - 1 })
