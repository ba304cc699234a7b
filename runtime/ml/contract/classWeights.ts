// `classWeight` of classifiers: what it may be, what each class weighs by it, and samples that count so.

import type { Sample } from '../../kernels/ml/block.ts'
import { classesOfBlock, mergeClasses } from '../../kernels/ml/classes.ts'
import { classCountsOfBlock, mergeClassCounts, weighByClass } from '../../kernels/ml/classWeights.ts'
import { MlDataError } from '../../kernels/ml/mlErrors.ts'
import type { Blocks } from './blocks.ts'
import { ParameterError } from './estimator.ts'
import { plainOf } from './modelData.ts'
import type { Label } from './predictor.ts'

/** Weights by label, finite and ≥ 0: labels are known by their text, so that 1 and '1' are one. */
export type WeightsByLabel =
  | Readonly<Record<string, number>>
  | readonly (readonly [label: Label, weight: number])[]
  | ReadonlyMap<Label, number>

/**
 * What rows weigh by their class, beside their `sampleWeight`: all the same where null; `balanced`: the rarer a class, the more,
 * rows / (classes · rows of the class), so that all classes weigh the same together; or so much each, e.g. `{ ill: 5 }`,
 * and 1 where a class is not named.
 */
export type ClassWeight = 'balanced' | WeightsByLabel | null

/** Parameters of what knows `classWeight`. */
export interface ClassWeightParams {
  /**
   * What rows weigh by their class, beside their `sampleWeight`: all the same where null; `balanced`: rows / (classes · rows of
   * the class), rows counted whatever they weigh; or so much each, e.g. `{ ill: 5 }`, and 1 where a class is not
   * named. Scores do not count with it; null.
   */
  classWeight: ClassWeight
}

/** @throws {ParameterError} for what is no class weight, and weights that are negative or not finite */
export function checkClassWeight(kind: string, given: unknown, ...presets: readonly string[]): void {
  if (given === null || given === 'balanced' || presets.includes(given as string)) return
  const seen = new Set<string>()
  for (const pair of pairsOf(given) ?? [null]) {
    if (!Array.isArray(pair) || pair.length !== 2 || !isLabel(pair[0])) {
      const choices = ['null', 'balanced', ...presets].join(', ')
      throw new ParameterError(
        `classWeight of ${kind} is ${choices} or weights by label, such as { 0: 1, 1: 5 } or [['ill', 5]], not ${shown(given)}`,
      )
    }
    const [label, weight] = pair as [Label, unknown]
    if (typeof weight !== 'number' || !(weight >= 0 && weight < Number.POSITIVE_INFINITY))
      throw new ParameterError(
        `classWeight of ${kind} gives ${label} the weight ${shown(weight)}: weights are finite numbers ≥ 0`,
      )
    if (seen.has(String(label)))
      throw new ParameterError(`classWeight of ${kind} names ${label} twice: give each label one weight`)
    seen.add(String(label))
  }
}

const isLabel = (value: unknown): value is Label => typeof value === 'string' || typeof value === 'number'

const shown = (value: unknown): string =>
  typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value)

/** Labels with their weights; undefined for what cannot hold any. */
function pairsOf(given: unknown): readonly unknown[] | undefined {
  if (Array.isArray(given)) return given
  if (given instanceof Map) return [...given]
  const isPlain =
    typeof given === 'object' &&
    given !== null &&
    [Object.prototype, null].includes(Object.getPrototypeOf(given) as null)
  return isPlain ? Object.entries(given) : undefined
}

/** Whether two of them say the same, so that models may learn from the same weighed rows. */
export const isSameClassWeight = (a: ClassWeight, b: ClassWeight): boolean =>
  a === b || JSON.stringify(plainOf(a)) === JSON.stringify(plainOf(b))

/** Classes, and what each weighs; null where all weigh 1. */
export interface WeighedClasses {
  classes: readonly Label[]
  weights: Float64Array | null
}

/**
 * The classes that samples have, and what each weighs.
 * @throws {MlDataError} when weights are of other classes, or all are 0
 */
export async function weighedClasses(
  who: string,
  blocks: Blocks<Sample>,
  classWeight: ClassWeight,
): Promise<WeighedClasses> {
  if (classWeight === 'balanced') {
    const { classes, counts } = await blocks.map(classCountsOfBlock, undefined).reduce(mergeClassCounts)
    return { classes, weights: unlessEqual(balancedWeights(counts)) }
  }
  const classes = await blocks.map(classesOfBlock, undefined).reduce(mergeClasses)
  return { classes, weights: weightsOfClasses(who, classes, classWeight) }
}

/** What makes classes weigh the same together, of how many rows there are of each; 0 of a class without rows. */
export function balancedWeights(counts: Float64Array): Float64Array {
  const rows = counts.reduce((sum, each) => sum + each, 0)
  const there = counts.filter((each) => each > 0).length
  return counts.map((each) => (each === 0 ? 0 : rows / (there * each)))
}

/**
 * What each class weighs by weights that are told; null where all weigh 1.
 * @throws {MlDataError} when they name labels that are none of the classes, and not all that are, or all are 0
 */
export function weightsOfClasses(
  who: string,
  classes: readonly Label[],
  classWeight: WeightsByLabel | null,
): Float64Array | null {
  if (classWeight === null) return null
  const byText = new Map((pairsOf(classWeight) as [Label, number][]).map(([label, w]) => [String(label), w]))
  const unnamed = classes.filter((label) => !byText.has(String(label)))
  const named = new Set(classes.map(String))
  const strange = [...byText.keys()].filter((text) => !named.has(text))
  // As scikit-learn: more labels than there are classes do no harm where all classes are named.
  if (strange.length > 0 && unnamed.length > 0)
    throw new MlDataError(
      `classWeight of ${who} names ${strange.join(', ')}, which y does not have, and does not name ${unnamed.join(', ')}: name classes of y, which has ${classes.join(', ')}`,
    )
  const weights = Float64Array.from(classes, (label) => byText.get(String(label)) ?? 1)
  if (classes.length > 0 && weights.every((each) => each === 0))
    throw new MlDataError(`classWeight of ${who} is 0 for every class, so there is nothing to learn from`)
  return unlessEqual(weights)
}

const unlessEqual = (weights: Float64Array): Float64Array | null =>
  weights.every((each) => each === 1) ? null : weights

/** Samples whose rows weigh what they weighed, times the weight of their class. */
export const weighedSamples = (
  blocks: Blocks<Sample>,
  { classes, weights }: WeighedClasses,
): Blocks<Sample> => (weights ? blocks.map(weighByClass, { classes, weights }) : blocks)
