// A user's file as it travels to workers: with it a worker can lift functions that its own tasks made.

import type { CompilerChoices } from './emission/compilerChoices.ts'
import type { Resolution } from './emission/moduleGraph.ts'

export interface SourceRecord {
  file: string
  hash: string
  source: string
  format: 'module' | 'commonjs'
  choices: CompilerChoices
  root: string
  entry: string | undefined
  /** What its imports lead to, as the sender found it. */
  resolutions: Record<string, Resolution>
  /** What each of its dynamic imports may be asked for, in their order; null where that cannot be told. */
  dynamic: (readonly string[] | null)[]
  /** Where the sender entered the cycle of imports that it is in. */
  cycleRoot: string | undefined
}

/** Whether the name of a worker module is that of a source record. */
export function isSourceRecord(name: string): boolean {
  return /\.source\.[0-9a-f]{16}\.json$/.test(name)
}
