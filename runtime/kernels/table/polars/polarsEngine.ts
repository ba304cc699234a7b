// The engine on polars: steps become one lazy plan of its own, which it optimises and runs with all threads of the worker.

import type { Engine } from '../engine.ts'
import type { RowRange } from '../steps.ts'
import { castError } from './castError.ts'
import { coded, codesOf, numbered, numbering, recoded } from './categoryCodes.ts'
import { type NativeExpr, polars } from './native.ts'
import { nativeColumn, nativeLiteral } from './nativeExpr.ts'
import {
  cellsOf,
  closed,
  emptyRow,
  fromColumns,
  onlyCategories,
  opened,
  PolarsFrame,
  piecesOf,
} from './nativeFrame.ts'
import { hashOf, SEEDS } from './nativeHash.ts'
import { nativeSource, requireReadable } from './nativeSource.ts'
import { nativeSplit } from './nativeSplit.ts'
import { through } from './nativeStep.ts'
import { nativeType } from './nativeType.ts'
import { nativeWrite } from './nativeWrite.ts'
import { someColumns } from './openColumns.ts'

export const polarsEngine: Engine<PolarsFrame> = {
  name: 'polars',

  async run(source, steps, args) {
    try {
      return await through(await nativeSource(source, args[0]), steps, args)
    } catch (error) {
      if (source.source === 'parquet') await requireReadable(source, args[0] as RowRange[])
      throw error
    }
  },

  continue: (frame, steps, args) => through(frame.native.lazy(), steps, args),

  worked(frame, columns, steps) {
    let lazy = someColumns(frame, columns)
    for (const { step, exprs } of steps) {
      const natives = exprs.map(nativeColumn)
      lazy = step === 'select' ? lazy.select(natives) : lazy.withColumns(natives)
    }
    try {
      return new PolarsFrame(lazy.collectSync('auto'))
    } catch (error) {
      throw castError(error)
    }
  },

  open: opened,

  close(frame) {
    const columns = frame.bytes > CODED_FROM_BYTES ? onlyCategories(frame.native) : []
    const made = columns.length > 0 ? coded(frame.native, columns) : undefined
    if (!made) return { ipc: pieces(frame) }
    return { ipc: piecesOf(made.native), codes: { ...made.codes, texts: piecesOf(made.texts) } }
  },

  pieces,

  openedFrom: (frame) => closed.get(frame),

  split: nativeSplit,

  async hashes(frame, keys) {
    const whole = (value: bigint): NativeExpr => nativeLiteral(value, 'uint64')
    const hash = hashOf(keys)
    const word = (part: NativeExpr, name: string): NativeExpr =>
      part.cast(nativeType('uint32'), true).alias(name as never)
    const words = [word(hash.floordiv(whole(2n ** 32n)), 'high'), word(hash.mod(whole(2n ** 32n)), 'low')]
    const [high, low] = cellsOf(await frame.native.lazy().select(words).collect())
    return { high: high.cells as number[], low: low.cells as number[] }
  },

  categories: { recoded, codesOf, numbered, numbering },

  hashMark() {
    mark ??= hashOfKnown()
    return mark
  },

  toColumns: (frame) => cellsOf(frame.native),

  fromColumns: (columns, schema) => new PolarsFrame(fromColumns(columns, schema)),

  write: (frame, format, path, choices) => nativeWrite(frame.native, format, path, choices),
}

function pieces(frame: PolarsFrame): Uint8Array[] {
  return piecesOf(frame.native)
}

let mark: string | undefined

function hashOfKnown(): string {
  const one = polars()
    .lit('heddle')
    .hash(...SEEDS)
  const two = nativeLiteral(42n, 'int64').hash(...SEEDS)
  const frame = emptyRow()
    .select([one.alias('a' as never), two.alias('b' as never)])
    .collectSync('auto')
  return `polars ${cellsOf(frame)
    .map(({ cells }) => cells[0])
    .join(' ')}`
}

/** Smaller frames have the texts of their categories in themselves. */
const CODED_FROM_BYTES = 64 * 1024
