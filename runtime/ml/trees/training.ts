// Boosting from the client's side: blocks are asked round by round, and small answers decide how trees grow.

import { curvesAreHeard, withCurve } from '../../graph/curve.ts'
import { MlDataError } from '../../kernels/ml/mlErrors.ts'
import { binOffsets } from '../../kernels/ml/trees/binning.ts'
import {
  type BoostBlock,
  type BoostPlan,
  boostBounds,
  boostSums,
  largestDerivatives,
} from '../../kernels/ml/trees/boostBlock.ts'
import { type BoostRoot, firstRoot, predictionsOf } from '../../kernels/ml/trees/boostLevel.ts'
import { addArrays, largerPairs } from '../../kernels/ml/trees/boostMerge.ts'
import { type Derivatives, MAX_GRADIENT, MAX_HESSIAN } from '../../kernels/ml/trees/boostStart.ts'
import { exactUnit } from '../../kernels/ml/trees/exactSums.ts'
import type { GrowthRules } from '../../kernels/ml/trees/growth.ts'
import { baselineOf, DERIVATIVE_BOUNDS, type ObjectiveName } from '../../kernels/ml/trees/objective.ts'
import {
  type HeldQueries,
  largestGiven,
  type QueryRows,
  rankDerivatives,
} from '../../kernels/ml/trees/queryRows.ts'
import type { Tree } from '../../kernels/ml/trees/tree.ts'
import type { Blocks } from '../contract/blocks.ts'
import { betweenRounds } from '../contract/rounds.ts'
import type { LearntBins } from './featureBins.ts'
import { Rounds } from './rounds.ts'
import { TeamRounds } from './teamRounds.ts'

/** About so many of the rows that are learnt from tell their loss: few beside what a round looks at. */
const LOSS_ROWS = 10_000

/** Whose rows are brought into order. */
export interface Ranking {
  /** Places of each query that count. */
  ndcgAt: number
  /** Those of each block. */
  queries: Blocks<QueryRows>
  /** Those that are only looked at to stop early; null where none are. */
  held: HeldQueries | null
  /** NDCGs are rounded to it, so that their sum is the same for any cut. */
  unit: number
}

/** Derivatives of all rows that are to be ordered, by their raw predictions so far. */
export const derivativesOf = (
  { ndcgAt, queries }: Ranking,
  blocks: Blocks<BoostBlock>,
  predictions: Blocks<Float64Array>,
): Blocks<Derivatives> => blocks.map(rankDerivatives, { ndcgAt }, predictions, queries)

/** How an ensemble is to be grown. */
export interface TrainingRules {
  who: string
  objective: ObjectiveName
  outputs: number
  maxIter: number
  learningRate: number
  maxLeafNodes: number
  maxDepth: number
  minSamplesLeaf: number
  minChildWeight: number
  minSplitGain: number
  l2Regularization: number
  growth: 'leafWise' | 'depthWise'
  seed: number
  /** Directions of features, and which of them may act together; empty where nothing is limited. */
  limits?: Pick<GrowthRules, 'monotonic' | 'interactions'>
  /** Rounds without improvement after which training ends; 0 for never. */
  patience: number
  validationShare: number
  tolerance: number
  /** Where the order of a query's rows is learnt: derivatives and what is told are made of whole queries. */
  ranking?: Ranking
  /** Told after every round: its number and the loss of rows that are held out, or of some that are learnt from; of rankers NDCG. */
  onIteration?: (iteration: number, loss: number | undefined) => void
}

/** What training gives. */
export interface Trained {
  baseline: Float64Array
  trees: Tree[]
  /** The loss of the rows that were held out (of rankers 1 less their NDCG), before the first round and after each; empty without any. */
  validationLoss: number[]
}

/** Trains on blocks that are held where they are. */
export async function train(
  rules: TrainingRules,
  bins: LearntBins,
  blocks: Blocks<BoostBlock>,
  rows: number,
): Promise<Trained> {
  const { objective, outputs } = rules
  const targets = await sumsOfTargets(blocks, objective, outputs, rows)
  if (targets[0] === 0)
    throw new MlDataError(`${rules.who}: the weights are all 0, so there is nothing to learn from`)
  if (objective === 'poisson' && targets[1] === 0)
    throw new MlDataError(
      `${rules.who}: loss 'poisson' needs a target above 0, and all that weigh something are 0`,
    )
  const baseline = rules.ranking ? Float64Array.of(0) : baselineOf(objective, targets)
  const first = await blocks.map(firstRoot, baseline).persist()
  const plan = await planOf(rules, bins, blocks, first, rows)
  const growth = growthRulesOf(rules, bins, plan)
  const together = await TeamRounds.where(rules, growth, plan, blocks, first, rows)
  const rounds = together ?? new Rounds(rules, growth, plan, blocks, first)
  const trees: Tree[] = []
  const validationLoss: number[] = []
  const holdsOut = rules.validationShare > 0
  const series = `${holdsOut ? 'held-out' : 'training'} ${rules.ranking ? 'NDCG' : 'loss'}`
  const look = async (): Promise<number | undefined> => {
    const [loss, weight] = (await rounds.loss()) ?? [0, 0]
    if (holdsOut && weight === 0)
      throw new MlDataError(
        `${rules.who}: there are too few ${rules.ranking ? 'queries' : 'rows'} to hold some out`,
      )
    if (holdsOut) validationLoss.push(rules.ranking ? 1 - loss / weight : loss / weight)
    return weight === 0 ? undefined : loss / weight
  }
  if (holdsOut) await look()
  await withCurve(rules.who, rules.maxIter, async (tell) => {
    for (let iteration = 0; iteration < rules.maxIter; iteration++) {
      const grown = await rounds.grow()
      trees.push(...grown)
      const loss = await look()
      if (blocks.isHere) await betweenRounds()
      tell(iteration + 1, loss === undefined ? {} : { [series]: loss })
      rules.onIteration?.(iteration + 1, loss)
      if (grown.every((tree) => tree.feature.length === 1)) break
      if (rules.patience > 0 && hasStalled(validationLoss, rules.patience, rules.tolerance)) break
    }
  })
  rounds.end()
  return { baseline, trees, validationLoss }
}

