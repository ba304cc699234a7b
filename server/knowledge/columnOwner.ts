// Whose columns a step names: of which files, and of which data frame.

import type { CallExpression, Node } from 'oxc-parser'
import type { FileFacts } from '../metadata/fileFacts.ts'
import { follow, type Place, resultsOf } from './follow.ts'
import { columnSource, type Source } from './sources.ts'
import { bare, type Subject } from './subject.ts'

/** Whose columns a step names. */
export interface ColumnOwner {
  /** The files whose columns the rows have: as they are, as far as the text alone tells. */
  source?: Source
  /** The data frame. */
  frame?: Place
  /** The step that names them. */
  step: CallExpression
}

const STEPS_MAX = 50

/** Nothing where neither is known. */
export function ownerOf(subject: Subject, object: Node, step: CallExpression): ColumnOwner | undefined {
  const source = columnSource(subject, object)
  const isOfFiles = source && source.format !== 'text' && source.format !== 'zarr'
  const frame = frameOf(subject, object)
  return isOfFiles || frame ? { step, ...(isOfFiles && { source }), ...(frame && { frame }) } : undefined
}

/** A frame, or the one whose rows are grouped. */
function frameOf(subject: Subject, object: Node): Place | undefined {
  let at: Place | undefined = { subject, node: object }
  for (let i = 0; at && i < STEPS_MAX; i++) {
    const node: Node = bare(at.node)
    const { kind, promised } = at.subject.kinds.meaning(node, at.frame)
    if (promised) return undefined
    if (kind === 'dataframe') return { ...at, node }
    if (kind !== 'grouped') return undefined
    at =
      node.type === 'CallExpression' && node.callee.type === 'MemberExpression' && !resultsOf(at)
        ? { ...at, node: bare(node.callee.object as Node) }
        : follow(at)
  }
  return undefined
}

/** Whether files tell of its columns, or would if they were there; else the package may know. */
export const isKnownByFiles = (
  { source }: ColumnOwner,
  factsOf: (source: Source) => FileFacts | undefined,
): boolean => {
  const facts = source && factsOf(source)
  return source !== undefined && (!facts || facts.columns !== undefined)
}
