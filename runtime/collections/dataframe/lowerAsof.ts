// Joins with the nearest row: of the right table each partition of the left one gets what lies in its range, and the rows next to it.

import { type DataType, isDatetime, isDuration, isInteger } from '../../kernels/table/dataType.ts'
import type { ExprNode } from '../../kernels/table/expression.ts'
import type { FunctionName } from '../../kernels/table/functionCatalogue.ts'
import { resolve } from '../../kernels/table/resolve.ts'
import { namesOf, type Schema } from '../../kernels/table/schema.ts'
import type { AsofSpec, Step, TableSink } from '../../kernels/table/steps.ts'
import type { Building, Pipe } from './pipe.ts'
import type { PlanOf } from './plan.ts'

const [FROM, TO, BEFORE, AFTER] = ['from', 'to', 'before', 'after'].map((name) => `\u0000${name}`)
const column = (name: string): ExprNode => ({ kind: 'column', name })
const call = (fn: FunctionName, ...args: ExprNode[]): ExprNode => ({ kind: 'call', fn, args })
const named = (arg: ExprNode, name: string): ExprNode => ({ kind: 'alias', args: [arg], name })

/** The join itself; `right` says what a partition is joined with: a frame or several. */
export function asofJoined(
  { spec, suffix, schema, place }: PlanOf<'asof'>,
  left: Pipe,
  rightSchema: Schema,
  right: (partition: number) => unknown,
): Pipe {
  const step = ([slot]: readonly number[]): Step => ({ step: 'asof', slot, spec, suffix, rightSchema })
  return left.with('joinAsof', schema, step, place, [right])
}

/** Whether ranges of the compared column say which rows may be nearest: NaN stands in none. */
export function canCompareRanges({ spec }: PlanOf<'asof'>, left: Pipe, right: Pipe): boolean {
  const isOrdered = (schema: Schema, name: string): boolean => {
    const type: DataType = schema.find((field) => field.name === name)?.type ?? 'null'
    return isInteger(type) || type === 'date' || isDatetime(type) || isDuration(type)
  }
  return isOrdered(left.schema, spec.leftOn) && isOrdered(right.schema, spec.rightOn)
}

/** Each partition of the left table with what may be nearest to its rows. */
export function asofNear(building: Building, plan: PlanOf<'asof'>, left: Pipe, right: Pipe): Pipe {
  const { place, spec } = plan
  const ends = [named(call('min', column(spec.leftOn)), FROM), named(call('max', column(spec.leftOn)), TO)]
  const aggs = ends.map((end) => resolve(end, left.schema))
  const range: Schema = [FROM, TO].map((name, i) => ({ name, type: aggs[i].type ?? 'null' }))
  const ranges = left
    .with('range', range, { step: 'aggregate', keys: [], aggs }, place)
    .frames('joinAsof-range')
  const steps = nearSteps(spec, right.schema, range)
  const sink = ([slot]: readonly number[]): TableSink => ({ sink: 'each', steps, slot, count: ranges.length })
  const splits = right.tasks(sink, 'joinAsof-near', [() => ranges])
  const near = ranges.map((_, i) => splits.map((split) => building.graph.partOf(split, i)))
  return asofJoined(plan, left, right.schema, (partition) => near[partition])
}

/** Of the rows of the right table those in a range, and of each group the last before it and the first behind. */
function nearSteps({ rightOn, rightBy, strategy }: AsofSpec, schema: Schema, range: Schema): Step[] {
  const wide: Schema = [...schema, ...range]
  const on = column(rightOn)
  const next = (fn: 'min' | 'max', condition: ExprNode): ExprNode => {
    const value: ExprNode = { kind: 'when', args: [condition, on, { kind: 'literal', value: null }] }
    // The range is the same in all rows: without groups they are one.
    const keys = rightBy.length > 0 ? rightBy : [FROM]
    return { kind: 'over', args: [call(fn, value), ...keys.map(column)] }
  }
  const beside = [
    ...(strategy === 'forward' ? [] : [named(next('max', call('lt', on, column(FROM))), BEFORE)]),
    ...(strategy === 'backward' ? [] : [named(next('min', call('gt', on, column(TO))), AFTER)]),
  ].map((expr) => resolve(expr, wide))
  const names = [...(strategy === 'forward' ? [] : [BEFORE]), ...(strategy === 'backward' ? [] : [AFTER])]
  const known: Schema = [...wide, ...names.map((name, i) => ({ name, type: beside[i].type ?? 'null' }))]
  const within = call('and', call('gte', on, column(FROM)), call('lte', on, column(TO)))
  // All that are equally near: the join itself chooses among them.
  const near = names.reduce((any, name) => call('or', any, call('eq', on, column(name))), within)
  const cross: Step = {
    step: 'join',
    slot: 0,
    how: 'cross',
    leftOn: [],
    rightOn: [],
    suffix: '_right',
    rightSchema: range,
    columns: namesOf(wide),
  }
  const all = namesOf(wide).map((name) => resolve(column(name), wide))
  return [
    cross,
    { step: 'select', exprs: [...all, ...beside] },
    { step: 'filter', predicate: resolve(near, known) },
    { step: 'select', exprs: namesOf(schema).map((name) => resolve(column(name), known)) },
  ]
}
