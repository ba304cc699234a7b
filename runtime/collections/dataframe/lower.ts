// From a plan to tasks: what follows one another on a partition becomes one task, the rest goes through trees and shuffles.

import { pick } from '../../kernels/bag/partition.ts'
import type { ExprNode } from '../../kernels/table/expression.ts'
import { resolve } from '../../kernels/table/resolve.ts'
import type { Step } from '../../kernels/table/steps.ts'
import type { SourcePlace } from '../../protocol/failure.ts'
import { edgesOf } from './edges.ts'
import { aggregate } from './lowerGroups.ts'
import { asof, join } from './lowerJoin.ts'
import { movedBeside } from './lowerMoved.ts'
import { inLayers } from './lowerNested.ts'
import { rolling } from './lowerRolling.ts'
import { totalsBeside } from './lowerTotals.ts'
import { windowsInPlace } from './lowerWindows.ts'
import { isElementwise, isOneForAll } from './optimise.ts'
import { overKeys } from './overKeys.ts'
import { type Building, gathered, held, Pipe } from './pipe.ts'
import { inputsOf, type Plan, type PlanOf } from './plan.ts'
import { orderedPlans, seesOrder } from './rowOrder.ts'
import { shuffled } from './shuffle.ts'
import { sortKeys } from './sortKeys.ts'

const column = (name: string): ExprNode => ({ kind: 'column', name })

/** The partitions of a plan, as tasks that are not added yet. What several parts of it stand on is built once. */
export function lowered(building: Building, plan: Plan): Pipe {
  const uses = new Map<Plan, number>()
  const stack: Plan[] = [plan]
  for (let each = stack.pop(); each; each = stack.pop())
    for (const input of inputsOf(each)) {
      const known = uses.get(input) ?? 0
      uses.set(input, known + 1)
      if (known === 0) stack.push(input)
    }
  const ordered = orderedPlans(plan)
  const made = new Map<Plan, Pipe>()
  const build = (each: Plan): Pipe => {
    let pipe = made.get(each)
    if (!pipe) {
      pipe = lower(building, each, build, ordered.has(each))
      if ((uses.get(each) ?? 0) > 1 && each.kind !== 'scan') pipe = held(pipe)
      made.set(each, pipe)
    }
    return pipe
  }
  return build(plan)
}

type Build = (plan: Plan) => Pipe

/** @param isOrdered whether somebody sees in which order the rows stand */
function lower(building: Building, plan: Plan, build: Build, isOrdered: boolean): Pipe {
  const { place } = plan
  switch (plan.kind) {
    case 'scan':
      return new Pipe(building, {
        source: plan.source,
        partitions: plan.partitions,
        argument: (i) => plan.argument(i, building.graph),
        steps: [],
        extras: [],
        labels: [plan.label],
        schema: plan.schema,
        place,
        ...(plan.held && { done: plan.held }),
      })
    case 'project':
      return project(building, plan, build(plan.input), isOrdered)
    case 'filter': {
      const input = build(plan.input)
      const predicate = resolve(plan.predicate, input.schema)
      return input.with('filter', input.schema, { step: 'filter', predicate }, place)
    }
    case 'local': {
      const input = build(plan.input)
      if (!plan.numbered) return input.with(plan.label, plan.schema, plan.step, place)
      const numbered = ([slot]: readonly number[]): Step => ({ ...plan.step, slot }) as Step
      return input.with(plan.label, plan.schema, numbered, place, [(partition) => partition])
    }
    case 'aggregate':
      return aggregate(building, plan, build(plan.input))
    case 'grouped': {
      const input = together(build(plan.input), plan.keys, plan.gathering, plan.label, place)
      return input.with(plan.label, plan.schema, plan.step, place)
    }
    case 'unique':
      return unique(plan, build(plan.input))
    case 'sort':
      return sort(building, plan, build(plan.input))
    case 'head':
      return head(building, plan, build(plan.input))
    case 'tail': {
      const step: Step = { step: 'slice', offset: -plan.count, length: plan.count }
      const input = build(plan.input)
      const each = input.with('tail', input.schema, step, place)
      if (each.partitions === 1) return each
      return gathered(building, [each.frames()], input.schema, 'tail', place).with(
        'tail',
        input.schema,
        step,
        place,
      )
    }
    case 'join':
      return join(building, plan, build(plan.input), build(plan.right))
    case 'asof':
      return asof(building, plan, build(plan.input), build(plan.right))
    case 'rolling':
      return rolling(building, plan, build(plan.input), (rows, keys) =>
        together(rows, keys, { way: 'auto' }, 'rolling', place),
      )
    case 'concat': {
      const frames = plan.inputs.flatMap((each) => build(each).frames())
      return new Pipe(building, {
        source: { source: 'frame' },
        partitions: frames.length,
        argument: (i) => frames[i],
        steps: [],
        extras: [],
        labels: ['concat'],
        schema: plan.schema,
        place,
        done: frames,
      })
    }
    case 'repartition':
      return repartition(building, build(plan.input), plan.partitions, place)
    case 'overlap':
      return overlap(building, plan, build(plan.input))
  }
}

/** All rows that agree in `keys` in one partition; without keys, all rows. */
function together(
  input: Pipe,
  keys: readonly string[],
  gathering: { way: 'auto' } | { way: 'shuffle'; partitions: number },
  label: string,
  place: SourcePlace | undefined,
): Pipe {
  if (input.partitions === 1) return input
  const count = keys.length === 0 ? 1 : gathering.way === 'shuffle' ? gathering.partitions : input.partitions
  const nodes = keys.map((name) => resolve(column(name), input.schema))
  return shuffled(input, { by: 'hash', keys: nodes }, count, label, place)
}

