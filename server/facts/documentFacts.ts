// What the server knows of one text: where it imports heddle, and what it computes.

/** A stretch of a text: offsets in UTF-16 units, `end` exclusive. */
export interface Span {
  start: number
  end: number
}

/** One place where the user's code computes. */
export interface Computation extends Span {
  /** `compute`, `persist`, `gather`, `result`, … */
  method: string
  /** What messages call it, e.g. `total.compute()`. */
  label: string
  /** Inside a function or a loop: it cannot be run on its own, only with the file. */
  nested: boolean
}

export interface DocumentFacts {
  /** The import declarations of heddle, by their specifiers' places (quotes included). */
  imports: (Span & { specifier: string })[]
  computations: Computation[]
}

/** A part of a file that begins with a comment `// %%`; the one before the first mark has none. */
export interface Cell extends Span {
  /** What stands behind the mark. */
  title: string
}

export const noFacts: DocumentFacts = { imports: [], computations: [] }
