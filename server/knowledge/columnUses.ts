// Where a text names columns of its files: `col('a')` in a frame's step, and `row.a` in a function over rows.

import type { Node } from 'oxc-parser'
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

/** Steps of a frame that take names of columns as plain texts. */
const BY_NAME = /^(groupBy|setIndex|select|drop|sortBy|sortValues|pluck|col)$/

/** The sources of columns, each once. */
export const sourcesOf = (uses: readonly ColumnUse[]): Source[] => [
  ...new Map(uses.map(({ source }) => [sourceId(source), source])).values(),
]

/** Sources of one id have the same files. */
export const sourceId = ({ format, paths }: Source): string => `${format} ${paths.join('\n')}`

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
    for (const argument of call.arguments) {
      if (argument.type === 'SpreadElement') continue
      const given = bare(argument as Node)
      if (isFunction(given)) rowUses(subject, given, source, uses)
      else {
        if (BY_NAME.test(method)) textUses(given, source, uses)
        colUses(subject, given, source, uses)
      }
    }
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

/** `col('a')` anywhere in an argument. */
function colUses(subject: Subject, node: Node, source: Source, uses: ColumnUse[]): void {
  for (const call of subject.inside(node, 'CallExpression')) {
    if (call.callee.type !== 'Identifier' || heddleName(subject, call.callee) !== 'col') continue
    const [name] = call.arguments
    if (name && name.type !== 'SpreadElement') textUses(bare(name as Node), source, uses)
  }
}

const span = ({ start, end }: { start: number; end: number }): { start: number; end: number } => ({
  start,
  end,
})
const inside = ({ start, end }: Node): { start: number; end: number } => ({ start: start + 1, end: end - 1 })
