// The engine on polars: steps become one lazy plan of its own, which it optimises and runs with all threads of the worker.

import { resultBuffer } from '../../resultMemory.ts'
import { boundsAt } from '../../shuffleStage.ts'
import { columnsFromIpc, ipcFromColumns, schemaFromIpc } from '../arrow.ts'
import type { Cell, Column } from '../columns/column.ts'
import { MS_A_DAY, periodMs } from '../columns/dates.ts'
import { periodTicks } from '../columns/rolling.ts'
import type { Engine, OpenFrame } from '../engine.ts'
import type { ExprNode } from '../expression.ts'
import type { Frame } from '../frame.ts'
import type { Schema } from '../schema.ts'
import { sketchedColumns } from '../sketch/groupSketches.ts'
import { partsOf, type Step, type TableSink, type TableSource } from '../steps.ts'
import { userStep } from '../userStep.ts'
import { type NativeExpr, type NativeFrame, type NativeLazyFrame, polars } from './native.ts'
import { cellLiteral, nativeColumn, nativeExpr, nativeLiteral } from './nativeExpr.ts'
import { columnHash, combinedHash, SEEDS } from './nativeHash.ts'
import { nativeSource } from './nativeSource.ts'
import { nativeType } from './nativeType.ts'
import { nativeWrite } from './nativeWrite.ts'
import { madeFrame } from './release.ts'

export class PolarsFrame implements OpenFrame {
  readonly native: NativeFrame
  readonly rows: number
  readonly bytes: number
  constructor(native: NativeFrame) {
    this.native = native
    this.rows = native.height
    this.bytes = native.estimatedSize()
    madeFrame(this.bytes)
  }
}

export const polarsEngine: Engine<PolarsFrame> = {
  name: 'polars',

  async run(source: TableSource, steps: readonly Step[], args: readonly unknown[]): Promise<PolarsFrame> {
    return through(await nativeSource(source, args[0]), steps, args)
  },

  continue: (frame, steps, args) => through(frame.native.lazy(), steps, args),

  open: (frame: Frame) => opened(frame),

  close(frame: PolarsFrame): Frame {
    const known = closed.get(frame)
    if (known) return known
    const ipc = inResultMemory(piecesOf(frame.native, frame.bytes > COMPRESS_FROM ? 'lz4' : 'uncompressed'))
    return { ipc, rows: frame.rows, bytes: frame.bytes }
  },

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
      const targets = columnsFromIpc(ipcOf(await met.collect()))[0].cells
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
    const [high, low] = columnsFromIpc(ipcOf(await frame.native.lazy().select(words).collect()))
    return { high: high.cells as number[], low: low.cells as number[] }
  },

  hashMark(): string {
    const one = polars()
      .lit('heddle')
      .hash(...SEEDS)
    const two = nativeLiteral(42n, 'int64').hash(...SEEDS)
    const frame = emptyRow()
      .select([one.alias('a' as never), two.alias('b' as never)])
      .collectSync('auto')
    return `polars ${columnsFromIpc(ipcOf(frame))
      .map(({ cells }) => cells[0])
      .join(' ')}`
  },

  toColumns: (frame) => columnsFromIpc(ipcOf(frame.native)),

  fromColumns: (columns, schema) => new PolarsFrame(fromColumns(columns, schema)),

  write: (frame, format, path, choices) => nativeWrite(frame.native, format, path, choices),
}

const hashOf = (keys: readonly ExprNode[]): NativeExpr =>
  combinedHash(keys.map((key) => columnHash(nativeExpr(key), key.type ?? 'null')))

const COMPRESS_FROM = 64 * 1024
const TARGET = '\u0000target'

/** Frames that were opened in this thread lately: a small table that goes to every task is opened once. */
const opens = new Map<Uint8Array['buffer'], PolarsFrame>()
const OPENS_MAX = 4
const OPEN_BYTES_MAX = 64 * 2 ** 20
const closed = new WeakMap<PolarsFrame, Frame>()

