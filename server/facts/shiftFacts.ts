// Moves facts along with edits, for as long as the text does not parse: half-typed code keeps its lenses.

import type { DocumentFacts, Span } from './documentFacts.ts'

/** One edit: `length` units from `offset` on became `textLength` units. */
export interface Edit {
  offset: number
  length: number
  textLength: number
}

/** The facts after `edits`, made one after the other; what an edit took away or cut into at its border is dropped. */
export function shiftFacts(facts: DocumentFacts, edits: readonly Edit[]): DocumentFacts {
  return edits.reduce<DocumentFacts>(
    (now, edit) => ({
      imports: now.imports.flatMap((each) => shiftSpan(each, edit)),
      computations: now.computations.flatMap((each) => shiftSpan(each, edit)),
    }),
    facts,
  )
}

function shiftSpan<T extends Span>(span: T, { offset, length, textLength }: Edit): T[] {
  const editEnd = offset + length
  const delta = textLength - length
  if (editEnd <= span.start) return [{ ...span, start: span.start + delta, end: span.end + delta }]
  if (offset >= span.end) return [span]
  // Typing inside an expression stretches it; an edit over its border leaves nothing that could be run.
  if (offset >= span.start && editEnd <= span.end && span.end + delta > span.start)
    return [{ ...span, end: span.end + delta }]
  return []
}
