// Rolling windows of time as tasks: rows come into order, and each partition gets what it needs of those before it.

import type { ExprNode } from '../../kernels/table/expression.ts'
import { runTable } from '../../kernels/table/partition.ts'
import { resolve } from '../../kernels/table/resolve.ts'
import type { SortKey, Step } from '../../kernels/table/steps.ts'
import { type Building, gathered, type Pipe } from './pipe.ts'
import type { PlanOf } from './plan.ts'
import { shuffled } from './shuffle.ts'

const column = (name: string): ExprNode => ({ kind: 'column', name })

/** @param together brings the rows that agree in all keys into one partition */
export function rolling(
  building: Building,
  plan: PlanOf<'rolling'>,
  input: Pipe,
  together: (input: Pipe, keys: readonly string[]) => Pipe,
): Pipe {
  const { place, schema, on, period, closed, by } = plan
  const aggs = plan.aggs.map((agg) => resolve(agg, input.schema))
  const ascending = (names: readonly string[]): Step => ({
    step: 'sort',
    keys: names.map(
      (name): SortKey => ({
        by: resolve(column(name), input.schema),
        descending: false,
        nullsFirst: false,
      }),
    ),
  })
  const { type } = resolve(column(on), input.schema)
  const step = { step: 'rolling', on, type, period, closed, by, aggs } as const
  if (by.length > 0 || input.partitions === 1) {
    const all = by.length > 0 ? together(input, by) : input
    return all
      .with('rolling', input.schema, ascending([on]), place)
      .with('rolling', schema, step, place)
      .with('rolling', schema, ascending([...by, on]), place)
  }
  const key = resolve(column(on), input.schema)
  const inOrder = shuffled(
    input,
    { by: 'range', key, descending: false, nullsFirst: false },
    input.partitions,
    'rolling',
    place,
  ).with('rolling', input.schema, ascending([on]), place)
  const frames = inOrder.frames()
  // What a partition's windows reach back to may lie several partitions before it: each hands on what it got, too.
  const recent: Step = { step: 'recent', on, type, period }
  const bound = [{ source: 'frames', schema: input.schema }, [recent], { sink: 'frame' }]
  const handing = building.group(runTable as (...args: never[]) => unknown, bound, 'rolling-edge', place)
  const edges: unknown[] = []
  for (const own of frames.slice(0, -1)) {
    const before = edges.at(-1)
    edges.push(building.graph.addTask(handing, [before === undefined ? [own] : [before, own]]))
  }
  const lists = frames.map((own, i) => (i === 0 ? [own] : [edges[i - 1], own]))
  return gathered(building, lists, input.schema, 'rolling', place).with(
    'rolling',
    schema,
    ([slot]): Step => ({ ...step, edge: slot }),
    place,
    [(partition) => (partition === 0 ? null : edges[partition - 1])],
  )
}
