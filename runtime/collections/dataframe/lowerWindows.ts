// Windows over all rows, partition by partition: rows of neighbours for `shift` and `diff`, and for running sums what all
// partitions before add up to.

import { type ExprNode, replaced, some } from '../../kernels/table/expression.ts'
import { type FunctionName, ruleOf } from '../../kernels/table/functionCatalogue.ts'
import { runTable } from '../../kernels/table/partition.ts'
import { resolve } from '../../kernels/table/resolve.ts'
import { namesOf, type Schema } from '../../kernels/table/schema.ts'
import type { Step } from '../../kernels/table/steps.ts'
import { edgesOf } from './edges.ts'
import { isElementwise } from './optimise.ts'
import { gathered, type Pipe } from './pipe.ts'
import type { PlanOf } from './plan.ts'

type Call = Extract<ExprNode, { kind: 'call' }>

/** By which aggregate a running one goes on in the next partition, and how both come together. */
const RUNNING: Partial<
  Record<FunctionName, { total: FunctionName; merge: FunctionName; join: FunctionName }>
> = {
  cumSum: { total: 'sum', merge: 'sum', join: 'add' },
  cumCount: { total: 'count', merge: 'sum', join: 'add' },
  cumProd: { total: 'product', merge: 'product', join: 'mul' },
}

const isWindow = (node: ExprNode): node is Call => node.kind === 'call' && ruleOf(node.fn).kind === 'window'

/** The windows of expressions, each as it stands; nothing where one of them needs all rows at once. */
function windowsOf(exprs: readonly ExprNode[]): Call[] | undefined {
  const found: Call[] = []
  for (const expr of exprs) {
    const rest = replaced(expr, (node) => {
      if (!isWindow(node) || !node.args.every(isElementwise)) return undefined
      found.push(node)
      return { kind: 'literal', value: null }
    })
    if (some(rest, (node) => node.kind === 'over' || !isElementwise(node))) return undefined
  }
  return found
}

/** The projection where no more than a few rows move; nothing where all must come together. */
export function windowsInPlace(plan: PlanOf<'project'>, input: Pipe): Pipe | undefined {
  if (input.partitions === 1) return undefined
  const windows = windowsOf(plan.exprs)
  if (windows === undefined || windows.length === 0) return undefined
  if (windows.every(({ fn }) => fn === 'shift' || fn === 'diff')) return shifted(plan, input, windows)
  return windows.every(({ fn }) => RUNNING[fn]) ? running(plan, input, windows) : undefined
}

function shifted(plan: PlanOf<'project'>, input: Pipe, windows: readonly Call[]): Pipe {
  const { place, schema } = plan
  const reaches = windows.map(({ options }) => Number(options?.n ?? 1))
  const before = Math.max(0, ...reaches)
  const after = Math.max(0, ...reaches.map((n) => -n))
  const frames = input.frames()
  const edges = edgesOf(input.building, frames, input.schema, { before, after }, 'shift', place)
  const lists = frames.map((own, i) => [edges[i][0], own, edges[i][1]])
  const exprs = plan.exprs.map((expr) => resolve(expr, input.schema))
  return gathered(input.building, lists, input.schema, 'shift', place)
    .with('select', schema, { step: 'select', exprs }, place)
    .with('select', schema, { step: 'own' }, place)
}

function running(plan: PlanOf<'project'>, input: Pipe, windows: readonly Call[]): Pipe {
  const { place, schema } = plan
  const { building } = input
  const names = windows.map((_, i) => `\u0000before${i}`)
  const named = (args: [ExprNode], i: number): ExprNode => ({ kind: 'alias', args, name: names[i] })
  const kindOf = (i: number) => RUNNING[windows[i].fn] as NonNullable<(typeof RUNNING)[FunctionName]>
  const totals = windows.map(({ args }, i) =>
    resolve(named([{ kind: 'call', fn: kindOf(i).total, args }], i), input.schema),
  )
  const states: Schema = totals.map(({ type }, i) => ({ name: names[i], type }))
  const merges = names.map((name, i) => {
    const call: ExprNode = { kind: 'call', fn: kindOf(i).merge, args: [{ kind: 'column', name }] }
    return resolve(named([{ kind: 'cast', args: [call], to: states[i].type, strict: true }], i), states)
  })
  const frames = input.frames()
  const own = gathered(
    building,
    frames.map((frame) => [frame]),
    input.schema,
    'running',
    place,
  )
  const sums = own.with('total', states, { step: 'aggregate', keys: [], aggs: totals }, place).frames('total')
  const adding = building.group(
    runTable as (...args: never[]) => unknown,
    [
      { source: 'frames', schema: states },
      [{ step: 'aggregate', keys: [], aggs: merges }],
      { sink: 'frame' },
    ],
    'running-before',
    place,
  )
  // Before the first partition stand no rows, which add up to what aggregates of nothing give.
  const befores: unknown[] = [building.graph.addTask(adding, [[]])]
  for (const sum of sums.slice(0, -1)) befores.push(building.graph.addTask(adding, [[befores.at(-1), sum]]))
  const wide: Schema = [...input.schema, ...states]
  const beside = ([slot]: readonly number[]): Step => ({
    step: 'join',
    slot,
    how: 'cross',
    leftOn: [],
    rightOn: [],
    suffix: '_right',
    rightSchema: states,
    columns: namesOf(wide),
  })
  let next = 0
  const exprs = plan.exprs.map((expr) =>
    resolve(
      replaced(expr, (node) => {
        if (!isWindow(node)) return undefined
        const i = next++
        return { kind: 'call', fn: kindOf(i).join, args: [node, { kind: 'column', name: names[i] }] }
      }),
      wide,
    ),
  )
  return own
    .with('running', wide, beside, place, [(partition) => befores[partition]])
    .with('select', schema, { step: 'select', exprs }, place)
}
