// Which files the collections of a text come from, as far as it names them by plain text.

import type { CallExpression, Node } from 'oxc-parser'
import type { Kind } from './api.ts'
import { follow, type Place, resultsOf } from './follow.ts'
import { bare, methodOf, type Subject } from './subject.ts'

/** How the contents of files are known. */
export type SourceFormat = 'csv' | 'parquet' | 'zarr' | 'text'

export interface Source {
  call: CallExpression
  kind: Kind
  format: SourceFormat
  /** As written: relative to the folder in which runs start. */
  paths: string[]
}

const FORMATS: Readonly<Record<string, SourceFormat>> = {
  readCsv: 'csv',
  readCsvRows: 'csv',
  readParquet: 'parquet',
  readParquetColumns: 'parquet',
  readZarr: 'zarr',
  fromZarr: 'zarr',
  readText: 'text',
  readFiles: 'text',
  readJsonLines: 'text',
}

/** The source that a call opens; nothing when it opens none, or does not say which. */
export function sourceOf({ subject, node, frame }: Place): Source | undefined {
  const call = bare(node)
  if (call.type !== 'CallExpression' || call.callee.type !== 'MemberExpression') return undefined
  const format = FORMATS[methodOf(call) ?? '']
  if (!format) return undefined
  const module = subject.kinds.meaning(call.callee.object as Node, frame).kind
  if (!module?.endsWith('Module')) return undefined
  const [given] = call.arguments
  if (!given || given.type === 'SpreadElement') return undefined
  const paths = textsOf({ subject, node: bare(given as Node), frame })
  const { kind } = subject.kinds.meaning(call, frame)
  return paths.length > 0 && kind ? { call, kind, format, paths } : undefined
}

/** Steps after which the rows of a collection still have the columns of its files. */
const KEEPS_COLUMNS =
  /^(filter|remove|distinct|topK|take|head|tail|sample|randomSample|repartition|sort|sortBy|sortValues|dropNulls|fillNull|with|persist|cache|unique)$/

/** The source whose columns an expression's rows have. */
export function columnSource(subject: Subject, node: Node): Source | undefined {
  let at: Place | undefined = { subject, node: bare(node) }
  for (let steps = 0; at && steps < STEPS_MAX; steps++) {
    const source = sourceOf(at)
    if (source) return source
    at = beforeWithColumns(at)
  }
  return undefined
}

const STEPS_MAX = 200
/** Texts that are made of texts, one of the other. */
const DEPTH_MAX = 20

/** What stands before the last step, if that leaves the columns as they are. */
function beforeWithColumns(at: Place): Place | undefined {
  const { subject, node, frame } = at
  if (node.type !== 'CallExpression' || node.callee.type !== 'MemberExpression' || resultsOf(at))
    return follow(at)
  const object = bare(node.callee.object as Node)
  const { kind } = subject.kinds.meaning(object, frame)
  const method = methodOf(node) ?? ''
  // A grouped frame still has them, under its `agg`.
  const keeps = KEEPS_COLUMNS.test(method) || (kind === 'dataframe' && /^(groupBy|setIndex)$/.test(method))
  return keeps ? { subject, node: object, frame } : undefined
}

/** The texts that an expression is; nothing where one of its parts is not written out. */
function textsOf(place: Place, depth = 0): string[] {
  const { node } = place
  if (depth > DEPTH_MAX) return []
  if (node.type === 'Literal') return typeof node.value === 'string' ? [node.value] : []
  if (node.type === 'ArrayExpression')
    return node.elements.flatMap((element) =>
      element ? textsOf({ ...place, node: bare(element as Node) }, depth + 1) : [],
    )
  if (node.type === 'TemplateLiteral') {
    let text = node.quasis[0].value.cooked ?? ''
    for (const [i, part] of node.expressions.entries()) {
      const [only, ...others] = textsOf({ ...place, node: bare(part as Node) }, depth + 1)
      if (only === undefined || others.length > 0) return []
      text += only + (node.quasis[i + 1].value.cooked ?? '')
    }
    return [text]
  }
  if (node.type !== 'Identifier' && node.type !== 'MemberExpression') return []
  const made = follow(place)
  return made ? textsOf(made, depth + 1) : []
}
