// Plans that bring two tables together.

import { placeOfCall } from '../../../graph/callPlace.ts'
import { requireOptions } from '../../../kernels/optionNames.ts'
import type { ExprNode } from '../../../kernels/table/expression.ts'
import type { JoinHow } from '../../../kernels/table/steps.ts'
import { asofSchema } from '../asofSchema.ts'
import { type Columnish, nodesOf, TableArgumentError } from '../build.ts'
import { requireWhole } from '../expr.ts'
import { joinSchema, withKeysAlike } from '../joinSchema.ts'
import { requireElementwise } from '../keyColumns.ts'
import type { Plan } from '../plan.ts'
import { ASOF_OPTIONS, JOIN_OPTIONS, requireJoinHow } from '../tableOptions.ts'

export interface JoinOptions<L extends string = string, R extends string = string> {
  /** Columns that both tables have. */
  on?: (L & R) | readonly (L & R)[]
  leftOn?: Columnish<L> | readonly Columnish<L>[]
  rightOn?: Columnish<R> | readonly Columnish<R>[]
  how?: JoinHow
  /** Stands behind the names of right columns that the left table has too; `_right` by default. */
  suffix?: string
  /** Whether the right table goes whole to every partition of the left one; by its estimated size by default. */
  broadcast?: boolean | 'auto'
  /** How many partitions a shuffled join gives. */
  partitions?: number
}

export interface AsofOptions<L extends string = string, R extends string = string> {
  on?: L & R
  leftOn?: L
  rightOn?: R
  /** Columns that must agree exactly. */
  by?: (L & R) | readonly (L & R)[]
  strategy?: 'backward' | 'forward' | 'nearest'
  /** How far apart at most: a number, for times a length such as `'2h'`. */
  tolerance?: number | string
  suffix?: string
  /** Whether the right table goes whole to every partition, or to each what may be nearest to its rows; by its size when `auto`. */
  broadcast?: boolean | 'auto'
}

export function joined(left: Plan, right: Plan, options: JoinOptions): Plan {
  requireOptions('join', options, JOIN_OPTIONS)
  const { how = 'inner', suffix = '_right', broadcast = 'auto' } = options
  requireJoinHow(how)
  const [leftOn, rightOn] = joinKeys(options, how)
  requireElementwise('join', [...leftOn, ...rightOn])
  const [input, other] = how === 'outer' ? withKeysAlike(left, right, leftOn, rightOn) : [left, right]
  return {
    kind: 'join',
    input,
    right: other,
    how,
    suffix,
    broadcast,
    ...joinSchema(input.schema, other.schema, leftOn, rightOn, how, suffix),
    ...(options.partitions === undefined
      ? {}
      : { partitions: requireWhole('partitions', options.partitions, 1) }),
    place: placeOfCall(),
  }
}

export function joinedAsof(left: Plan, right: Plan, options: AsofOptions = {}): Plan {
  requireOptions('joinAsof', options, ASOF_OPTIONS)
  const { suffix = '_right', broadcast = 'auto' } = options
  return {
    kind: 'asof',
    input: left,
    right,
    ...asofSchema(left.schema, right.schema, options, suffix),
    suffix,
    broadcast,
    place: placeOfCall(),
  }
}

function joinKeys(options: JoinOptions, how: JoinHow): [ExprNode[], ExprNode[]] {
  if (how === 'cross') {
    if ([options.on, options.leftOn, options.rightOn].some((keys) => keys !== undefined))
      throw new TableArgumentError("join with how: 'cross' takes no columns: every row meets every row")
    return [[], []]
  }
  const left = options.leftOn ?? options.on
  const right = options.rightOn ?? options.on
  if (left === undefined || right === undefined)
    throw new TableArgumentError(
      "join takes the columns that must agree: { on: 'id' }, or leftOn and rightOn; for every row with every row how: 'cross'",
    )
  const nodes = [nodesOf('join', [left as Columnish[]]), nodesOf('join', [right as Columnish[]])] as [
    ExprNode[],
    ExprNode[],
  ]
  if (nodes[0].length !== nodes[1].length || nodes[0].length === 0)
    throw new TableArgumentError(
      `join takes as many columns on the left as on the right, not ${nodes[0].length} and ${nodes[1].length}`,
    )
  return nodes
}
