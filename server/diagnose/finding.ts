// What a rule finds: a stretch of the text, what is wrong there, and where there is one a way out that can be clicked.

import type { Span } from '../facts/documentFacts.ts'

/** Every diagnostic by its code: its page in docs/diagnostics.md has the same name. */
export type Code =
  | 'cannot-travel'
  | 'assigns-capture'
  | 'mutates-capture'
  | 'large-capture'
  | 'mutates-argument'
  | 'compute-in-loop'
  | 'collection-as-value'
  | 'awaits-in-sequence'
  | 'set-index-twice'
  | 'missing-await'
  | 'unknown-column'
  | 'unknown-axis'

export interface TextEdit extends Span {
  text: string
}

export interface Fix {
  title: string
  edits: TextEdit[]
}

export interface Finding extends Span {
  code: Code
  severity: 'error' | 'warning' | 'information' | 'hint'
  message: string
  fix?: Fix
  related?: (Span & { message: string })[]
}
