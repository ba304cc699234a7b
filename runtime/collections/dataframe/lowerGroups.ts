// Aggregates of groups, or of all rows, as tasks: by states where the aggregates have them, else of all rows of a group at once.

import { type ExprNode, nameOf, replaced, some } from '../../kernels/table/expression.ts'
import { resolve } from '../../kernels/table/resolve.ts'
import type { Schema } from '../../kernels/table/schema.ts'
import type { Step } from '../../kernels/table/steps.ts'
import type { SourcePlace } from '../../protocol/failure.ts'
import { targetsChosen, twoSteps } from './lowerAggregate.ts'
import { type Building, chunksOf, gathered, held, MERGED_AT_ONCE, type Pipe } from './pipe.ts'
import { type PlanOf, TOGETHER, targetsFor } from './plan.ts'
import { shuffled } from './shuffle.ts'
import { groupsAtMost, isFixedSize, rowBytes, rowsAtMost } from './sizeAtMost.ts'
import { sortKey } from './sortKeys.ts'

/** States up to this size come together by a tree: of all rows, or of all groups that there can be in each partition. */
const STATES_BYTES = 32 * 2 ** 20

type AggregateStep = Extract<Step, { step: 'aggregate' }>

const column = (name: string): ExprNode => ({ kind: 'column', name })

/** Groups of rows: states of each partition's groups, which a tree or a shuffle brings together. */
export function aggregate(building: Building, plan: PlanOf<'aggregate'>, input: Pipe): Pipe {
  const { place, schema } = plan
  const keys = plan.keys.map((key) => resolve(key, input.schema))
  const aggs = plan.aggs.map((agg) => resolve(agg, input.schema))
  const names = plan.keys.map(nameOf)
  const byKeys: Step[] =
    keys.length === 0 ? [] : [{ step: 'sort', keys: names.map((name) => sortKey(column(name), schema)) }]
  const sortedByKeys = (pipe: Pipe): Pipe =>
    byKeys.reduce((all, step) => all.with('groupBy', schema, step, place), pipe)
  const shuffle = plan.gathering.way === 'shuffle' ? plan.gathering.partitions : targetsFor(input.partitions)
  const steps = input.partitions === 1 ? undefined : twoSteps(plan.keys, plan.aggs, input.schema)
  if (!steps) {
    const count =
      keys.length === 0 ? 1 : plan.gathering.way === 'shuffle' ? plan.gathering.partitions : input.partitions
    const all =
      input.partitions === 1 ? input : shuffled(input, { by: 'hash', keys }, count, 'groupBy', place)
    return sortedByKeys(all.with('groupBy', schema, { step: 'aggregate', keys, aggs }, place))
  }
  const { states, answered, sketches } = steps
  const sketched = (pipe: Pipe, stage: 'values' | 'merge' | 'answer'): Pipe => {
    if (sketches.length === 0) return pipe
    const output = stage === 'answer' ? answered : states
    return pipe.with('sketch', output, { step: 'sketch', columns: sketches, stage, output }, place)
  }
  const stateKeys = names.map((name) => resolve(column(name), states))
  const merge = { step: 'aggregate', keys: stateKeys, aggs: steps.merge } as const
  const answers = keys.length > 0 ? steps.finish : steps.finish.map(ofOneRow)
  const finish: Step = { step: 'select', exprs: answers }
  const perPartition = { step: 'aggregate', keys, aggs: steps.partial } as const
  const made = (pipe: Pipe, label: string, step: AggregateStep): Pipe =>
    keys.length > 0 || !plan.aggs.some(isFirstOrLast)
      ? pipe.with(label, states, step, place)
      : whereRows(pipe, label, step, states, place)
  const partial = sketched(made(input, 'groupBy', perPartition), 'values')
  const finished = (pipe: Pipe): Pipe =>
    sortedByKeys(
      sketched(pipe.with('merge', states, merge, place), 'answer').with('groupBy', schema, finish, place),
    )
  const mergedInGroups = (pipe: Pipe, size: number): Pipe => {
    const parts = gathered(building, chunksOf(pipe.frames('groupBy'), size), states, 'groupBy', place)
    return sketched(made(parts, 'merge', merge), 'merge')
  }
  const rows = rowsAtMost(plan.input) ?? Number.POSITIVE_INFINITY
  const groups = groupsAtMost(plan.input, plan.keys) ?? Number.POSITIVE_INFINITY
  const most = Math.min(rows, input.partitions * groups)
  const fits = isFixedSize(states) && most * rowBytes(states) <= STATES_BYTES
  if (shuffle > 1 && keys.length > 0 && !(fits && plan.gathering.way === 'auto')) {
    const measured = plan.gathering.way === 'auto'
    // Neighbours first: what is left is a quarter as many states to measure, split and pick from.
    const parts = measured ? held(mergedInGroups(partial, TOGETHER)) : partial
    const chosen = measured ? { chosen: targetsChosen(building, parts, shuffle, place) } : {}
    const targets = shuffled(parts, { by: 'hash', keys: stateKeys, ...chosen }, shuffle, 'groupBy', place)
    return finished(targets)
  }
  let level = partial
  while (level.partitions > MERGED_AT_ONCE) level = mergedInGroups(level, MERGED_AT_ONCE)
  return finished(gathered(building, [level.frames()], states, 'groupBy', place))
}

/** The answer of a table of one row. */
const ofOneRow = (answer: ExprNode): ExprNode =>
  replaced(answer, (part) =>
    part.kind === 'call' && part.fn === 'list.quantile' ? { ...part, fn: 'quantileOfLists' } : undefined,
  )

const isFirstOrLast = (agg: ExprNode): boolean =>
  some(agg, (part) => part.kind === 'call' && (part.fn === 'first' || part.fn === 'last'))

/** The state of all rows of each partition; one without rows has no first and no last, and so no state. */
function whereRows(
  input: Pipe,
  label: string,
  step: AggregateStep,
  states: Schema,
  place: SourcePlace | undefined,
): Pipe {
  const rows = '\u0000rows'
  const counted: ExprNode = { kind: 'alias', args: [{ kind: 'call', fn: 'len', args: [] }], name: rows }
  const wide: Schema = [...states, { name: rows, type: 'uint32' }]
  const hasRows: ExprNode = { kind: 'call', fn: 'gt', args: [column(rows), { kind: 'literal', value: 0 }] }
  const own = states.map(({ name }) => resolve(column(name), wide))
  return input
    .with(label, wide, { ...step, aggs: [...step.aggs, resolve(counted, input.schema)] }, place)
    .with(label, wide, { step: 'filter', predicate: resolve(hasRows, wide) }, place)
    .with(label, states, { step: 'select', exprs: own }, place)
}
