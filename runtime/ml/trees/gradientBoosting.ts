// Gradient boosting on histograms: an ensemble of trees, each of which corrects what those before it leave.

import type { Block, Column, Sample } from '../../kernels/ml/block.ts'
import { requireSeveralClasses } from '../../kernels/ml/classes.ts'
import { MlDataError } from '../../kernels/ml/mlErrors.ts'
import { boostBlockOf } from '../../kernels/ml/trees/boostBlock.ts'
import { exactUnit } from '../../kernels/ml/trees/exactSums.ts'
import {
  type Ensemble,
  predictPlaces,
  predictProbabilities,
  predictRates,
  predictRaw,
} from '../../kernels/ml/trees/predict.ts'
import { holdOutQueries, leastTarget, smaller } from '../../kernels/ml/trees/queryRows.ts'
import { featuresOfSample, rowsOfSample, targetPlaces } from '../../kernels/ml/trees/samples.ts'
import { Blocks } from '../contract/blocks.ts'
import {
  type ClassWeightParams,
  checkClassWeight,
  weighedClasses,
  weighedSamples,
} from '../contract/classWeights.ts'
import { ParameterError, registerEstimator, requireChoices } from '../contract/estimator.ts'
import { fewHere } from '../contract/fewHere.ts'
import {
  Classifier,
  type Label,
  type PredictStep,
  type Probabilities,
  predictStep,
  Regressor,
} from '../contract/predictor.ts'
import type { Features } from '../contract/rows.ts'
import { type FitOptions, samplesOf, type Target } from '../contract/samples.ts'
import { startsOf } from '../contract/starts.ts'
import { learnBins } from './featureBins.ts'
import { importanceOf } from './importance.ts'
import { joinedForThreads } from './joinedForThreads.ts'
import { checkLimits, limitsOf } from './limits.ts'
import { cutByQueries } from './queryBlocks.ts'
import { shapValuesOf } from './shapValues.ts'
import { type Trained, type TrainingRules, train } from './training.ts'

/** Parameters of all gradient boosting: scikit-learn's HistGradientBoosting's, and a few of XGBoost's. */
export interface GradientBoostingParams {
  /** What each tree's values are multiplied by, above 0; 0.1. */
  learningRate: number
  /** How many rounds of trees at most; 100. */
  maxIter: number
  /** Leaves of a tree at most, ≥ 2; 31. Infinity for no limit. */
  maxLeafNodes: number
  /** Splits from the root to a leaf at most; Infinity. */
  maxDepth: number
  /** Rows in a leaf at least; 20. */
  minSamplesLeaf: number
  /** Sum of hessians in a leaf at least; 0.001. */
  minChildWeight: number
  /** A split must gain more than this; 0. */
  minSplitGain: number
  /** Added to the sum of hessians in every leaf's value; 0. */
  l2Regularization: number
  /** Bins a feature, 2 to 255, one more for what is missing; 255. */
  maxBins: number
  /** Numbers of the features whose values are categories, not sizes. */
  categoricalFeatures: readonly number[]
  /**
   * Of each feature 1 where it may only raise predictions (of two classes, the second's probability), −1 where it may only
   * lower them, and 0 where it may do both. An empty list for no limit. Not for more than two classes; of categories 0.
   */
  monotonicCst: readonly number[]
  /**
   * Groups of features that may act together: from the root to a leaf, all splits are by features of one group. Those in no
   * group are one more. 'pairwise' is all pairs, 'noInteractions' each feature alone; an empty list is no limit.
   */
  interactionCst: readonly (readonly number[])[] | 'pairwise' | 'noInteractions'
  /** Leaf by leaf, the one that gains most first; or level by level. */
  growth: 'leafWise' | 'depthWise'
  /** Whether some rows are held out, and training ends when their loss does not fall any more; false. Rankers hold whole queries out, and end when their NDCG does not rise. */
  earlyStopping: boolean
  /** The share of rows (of rankers, queries) that are held out; 0.1. */
  validationFraction: number
  /** Rounds without improvement after which training ends; 10. */
  nIterNoChange: number
  /** Improvements smaller than this do not count; 1e-7. */
  tol: number
  /** Chooses the rows that are held out: the same for rows cut into blocks in any way. */
  seed: number
}

