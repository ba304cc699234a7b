// The engine on polars: steps become one lazy plan of its own, which it optimises and runs with all threads of the worker.

import { boundsAt } from '../../shuffleStage.ts'
import type { Cell } from '../columns/column.ts'
import type { Engine } from '../engine.ts'
import type { ExprNode } from '../expression.ts'
import { partsOf, type TableSink } from '../steps.ts'
import { type NativeExpr, type NativeFrame, polars } from './native.ts'
import { cellLiteral, nativeExpr, nativeLiteral } from './nativeExpr.ts'
import {
  categoriesIn,
  cellsOf,
  closed,
  emptyRow,
  fromColumns,
  opened,
  PolarsFrame,
  piecesOf,
} from './nativeFrame.ts'
import { columnHash, combinedHash, SEEDS } from './nativeHash.ts'
import { nativeSource } from './nativeSource.ts'
import { through } from './nativeStep.ts'
import { nativeType } from './nativeType.ts'
import { nativeWrite } from './nativeWrite.ts'

export const polarsEngine: Engine<PolarsFrame> = {
  name: 'polars',

  run: async (source, steps, args) => through(await nativeSource(source, args[0]), steps, args),

  continue: (frame, steps, args) => through(frame.native.lazy(), steps, args),

  open: opened,

  pieces: (frame) => piecesOf(frame.native, frame.bytes > COMPRESS_FROM ? 'lz4' : 'uncompressed'),

  openedFrom: (frame) => closed.get(frame),

  async split(frame, sink, bounds = []): Promise<PolarsFrame[]> {
    if (sink.sink === 'cut') return cut(frame, sink.count)
    const parts = partsOf(sink)
    const part = sink.sink === 'hash' ? hashPart(sink) : rangePart(sink, bounds)
    const target = part.cast(nativeType('uint32'), true).alias(TARGET as never)
    const own = parts < 2 ? frame.native : await textsOfRareCategories(frame, parts)
    const marked = await own.lazy().withColumns([target]).collect()
    const found: NativeFrame[] = new Array(parts).fill(undefined)
    if (marked.height > 0) {
      // Both come in the order in which targets are first met.
      const met = marked
        .lazy()
        .select([polars().col(TARGET)])
        .unique(undefined, 'first', true)
      const targets = cellsOf(await met.collect())[0].cells
      marked.partitionBy([TARGET], true, false).forEach((part, i) => {
        found[Number(targets[i])] = part
      })
    }
    const none = frame.native.slice(0, 0)
    return found.map((part) => new PolarsFrame(part ?? none))
  },

  async hashes(frame, keys) {
    const whole = (value: bigint): NativeExpr => nativeLiteral(value, 'uint64')
    const hash = hashOf(keys)
    const word = (part: NativeExpr, name: string): NativeExpr =>
      part.cast(nativeType('uint32'), true).alias(name as never)
    const words = [word(hash.floordiv(whole(2n ** 32n)), 'high'), word(hash.mod(whole(2n ** 32n)), 'low')]
    const [high, low] = cellsOf(await frame.native.lazy().select(words).collect())
    return { high: high.cells as number[], low: low.cells as number[] }
  },

  hashMark() {
    mark ??= hashOfKnown()
    return mark
  },

  toColumns: (frame) => cellsOf(frame.native),

  fromColumns: (columns, schema) => new PolarsFrame(fromColumns(columns, schema)),

  write: (frame, format, path, choices) => nativeWrite(frame.native, format, path, choices),
}

const hashOf = (keys: readonly ExprNode[]): NativeExpr =>
  combinedHash(keys.map((key) => columnHash(nativeExpr(key), key.type ?? 'null')))

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

const COMPRESS_FROM = 64 * 1024
const TARGET = '\u0000target'

/**
 * The frame with categories as texts where a part has fewer rows than there are categories: each part would carry all of
 * them. Where parts come together, they become categories again.
 */
async function textsOfRareCategories(frame: PolarsFrame, parts: number): Promise<NativeFrame> {
  const names = categoriesIn(frame.native)
  if (names.length === 0 || frame.rows === 0) return frame.native
  const most = names.map((name) =>
    polars()
      .col(name)
      .toPhysical()
      .max()
      .cast(nativeType('float64'), true)
      .alias(name as never),
  )
  const codes = cellsOf(await frame.native.lazy().select(most).collect())
  const rare = codes.filter(({ cells }) => Number(cells[0] ?? 0) >= frame.rows / parts)
  if (rare.length === 0) return frame.native
  const texts = rare.map(({ name }) => polars().col(name).cast(nativeType('string'), true))
  return frame.native.lazy().withColumns(texts).collect()
}

function cut(frame: PolarsFrame, count: number): PolarsFrame[] {
  const at = (i: number): number => Math.floor((i * frame.rows) / count)
  return Array.from(
    { length: count },
    (_, i) => new PolarsFrame(frame.native.slice(at(i), at(i + 1) - at(i))),
  )
}

/** A part by the hash of the keys; categories hash by their texts, since their codes differ between partitions. */
function hashPart({ keys, count, stage }: Extract<TableSink, { sink: 'hash' }>): NativeExpr {
  const whole = (value: number): NativeExpr => nativeLiteral(BigInt(value), 'uint64')
  const within = hashOf(keys).mod(whole(count)).mod(whole(stage.span))
  return stage.step === 1 ? within : within.floordiv(whole(stage.step))
}

/** A part by how many bounds a row's key has passed. */
function rangePart(sink: Extract<TableSink, { sink: 'range' }>, bounds: readonly Cell[]): NativeExpr {
  const { key, descending, nullsFirst, stage } = sink
  const type = key.type === 'category' ? 'string' : (key.type ?? 'null')
  const value = key.type === 'category' ? nativeExpr(key).cast(nativeType('string'), true) : nativeExpr(key)
  // Where no values were seen there are no bounds either: all rows are absent.
  const passed = boundsAt(bounds, stage)
    .filter((bound) => bound !== null)
    .map((bound) => {
      const limit = cellLiteral(bound, type)
      return (descending ? value.ltEq(limit) : value.gtEq(limit)).cast(nativeType('uint32'), true)
    })
  return polars()
    .when(value.isNull())
    .then(nativeLiteral(nullsFirst ? 0 : stage.parts - 1, 'uint32'))
    .otherwise(passed.length === 0 ? nativeLiteral(0, 'uint32') : sumOf(passed))
}

/** A sum as a tree: polars takes the square of the time for a chain. */
function sumOf(terms: readonly NativeExpr[]): NativeExpr {
  if (terms.length === 1) return terms[0]
  const half = terms.length >> 1
  return sumOf(terms.slice(0, half)).add(sumOf(terms.slice(half)))
}
