// Columns of parquet files as a frame: values go from their pages to where they stay.

import { giveBack, resultBytes } from '../../resultMemory.ts'
import { frameName } from '../closeFrame.ts'
import type { CategoryNumbers } from '../engine.ts'
import { numberedTogether, withCodes } from '../flat/categoryTexts.ts'
import { copyColumn, type FlatShape, flatLayout, shapeOf } from '../flat/flatFile.ts'
import type { FlatColumn } from '../flat/flatFrame.ts'
import type { Scratch } from '../flat/scratch.ts'
import type { Frame } from '../frame.ts'
import type { UnreadColumn, UnreadRows } from './readRows.ts'

/** A column that is there, or one of a file under a name of its own. */
export type FrameColumn = FlatColumn | { readonly name: string; readonly from: UnreadColumn }

/** Reads columns into one frame; those that are read for something else meanwhile are read once. */
export class FrameReader {
  readonly #rows: UnreadRows
  readonly #categories: CategoryNumbers | undefined
  readonly #scratch: Scratch
  readonly #read = new Map<UnreadColumn, FlatColumn>()

  constructor(rows: UnreadRows, categories: CategoryNumbers | undefined, scratch: Scratch) {
    this.#rows = rows
    this.#categories = categories
    this.#scratch = scratch
  }

  /** A column in scratch memory. */
  read(column: UnreadColumn): FlatColumn {
    const known = this.#read.get(column)
    if (known) return known
    const made = column.read(this.#scratch)
    this.#read.set(column, made)
    return made
  }

  /**
   * A frame of columns, in their order.
   * @returns nothing where codes of categories are not this thread's
   * @throws {Error} when what is read is broken
   */
  frame(columns: readonly FrameColumn[]): Frame | undefined {
    const { rows } = this.#rows
    const sources = columns.map((column) => this.#sourceOf(column))
    const layout = flatLayout(
      sources.map(({ shape }) => shape),
      rows,
    )
    const ipc = resultBytes(layout.length)
    try {
      const placed = layout.write(ipc)
      for (const [i, { write }] of sources.entries()) write(placed[i])
      const codes = this.#codesOf(placed)
      return codes && { ipc, rows, bytes: ipc.length, ...frameName(ipc.length), ...codes }
    } catch (error) {
      giveBack(ipc.buffer)
      throw error
    }
  }

  #sourceOf(column: FrameColumn): { shape: FlatShape; write: (to: FlatColumn) => void } {
    if ('from' in column && column.from.isWhole && !this.#read.has(column.from)) {
      const { name, from } = column
      return { shape: { name, type: from.type, nullCount: 0 }, write: (to) => from.readTo(wordsOf(to)) }
    }
    const flat = 'from' in column ? { ...this.read(column.from), name: column.name } : column
    return { shape: shapeOf(flat), write: (to) => copyColumn(flat, to) }
  }

  /** What the codes of categories mean; nothing where they are not this thread's. */
  #codesOf(columns: readonly FlatColumn[]): Pick<Frame, 'codes'> | undefined {
    if (!columns.some(({ type }) => type === 'category')) return {}
    const numbering = numberedTogether(this.#categories, [], true)
    if (!numbering) return undefined
    const numbered = { ...numbering, has: this.#rows.known() }
    const coded = withCodes(columns, this.#rows.rows, numbered, 0)
    return coded.columns === columns ? { codes: coded.codes } : undefined
  }
}

function wordsOf(column: FlatColumn): Int32Array {
  if (column.form !== 'values') throw new TypeError(`column ${column.name} has no words`)
  const { buffer, byteOffset, byteLength } = column.values
  return new Int32Array(buffer, byteOffset, byteLength / 4)
}