/** @internal */
export const DEFAULTS: GradientBoostingParams = {
  learningRate: 0.1,
  maxIter: 100,
  maxLeafNodes: 31,
  maxDepth: Number.POSITIVE_INFINITY,
  minSamplesLeaf: 20,
  minChildWeight: 1e-3,
  minSplitGain: 0,
  l2Regularization: 0,
  maxBins: 255,
  categoricalFeatures: [],
  monotonicCst: [],
  interactionCst: [],
  growth: 'leafWise',
  earlyStopping: false,
  validationFraction: 0.1,
  nIterNoChange: 10,
  tol: 1e-7,
  seed: 0,
}

/** Parameters of `GradientBoostingRegressor`. */
export interface BoostingRegressorParams extends GradientBoostingParams {
  /**
   * What is minimised: squared errors, or half of the Poisson deviance, for counts and rates: targets ≥ 0, whose logarithms
   * trees add up to, so that predictions are above 0; squaredError.
   */
  loss: 'squaredError' | 'poisson'
}

/** What boosting learns: trees that add up. */
export interface BoostedState extends Ensemble {
  /** Where it is there, trees add up to logarithms of what is predicted. */
  link?: 'log'
  /** Loss of the rows that were held out (of rankers 1 less their NDCG), before the first round and after each; empty without any. */
  validationLoss: readonly number[]
}

/** What `fit` of boosting takes: beside weights, whoever watches. */
export interface BoostingFitOptions extends FitOptions {
  /**
   * Called after every round with its number, from 1, and its mean loss (of squared errors, half of them; of rates, rate −
   * target · log rate): of the rows held out, or else of some 10 000 to 20 000 of those learnt from (all, where there are fewer). Rankers tell the mean
   * NDCG: of the queries held out, or of as many rows' queries.
   */
  onIteration?: (iteration: number, loss: number | undefined) => void
}

/** @internal @throws {ParameterError} for values that no fit could work with */
export function checkBoosting(kind: string, params: GradientBoostingParams): void {
  const fail = (text: string): never => {
    throw new ParameterError(`${kind}: ${text}`)
  }
  if (!(params.learningRate > 0)) fail(`learningRate is above 0, not ${params.learningRate}`)
  if (!Number.isInteger(params.maxIter) || params.maxIter < 1)
    fail(`maxIter is a whole number ≥ 1, not ${params.maxIter}`)
  requireChoices(kind, { growth: [params.growth, 'leafWise', 'depthWise'] })
  if (!(params.maxLeafNodes >= 2)) fail(`maxLeafNodes is at least 2, not ${params.maxLeafNodes}`)
  if (!(params.maxDepth >= 1)) fail(`maxDepth is at least 1, not ${params.maxDepth}`)
  if (!Number.isInteger(params.maxBins) || params.maxBins < 2 || params.maxBins > 255)
    fail(`maxBins is 2 to 255, not ${params.maxBins}`)
  if (params.earlyStopping && !(params.validationFraction > 0 && params.validationFraction < 1))
    fail(`validationFraction is between 0 and 1, not ${params.validationFraction}`)
  checkLimits(kind, params)
}

/** A round of so few values is some 20 ms of one thread: less than its levels take between workers. */
const FEW_VALUES = 2e6

