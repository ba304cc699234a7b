// RandomForestClassifier and RandomForestRegressor: many trees, each on rows of its own, that say the mean of what each says.

import { curvesAreHeard } from '../../graph/curve.ts'
import type { Block, Column, Sample } from '../../kernels/ml/block.ts'
import { MlDataError } from '../../kernels/ml/mlErrors.ts'
import { boostBlockOf } from '../../kernels/ml/trees/boostBlock.ts'
import { type Forest, forestMeans, forestPlaces, forestProbabilities } from '../../kernels/ml/trees/forest.ts'
import { ForestScore, joinWatched, watchedOfBlock } from '../../kernels/ml/trees/forestWatch.ts'
import { forestSizes, scaledWeights, weightScale } from '../../kernels/ml/trees/forestWeights.ts'
import { featuresOfSample, targetPlaces } from '../../kernels/ml/trees/samples.ts'
import { Blocks } from '../contract/blocks.ts'
import {
  type ClassWeight,
  checkClassWeight,
  type WeighedClasses,
  weighedClasses,
  weighedSamples,
} from '../contract/classWeights.ts'
import { ParameterError, registerEstimator, requireChoices, requireCounts } from '../contract/estimator.ts'
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
import { type ForestTold, growForest } from './forestTraining.ts'
import { importanceOf } from './importance.ts'
import { shapValuesOf } from './shapValues.ts'

/** About so many rows tell how well trees do, and no more than so many numbers of them. */
const WATCHED_ROWS = 10_000
const WATCHED_NUMBERS = 4_000_000

export interface RandomForestParams {
  /** How many trees; 100. */
  nEstimators: number
  /** Splits from the root to a leaf at most; Infinity. Histograms of very many rows make deep trees dear: 16 is much. */
  maxDepth: number
  /** Rows in a leaf at least; 1. */
  minSamplesLeaf: number
  /** Rows of a node that is split at least; 2. */
  minSamplesSplit: number
  /**
   * Features that each node looks at: so many, or, below 1, that share; all where null. Classifiers take the root of their
   * number, regressors all.
   */
  maxFeatures: number | 'sqrt' | 'log2' | null
  /** Whether each tree draws its rows with replacement; true. */
  bootstrap: boolean
  /** Bins a feature, 2 to 255; 255. */
  maxBins: number
  /** Equal seeds give equal forests; 0. */
  seed: number
}

export interface RandomForestClassifierParams extends RandomForestParams {
  /**
   * What rows weigh by their class, beside their `sampleWeight`: all the same where null; `balanced`: rows / (classes · rows of
   * the class), rows counted whatever they weigh; `balancedSubsample`: the same of the rows that each tree draws; or
   * so much each, e.g. `{ ill: 5 }`, and 1 where a class is not named. Scores do not count with it; null.
   */
  classWeight: ClassWeight | 'balancedSubsample'
}

/** What `fit` of a forest takes: beside weights, whoever watches. */
export interface ForestFitOptions extends FitOptions {
  /**
   * Told after every few trees how many there are, and their R² or accuracy: of some 10 000 to 20 000 rows (all, where there
   * are fewer), each predicted by the trees that did not draw it, or by all trees without `bootstrap`. `false` ends the fit
   * there, with the trees that there are.
   */
  onIteration?: ForestTold
}

const DEFAULTS: RandomForestParams = {
  nEstimators: 100,
  maxDepth: Number.POSITIVE_INFINITY,
  minSamplesLeaf: 1,
  minSamplesSplit: 2,
  maxFeatures: null,
  bootstrap: true,
  maxBins: 255,
  seed: 0,
}