function project(building: Building, plan: PlanOf<'project'>, input: Pipe, isOrdered: boolean): Pipe {
  const exprs = plan.exprs.map((expr) => resolve(expr, input.schema))
  const step: Step = { step: 'select', exprs }
  const isOneRow = plan.exprs.every(isOneForAll)
  if (plan.exprs.every(isElementwise) && !isOneRow) return input.with('select', plan.schema, step, plan.place)
  const layers = input.partitions === 1 ? undefined : inLayers(plan, input.schema)
  if (layers) {
    const inner = project(building, layers.inner, input, seesOrder(layers.outer, isOrdered))
    return project(building, layers.outer, inner, isOrdered)
  }
  const keys = overKeys(plan.exprs)
  // Rows whose order nobody sees may stay where their groups come together.
  const moved = isOrdered || keys.length === 0 ? movedBeside(plan, input) : undefined
  if (moved) return project(building, moved.plan, moved.input, isOrdered)
  // Windows and aggregates look at other rows: at those of a group, or at all.
  const totals = totalsBeside(plan, input, (aggs, schema, rows) =>
    aggregate(
      building,
      { ...plan, kind: 'aggregate', keys: [], aggs, gathering: { way: 'auto' }, schema },
      rows,
    ),
  )
  if (totals) {
    if (!isOneRow) return project(building, totals.plan, totals.input, isOrdered)
    const own = totals.plan.exprs.map((expr) => resolve(expr, totals.input.schema))
    return totals.input.with('select', plan.schema, { step: 'select', exprs: own }, plan.place)
  }
  const inPlace = keys.length === 0 ? windowsInPlace(plan, input) : undefined
  if (inPlace) return inPlace
  return together(input, keys, { way: 'auto' }, 'over', plan.place).with(
    'select',
    plan.schema,
    step,
    plan.place,
  )
}

function unique(plan: PlanOf<'unique'>, input: Pipe): Pipe {
  const { subset, keep, place, schema } = plan
  const step: Step = { step: 'unique', subset, keep }
  if (input.partitions === 1) return input.with('unique', schema, step, place)
  // Most copies go before rows move; with `none` they still count.
  const fewer = keep === 'none' ? input : input.with('unique', schema, step, place)
  return together(fewer, subset, { way: 'auto' }, 'unique', place).with('unique', schema, step, place)
}

function sort(building: Building, plan: PlanOf<'sort'>, input: Pipe): Pipe {
  const { place, schema, limit } = plan
  const keys = sortKeys(plan.keys, input.schema)
  const step: Step = { step: 'sort', keys, ...(limit === undefined ? {} : { limit }) }
  if (input.partitions === 1) return input.with('sort', schema, step, place)
  if (limit !== undefined) {
    const few = input.with('sort', schema, step, place).frames('sort')
    return gathered(building, [few], schema, 'sort', place).with('sort', schema, step, place)
  }
  const [{ by, descending, nullsFirst }] = keys
  const targets = shuffled(
    input,
    { by: 'range', key: by, descending, nullsFirst },
    plan.partitions ?? input.partitions,
    'sort',
    place,
  )
  return targets.with('sort', schema, step, place)
}

function head(building: Building, plan: PlanOf<'head'>, input: Pipe): Pipe {
  const { place, schema, count } = plan
  if (input.partitions === 1)
    return input.with('head', schema, { step: 'slice', offset: 0, length: count }, place)
  const picking = building.group(pick as (...args: never[]) => unknown, [], 'head-pick', place)
  const part = (name: string, taken: unknown): unknown => building.graph.addTask(picking, [name, taken])
  const before = (partition: number, earlier: readonly unknown[]): unknown =>
    partition === 0 ? 0 : part('total', earlier[partition - 1])
  const all = input.tasks(([slot]) => ({ sink: 'take', count, slot }), 'head', [before])
  return gathered(building, [all.map((each) => part('frame', each))], schema, 'head', place)
}

function repartition(building: Building, input: Pipe, to: number, place: SourcePlace | undefined): Pipe {
  const from = input.partitions
  if (from === to) return input
  const share = (count: number, of: number, i: number): number => Math.floor((i * count) / of)
  if (to < from) {
    const frames = input.frames()
    const lists = Array.from({ length: to }, (_, i) =>
      frames.slice(share(from, to, i), share(from, to, i + 1)),
    )
    return gathered(building, lists, input.schema, 'repartition', place)
  }
  const most = Math.ceil(to / from)
  const splits = input.tasks({ sink: 'cut', count: most }, 'repartition')
  const lists = splits.flatMap((split, i) => {
    const due = share(to, from, i + 1) - share(to, from, i)
    const pieces = Array.from({ length: most }, (_, piece) => building.graph.partOf(split, piece))
    return Array.from({ length: due }, (_, piece) =>
      piece < due - 1 ? [pieces[piece]] : pieces.slice(piece),
    )
  })
  return gathered(building, lists, input.schema, 'repartition', place)
}

/** Partitions with rows of their neighbours. */
function overlap(building: Building, plan: PlanOf<'overlap'>, input: Pipe): Pipe {
  const { place, schema } = plan
  const frames = input.frames()
  const edges = edgesOf(building, frames, input.schema, plan, 'mapOverlap', place)
  const lists = frames.map((own, i) => [edges[i][0], own, edges[i][1]])
  const pipe = gathered(building, lists, input.schema, 'mapOverlap', place)
  const step = (slots: readonly number[]): Step => ({ ...plan.step, edges: slots })
  return pipe.with('mapOverlap', schema, step, place, [(i) => edges[i][0], (i) => edges[i][1]])
}
