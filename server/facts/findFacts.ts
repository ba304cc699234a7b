// Text → facts. Nothing is known of a text that does not parse.

import type { DocumentFacts } from './documentFacts.ts'
import { findComputations } from './interim.ts'

/** The facts of a text; nothing when it does not parse now. */
export function findFacts(file: string, text: string): DocumentFacts | undefined {
  if (!text.includes('heddle')) return { imports: [], computations: [] }
  return findComputations(file, text)
}
