// Which files the collections of a text come from, as far as it names them by plain text.

import type { CallExpression, Node } from 'oxc-parser'
import type { Kind } from './api.ts'
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
export function sourceOf(subject: Subject, node: Node): Source | undefined {
  const call = bare(node)
  if (call.type !== 'CallExpression' || call.callee.type !== 'MemberExpression') return undefined
  const format = FORMATS[methodOf(call) ?? '']
  const module = subject.kinds.of(call.callee.object as Node)
  if (!format || !module?.endsWith('Module')) return undefined
  const [given] = call.arguments
  if (!given || given.type === 'SpreadElement') return undefined
  const paths = textsOf(subject, bare(given as Node))
  const kind = subject.kinds.of(call)
  return paths.length > 0 && kind ? { call, kind, format, paths } : undefined
}

/** Every source of a text. */
export const sourcesOf = (subject: Subject): Source[] =>
  subject.all('CallExpression').flatMap((call) => sourceOf(subject, call) ?? [])

/** Steps after which the rows of a collection still have the columns of its files. */
const KEEPS_COLUMNS =
  /^(filter|remove|distinct|topK|take|head|tail|sample|randomSample|repartition|sort|sortBy|sortValues|dropNulls|fillNull|with|persist|cache|unique)$/

/** The source whose columns an expression's rows have. */
export function columnSource(subject: Subject, node: Node): Source | undefined {
  let at = bare(node)
  for (let steps = 0; steps < 100; steps++) {
    const source = sourceOf(subject, at)
    if (source) return source
    if (at.type === 'AwaitExpression') at = bare(at.argument as Node)
    else if (at.type === 'Identifier') {
      const binding = subject.binding(at)
      const [declaration] = binding?.declarations ?? []
      if (
        !binding?.simple ||
        binding.writes.length > 0 ||
        declaration?.type !== 'VariableDeclarator' ||
        !declaration.init
      )
        return undefined
      at = bare(declaration.init as Node)
    } else if (at.type === 'CallExpression' && at.callee.type === 'MemberExpression') {
      const kind = subject.kinds.of(at.callee.object as Node)
      const method = methodOf(at) ?? ''
      // A grouped frame still has them, under its `agg`.
      if (!KEEPS_COLUMNS.test(method) && !(kind === 'dataframe' && /^(groupBy|setIndex)$/.test(method)))
        return undefined
      at = bare(at.callee.object as Node)
    } else return undefined
  }
  return undefined
}

function textsOf(subject: Subject, node: Node): string[] {
  if (node.type === 'Literal') return typeof node.value === 'string' ? [node.value] : []
  if (node.type === 'TemplateLiteral' && node.expressions.length === 0)
    return [node.quasis[0].value.cooked ?? '']
  if (node.type === 'ArrayExpression')
    return node.elements.flatMap((element) => (element ? textsOf(subject, bare(element as Node)) : []))
  if (node.type === 'Identifier') {
    const binding = subject.binding(node)
    const [declaration] = binding?.declarations ?? []
    if (binding?.kind === 'const' && declaration?.type === 'VariableDeclarator' && declaration.init)
      return textsOf(subject, bare(declaration.init as Node))
  }
  return []
}
