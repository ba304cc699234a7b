// GradientBoostingRanker: trees that bring the rows of each query into order.

import { DataFrame } from '../../collections/dataframe/dataframe.ts'
import type { Column } from '../../kernels/ml/block.ts'
import { joinRuns, type QueryRuns, runsOfQueries } from '../../kernels/ml/metrics/queryRuns.ts'
import { MlDataError } from '../../kernels/ml/mlErrors.ts'
import { type Ensemble, predictRaw } from '../../kernels/ml/trees/predict.ts'
import { leastTarget, smaller } from '../../kernels/ml/trees/queryRows.ts'
import { targetPlaces } from '../../kernels/ml/trees/samples.ts'
import type { Blocks } from '../contract/blocks.ts'
import { ParameterError, registerEstimator } from '../contract/estimator.ts'
import { Predictor, type PredictStep, type Probabilities, predictStep } from '../contract/predictor.ts'
import type { Features, Rows } from '../contract/rows.ts'
import { columnFor, samplesOf, type Target } from '../contract/samples.ts'
import { requireFeatures } from '../contract/transformer.ts'
import { ndcgScore } from '../metrics/ranking.ts'
import {
  type BoostedState,
  type BoostingFitOptions,
  boost,
  checkBoosting,
  DEFAULTS,
  type GradientBoostingParams,
} from './gradientBoosting.ts'
import { importanceOf } from './importance.ts'
import { shapValuesOf } from './shapValues.ts'

export interface RankerParams extends GradientBoostingParams {
  /** Places of each query that count; Infinity. */
  ndcgAt: number
}

/** What a ranker learns beside features and relevances. */
export interface RankerFitOptions extends BoostingFitOptions {
  /** A query a row, or its column's name: rows of one query stand together, wherever blocks are cut. */
  query: Target
}

/**
 * Gradient boosting for orders: LambdaMART, whose pairs count by what exchanging them changes of the NDCG, relevances being
 * worth 2^relevance − 1. Blocks are cut anew where queries begin, and gradients are made and trees grown where the rows are;
 * trees are the same, to the last bit, for any cut into blocks.
 * @example
 * const x = Array.from({ length: 60 }, (_, i) => [i % 6])
 * const relevance = x.map(([v]) => Math.floor(v / 2))
 * const query = x.map((_, i) => Math.floor(i / 6))
 * const model = await new ml.GradientBoostingRanker({ maxIter: 10 }).fit(x, relevance, { query })
 * await model.score(x, relevance, { query }) // 1
 */
export class GradientBoostingRanker extends Predictor<RankerParams, BoostedState> {
  static readonly kind = 'GradientBoostingRanker'

  constructor(params: Partial<RankerParams> = {}) {
    super({ ...DEFAULTS, ndcgAt: Number.POSITIVE_INFINITY }, params)
  }

  protected override checkParams(): void {
    checkBoosting(this.kind, this.params)
    if (!(this.params.ndcgAt >= 1))
      throw new ParameterError(`ndcgAt of ${this.kind} is at least 1, not ${this.params.ndcgAt}`)
  }

  /** @throws {MlDataError} when relevances are negative, or a query's rows do not stand together */
  async fit(x: Features, y: Target, options: RankerFitOptions): Promise<this> {
    const who = this.kind
    const { samples, query } = await queried(who, x, y, options)
    const { starts } = await distinctRuns(who, query)
    const targets = samples.blocks.map(targetPlaces, { who, classes: null })
    if ((await targets.map(leastTarget, undefined).reduce(smaller)) < 0)
      throw new MlDataError(`${who} learns relevances ≥ 0`)
    const ordered = { ndcgAt: this.params.ndcgAt, starts }
    const learning = { objective: 'squaredError', outputs: 1, ordered } as const
    return this.learnt(await boost(who, this.params, learning, samples.blocks, targets, options))
  }

  get featuresIn(): number {
    return this.fitted.columns
  }

  /** 1 less the mean NDCG of the queries held out, before the first round and after each; empty without `earlyStopping`. */
  get validationLoss(): readonly number[] {
    return this.fitted.validationLoss
  }

  /** How many rounds of trees there are. */
  get iterations(): number {
    return this.fitted.trees.length
  }

  predictStep(): PredictStep<Column> {
    return predictStep<Ensemble, Column>(predictRaw, this.fitted)
  }

  predictBlocks(rows: Rows) {
    const { run, state } = this.predictStep()
    return rows.blocks.map(run, state)
  }

  /** The mean NDCG of the queries, relevances being worth 2^relevance − 1. */
  async score(
    x: Features,
    y: Target,
    options: Partial<RankerFitOptions> & { k?: number } = {},
  ): Promise<number> {
    if (options.query === undefined) throw new MlDataError(`${this.kind} needs to know the query of each row`)
    const { samples, query } = await queried(this.kind, x, y, { query: options.query })
    requireFeatures(samples.x, this.featuresIn, this.kind)
    await distinctRuns(this.kind, query)
    return ndcgScore(samples.y, this.predictBlocks(samples.x), {
      query,
      k: options.k ?? this.params.ndcgAt,
      gain: 'exponential',
    })
  }

  /** What each feature contributed to the trees, by gain or number of splits: shares that sum to 1. */
  featureImportances(by: 'gain' | 'split' = 'gain'): Float64Array {
    return importanceOf(this.fitted, by)
  }

  /** What each feature did to each row's score: as of `GradientBoostingRegressor`. */
  shapValues<X extends Features>(x: X): Probabilities<X> {
    return shapValuesOf(this.fitted, x, 0)
  }
}

/** Samples, and each row's query. */
async function queried(who: string, x: Features, y: Target, { query, sampleWeight }: RankerFitOptions) {
  if (query === undefined) throw new MlDataError(`${who} needs to know the query of each row`)
  const isNamed = typeof query === 'string'
  if (isNamed && !(x instanceof DataFrame))
    throw new MlDataError(
      `the column ${query} can be named as the query only where the features are a data frame`,
    )
  const features = isNamed
    ? (x as DataFrame).select(...(x as DataFrame).columns.filter((name) => name !== query))
    : x
  const samples = await samplesOf(who, features, y, { sampleWeight })
  return { samples, query: await columnFor(who, x, samples.x, query, 'query') }
}

/**
 * Where queries begin among all rows.
 * @throws {MlDataError} when a query's rows do not stand together
 */
async function distinctRuns(who: string, query: Blocks<Column>): Promise<QueryRuns> {
  const runs = joinRuns(await query.map(runsOfQueries, undefined).gather())
  const seen = new Set<unknown>()
  for (const name of runs.names) {
    if (seen.has(name))
      throw new MlDataError(
        `rows of the query ${JSON.stringify(name)} do not stand together for ${who}: sort by query first`,
      )
    seen.add(name)
  }
  return runs
}

registerEstimator(GradientBoostingRanker)