/** Sums of weights and of targets, the same for any cut. */
export async function sumsOfTargets(
  blocks: Blocks<BoostBlock>,
  objective: ObjectiveName,
  outputs: number,
  rows: number,
): Promise<Float64Array> {
  const [heaviest, largest] = await blocks.map(boostBounds, undefined).reduce(largerPairs)
  const units = [exactUnit(heaviest, rows), exactUnit(largest, rows)] as const
  return blocks.map(boostSums, { objective, outputs, units }).reduce(addArrays)
}

/** Whether the last rounds are no better than what was before them. */
export function hasStalled(losses: readonly number[], patience: number, tolerance: number): boolean {
  if (losses.length <= patience) return false
  const before = losses[losses.length - patience - 1] - tolerance
  return losses.slice(-patience).every((loss) => loss >= before)
}

/** Units in which gradients are whole numbers: powers of two, so that sums over all rows stay exact below 2^53. */
async function planOf(
  rules: TrainingRules,
  bins: LearntBins,
  blocks: Blocks<BoostBlock>,
  first: Blocks<BoostRoot>,
  rows: number,
): Promise<BoostPlan> {
  const { objective, outputs } = rules
  const predictions = first.map(predictionsOf, undefined)
  const { ranking } = rules
  const [largest, steepest] = await boundsOf(rules, blocks, predictions)
  const bits = 53 - Math.ceil(Math.log2(Math.max(2, rows)))
  const unitOf = (value: number, most: number): number =>
    2 ** Math.ceil(Math.log2(Math.max(value, Number.MIN_VALUE * 2 ** 60) / Math.min(most, 2 ** bits)))
  return {
    objective,
    outputs,
    features: bins.features,
    offsets: binOffsets(bins.features),
    gradientUnit: unitOf(largest, MAX_GRADIENT),
    hessianUnit: unitOf(steepest, MAX_HESSIAN),
    seed: rules.seed,
    fit: crypto.randomUUID(),
    // Of rankers, rows of queries that are held out weigh nothing, and those queries tell.
    validationShare: ranking ? 0 : rules.validationShare,
    lossEvery: isWatched(rules) || ranking?.held ? Math.max(1, Math.floor(rows / LOSS_ROWS)) : 0,
  }
}

/** What no gradient and no hessian of a row is larger than, of any output in any round. */
async function boundsOf(
  { objective, outputs, ranking }: TrainingRules,
  blocks: Blocks<BoostBlock>,
  predictions: Blocks<Float64Array>,
): Promise<[gradient: number, hessian: number]> {
  const bounds = DERIVATIVE_BOUNDS[objective]
  if (bounds) {
    const [heaviest] = await blocks.map(boostBounds, undefined).reduce(largerPairs)
    return [heaviest * bounds[0], heaviest * bounds[1]]
  }
  // Gradients grow hardly beyond those of the start; four times as much still fits.
  if (ranking) {
    const [g, h] = await derivativesOf(ranking, blocks, predictions)
      .map(largestGiven, undefined)
      .reduce(largerPairs)
    return [4 * g, 4 * h]
  }
  const [g, h] = await blocks.map(largestDerivatives, { objective, outputs }, predictions).reduce(largerPairs)
  // Rates come up to targets, below g + h, and first steps may take them far beyond.
  if (objective === 'poisson') return [16 * (g + h), 16 * (g + h)]
  return [4 * g, h]
}

/** Whether anybody hears what rows that are learnt from tell. */
const isWatched = ({ onIteration }: TrainingRules): boolean => onIteration !== undefined || curvesAreHeard()

function growthRulesOf(rules: TrainingRules, bins: LearntBins, plan: BoostPlan): GrowthRules {
  return {
    offsets: plan.offsets,
    categorical: bins.features.map(({ kind }) => kind === 'category'),
    hasMissing: bins.hasMissing,
    gradientUnit: plan.gradientUnit,
    hessianUnit: plan.hessianUnit,
    l2: rules.l2Regularization,
    minSamplesLeaf: rules.minSamplesLeaf,
    minChildWeight: rules.minChildWeight,
    minSplitGain: rules.minSplitGain,
    maxLeaves: rules.maxLeafNodes,
    maxDepth: rules.maxDepth,
    growth: rules.growth,
    ...rules.limits,
  }
}
