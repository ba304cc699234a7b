// Text → facts, by the same analysis that runs the code.

import { findComputations } from '../../runtime/functions/computations.ts'
import type { DocumentFacts } from './documentFacts.ts'

/** The facts of a text; nothing when it does not parse now. */
export function findFacts(file: string, text: string): DocumentFacts | undefined {
  // Most files of a project never speak of heddle: they need no parser.
  return text.includes('heddle') ? findComputations(file, text) : { imports: [], computations: [] }
}