function opened(frame: Frame): PolarsFrame {
  const { ipc } = frame
  if (frame.rows === 0 && schemaFromIpc(ipc).length === 0) return new PolarsFrame(fromColumns([], []))
  const key = ipc.buffer
  const known = key instanceof SharedArrayBuffer ? opens.get(key) : undefined
  if (known) return known
  const made = new PolarsFrame(polars().readIpc(Buffer.from(ipc.buffer, ipc.byteOffset, ipc.byteLength), {}))
  closed.set(made, frame)
  if (key instanceof SharedArrayBuffer && made.bytes < OPEN_BYTES_MAX) {
    opens.set(key, made)
    if (opens.size > OPENS_MAX) opens.delete(opens.keys().next().value as SharedArrayBuffer)
  }
  return made
}

const ipcOf = (native: NativeFrame): Uint8Array => Buffer.concat(piecesOf(native, 'uncompressed'))

/** A result's bytes, where a worker needs no copy of them. */
function inResultMemory(pieces: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(resultBuffer(pieces.reduce((sum, { length }) => sum + length, 0)))
  let at = 0
  for (const piece of pieces) {
    bytes.set(piece, at)
    at += piece.length
  }
  return bytes
}

function piecesOf(native: NativeFrame, compression: string): Uint8Array[] {
  // Each chunk has the dictionary of its own categories, and a file has room for one.
  const whole = categoriesIn(native).length > 0 ? native.rechunk() : native
  const pieces: Uint8Array[] = []
  whole.writeIpc({ write: (bytes) => pieces.push(bytes) }, compression)
  return pieces
}

/** Columns of cells as a native frame. Categories travel as texts and become themselves here. */
export function fromColumns(columns: readonly Column[], schema: Schema): NativeFrame {
  // A file without columns has nothing that polars could read.
  if (columns.length === 0) return emptyRow().select([]).collectSync('auto')
  const read = polars().readIpc(Buffer.from(ipcFromColumns(columns)), {})
  const casts = schema
    .filter(({ type }) => type === 'category')
    .map(({ name, type }) => polars().col(name).cast(nativeType(type), true))
  return casts.length === 0 ? read : read.lazy().withColumns(casts).collectSync('auto')
}

const emptyRow = (): NativeLazyFrame =>
  fromColumns([{ name: 'x', type: 'boolean', cells: [true] }], []).lazy()

const categoriesIn = (native: NativeFrame): string[] =>
  Object.entries(native.schema).flatMap(([name, type]) =>
    JSON.stringify(type).includes('Categorical') ? [name] : [],
  )

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
  const codes = columnsFromIpc(ipcOf(await frame.native.lazy().select(most).collect()))
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

async function through(
  start: NativeLazyFrame,
  steps: readonly Step[],
  args: readonly unknown[],
): Promise<PolarsFrame> {
  let lazy = start
  for (const step of steps) {
    if (step.step === 'map' || step.step === 'mapGroups') {
      const frame = new PolarsFrame(await lazy.collect())
      const columns = await userStep(step, columnsFromIpc(ipcOf(frame.native)), frame.rows, args)
      lazy = fromColumns(columns, step.output).lazy()
    } else if (step.step === 'sketch') {
      const columns = sketchedColumns(step, columnsFromIpc(ipcOf(await lazy.collect())))
      lazy = fromColumns(columns, step.output).lazy()
    } else lazy = await applied(lazy, step, args)
  }
  return new PolarsFrame(await lazy.collect())
}

