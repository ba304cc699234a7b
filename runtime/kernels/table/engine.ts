// What an engine does: it runs steps on one partition. Two are here, and both pass the same tests.

import type { WrittenInMemory } from '../bag/write.ts'
import type { Cell, Column } from './columns/column.ts'
import type { ExprNode } from './expression.ts'
import type { FlatTexts } from './flat/flatFrame.ts'
import type { Codes, Frame } from './frame.ts'
import type { Schema } from './schema.ts'
import type { ColumnStep, Step, TableSink, TableSource, WriteChoices, WriteFormat } from './steps.ts'

/** An open partition, of an engine's own kind. */
export interface OpenFrame {
  readonly rows: number
  /** About how many bytes it holds. */
  readonly bytes: number
}

/** The bytes of an Arrow IPC file in pieces, and what its codes of categories mean where it has such. */
export interface ClosedRows {
  readonly ipc: readonly Uint8Array[]
  readonly codes?: Omit<Codes, 'texts'> & { readonly texts: readonly Uint8Array[] }
}

/** Parts of a split, and what codes of categories mean in all of them. */
export interface SplitRows<F extends OpenFrame> {
  readonly parts: readonly F[]
  readonly codes?: ClosedRows['codes']
}

/** The codes of categories in one thread. */
export interface CategoryNumbers {
  /** This thread's code for each code of some frames; nothing where a frame has this thread's own. `beside` has texts of parts of a shuffle. */
  recoded(all: readonly Codes[], beside: readonly Frame[]): (Uint32Array | undefined)[]
  /** What this thread's codes in some columns mean; `has` is 1 for each code that comes. */
  codesOf(columns: readonly string[], has: Uint8Array): Codes
  /** This thread's code for each of some texts. */
  numbered(texts: Pick<FlatTexts, 'views' | 'buffers'>, count: number): Uint32Array<ArrayBuffer>
  /** The name of this thread's numbering. */
  numbering(): string
}

export interface Engine<F extends OpenFrame = OpenFrame> {
  readonly name: 'polars' | 'columns'
  /** Reads a partition and takes it through the steps. */
  run(source: TableSource, steps: readonly Step[], args: readonly unknown[]): Promise<F>
  /** Takes open rows through more steps. */
  continue(frame: F, steps: readonly Step[], args: readonly unknown[]): Promise<F>
  /** Some columns of a frame after steps that choose and make columns, at once; where it can. */
  worked?(frame: Frame, columns: readonly string[], steps: readonly ColumnStep[]): F
  open(frame: Frame): F
  /** Rows as they travel between tasks. */
  close(frame: F): ClosedRows
  /** The bytes of an Arrow IPC file of these rows, in pieces. */
  pieces(frame: F): readonly Uint8Array[]
  /** What a frame was opened from, while nothing was done to it. */
  openedFrom(frame: F): Frame | undefined
  /** Parts for the targets of a hash or range split, in order; their rows keep theirs. */
  /** Its parts are as many as the targets of this stage. */
  split(
    frame: F,
    sink: Extract<TableSink, { sink: 'hash' | 'range' | 'cut' }>,
    bounds?: readonly Cell[],
  ): Promise<SplitRows<F>>
  /** A hash of 64 bits of each row's keys, as two words. */
  hashes(frame: F, keys: readonly ExprNode[]): Promise<{ high: ArrayLike<number>; low: ArrayLike<number> }>
  /** How this engine numbers categories, where rows travel with their codes. */
  readonly categories?: CategoryNumbers
  /** A mark that two engines share only if their hashes agree. */
  hashMark(): string
  toColumns(frame: F): Column[]
  fromColumns(columns: readonly Column[], schema: Schema): F
  /** Gives the path, or what is to be put into the program's memory. */
  write(frame: F, format: WriteFormat, path: string, choices: WriteChoices): Promise<string | WrittenInMemory>
}
