// What boosted trees may not do, as their parameters say it: directions of features, and which may act together.

import { MlDataError } from '../../kernels/ml/mlErrors.ts'
import type { GrowthRules } from '../../kernels/ml/trees/growth.ts'
import { ParameterError } from '../contract/estimator.ts'
import type { GradientBoostingParams } from './gradientBoosting.ts'

type LimitParams = Pick<GradientBoostingParams, 'monotonicCst' | 'interactionCst' | 'categoricalFeatures'>

const SHORTHANDS: readonly unknown[] = ['pairwise', 'noInteractions']

/** @throws {ParameterError} for what is no direction, and no list of groups */
export function checkLimits(kind: string, { monotonicCst, interactionCst }: LimitParams): void {
  if (!Array.isArray(monotonicCst))
    throw new ParameterError(`monotonicCst of ${kind} is a list of -1, 0 or 1, not ${String(monotonicCst)}`)
  const strange = monotonicCst.findIndex((each) => ![-1, 0, 1].includes(each))
  if (strange >= 0)
    throw new ParameterError(
      `monotonicCst of ${kind} is a list of -1, 0 or 1, and of feature ${strange} it says ${String(monotonicCst[strange])}`,
    )
  if (SHORTHANDS.includes(interactionCst)) return
  if (!Array.isArray(interactionCst) || interactionCst.some((group: unknown) => !Array.isArray(group)))
    throw new ParameterError(
      `interactionCst of ${kind} is a list of lists of features, 'pairwise' or 'noInteractions', not ${String(interactionCst)}`,
    )
}

/**
 * The limits as trees keep them.
 * @throws {MlDataError} when they are not those of so many features, or a category has a direction
 */
export function limitsOf(
  kind: string,
  { monotonicCst, interactionCst, categoricalFeatures }: LimitParams,
  columns: number,
): Pick<GrowthRules, 'monotonic' | 'interactions'> {
  if (monotonicCst.length > 0 && monotonicCst.length !== columns)
    throw new MlDataError(
      `${kind}: monotonicCst has ${monotonicCst.length} entries, and X has ${columns} features: one a feature is wanted`,
    )
  const category = categoricalFeatures.find((feature) => (monotonicCst[feature] ?? 0) !== 0)
  if (category !== undefined)
    throw new MlDataError(
      `${kind}: feature ${category} is a category, which has no direction: of it monotonicCst says 0, not ${monotonicCst[category]}`,
    )
  const interactions = groupsOf(kind, interactionCst, columns)
  return {
    ...(monotonicCst.length > 0 && { monotonic: monotonicCst }),
    ...(interactions.length > 0 && { interactions }),
  }
}

function groupsOf(kind: string, given: LimitParams['interactionCst'], columns: number): number[][] {
  const all = Array.from({ length: columns }, (_, feature) => feature)
  if (given === 'noInteractions') return all.map((feature) => [feature])
  if (given === 'pairwise')
    return columns < 2 ? [all] : all.flatMap((a) => all.slice(a + 1).map((b) => [a, b]))
  const strange = given.flat().find((each) => !Number.isInteger(each) || each < 0 || each >= columns)
  if (strange !== undefined)
    throw new MlDataError(
      `${kind}: interactionCst names features 0 to ${columns - 1} by their numbers, and not ${String(strange)}`,
    )
  if (given.length === 0) return []
  const named = new Set(given.flat())
  const rest = all.filter((feature) => !named.has(feature))
  return [...given.map((group) => [...group]), ...(rest.length > 0 ? [rest] : [])]
}