async function applied(
  lazy: NativeLazyFrame,
  step: Step,
  args: readonly unknown[],
): Promise<NativeLazyFrame> {
  const pl = polars()
  switch (step.step) {
    case 'select':
      return lazy.select(step.exprs.map(nativeColumn))
    case 'withColumns':
      return lazy.withColumns(step.exprs.map(nativeColumn))
    case 'filter':
      return lazy.filter(nativeExpr(step.predicate))
    case 'aggregate': {
      if (step.keys.length === 0) return lazy.select(step.aggs.map(nativeColumn))
      return lazy.groupby(step.keys.map(nativeColumn), false).agg(step.aggs.map(nativeColumn))
    }
    case 'sort': {
      const sorted = lazy.sortByExprs(
        step.keys.map(({ by }) =>
          by.type === 'category' ? nativeExpr(by).cast(nativeType('string'), true) : nativeExpr(by),
        ),
        step.keys.map(({ descending }) => descending),
        step.keys.map(({ nullsFirst }) => !nullsFirst),
        true,
        true,
      )
      return step.limit === undefined ? sorted : sorted.slice(0, step.limit)
    }
    case 'unique':
      return lazy.unique([...step.subset], step.keep, true)
    case 'slice':
      return step.offset < 0 ? lazy.tail(-step.offset) : lazy.slice(step.offset, step.length)
    case 'explode':
      return lazy.explode(step.columns.map((name) => pl.col(name)))
    case 'unpivot':
      return lazy.unpivot([...step.index], [...step.on], step.variable, step.value)
    case 'join':
      return joinedWith(lazy, rightSide(args[step.slot], step.rightSchema), step)
    case 'asof': {
      const { leftOn, rightOn, leftBy, rightBy, strategy, tolerance } = step.spec
      const sortOf = (side: NativeLazyFrame, on: string): NativeLazyFrame =>
        side.filter(pl.col(on).isNotNull()).sortByExprs([pl.col(on)], [false], [true], true, true)
      const right = sortOf(rightSide(args[step.slot], step.rightSchema), rightOn)
      return sortOf(lazy, leftOn).joinAsof(
        right,
        pl.col(leftOn),
        pl.col(rightOn),
        leftBy.length > 0 ? [...leftBy] : undefined,
        rightBy.length > 0 ? [...rightBy] : undefined,
        true,
        false,
        step.suffix,
        strategy,
        typeof tolerance === 'number' ? tolerance : undefined,
        typeof tolerance === 'string' ? tolerance : undefined,
        false,
        true,
        true,
      )
    }
    case 'sample': {
      // Each row draws its own number from its place: the same rows for the same seed and partitions.
      const index = '\u0000row'
      const draw = pl
        .col(index)
        .hash(BigInt(step.seed) as never, BigInt(Number(args[step.slot])) as never, 5n as never, 7n as never)
      const limit = nativeLiteral(BigInt(Math.floor(step.fraction * 2 ** 32)), 'uint64')
      const kept = draw.mod(nativeLiteral(2n ** 32n, 'uint64')).lt(limit)
      const columns = (await lazy.slice(0, 0).collect()).columns
      return lazy
        .withRowIndex(index, 0)
        .filter(kept)
        .select(columns.map((name) => pl.col(name)))
    }
    case 'own': {
      const [before, own] = args[0] as Frame[]
      return lazy.slice(before.rows, own.rows)
    }
    case 'every': {
      const index = '\u0000row'
      const columns = (await lazy.slice(0, 0).collect()).columns
      const place = pl.col(index).cast(nativeType('uint64'), true)
      const whole = (value: number): NativeExpr => nativeLiteral(BigInt(value), 'uint64')
      return lazy
        .withRowIndex(index, 0)
        .filter(place.mod(whole(step.n)).eq(whole(step.n >> 1)))
        .select(columns.map((name) => pl.col(name)))
    }
    case 'window': {
      const windows = pl
        .col(step.on)
        .dtTruncate(pl.lit(step.every))
        .alias(step.on as never)
      return lazy
        .filter(pl.col(step.on).isNotNull())
        .groupby([windows, ...step.keys.map((name) => pl.col(name))], false)
        .agg(step.aggs.map(nativeColumn))
    }
    case 'rolling':
      return rolled(lazy, step, step.edge === undefined ? null : (args[step.edge] as Frame | null))
    case 'recent': {
      const time = pl.col(step.on).toPhysical().cast(nativeType('int64'), true)
      const period = nativeLiteral(periodTicks(step.period, step.type), 'int64')
      return lazy.filter(time.gtEq(time.max().sub(period)))
    }
    case 'sketch':
    case 'map':
    case 'mapGroups':
      return lazy
  }
}