function checkForest(kind: string, params: RandomForestParams): void {
  const { nEstimators, minSamplesLeaf, minSamplesSplit, maxBins, maxDepth, maxFeatures } = params
  requireCounts(kind, { nEstimators, minSamplesLeaf, minSamplesSplit })
  if (!Number.isInteger(maxBins) || maxBins < 2 || maxBins > 255)
    throw new ParameterError(`maxBins of ${kind} is 2 to 255, not ${maxBins}`)
  if (!(maxDepth >= 1)) throw new ParameterError(`maxDepth of ${kind} is at least 1, not ${maxDepth}`)
  if (typeof maxFeatures !== 'number')
    requireChoices(kind, { maxFeatures: [maxFeatures, 'sqrt', 'log2', null] })
  if (typeof maxFeatures === 'number' && !(maxFeatures > 0))
    throw new ParameterError(`maxFeatures of ${kind} is above 0, not ${maxFeatures}`)
}

function triesOf(maxFeatures: RandomForestParams['maxFeatures'], columns: number): number {
  if (maxFeatures === null) return columns
  if (maxFeatures === 'sqrt') return Math.max(1, Math.floor(Math.sqrt(columns)))
  if (maxFeatures === 'log2') return Math.max(1, Math.floor(Math.log2(columns)))
  return Math.max(1, Math.min(columns, Math.floor(maxFeatures < 1 ? maxFeatures * columns : maxFeatures)))
}

/**
 * @param weighed null where targets are numbers
 * @param balancesDraws whether each tree weighs classes by the rows that it draws
 */
async function forestOf(
  who: string,
  params: RandomForestParams,
  samples: Blocks<Sample>,
  weighed: WeighedClasses | null,
  balancesDraws: boolean,
  options: ForestFitOptions,
): Promise<Forest> {
  const classes = weighed === null ? null : weighed.classes
  const weighty = weighed ? weighedSamples(samples, weighed) : samples
  const sizes = await weighty.map(forestSizes, undefined).gather()
  const lengths = sizes.map(([length]) => length)
  const rows = lengths.reduce((sum, length) => sum + length, 0)
  if (rows === 0) throw new MlDataError(`${who}: there are no rows to learn from`)
  const scale = weightScale(sizes.reduce((most, [, heaviest]) => Math.max(most, heaviest), 0))
  const learnt = scale === 1 ? weighty : weighty.map(scaledWeights, scale)
  const starts = Blocks.here(startsOf(lengths))
  const bins = await learnBins(
    who,
    samples.map(featuresOfSample, undefined),
    starts,
    rows,
    params.maxBins,
    [],
  )
  const { features } = bins
  const targets = samples.map(targetPlaces, { who, classes })
  const blocks = await learnt.map(boostBlockOf, { who, features }, targets, starts).persist()
  const outputs = classes?.length ?? 1
  const isRegression = classes === null
  const isHeard = options.onIteration !== undefined || curvesAreHeard()
  const every = Math.max(
    1,
    Math.floor(rows / WATCHED_ROWS),
    Math.ceil((rows * features.length) / WATCHED_NUMBERS),
  )
  const watched = isHeard
    ? await samples.map(watchedOfBlock, { who, every }, targets, starts).reduce(joinWatched)
    : undefined
  const growth = {
    ...params,
    who,
    isRegression,
    classes: outputs,
    balancesDraws,
    weightUnit: 1 / scale,
    score: watched && new ForestScore(watched, { ...params, isRegression, classes: outputs }),
    tries: triesOf(params.maxFeatures, features.length),
    onIteration: options.onIteration,
  }
  return { who, columns: features.length, outputs, trees: await growForest(growth, bins, blocks, rows) }
}

/** The mean over trees of each feature's share of what its splits gained. */
function forestImportances({ columns, trees }: Forest): Float64Array {
  const sums = new Float64Array(columns)
  for (const { tree } of trees) {
    const own = importanceOf({ columns, trees: [tree] }, 'gain')
    for (let i = 0; i < columns; i++) sums[i] += own[i]
  }
  const all = sums.reduce((sum, each) => sum + each, 0)
  return all === 0 ? sums : sums.map((each) => each / all)
}

/**
 * The mean of many regression trees (Breiman, "Random forests", 2001), grown on histograms of at most 255 bins a feature.
 * Missing values (NaN) go where they do best. Trees are the same, to the last bit, for rows cut into blocks in any way.
 * @example
 * const x = Array.from({ length: 100 }, (_, i) => [i])
 * const model = await new ml.RandomForestRegressor({ nEstimators: 20 }).fit(x, x.map(([v]) => v * v))
 * await model.score(x, x.map(([v]) => v * v)) > 0.99 // true
 */
