// Which files the collections of a text come from, as far as it names them by plain text.

import type { CallExpression, Node } from 'oxc-parser'
import type { Kind } from './api.ts'
import { follow, type Place, resultsOf } from './follow.ts'
import { textsOf } from './paths.ts'
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
export const KEEPS_ROWS =
  /^(filter|remove|distinct|topK|take|head|tail|sample|randomSample|repartition|sort|setIndex|cast|explode|dropNulls|fillNull|with|persist|unique)$/

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

/** What stands before the last step, if that leaves the columns as they are. */
function beforeWithColumns(at: Place): Place | undefined {
  const { subject, node, frame } = at
  if (node.type !== 'CallExpression' || node.callee.type !== 'MemberExpression' || resultsOf(at))
    return follow(at)
  const object = bare(node.callee.object as Node)
  const { kind } = subject.kinds.meaning(object, frame)
  const method = methodOf(node) ?? ''
  // A grouped frame still has them, under its `agg`.
  const keeps =
    KEEPS_ROWS.test(method) || (kind === 'dataframe' && /^(groupBy|resample|rolling)$/.test(method))
  return keeps ? { subject, node: object, frame } : undefined
}
