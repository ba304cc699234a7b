// Plans of the methods that choose rows.

import { placeOfCall } from '../../../graph/callPlace.ts'
import { requireOneOf } from '../../../kernels/optionNames.ts'
import { typeText } from '../../../kernels/table/dataType.ts'
import { namesOf } from '../../../kernels/table/schema.ts'
import { boundsOfShares } from '../../shares.ts'
import { requireColumns, resolvedFor, TableArgumentError } from '../build.ts'
import { col, Expr, requireWhole } from '../expr.ts'
import { filterPlan } from '../filterPlan.ts'
import type { Plan } from '../plan.ts'

/** Which one stays of rows that agree. */
export type Keep = 'first' | 'last' | 'any' | 'none'

export function filtered(input: Plan, predicate: unknown): Plan {
  if (!(predicate instanceof Expr))
    throw new TableArgumentError(
      `filter takes a condition such as col('delay').gt(60), not ${typeof predicate === 'function' ? 'a function: functions of rows run with mapPartitions' : typeof predicate}`,
    )
  const [{ type }] = resolvedFor('filter', [predicate.node], input.schema)
  if (type !== 'boolean' && type !== 'null')
    throw new TableArgumentError(
      `filter takes a condition, but ${predicate} is ${typeText(type)}: compare it, e.g. with .gt(0)`,
    )
  return filterPlan(input, predicate.node)
}

export function withoutNulls(input: Plan, names: readonly string[]): Plan {
  const all = names.length > 0 ? names : namesOf(input.schema)
  requireColumns('dropNulls', all, input.schema)
  const whole = all.map((name) => col(name).isNotNull() as Expr).reduce((both, each) => both.and(each))
  return filterPlan(input, whole.node)
}

export function uniqueRows(input: Plan, subset: string | readonly string[] | undefined, keep: Keep): Plan {
  requireOneOf('unique: keep', keep, ['first', 'last', 'any', 'none'])
  const names = subset === undefined ? namesOf(input.schema) : [subset].flat()
  requireColumns('unique', names, input.schema)
  return { kind: 'unique', input, subset: names, keep, schema: input.schema, place: placeOfCall() }
}

/** The first of sorted rows need no whole sort, where they are no more than this. */
const FEW_ROWS = 100_000

export function firstRows(input: Plan, count: number): Plan {
  requireWhole('head', count, 0)
  const place = placeOfCall()
  if (input.kind === 'sort' && input.limit === undefined && count <= FEW_ROWS)
    return { ...input, limit: count, place }
  return { kind: 'head', input, count, schema: input.schema, place }
}

export function lastRows(input: Plan, count: number): Plan {
  requireWhole('tail', count, 0)
  return { kind: 'tail', input, count, schema: input.schema, place: placeOfCall() }
}

export function sampled(input: Plan, fraction: number, seed: number): Plan {
  if (typeof fraction !== 'number' || !(fraction >= 0 && fraction <= 1))
    throw new TableArgumentError(
      `sample takes a share from 0 to 1, e.g. sample(0.1, { seed: 1 }), not ${typeof fraction === 'number' ? fraction : `a value of type ${typeof fraction}`}`,
    )
  requireWhole('sample: seed', seed, 0)
  return drawn(input, 'sample', seed, 0, fraction)
}

/** A plan a part: each row is in one of them, or, where shares are less than 1 together, in none. */
export function splitAtRandom(input: Plan, shares: readonly number[], seed: number): Plan[] {
  const bounds = boundsOfShares('randomSplit', shares, (text) => new TableArgumentError(text))
  requireWhole('randomSplit: seed', seed, 0)
  return shares.map((_, i) => drawn(input, 'randomSplit', seed, bounds[i], bounds[i + 1]))
}

function drawn(input: Plan, label: string, seed: number, from: number, until: number): Plan {
  return {
    kind: 'local',
    input,
    label,
    step: { step: 'sample', from, until, seed, slot: -1 },
    needs: [],
    numbered: true,
    schema: input.schema,
    place: placeOfCall(),
  }
}

export function repartitioned(input: Plan, partitions: number): Plan {
  requireWhole('repartition', partitions, 1)
  return { kind: 'repartition', input, partitions, schema: input.schema, place: placeOfCall() }
}
