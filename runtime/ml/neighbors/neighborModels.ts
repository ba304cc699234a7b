// KNeighborsClassifier and KNeighborsRegressor: rows are as those that are nearest to them.

import type { Block, Column } from '../../kernels/ml/block.ts'
import { stackCells } from '../../kernels/ml/blockParts.ts'
import { classesOfBlock, mergeClasses } from '../../kernels/ml/classes.ts'
import {
  type KnownTargets,
  neighborMeans,
  neighborPlacesOfClasses,
  neighborShares,
} from '../../kernels/ml/neighbors/nearest.ts'
import { targetPlaces } from '../../kernels/ml/trees/samples.ts'
import { ParameterError, registerEstimator } from '../contract/estimator.ts'
import { Classifier, type Label, type PredictStep, predictStep, Regressor } from '../contract/predictor.ts'
import type { Features } from '../contract/rows.ts'
import { type FitOptions, refuseWeights, type Samples, samplesOf, type Target } from '../contract/samples.ts'
import { checkNeighbors, knownOf, type RememberedRows, remembered, type VotingParams } from './knownRows.ts'

const DEFAULTS: VotingParams = { nNeighbors: 5, weights: 'uniform', metric: 'euclidean' }

interface RememberedTargets extends RememberedRows {
  /** Numbers, or places of classes. */
  target: Float64Array
}

function checkVoting(kind: string, params: VotingParams): void {
  checkNeighbors(kind, params)
  if (params.weights !== 'uniform' && params.weights !== 'distance')
    throw new ParameterError(`weights of ${kind} is uniform or distance, not ${String(params.weights)}`)
}

async function rememberedWith(
  who: string,
  samples: Samples,
  options: FitOptions,
  classes: readonly Label[] | null,
): Promise<RememberedTargets> {
  refuseWeights(who, options)
  const rows = await remembered(who, samples.x)
  const targets = await samples.blocks.map(targetPlaces, { who, classes }).gather()
  return { ...rows, target: stackCells(targets) as Float64Array }
}

const votersOf = (
  who: string,
  state: RememberedTargets,
  params: VotingParams,
  classes: number,
): KnownTargets => ({
  ...knownOf(who, state, params),
  target: state.target,
  byDistance: params.weights === 'distance',
  classes,
})

/**
 * The mean of the nearest rows' numbers. The rows at fit are part of the model.
 * @example
 * const model = await new ml.KNeighborsRegressor({ nNeighbors: 2 }).fit([[0], [1], [5]], [0, 10, 50])
 * model.predict([[0.4]]).toList() // [5]
 */
export class KNeighborsRegressor extends Regressor<VotingParams, RememberedTargets> {
  static readonly kind = 'KNeighborsRegressor'

  constructor(params: Partial<VotingParams> = {}) {
    super(DEFAULTS, params)
  }

  protected override checkParams(): void {
    checkVoting(this.kind, this.params)
  }

  async fit(x: Features, y: Target, options: FitOptions = {}): Promise<this> {
    return this.learnt(await rememberedWith(this.kind, await samplesOf(this.kind, x, y), options, null))
  }

  get featuresIn(): number {
    return this.fitted.columns
  }

  /** How many rows it was fitted with. */
  get samplesFit(): number {
    return this.fitted.rows
  }

  predictStep(): PredictStep<Column> {
    return predictStep(neighborMeans, votersOf(this.kind, this.fitted, this.params, 0))
  }
}

/**
 * The class that most of the nearest rows have; of equals the first. The rows at fit are part of the model.
 * @example
 * const model = await new ml.KNeighborsClassifier<string>({ nNeighbors: 1 }).fit([[0], [9]], ['low', 'high'])
 * model.predict([[1], [8]]) // ['low', 'high']
 */
export class KNeighborsClassifier<L extends Label = number> extends Classifier<
  VotingParams,
  RememberedTargets & { classes: readonly Label[] },
  L
> {
  static readonly kind = 'KNeighborsClassifier'

  constructor(params: Partial<VotingParams> = {}) {
    super(DEFAULTS, params)
  }

  protected override checkParams(): void {
    checkVoting(this.kind, this.params)
  }

  async fit(x: Features, y: Target, options: FitOptions = {}): Promise<this> {
    const samples = await samplesOf(this.kind, x, y)
    const classes = await samples.blocks.map(classesOfBlock, undefined).reduce(mergeClasses)
    return this.learnt({ ...(await rememberedWith(this.kind, samples, options, classes)), classes })
  }

  get featuresIn(): number {
    return this.fitted.columns
  }

  /** How many rows it was fitted with. */
  get samplesFit(): number {
    return this.fitted.rows
  }

  get #voters(): KnownTargets {
    return votersOf(this.kind, this.fitted, this.params, this.fitted.classes.length)
  }

  classStep(): PredictStep<Column> {
    return predictStep(neighborPlacesOfClasses, this.#voters)
  }

  override probabilityStep(): PredictStep<Block> {
    return predictStep(neighborShares, this.#voters)
  }
}

registerEstimator(KNeighborsRegressor)
registerEstimator(KNeighborsClassifier)
