// Windows over all rows, partition by partition: rows of neighbours for `shift`, `diff` and rolling ones, and for running
// ones what all partitions before come to, or behind.

import {
  columnsIn,
  type ExprNode,
  nameOf,
  type Options,
  replaced,
  some,
} from '../../kernels/table/expression.ts'
import { type FunctionName, ruleOf } from '../../kernels/table/functionCatalogue.ts'
import { resolve } from '../../kernels/table/resolve.ts'
import type { Schema } from '../../kernels/table/schema.ts'
import type { SourcePlace } from '../../protocol/failure.ts'
import { besideRow } from './besideRow.ts'
import { type Carried, type Carry, carriedTo, carryOf, rankCarry } from './carried.ts'
import { edgesOf } from './edges.ts'
import { isElementwise } from './optimise.ts'
import { gathered, type Pipe } from './pipe.ts'
import type { PlanOf } from './plan.ts'

type Projection = Pick<PlanOf<'project'>, 'exprs' | 'schema' | 'place'>
type Call = Extract<ExprNode, { kind: 'call' }>

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
  if (windows.every(({ fn }) => fn === 'reverse') && plan.exprs.every(isOnlyReversed))
    return reversed(plan, input)
  const near = windows.filter(({ fn }) => fn in REACHES)
  const far = windows.filter((window) => carryOf(window, input.schema))
  if (near.length + far.length < windows.length) return undefined
  if (far.length === 0) return shifted(plan, input, near)
  if (near.length === 0) return running(plan, input, far)
  // Windows of neighbours first, as columns beside what the others need.
  const names = near.map((_, i) => `\u0000near${i}`)
  let next = 0
  const exprs = plan.exprs.map((expr): ExprNode => {
    const rest = replaced(expr, (node) =>
      isWindow(node) && node.fn in REACHES ? column(names[next++]) : undefined,
    )
    return { kind: 'alias', args: [rest], name: nameOf(expr) }
  })
  const others = new Set(
    exprs.flatMap((expr) => [...columnsIn(expr)]).filter((name) => !names.includes(name)),
  )
  const beside = [
    ...[...others].map(column),
    ...near.map((window, i): ExprNode => ({ kind: 'alias', args: [window], name: names[i] })),
  ]
  const schema = beside.map((expr) => ({
    name: nameOf(expr),
    type: resolve(expr, input.schema).type ?? 'null',
  }))
  return running({ ...plan, exprs }, shifted({ ...plan, exprs: beside, schema }, input, near), far)
}

/** Whether an expression reads nothing but rows in reverse. */
export const isOnlyReversed = (expr: ExprNode): boolean =>
  columnsIn(replaced(expr, (node) => (isWindow(node) ? { kind: 'literal', value: null } : undefined)))
    .size === 0

/** Rows in reverse: those of each partition, and the partitions. */
function reversed({ exprs, place, schema }: PlanOf<'project'>, input: Pipe): Pipe {
  const lists = input
    .frames()
    .toReversed()
    .map((frame) => [frame])
  const own = exprs.map((expr) => resolve(expr, input.schema))
  return gathered(input.building, lists, input.schema, 'reverse', place).with(
    'select',
    schema,
    { step: 'select', exprs: own },
    place,
  )
}

const column = (name: string): ExprNode => ({ kind: 'column', name })

/** How many rows before its own a window looks at, and how many behind. */
type Reach = (options: Options) => [before: number, after: number]
const shifting: Reach = ({ n = 1 }) => [Math.max(0, Number(n)), Math.max(0, -Number(n))]
const rolling: Reach = ({ window, center }) => {
  const half = Math.floor(Number(window) / 2)
  return center === true ? [half, half] : [Number(window) - 1, 0]
}
const REACHES: Partial<Record<FunctionName, Reach>> = {
  shift: shifting,
  diff: shifting,
  rollingSum: rolling,
  rollingMean: rolling,
  rollingMin: rolling,
  rollingMax: rolling,
  rollingStd: rolling,
  rollingVar: rolling,
  rollingMedian: rolling,
}

function shifted(plan: PlanOf<'project'>, input: Pipe, windows: readonly Call[]): Pipe {
  const { place, schema } = plan
  const reaches = windows.map(({ fn, options = {} }) => (REACHES[fn] as Reach)(options))
  const before = Math.max(...reaches.map(([rows]) => rows))
  const after = Math.max(...reaches.map(([, rows]) => rows))
  const frames = input.frames()
  const edges = edgesOf(input.building, frames, input.schema, { before, after }, 'shift', place)
  const lists = frames.map((own, i) => [edges[i][0], own, edges[i][1]])
  const exprs = plan.exprs.map((expr) => resolve(expr, input.schema))
  return gathered(input.building, lists, input.schema, 'shift', place)
    .with('select', schema, { step: 'select', exprs }, place)
    .with('select', schema, { step: 'own' }, place)
}

/** A projection with windows that go on from what is carried, of at least one. */
function running(
  plan: Projection,
  input: Pipe,
  windows: readonly Call[],
  carryOn: (window: Call, schema: Schema) => Carry | undefined = carryOf,
): Pipe {
  const { place, schema } = plan
  const { building } = input
  const carries = windows.map((window, i) => ({
    name: `\u0000carried${i}`,
    window,
    carry: carryOn(window, input.schema) as Carry,
  }))
  const frames = input.frames()
  let pipe = gathered(
    building,
    frames.map((frame) => [frame]),
    input.schema,
    'running',
    place,
  )
  for (const backwards of [false, true]) {
    const own = carries.filter(({ carry }) => carry.backwards === backwards)
    if (own.length > 0)
      pipe = besideCarried(pipe, carriedTo(building, frames, input.schema, own, place), place)
  }
  let next = 0
  const exprs = plan.exprs.map((expr) => {
    const whole = replaced(expr, (node) => {
      if (!isWindow(node)) return undefined
      const { carry, name } = carries[next++]
      return carry.join(node, column(name))
    })
    return resolve(whole, pipe.schema)
  })
  return pipe.with('select', schema, { step: 'select', exprs }, place)
}

/** Ranks of values whose partitions are in their order, equal ones in one of them. */
export function runningRanks(plan: Projection, input: Pipe): Pipe {
  const ranks = plan.exprs.flatMap((expr) => {
    const node = expr.kind === 'alias' ? expr.args[0] : expr
    return isWindow(node) ? [node] : []
  })
  return running(plan, input, ranks, rankCarry)
}

/** The rows with what is carried to their partition as columns. */
function besideCarried(pipe: Pipe, { states, carried }: Carried, place: SourcePlace | undefined): Pipe {
  return besideRow(pipe, 'running', states, (partition) => carried[partition], place)
}
