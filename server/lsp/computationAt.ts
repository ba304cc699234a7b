// The computation that a cursor means.

import type { Computation, DocumentFacts } from '../facts/documentFacts.ts'

/**
 * The innermost computation around the offset, else the first one that begins on the offset's line.
 * @param lineEnd the offset at which the line of `offset` ends
 */
export function computationAt(
  facts: DocumentFacts,
  offset: number,
  line: { start: number; end: number },
): Computation | undefined {
  const around = facts.computations
    .filter(({ start, end }) => start <= offset && offset <= end)
    .sort((a, b) => a.end - a.start - (b.end - b.start))
  return around[0] ?? facts.computations.find(({ start }) => start >= line.start && start <= line.end)
}
