// BlockwiseVotingClassifier and BlockwiseVotingRegressor: a model of each block, and what they say together.

import type { Block, Column } from '../../kernels/ml/block.ts'
import { classCells, classesOfBlock, mergeClasses } from '../../kernels/ml/classes.ts'
import { fitBlockTask } from '../../kernels/ml/fitTask.ts'
import { MlDataError } from '../../kernels/ml/mlErrors.ts'
import { greatestShare, majorityVote, meanShares, meanVote } from '../../kernels/ml/votes.ts'
import type { Blocks, StepKernel } from '../contract/blocks.ts'
import { fromJSON, ParameterError, registerEstimator } from '../contract/estimator.ts'
import {
  type AnyPredictor,
  accuracyOf,
  type Classifying,
  explainedBy,
  type Label,
  Predictor,
  type Probabilities,
  probabilitiesOf,
} from '../contract/predictor.ts'
import { type Features, Rows } from '../contract/rows.ts'
import { type FitOptions, type Samples, samplesOf, type Target } from '../contract/samples.ts'

export interface BlockwiseVotingParams {
  /** What learns each block. */
  estimator: AnyPredictor | null
}

interface Voters {
  estimators: Predictor[]
}

/** A model of each block that has rows, each where its block is. */
async function votersOf(who: string, estimator: AnyPredictor | null, samples: Samples): Promise<Predictor[]> {
  if (!estimator) throw new ParameterError(`${who} needs an estimator: new ml.${who}({ estimator: … })`)
  const fitted = samples.blocks.map(fitBlockTask, { who, model: estimator.clone().toJSON() as unknown })
  const models = await Promise.all(await fitted.gather())
  const estimators = models.filter((each) => each !== null).map((each) => fromJSON(each) as Predictor)
  if (estimators.length === 0) throw new MlDataError(`${who} cannot learn: there are no rows`)
  return estimators
}

/** All lists of blocks through a kernel that takes one of each. */
const together = <T, U>(
  run: (state: never, ...votes: T[]) => U,
  state: unknown,
  [first, ...others]: Blocks<T>[],
): Blocks<U> => first.map(run as unknown as StepKernel<unknown, T, U, T[]>, state, ...others)

/**
 * A regressor of each block; predictions are the means of theirs. What it learns depends on the cut.
 * @example
 * const x = array.linspace(0, 1, 40, { chunks: 10 }).reshape([40, 1])
 * const model = new ml.BlockwiseVotingRegressor({ estimator: new ml.LinearRegression() })
 * await model.fit(x, x.reshape([40]).multiply(2))
 * model.predict([[5]]).toList().map(Math.round) // [10]
 */
export class BlockwiseVotingRegressor extends Predictor<BlockwiseVotingParams, Voters> {
  static readonly kind = 'BlockwiseVotingRegressor'

  constructor(params: Partial<BlockwiseVotingParams> = {}) {
    super({ estimator: null }, params)
  }

  async fit(x: Features, y: Target, options: FitOptions = {}): Promise<this> {
    const samples = await samplesOf(this.kind, x, y, options)
    return this.learnt({ estimators: await votersOf(this.kind, this.params.estimator, samples) })
  }

  /** The models, one a block that had rows. */
  get estimators(): readonly Predictor[] {
    return this.fitted.estimators
  }

  get featuresIn(): number {
    return this.estimators[0].featuresIn
  }

  predictBlocks(rows: Rows): Blocks<Column> {
    return together(
      meanVote,
      undefined,
      this.estimators.map((each) => each.predictBlocks(rows)),
    )
  }

  score(x: Features, y: Target, options: FitOptions = {}): Promise<number> {
    return explainedBy(this, x, y, options)
  }
}

export interface BlockwiseVotingClassifierParams extends BlockwiseVotingParams {
  /** Whether models say a class each, or probabilities that are averaged; `hard`. */
  voting: 'hard' | 'soft'
}

/**
 * A classifier of each block; the class that most of them say is predicted, the first of equals. What it learns depends on
 * the cut. Where a block has one class only, classifiers that need two refuse it.
 * @example
 * const x = array.fromArray([[0], [9], [1], [8]], { chunks: [2, 1] })
 * const model = new ml.BlockwiseVotingClassifier({ estimator: new ml.GaussianNB() })
 * await model.fit(x, [0, 1, 0, 1])
 * model.estimators.length // 2
 */
export class BlockwiseVotingClassifier<L extends Label = number> extends Predictor<
  BlockwiseVotingClassifierParams,
  Voters & { classes: readonly Label[] },
  L
> {
  static readonly kind = 'BlockwiseVotingClassifier'

  constructor(params: Partial<BlockwiseVotingClassifierParams> = {}) {
    super({ estimator: null, voting: 'hard' }, params)
  }

  protected override checkParams(): void {
    const { voting } = this.params
    if (voting !== 'hard' && voting !== 'soft')
      throw new ParameterError(`voting of ${this.kind} is hard or soft, not ${String(voting)}`)
  }

  async fit(x: Features, y: Target, options: FitOptions = {}): Promise<this> {
    const samples = await samplesOf(this.kind, x, y, options)
    const classes = await samples.blocks.map(classesOfBlock, undefined).reduce(mergeClasses)
    return this.learnt({ estimators: await votersOf(this.kind, this.params.estimator, samples), classes })
  }

  override get classifies(): boolean {
    return true
  }

  override get classifying(): Classifying<L> {
    return this
  }

  /** The models, one a block that had rows. */
  get estimators(): readonly Predictor[] {
    return this.fitted.estimators
  }

  get classes(): readonly L[] {
    return this.fitted.classes as readonly L[]
  }

  get featuresIn(): number {
    return this.estimators[0].featuresIn
  }

  override get predictsTexts(): boolean {
    return typeof this.fitted.classes[0] === 'string'
  }

  predictBlocks(rows: Rows): Blocks<Column> {
    const { classes } = this.fitted
    const places =
      this.params.voting === 'soft'
        ? this.#shares(rows).map(greatestShare, undefined)
        : together(
            majorityVote,
            classes,
            this.estimators.map((each) => each.predictBlocks(rows)),
          )
    return places.map(classCells, classes)
  }

  #shares(rows: Rows): Blocks<Block> {
    const { classes, estimators } = this.fitted
    const voters = estimators.map((each) => {
      if (each.classifying) return each.classifying
      throw new TypeError(`${each.kind} has no probabilities: voting of ${this.kind} is hard then`)
    })
    const columns = voters.map((each) => each.classes.map((label) => classes.indexOf(label)))
    const votes = voters.map((each) => each.probabilityRows(rows).blocks)
    return together(meanShares, { columns, classes: classes.length }, votes)
  }

  /** The mean of the models' probabilities, a column a class. */
  predictProba<X extends Features>(x: X): Probabilities<X> {
    return probabilitiesOf(this, this.featuresIn, x)
  }

  /** @internal A row of probabilities each. */
  probabilityRows(rows: Rows): Rows {
    return new Rows(this.#shares(rows), this.classes.length, rows.lengths)
  }

  score(x: Features, y: Target, options: FitOptions = {}): Promise<number> {
    return accuracyOf(this, x, y, options)
  }
}

registerEstimator(BlockwiseVotingRegressor)
registerEstimator(BlockwiseVotingClassifier)