/** @internal Fits an ensemble to samples whose targets are numbers. */
export async function boost(
  kind: string,
  params: GradientBoostingParams,
  learning: Pick<TrainingRules, 'objective' | 'outputs'> & {
    ordered?: { ndcgAt: number; starts: readonly number[] }
  },
  samples: Blocks<Sample>,
  targets: Blocks<Float64Array>,
  options: BoostingFitOptions,
): Promise<BoostedState> {
  const lengths = await samples.map(rowsOfSample, undefined).gather()
  const rows = lengths.reduce((sum, length) => sum + length, 0)
  if (rows === 0) throw new MlDataError(`${kind}: there are no rows to learn from`)
  const starts = Blocks.here(startsOf(lengths))
  const x: Blocks<Block> = samples.map(featuresOfSample, undefined)
  const bins = await learnBins(kind, x, starts, rows, params.maxBins, params.categoricalFeatures)
  const { features } = bins
  const limits = limitsOf(kind, params, features.length)
  const { ordered, objective, outputs } = learning
  const binned = samples.map(boostBlockOf, { who: kind, features }, targets, starts)
  // The threads of one worker grow trees together; several workers send each other every level.
  const values = rows * features.length
  const made = await fewHere(binned, values, values * outputs, FEW_VALUES, 2)
  const cut = ordered && (await cutByQueries(made, lengths, ordered.starts))
  const { seed, validationFraction: share } = params
  const heldQueries = cut && params.earlyStopping ? { seed, share } : null
  const cutBlocks = heldQueries ? cut?.blocks.map(holdOutQueries, heldQueries, cut.queries) : cut?.blocks
  const held = await (cutBlocks ?? (await joinedForThreads(made, rows))).persist()
  const trained: Trained = await train(
    {
      ...params,
      objective,
      outputs,
      limits,
      ...(cut && {
        ranking: {
          ndcgAt: ordered.ndcgAt,
          queries: cut.queries,
          held: heldQueries,
          unit: exactUnit(1, ordered.starts.length),
        },
      }),
      who: kind,
      patience: params.earlyStopping ? params.nIterNoChange : 0,
      validationShare: params.earlyStopping ? params.validationFraction : 0,
      tolerance: params.tol,
      onIteration: options.onIteration,
    },
    bins,
    held,
    rows,
  )
  return {
    who: kind,
    columns: features.length,
    outputs,
    ...trained,
    categories: features.map((each) => (each.kind === 'category' ? each.categories : null)),
  }
}

/**
 * Gradient boosting of regression trees: squared errors, or counts and rates (`loss: 'poisson'`). Features are put into at
 * most 255 bins; missing values (NaN) go to the side of a split where they do best. Trees are the same, to the last bit, for
 * rows cut into blocks in any way.
 * @example
 * const x = Array.from({ length: 100 }, (_, i) => [i])
 * const model = await new ml.GradientBoostingRegressor({ maxIter: 50 }).fit(x, x.map(([v]) => v * v))
 * await model.score(x, x.map(([v]) => v * v)) > 0.95 // true
 */
export class GradientBoostingRegressor extends Regressor<BoostingRegressorParams, BoostedState> {
  static readonly kind: string = 'GradientBoostingRegressor'

  constructor(params: Partial<BoostingRegressorParams> = {}) {
    super({ loss: 'squaredError', ...DEFAULTS }, params)
  }

  protected override checkParams(): void {
    requireChoices(this.kind, { loss: [this.params.loss, 'squaredError', 'poisson'] })
    checkBoosting(this.kind, this.params)
  }

  /** @throws {MlDataError} when `loss` is 'poisson' and a target is negative, or none is above 0 */
  async fit(x: Features, y: Target, options: BoostingFitOptions = {}): Promise<this> {
    const { loss } = this.params
    const { blocks } = await samplesOf(this.kind, x, y, options)
    const targets = blocks.map(targetPlaces, { who: this.kind, classes: null })
    if (loss === 'poisson') {
      const least = await targets.map(leastTarget, undefined).reduce(smaller)
      if (least < 0)
        throw new MlDataError(`${this.kind}: loss 'poisson' learns targets ≥ 0, and there is ${least}`)
    }
    const learning = { objective: loss, outputs: 1 } as const
    const state = await boost(this.kind, this.params, learning, blocks, targets, options)
    return this.learnt(loss === 'poisson' ? { ...state, link: 'log' } : state)
  }

  /**
   * What each feature did to each row's prediction (SHAP values, Lundberg 2018): a row of contributions, and behind them
   * what is predicted on average. They sum to the prediction, of rates to its logarithm.
   */
  shapValues<X extends Features>(x: X): Probabilities<X> {
    return shapValuesOf(this.fitted, x, 0)
  }

  get featuresIn(): number {
    return this.fitted.columns
  }

