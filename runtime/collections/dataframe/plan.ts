// The logical plan of a table: what is asked for, before anything is decided about how. Plain nodes that never change.

import type { GraphNode } from '../../graph/node.ts'
import type { TaskGraph } from '../../graph/taskGraph.ts'
import { cellBytes } from '../../kernels/table/dataType.ts'
import type { ExprNode } from '../../kernels/table/expression.ts'
import type { Schema } from '../../kernels/table/schema.ts'
import type { AsofSpec, JoinHow, Step, TableSource, WindowEnds } from '../../kernels/table/steps.ts'
import type { SourcePlace } from '../../protocol/failure.ts'
import { groupsAtMost } from './sizeAtMost.ts'

/** How rows are ordered by one expression, before it is resolved. */
export interface SortBy {
  readonly by: ExprNode
  readonly descending: boolean
  readonly nullsFirst: boolean
}

/** Which way partitions come together: by a tree of merges, or by a shuffle to so many targets. */
export type Gathering = { readonly way: 'auto' } | { readonly way: 'shuffle'; readonly partitions: number }

/** Up to so many partitions come together in one, whatever they hold. */
export const TOGETHER = 4

/** Into how many partitions groups come where nothing is said: few enough that most are not empty, enough to share the work. */
export const targetsFor = (partitions: number): number =>
  partitions <= TOGETHER ? 1 : Math.ceil(Math.sqrt(partitions))

interface PlanBase {
  readonly schema: Schema
  readonly place: SourcePlace | undefined
}

export type Plan = PlanBase &
  (
    | ScanPlan
    | { readonly kind: 'project'; readonly input: Plan; readonly exprs: readonly ExprNode[] }
    | { readonly kind: 'filter'; readonly input: Plan; readonly predicate: ExprNode }
    /** A step on each partition by itself; it needs `needs`, or all columns. */
    | {
        readonly kind: 'local'
        readonly input: Plan
        readonly label: string
        readonly step: Step
        readonly needs?: readonly string[]
        readonly numbered?: boolean
      }
    | {
        readonly kind: 'aggregate'
        readonly input: Plan
        readonly keys: readonly ExprNode[]
        readonly aggs: readonly ExprNode[]
        readonly gathering: Gathering
      }
    /** A step on all rows that agree in `keys`: they come together first; without keys, all rows do. */
    | {
        readonly kind: 'grouped'
        readonly input: Plan
        readonly label: string
        readonly keys: readonly string[]
        readonly step: Step
        readonly gathering: Gathering
      }
    | {
        readonly kind: 'unique'
        readonly input: Plan
        readonly subset: readonly string[]
        readonly keep: 'first' | 'last' | 'any' | 'none'
      }
    | {
        readonly kind: 'sort'
        readonly input: Plan
        readonly keys: readonly SortBy[]
        readonly limit?: number
        readonly partitions?: number
      }
    | { readonly kind: 'head'; readonly input: Plan; readonly count: number }
    | { readonly kind: 'tail'; readonly input: Plan; readonly count: number }
    | {
        readonly kind: 'join'
        readonly input: Plan
        readonly right: Plan
        readonly how: JoinHow
        readonly leftOn: readonly ExprNode[]
        readonly rightOn: readonly ExprNode[]
        readonly suffix: string
        readonly broadcast: boolean | 'auto'
        readonly partitions?: number
      }
    | {
        readonly kind: 'asof'
        readonly input: Plan
        readonly right: Plan
        readonly spec: AsofSpec
        readonly suffix: string
        readonly broadcast: boolean | 'auto'
      }
    | {
        readonly kind: 'rolling'
        readonly input: Plan
        readonly on: string
        readonly period: string
        readonly closed: WindowEnds
        readonly by: readonly string[]
        readonly aggs: readonly ExprNode[]
      }
    | { readonly kind: 'concat'; readonly inputs: readonly Plan[] }
    | { readonly kind: 'repartition'; readonly input: Plan; readonly partitions: number }
    | {
        readonly kind: 'overlap'
        readonly input: Plan
        readonly before: number
        readonly after: number
        readonly step: Extract<Step, { step: 'map' }>
      }
  )

/** Where rows come from. */
export interface ScanPlan {
  readonly kind: 'scan'
  readonly label: string
  readonly source: TableSource
  /** What each partition's task gets as its first argument. */
  readonly partitions: number
  argument(partition: number, graph: TaskGraph): unknown
  readonly inputs: readonly GraphNode[]
  /** Rows and bytes of all, as far as anybody knows. */
  readonly rows: number
  /** Whether nothing says how many rows there are. */
  readonly isGuess?: boolean
  readonly detail?: string
  /** How many values a column has at most, the absent one among them; nothing where nobody knows. */
  valuesAtMost?(column: string): number | undefined
  /** The partitions themselves, where they are held with all columns of the schema: who wants them as they are needs no task. */
  readonly held?: readonly unknown[]
  /** The same with fewer columns and a predicate that may leave partitions out. */
  narrowed?(columns: readonly string[], predicate: ExprNode | undefined): ScanPlan
  prepare?(): Promise<void>
}

export type PlanOf<K extends Plan['kind']> = Extract<Plan, { kind: K }>

/** The plans that one stands on. */
export function inputsOf(plan: Plan): readonly Plan[] {
  switch (plan.kind) {
    case 'scan':
      return []
    case 'concat':
      return plan.inputs
    case 'join':
    case 'asof':
      return [plan.input, plan.right]
    default:
      return [plan.input]
  }
}

/** A guess: of ten rows, so many pass a filter. */
const PASSED = 0.3
/** And so many groups there are, as a share of the rows. */
const GROUPS = 0.1

/** About how many rows a plan gives. */
export function estimatedRows(plan: Plan): number {
  switch (plan.kind) {
    case 'scan':
      return plan.rows
    case 'filter':
      return estimatedRows(plan.input) * PASSED
    case 'aggregate':
      return plan.keys.length === 0 ? 1 : estimatedGroups(plan.input, plan.keys)
    case 'unique':
      return estimatedGroups(
        plan.input,
        plan.subset.map((name) => ({ kind: 'column', name })),
      )
    case 'head':
    case 'tail':
      return Math.min(plan.count, estimatedRows(plan.input))
    case 'sort':
      return Math.min(plan.limit ?? Number.POSITIVE_INFINITY, estimatedRows(plan.input))
    case 'concat':
      return plan.inputs.reduce((sum, each) => sum + estimatedRows(each), 0)
    case 'join': {
      const [left, right] = [estimatedRows(plan.input), estimatedRows(plan.right)]
      if (plan.how === 'cross') return left * right
      return plan.how === 'semi' || plan.how === 'anti'
        ? left / 2
        : Math.max(left, plan.how === 'outer' ? right : 0)
    }
    case 'local':
      if (plan.step.step === 'sample') return estimatedRows(plan.input) * (plan.step.until - plan.step.from)
      return estimatedRows(plan.input) * (plan.step.step === 'unpivot' ? plan.step.on.length : 1)
    default:
      return estimatedRows(plan.input)
  }
}

/** A share of all rows, or as many as their reader says that there can be. */
const estimatedGroups = (input: Plan, keys: readonly ExprNode[]): number =>
  Math.min(estimatedRows(input) * GROUPS, groupsAtMost(input, keys) ?? Number.POSITIVE_INFINITY)

/** About how many bytes they take. */
export const estimatedBytes = (plan: Plan): number =>
  estimatedRows(plan) * plan.schema.reduce((sum, { type }) => sum + cellBytes(type), 0)