export class RandomForestRegressor extends Regressor<RandomForestParams, Forest> {
  static readonly kind = 'RandomForestRegressor'

  constructor(params: Partial<RandomForestParams> = {}) {
    super(DEFAULTS, params)
  }

  protected override checkParams(): void {
    checkForest(this.kind, this.params)
  }

  async fit(x: Features, y: Target, options: ForestFitOptions = {}): Promise<this> {
    const { blocks } = await samplesOf(this.kind, x, y, options)
    return this.learnt(await forestOf(this.kind, this.params, blocks, null, false, options))
  }

  /**
   * What each feature did to each row's prediction (SHAP values, Lundberg 2018): a row of contributions, and behind them
   * what is predicted on average. They sum to the prediction.
   */
  shapValues<X extends Features>(x: X): Probabilities<X> {
    return shapValuesOf(this.fitted, x, 0)
  }

  get featuresIn(): number {
    return this.fitted.columns
  }

  predictStep(): PredictStep<Column> {
    return predictStep<Forest, Column>(forestMeans, this.fitted)
  }

  /** What each feature contributed to the trees: shares that sum to 1. */
  featureImportances(): Float64Array {
    return forestImportances(this.fitted)
  }
}

/**
 * Many classification trees, whose shares of classes are averaged (Breiman, "Random forests", 2001). Splits are Gini's.
 * @example
 * const x = Array.from({ length: 100 }, (_, i) => [i])
 * const model = await new ml.RandomForestClassifier<string>({ nEstimators: 20 }).fit(x, x.map(([v]) => (v < 50 ? 'low' : 'high')))
 * model.predict([[3], [97]]) // ['low', 'high']
 */
export class RandomForestClassifier<L extends Label = number> extends Classifier<
  RandomForestClassifierParams,
  Forest & { classes: readonly Label[] },
  L
> {
  static readonly kind = 'RandomForestClassifier'

  constructor(params: Partial<RandomForestClassifierParams> = {}) {
    super({ ...DEFAULTS, maxFeatures: 'sqrt', classWeight: null }, params)
  }

  protected override checkParams(): void {
    checkForest(this.kind, this.params)
    checkClassWeight(this.kind, this.params.classWeight, 'balancedSubsample')
  }

  async fit(x: Features, y: Target, options: ForestFitOptions = {}): Promise<this> {
    const { blocks } = await samplesOf(this.kind, x, y, options)
    const { classWeight, ...params } = this.params
    // A tree that draws no rows learns from all of them.
    const bySubsample = classWeight === 'balancedSubsample'
    const balancesDraws = bySubsample && params.bootstrap
    const own = !bySubsample ? classWeight : balancesDraws ? null : 'balanced'
    const weighed = await weighedClasses(this.kind, blocks, own)
    const { classes } = weighed
    const forest = await forestOf(this.kind, params, blocks, weighed, balancesDraws, options)
    return this.learnt({ ...forest, classes })
  }

  /**
   * What each feature did to each row's prediction (SHAP values, Lundberg 2018): a row of contributions, and behind them
   * what is predicted on average. They sum to the prediction, the share of one class.
   * @param output the place of the class that is explained; the last one
   */
  shapValues<X extends Features>(x: X, output = this.fitted.outputs - 1): Probabilities<X> {
    return shapValuesOf(this.fitted, x, output)
  }

  get featuresIn(): number {
    return this.fitted.columns
  }

  classStep(): PredictStep<Column> {
    return predictStep<Forest, Column>(forestPlaces, this.fitted)
  }

  override probabilityStep(): PredictStep<Block> {
    return predictStep<Forest, Block>(forestProbabilities, this.fitted)
  }

  /** What each feature contributed to the trees: shares that sum to 1. */
  featureImportances(): Float64Array {
    return forestImportances(this.fitted)
  }
}

registerEstimator(RandomForestRegressor)
registerEstimator(RandomForestClassifier)
