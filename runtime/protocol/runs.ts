// A run: one session process that executes a user's file or one of its expressions, and what it reports.

import type { SourcePlace, TaskFailure } from './failure.ts'

/** What to run. */
export interface RunSpec {
  /** Absolute path of the user's file, on the machine of the scheduler, or with `mirror` on the editor's. */
  file: string
  /**
   * A folder on the machine of the scheduler that holds the editor's files, each below it at its own path: the run is run from
   * there, and everything it tells names the editor's paths.
   */
  mirror?: string
  /** The document as the editor shows it, when it is not what the disk holds. */
  text?: string
  /** Runs only what this expression needs: offsets in UTF-16 units into the file's text. Absent: the whole file. */
  expression?: { start: number; end: number; label: string }
  /** Runs one cell, and of the statements above it what it needs: offsets from its mark to the next one. */
  cell?: { start: number; end: number; label: string }
  args?: string[]
  cwd?: string
  env?: Record<string, string>
  /** Opens V8's inspector in the session. */
  inspect?: boolean
  /**
   * Says afterwards at which lines its tasks spent their time: see `LineTime`. Threads are sampled from the start, or, since
   * to begin costs each some 80 ms, only once the run has gone on for a while.
   */
  profile?: 'whole' | 'if-long'
  /** Of a table or a list that is longer than what is shown, its process stays after the run, so that pages can be asked for: see `rows.ts`. */
  pages?: boolean
  /** Writes all rows of the expression's value to a file. */
  save?: RowsFile
}

export interface RowsFile {
  /** Absolute, on the machine of the scheduler. */
  path: string
  format: 'csv' | 'parquet' | 'arrow'
}

/** A value shown to a person: cut to a size that a panel can take, with what was cut said. */
export type Display =
  | { kind: 'text'; text: string; cut: boolean }
  /** Rows as text cells; numbers are right-aligned by `numeric`. Of `remote` ones the first are here, and pages can be asked for. */
  | {
      kind: 'table'
      columns: string[]
      numeric: boolean[]
      rows: string[][]
      totalRows: number
      remote?: boolean
    }
  /** A value as a tree of plain data. */
  | { kind: 'tree'; value: DisplayNode; cut: boolean }
  | ArrayDisplay

/** An array of numbers, to be looked at as a picture, a line or a distribution. */
export interface ArrayDisplay {
  kind: 'array'
  dtype: string
  /** Of the whole array: at least one axis. */
  shape: number[]
  /** Along each axis every so-many-th element is among the values: 1 where all are. */
  steps: number[]
  /** Float64, little-endian, row by row. Of complex numbers their absolute values. */
  values: Uint8Array
  /** Of int64 and uint64 the same elements to the last digit, of complex numbers two float64 each. */
  exact?: Uint8Array
  /** The others can be asked for by region, for as long as the run's process stays. */
  remote?: boolean
  /** Of all elements; absent where none is a finite number. */
  figures?: ArrayFigures
  /** As it prints. */
  text: string
}

export interface ArrayFigures {
  min: number
  max: number
  mean: number
  /** `min` and `max` to the last digit, where a number cannot hold them. */
  exact?: { min: string; max: string }
  /** How many are no finite numbers. */
  missing: number
  /** Among them ∞ and −∞; the others are NaN. */
  infinite?: { positive: number; negative: number }
  /** How many lie in each of the equal parts between `min` and `max`; of truth values, and of few whole numbers, in one each. */
  counts: number[]
}

export interface DisplayNode {
  label?: string
  /** One line, e.g. `42`, `"text"`, `Array(3)`. */
  text: string
  type: 'number' | 'string' | 'boolean' | 'null' | 'array' | 'object' | 'date' | 'other'
  children?: DisplayNode[]
}

/** One call of `compute`, `gather`, … in the user's code: progress and results belong to it. */
export interface ComputeSite {
  /** Unique in its run. */
  site: number
  method: string
  place?: SourcePlace
}

/** Something that learns by rounds, e.g. a model. */
export interface Curve {
  /** Unique in its run. */
  curve: number
  title: string
  /** Rounds at most, where that is known. */
  steps?: number
  place?: SourcePlace
}

/** How one round went: numbers by the names of their series; none where only progress is known. */
export interface CurvePoint {
  step: number
  values: Readonly<Record<string, number>>
}

/** What the tasks of one line of the user's cost in a run. */
export interface LineFigures {
  file: string
  /** From 1. */
  line: number
  column: number
  /** What the tasks are called, e.g. `range-map`; several groups of one line are joined by commas. */
  name: string
  /** Tasks that ended well: those whose results were still held are not among them. */
  tasks: number
  /** Tasks that failed of themselves. */
  failed: number
  /** Tasks that never ran, since one that they need failed. */
  skipped: number
  /** Milliseconds that they ran, all workers' threads in sum. */
  workMs: number
  /** Bytes of their results. */
  bytes: number
  /** Bytes of their results that workers wrote to disk, since their memory was full. */
  spilledBytes: number
}

/** What threads were seen at while a run went on: an estimate from samples, all workers' threads in sum. */
export interface LineTime {
  file: string
  /** From 1. */
  line: number
  /** Milliseconds in code of this line. */
  selfMs: number
  /** Milliseconds that the function which begins here spent in what is not the user's: Node, packages, native code. */
  calledMs: number
}

export type RunEvent =
  | { kind: 'started'; pid: number; atMs: number; label: string; file: string }
  | { kind: 'output'; stream: 'stdout' | 'stderr'; text: string }
  | { kind: 'computing'; site: ComputeSite; total: number }
  | {
      kind: 'progress'
      site: number
      total: number
      finished: number
      running: number
      erred: number
      perSecond: number
    }
  /** A call is over. `finished` is there when it failed or was given up: so many of its tasks were done by then. */
  | { kind: 'computed'; site: number; durationMs: number; tasks: number; finished?: number }
  /** Further rounds of what learns; `ended` once there are no more. */
  | { kind: 'curve'; curve: Curve; points: CurvePoint[]; ended: boolean }
  /** The value of the expression that was run, in one line when it is short and as a display for the panel. */
  | { kind: 'result'; line: string; display: Display; durationMs: number }
  | { kind: 'failed'; failure: RunFailure }
  /** Where the work was, by lines of the user's; each one replaces the one before. */
  | { kind: 'lines'; lines: LineFigures[]; times?: LineTime[] }
  | { kind: 'notice'; text: string }
  | {
      kind: 'ended'
      exitCode: number
      reason: 'finished' | 'failed' | 'cancelled' | 'crashed'
      durationMs: number
    }

/** Why a run failed: with every frame in the user's own files, the throwing one first. */
export interface RunFailure {
  name: string
  message: string
  stack: string
  place?: SourcePlace
  frames: SourcePlace[]
  /** What led to it, a line each: its causes, and the errors that an `AggregateError` holds. */
  reasons?: string[]
  task?: TaskFailure
}

export interface RunSummary {
  run: string
  spec: RunSpec
  startedMs: number
  ended: boolean
}

/**
 * Results that a client holds on the cluster, of one group of its tasks: what it persisted, scattered or did not let go of
 * yet; or what is published by a name. What is published stands once, whoever holds it too.
 */
export interface HeldData {
  client: number
  /** Of what is published, who published it. */
  clientName: string
  /** It is published by this name. */
  dataset?: string
  /** Who holds some of what is published too, by the line that asked for it. */
  alsoHeldBy?: { clientName: string; place?: SourcePlace }[]
  group: number
  /** What the tasks are called, e.g. `range-map`. */
  name: string
  place?: SourcePlace
  results: number
  bytes: number
}