  /** The loss of the rows held out, before the first round and after each; empty without `earlyStopping`. */
  get validationLoss(): readonly number[] {
    return this.fitted.validationLoss
  }

  /** How many rounds of trees there are. */
  get iterations(): number {
    return this.fitted.trees.length / this.fitted.outputs
  }

  predictStep(): PredictStep<Column> {
    const said = this.fitted.link === 'log' ? predictRates : predictRaw
    return predictStep<Ensemble, Column>(said, this.fitted)
  }

  /** What each feature contributed to the trees, by gain or number of splits: shares that sum to 1. */
  featureImportances(by: 'gain' | 'split' = 'gain'): Float64Array {
    return importanceOf(this.fitted, by)
  }
}

export interface GradientBoostingClassifierParams extends GradientBoostingParams, ClassWeightParams {}

/**
 * Gradient boosting of classification trees: the logistic loss of two classes, the cross entropy of more.
 * @example
 * const x = Array.from({ length: 100 }, (_, i) => [i])
 * const model = await new ml.GradientBoostingClassifier({ maxIter: 20 }).fit(x, x.map(([v]) => (v < 50 ? 'low' : 'high')))
 * model.predict([[3], [97]]) // ['low', 'high']
 */
export class GradientBoostingClassifier<L extends Label = Label> extends Classifier<
  GradientBoostingClassifierParams,
  BoostedState & { classes: readonly Label[] },
  L
> {
  static readonly kind: string = 'GradientBoostingClassifier'

  constructor(params: Partial<GradientBoostingClassifierParams> = {}) {
    super({ ...DEFAULTS, classWeight: null }, params)
  }

  protected override checkParams(): void {
    checkBoosting(this.kind, this.params)
    checkClassWeight(this.kind, this.params.classWeight)
  }

  async fit(x: Features, y: Target, options: BoostingFitOptions = {}): Promise<this> {
    const { blocks } = await samplesOf(this.kind, x, y, options)
    const { classWeight, ...params } = this.params
    const weighed = await weighedClasses(this.kind, blocks, classWeight)
    const { classes } = weighed
    requireSeveralClasses(this.kind, classes)
    if (this.params.monotonicCst.length > 0 && classes.length > 2)
      throw new MlDataError(
        `${this.kind}: monotonicCst goes with two classes, and there are ${classes.length}`,
      )
    const targets = blocks.map(targetPlaces, { who: this.kind, classes })
    const learning =
      classes.length === 2
        ? ({ objective: 'logistic', outputs: 1 } as const)
        : ({ objective: 'softmax', outputs: classes.length } as const)
    const state = await boost(this.kind, params, learning, weighedSamples(blocks, weighed), targets, options)
    return this.learnt({ ...state, classes })
  }

  /**
   * What each feature did to each row's prediction (SHAP values, Lundberg 2018): a row of contributions, and behind them
   * what is predicted on average. They sum to the prediction before the logistic function or softmax.
   * @param output the place of the class that is explained, where there are more than two
   */
  shapValues<X extends Features>(x: X, output = 0): Probabilities<X> {
    return shapValuesOf(this.fitted, x, output)
  }

  get featuresIn(): number {
    return this.fitted.columns
  }

  /** The loss of the rows held out, before the first round and after each; empty without `earlyStopping`. */
  get validationLoss(): readonly number[] {
    return this.fitted.validationLoss
  }

  /** How many rounds of trees there are. */
  get iterations(): number {
    return this.fitted.trees.length / this.fitted.outputs
  }

  classStep(): PredictStep<Column> {
    return predictStep<Ensemble, Column>(predictPlaces, this.fitted)
  }

  override probabilityStep(): PredictStep<Block> {
    return predictStep<Ensemble, Block>(predictProbabilities, this.fitted)
  }

  /** What each feature contributed to the trees, by gain or number of splits: shares that sum to 1. */
  featureImportances(by: 'gain' | 'split' = 'gain'): Float64Array {
    return importanceOf(this.fitted, by)
  }
}

registerEstimator(GradientBoostingRegressor)
registerEstimator(GradientBoostingClassifier)