/** Windows are as long as they say on every day: none is a calendar's, whose days may have 23 hours. */
function rolled(
  lazy: NativeLazyFrame,
  step: Extract<Step, { step: 'rolling' }>,
  edge: Frame | null,
): NativeLazyFrame {
  const ms = periodMs(step.period)
  const period = step.type === 'date' ? `${ms / MS_A_DAY}d` : `${ms}ms`
  const made = lazy
    .groupbyRolling(
      polars().col(step.on),
      period,
      `-${period}`,
      step.closed,
      step.by.map((name) => polars().col(name)),
    )
    .agg(step.aggs.map(nativeColumn))
  return edge && edge.rows > 0 ? made.slice(edge.rows, ALL_ROWS) : made
}

/** Keys that are worked out become columns first, since polars joins by columns alone. */
function joinedWith(
  left: NativeLazyFrame,
  right: NativeLazyFrame,
  step: Extract<Step, { step: 'join' }>,
): NativeLazyFrame {
  const { how, suffix } = step
  if (how === 'cross') return left.join(right, [], [], true, false, 'cross', suffix)
  const isMade = (i: number): boolean => step.leftOn[i].kind !== 'column' || step.rightOn[i].kind !== 'column'
  const sides = [left, right].map((side, which) => {
    const nodes = which === 0 ? step.leftOn : step.rightOn
    const made = nodes.flatMap((node, i) =>
      isMade(i) ? [nativeExpr(node).alias(`${MADE}${i}` as never)] : [],
    )
    const keys = nodes.map((node, i) => (isMade(i) ? polars().col(`${MADE}${i}`) : nativeExpr(node)))
    return { lazy: made.length > 0 ? side.withColumns(made) : side, keys }
  })
  const filters = how === 'semi' || how === 'anti'
  const joined = sides[0].lazy.join(
    sides[1].lazy,
    sides[0].keys,
    sides[1].keys,
    true,
    false,
    how === 'outer' ? 'full' : how,
    suffix,
    filters ? undefined : true,
    undefined,
    false,
    filters ? 'left' : 'left_right',
  )
  return joined.select(step.columns.map((name) => polars().col(name)))
}

/** As many rows as polars counts. */
const ALL_ROWS = 2 ** 32 - 1
const MADE = '\u0000key'

function rightSide(value: unknown, schema: Schema): NativeLazyFrame {
  const frames = (Array.isArray(value) ? value : [value]) as Frame[]
  return concatenated(frames, schema)
}

/** Frames one after another. */
export function concatenated(frames: readonly Frame[], schema: Schema): NativeLazyFrame {
  const filled = frames.filter(({ rows }) => rows > 0)
  if (filled.length === 0)
    // Parts without rows may have no bytes at all.
    return frames.some(({ ipc }) => ipc.length > 0)
      ? opened(frames.find(({ ipc }) => ipc.length > 0) as Frame).native.lazy()
      : fromColumns(
          schema.map(({ name, type }) => ({ name, type, cells: [] })),
          schema,
        ).lazy()
  const natives = filled.map((frame) => opened(frame).native)
  const categories = schema.filter(({ type }) => type === 'category').map(({ name }) => name)
  const texts = natives.map((native) => {
    const known = categories.length === 0 ? [] : categoriesIn(native)
    return categories.filter((name) => !known.includes(name))
  })
  const asCategories = (lazy: NativeLazyFrame, names: readonly string[]): NativeLazyFrame =>
    names.length === 0
      ? lazy
      : lazy.withColumns(names.map((name) => polars().col(name).cast(nativeType('category'), true)))
  // Where all are texts, they become categories at once.
  const later = (texts[0] ?? []).filter((name) => texts.every((names) => names.includes(name)))
  const ready = natives.map((native, i) =>
    asCategories(
      native.lazy(),
      texts[i].filter((name) => !later.includes(name)),
    ),
  )
  const all = ready.length === 1 ? ready[0] : polars().concatLf(ready, 'vertical', false, true, false, true)
  return asCategories(all, later)
}
