// What the splits above a node leave it: values that its leaves lie between, and features that may split it.
//
// As scikit-learn's trees: where a feature may only raise predictions, or only lower them, the two sides of its split are
// kept apart by the middle of both for good. Features that may act together come in groups, and a node is split by those
// that stand in a group with all that split the nodes above it.

import type { NodeSums, Split, SplitRules } from './splitSearch.ts'

export interface Bounds {
  lower: number
  upper: number
}

/** Plain numbers and lists, which JSON keeps. */
export interface NodeLimits {
  /** Null where no feature has a direction. */
  bounds: Bounds | null
  /** Places of the groups that are left; null for all. */
  groups: readonly number[] | null
}

/** JSON has no Infinity. */
const NO_BOUNDS: Bounds = { lower: -Number.MAX_VALUE, upper: Number.MAX_VALUE }

/** The limits of a tree's root: nothing where nodes have none. */
export const limitsOfRoot = ({ monotonic, interactions }: SplitRules): { limits?: NodeLimits } =>
  monotonic || interactions ? { limits: { bounds: monotonic ? NO_BOUNDS : null, groups: null } } : {}

/** What a leaf of these sums adds, between its bounds. */
export function boundedValue(
  { gradientUnit, hessianUnit, l2 }: SplitRules,
  { lower, upper }: Bounds,
  gradient: number,
  hessian: number,
): number {
  const value = -(gradient * gradientUnit) / (hessian * hessianUnit + l2 + 1e-15)
  return Math.min(upper, Math.max(lower, value))
}

/**
 * What a split gains whose sides have these values, in a node of value `own`: exactly 0 where bounds leave both sides that
 * value, so that nothing is split in vain.
 * @param gradient of the left side
 */
export const boundedGain = (
  { gradientUnit }: SplitRules,
  sums: NodeSums,
  own: number,
  gradient: number,
  left: number,
  right: number,
): number =>
  gradient * gradientUnit * (own - left) + (sums.gradient - gradient) * gradientUnit * (own - right)

/** Whether a feature may split a node. */
export const isAllowed = ({ interactions }: SplitRules, { groups }: NodeLimits, feature: number): boolean =>
  !groups || groups.some((group) => interactions![group].includes(feature))

/** The sums of both sides of a split, with the limits that it leaves them. */
export function limitedSides(
  rules: SplitRules,
  { limits }: NodeSums,
  { feature, left, right }: Split,
): readonly [NodeSums, NodeSums] {
  if (!limits) return [left, right]
  const groups = rules.interactions ? groupsWith(rules.interactions, limits.groups, feature) : null
  const [below, above] = limits.bounds ? boundsOfSides(rules, limits.bounds, feature, left, right) : []
  return [
    { ...left, limits: { bounds: below ?? null, groups } },
    { ...right, limits: { bounds: above ?? null, groups } },
  ]
}

/** The groups that are left once a feature has split. */
const groupsWith = (
  interactions: readonly (readonly number[])[],
  groups: readonly number[] | null,
  feature: number,
): number[] => [...(groups ?? interactions.keys())].filter((group) => interactions[group].includes(feature))

function boundsOfSides(
  rules: SplitRules,
  bounds: Bounds,
  feature: number,
  left: NodeSums,
  right: NodeSums,
): readonly [Bounds, Bounds] {
  const direction = rules.monotonic![feature]
  if (direction === 0) return [bounds, bounds]
  const valueFor = ({ gradient, hessian }: NodeSums) => boundedValue(rules, bounds, gradient, hessian)
  const middle = (valueFor(left) + valueFor(right)) / 2
  const low = { lower: bounds.lower, upper: middle }
  const high = { lower: middle, upper: bounds.upper }
  return direction > 0 ? [low, high] : [high, low]
}
