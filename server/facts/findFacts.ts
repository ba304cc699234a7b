// Text → facts, once: for a text that is not edited.

import type { DocumentFacts } from './documentFacts.ts'
import { IncrementalFacts } from './incrementalFacts.ts'

/** The facts of a text; nothing when it does not parse now. */
export function findFacts(file: string, text: string): DocumentFacts | undefined {
  return new IncrementalFacts(file).of(text)
}
