// The steps of a partition as one lazy plan of polars.

import { MS_A_DAY, periodMs } from '../columns/dates.ts'
import { periodTicks } from '../columns/rolling.ts'
import { isList, isStruct } from '../dataType.ts'
import type { ExprNode } from '../expression.ts'
import type { Frame } from '../frame.ts'
import type { Schema } from '../schema.ts'
import { sketchedColumns } from '../sketch/groupSketches.ts'
import { requireSameRows, type Step } from '../steps.ts'
import { userStep } from '../userStep.ts'
import { castError } from './castError.ts'
import { type NativeExpr, type NativeFrame, type NativeLazyFrame, polars } from './native.ts'
import { nativeColumn, nativeExpr, nativeLiteral } from './nativeExpr.ts'
import { cellsOf, concatenated, fromColumns, PolarsFrame } from './nativeFrame.ts'
import { nativeType } from './nativeType.ts'

/**
 * Takes rows through the steps; a function of the user's or a sketch stands between two plans.
 * @throws {CellTypeError} when a value cannot be cast
 */
export async function through(
  start: NativeLazyFrame,
  steps: readonly Step[],
  args: readonly unknown[],
): Promise<PolarsFrame> {
  try {
    return await run(start, steps, args)
  } catch (error) {
    throw castError(error)
  }
}

async function run(
  start: NativeLazyFrame,
  steps: readonly Step[],
  args: readonly unknown[],
): Promise<PolarsFrame> {
  let lazy = start
  for (const step of steps) {
    if (step.step === 'map' || step.step === 'mapGroups') {
      const frame = new PolarsFrame(await lazy.collect())
      const columns = await userStep(step, cellsOf(frame.native), frame.rows, args)
      lazy = fromColumns(columns, step.output).lazy()
    } else if (step.step === 'sketch') {
      const columns = sketchedColumns(step, cellsOf(await lazy.collect()))
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
      // Rows of the left table that have no time stay, behind all others.
      const sortOf = (side: NativeLazyFrame, on: string): NativeLazyFrame =>
        side.sortByExprs([pl.col(on)], [false], [true], true, true)
      const timed = rightSide(args[step.slot], step.rightSchema).filter(pl.col(rightOn).isNotNull())
      const right = sortOf(timed, rightOn)
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
      const bound = (share: number) => nativeLiteral(BigInt(Math.floor(share * 2 ** 32)), 'uint64')
      const drawn = draw.mod(nativeLiteral(2n ** 32n, 'uint64'))
      const below = drawn.lt(bound(step.until))
      const kept = step.from === 0 ? below : below.and(drawn.gtEq(bound(step.from)))
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
    case 'number': {
      const { name } = step
      const first = nativeLiteral(BigInt(args[step.slot] as number | bigint), 'int64')
      const number = pl.col(name).cast(nativeType('int64'), true).add(first)
      return lazy.withRowIndex(name, 0).withColumns([number.alias(name as never)])
    }
    case 'beside': {
      const others = rightSide(args[step.slot], step.schema).select(
        step.schema.map(({ name }) => pl.col(name)),
      )
      return stacked(await lazy.collect(), await others.collect()).lazy()
    }
    case 'fold': {
      const row = await lazy.collect()
      const rows = step.rows.map(({ name, from }) =>
        row
          .lazy()
          .select([
            nativeLiteral(name, 'string').alias(step.label as never),
            ...from.map((each, i) => pl.col(each).alias(step.columns[i] as never)),
          ]),
      )
      return pl.concatLf(rows, 'vertical', false, true, false, true)
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
  const isMade = (i: number): boolean =>
    step.leftOn[i]?.kind !== 'column' || step.rightOn[i]?.kind !== 'column'
  const sides = [left, right].map((side, which) => {
    const own = which === 0 ? step.leftOn : step.rightOn
    const nodes = [...own, ...(mergesFloats(step) ? [NO_KEY] : []), ...own.filter(isNested).map(thereNode)]
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

/** Whether polars may merge two columns of floats that it knows to be sorted, as one row is: NaN would then equal nothing. */
const mergesFloats = ({ how, leftOn: [key, ...others] }: Extract<Step, { step: 'join' }>): boolean =>
  (how === 'inner' || how === 'left') &&
  others.length === 0 &&
  (key.type === 'float64' || key.type === 'float32')

/** A second key, the same in all rows: several keys are hashed. */
const NO_KEY: ExprNode = { kind: 'literal', value: true, type: 'boolean' }

/** To polars absent lists and structs are equal: a key beside them, which is absent too, is not. */
const isNested = ({ type = 'null' }: ExprNode): boolean => isList(type) || isStruct(type)
const thereNode = (key: ExprNode): ExprNode => ({
  kind: 'when',
  args: [
    { kind: 'call', fn: 'isNotNull', args: [key], type: 'boolean' },
    { kind: 'literal', value: true, type: 'boolean' },
    { kind: 'literal', value: null, type: 'boolean' },
  ],
  type: 'boolean',
})

/** As many rows as polars counts. */
const ALL_ROWS = 2 ** 32 - 1
const MADE = '\u0000key'

/** The columns of both, row by row. */
function stacked(left: NativeFrame, right: NativeFrame): NativeFrame {
  requireSameRows(left.height, right.height)
  const columns = [left, right].flatMap((frame) => frame.columns.map((_, i) => frame.selectAtIdx(i)))
  return new (polars().JsDataFrame)(columns)
}

function rightSide(value: unknown, schema: Schema): NativeLazyFrame {
  const frames = (Array.isArray(value) ? value : [value]) as Frame[]
  return concatenated(frames, schema)
}
