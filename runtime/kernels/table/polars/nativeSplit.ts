// Rows told apart by the target they go to: one stable sort by target, of which the parts are slices.

import { boundsAt } from '../../shuffleStage.ts'
import type { Cell } from '../columns/column.ts'
import type { SplitRows } from '../engine.ts'
import { partsOf, type TableSink } from '../steps.ts'
import { type CodedFrame, coded } from './categoryCodes.ts'
import { type NativeExpr, type NativeFrame, polars } from './native.ts'
import { cellLiteral, nativeExpr, nativeLiteral } from './nativeExpr.ts'
import { onlyCategories, PolarsFrame, piecesOf } from './nativeFrame.ts'
import { hashOf } from './nativeHash.ts'
import { numbersOf } from './nativeIpc.ts'
import { nativeType } from './nativeType.ts'

type SplitSink = Extract<TableSink, { sink: 'hash' | 'range' | 'cut' }>
type KeySink = Exclude<SplitSink, { sink: 'cut' }>

const TARGET = '\u0000target'
/** A column's texts go to all targets together; more of them than so many times a part's rows are cheaper in the parts. */
const TEXTS_TO_ROWS = 4

export async function nativeSplit(
  frame: PolarsFrame,
  sink: SplitSink,
  bounds: readonly Cell[] = [],
): Promise<SplitRows<PolarsFrame>> {
  if (sink.sink === 'cut') return { parts: cut(frame, sink.count) }
  const parts = partsOf(sink)
  const target = (sink.sink === 'hash' ? hashPart(sink) : rangePart(sink, bounds))
    .cast(nativeType('uint32'), true)
    .alias(TARGET as never)
  const marked = await frame.native.lazy().withColumns([target]).collect()
  const { native, made } = await carried(marked, parts, sink)
  const order = [polars().col(TARGET)]
  const sorted = await native.lazy().sortByExprs(order, [false], [false], true, true).collect()
  const targets = numbersOf(sorted.lazy().select(order).collectSync('auto'))
  const columns = frame.native.columns.map((name) => polars().col(name))
  const rows = sorted.lazy().select(columns).collectSync('auto')
  let at = 0
  const found = Array.from({ length: parts }, (_, part) => {
    const from = at
    while (at < targets.length && targets[at] === part) at++
    return new PolarsFrame(rows.slice(from, at - from))
  })
  if (!made) return { parts: found }
  return { parts: found, codes: { ...made.codes, texts: piecesOf(made.texts) } }
}

/** The rows as they travel: categories as codes, or as texts where those are many. Where parts come together, they are categories again. */
async function carried(
  marked: NativeFrame,
  parts: number,
  { coded: columns = [] }: KeySink,
): Promise<{ native: NativeFrame; made?: CodedFrame }> {
  const present = onlyCategories(marked).filter((name) => columns.includes(name))
  if (parts < 2 || present.length === 0 || marked.height === 0) return { native: marked }
  const made = coded(marked, present, (TEXTS_TO_ROWS * marked.height) / parts)
  const many = present.filter((name) => !made?.codes.columns.includes(name))
  const native = made?.native ?? marked
  if (many.length === 0) return { native, made }
  const texts = many.map((name) => polars().col(name).cast(nativeType('string'), true))
  return { native: await native.lazy().withColumns(texts).collect(), made }
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
