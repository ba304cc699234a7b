// Where a text names columns of its files: `col('a')` in a frame's step, and `row.a` in a function over rows.

import type { Node } from 'oxc-parser'
import type { Kind } from './api.ts'
import { heddleName } from './follow.ts'
import { columnSource, type Source } from './sources.ts'
import { bare, isFunction, methodOf, type Subject } from './subject.ts'

export interface ColumnUse {
  name: string
  start: number
  end: number
  source: Source
  /** The name stands between quotes. */
  quoted: boolean
}

/** Which arguments of a step are names of columns, or lists of them: the places from and up to which. */
const BY_NAME: Readonly<Partial<Record<Kind, Readonly<Record<string, [first: number, end: number]>>>>> = {
  dataframe: {
    ...placed([0, Number.POSITIVE_INFINITY], ['select', 'drop', 'dropNulls', 'explode', 'groupBy']),
    ...placed([0, 1], ['sort', 'setIndex', 'valueCounts', 'nUnique', 'quantile', 'categories']),
    ...placed([0, 1], ['resample', 'rolling']),
  },
  bag: {
    ...placed([0, 1], ['pluck', 'groupBy', 'distinct', 'frequencies', 'foldby']),
    ...placed([1, 2], ['topK', 'join']),
  },
}
/** Options of a frame's steps that are names of columns. */
const OPTIONS: Readonly<Record<string, readonly string[]>> = {
  unique: ['subset'],
  join: ['on', 'leftOn'],
  joinAsof: ['on', 'leftOn', 'by'],
  melt: ['id', 'on'],
  pivot: ['index', 'on', 'values'],
  resample: ['by'],
  rolling: ['by'],
}
/** Steps of a frame whose first argument is an object with names of columns as its keys. */
const BY_KEY = /^(rename|cast|fillNull)$/

/** The sources of columns, each once. */
export const sourcesOf = (uses: readonly ColumnUse[]): Source[] => [
  ...new Map(uses.map(({ source }) => [sourceId(source), source])).values(),
]

/** Sources of one id have the same files. */
export const sourceId = ({ format, paths }: Pick<Source, 'format' | 'paths'>): string =>
  `${format} ${paths.join('\n')}`

/** Every use of a column whose source is known. */
export function columnUses(subject: Subject): ColumnUse[] {
  const uses: ColumnUse[] = []
  for (const call of subject.all('CallExpression')) {
    if (call.callee.type !== 'MemberExpression') continue
    const object = bare(call.callee.object as Node)
    const kind = subject.kinds.of(object)
    if (kind !== 'bag' && kind !== 'dataframe' && kind !== 'grouped') continue
    const source = columnSource(subject, object)
    if (!source || source.format === 'text' || source.format === 'zarr') continue
    const method = methodOf(call) ?? ''
    const [first, end] = BY_NAME[kind]?.[method] ?? [0, 0]
    call.arguments.forEach((argument, place) => {
      if (argument.type === 'SpreadElement') return
      const given = bare(argument as Node)
      if (isFunction(given)) {
        rowUses(subject, given, source, uses)
        return
      }
      if (place >= first && place < end) textUses(given, source, uses)
      if (kind === 'dataframe' && given.type === 'ObjectExpression')
        optionUses(given, method, place, source, uses)
      exprUses(subject, given, source, uses)
    })
  }
  return uses.sort((a, b) => a.start - b.start)
}

/** Members of the first parameter; those that objects have anyway are no columns. */
function rowUses(subject: Subject, fn: Node, source: Source, uses: ColumnUse[]): void {
  if (!('params' in fn)) return
  const [row] = fn.params as Node[]
  if (row?.type === 'ObjectPattern') {
    for (const property of row.properties)
      if (property.type === 'Property' && !property.computed && property.key.type === 'Identifier')
        uses.push({ ...span(property.key), name: property.key.name, source, quoted: false })
    return
  }
  if (row?.type !== 'Identifier') return
  for (const member of subject.inside(fn, 'MemberExpression')) {
    const object = bare(member.object as Node)
    if (object.type !== 'Identifier' || object.name !== row.name) continue
    if (subject.binding(object)?.kind !== 'parameter' || subject.functionAround(object) !== fn) continue
    const { property } = member
    if (!member.computed && property.type === 'Identifier') {
      if (!(property.name in Object.prototype))
        uses.push({ ...span(property), name: property.name, source, quoted: false })
    } else if (property.type === 'Literal' && typeof property.value === 'string')
      uses.push({ ...inside(property), name: property.value, source, quoted: true })
  }
}

function textUses(node: Node, source: Source, uses: ColumnUse[]): void {
  if (node.type === 'Literal' && typeof node.value === 'string')
    uses.push({ ...inside(node), name: node.value, source, quoted: true })
  if (node.type === 'ArrayExpression')
    for (const element of node.elements) if (element) textUses(bare(element as Node), source, uses)
}

/** `{ on: 'a', by: ['b'] }`, and `{ a: 'new' }` of a step that renames. */
function optionUses(
  { properties }: Extract<Node, { type: 'ObjectExpression' }>,
  method: string,
  place: number,
  source: Source,
  uses: ColumnUse[],
): void {
  for (const property of properties) {
    if (property.type !== 'Property' || property.computed) continue
    const { key } = property
    const name = key.type === 'Identifier' ? key.name : key.type === 'Literal' ? key.value : undefined
    if (typeof name !== 'string') continue
    if (place === 0 && BY_KEY.test(method)) {
      const quoted = key.type === 'Literal'
      uses.push({ ...(quoted ? inside(key) : span(key)), name, source, quoted })
    } else if (OPTIONS[method]?.includes(name)) textUses(bare(property.value as Node), source, uses)
  }
}

/** `col('a')` anywhere in an argument, and the keys of `….over('a')`. */
function exprUses(subject: Subject, node: Node, source: Source, uses: ColumnUse[]): void {
  for (const call of subject.inside(node, 'CallExpression')) {
    const isCol = call.callee.type === 'Identifier' && heddleName(subject, call.callee) === 'col'
    const isOver =
      methodOf(call) === 'over' &&
      call.callee.type === 'MemberExpression' &&
      subject.kinds.of(call.callee.object as Node) === 'series'
    if (!isCol && !isOver) continue
    for (const name of isCol ? call.arguments.slice(0, 1) : call.arguments)
      if (name.type !== 'SpreadElement') textUses(bare(name as Node), source, uses)
  }
}

function placed(places: [number, number], names: readonly string[]): Record<string, [number, number]> {
  return Object.fromEntries(names.map((name) => [name, places]))
}

const span = ({ start, end }: { start: number; end: number }): { start: number; end: number } => ({
  start,
  end,
})
const inside = ({ start, end }: Node): { start: number; end: number } => ({ start: start + 1, end: end - 1 })
