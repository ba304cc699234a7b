// Searches for the best parameters: GridSearchCV, RandomizedSearchCV, SuccessiveHalvingSearchCV. Fits are tasks.

import { callOf, computeAll } from '../../collections/compute.ts'
import { provideFitter, type WholeRows } from '../../kernels/ml/fitTask.ts'
import type { Blocks } from '../contract/blocks.ts'
import { type Estimator, fromJSON, NotFittedError, ParameterError } from '../contract/estimator.ts'
import { wholeOptions } from '../contract/options.ts'
import type { AnyPredictor, LabelOf, Predicted } from '../contract/predictor.ts'
import type { Features } from '../contract/rows.ts'
import { type FitOptions, samplesOf, type Target } from '../contract/samples.ts'
import { foldsFor } from './crossValidation.ts'
import { distinctParams, type ParamDistributions, type ParamSet } from './distributions.ts'
import { fitter } from './fitter.ts'
import type { Splitter } from './folds.ts'
import type { FoldTasks } from './foldTasks.ts'
import { scorerNamed } from './scoring.ts'
import { FitTasks, SearchTasks, threadsThere, wholeRows } from './searchGraph.ts'

provideFitter(async () => fitter)

/** Per parameter the values to try. */
export type ParamGrid = Readonly<Record<string, readonly unknown[]>>

/** How one candidate did. */
export interface SearchResult {
  params: ParamSet
  /** A score a fold; greater is better. */
  scores: number[]
  mean: number
  std: number
  /** 1 for the best; equal means have equal ranks. */
  rank: number
  /** The rows that it was trained with, where a search does not always take all. */
  rows?: number
}

export interface SearchOptions {
  /** How many folds, or how rows are divided; 5, of equal shares of the classes for classifiers. */
  cv?: number | Splitter
  /** By which score to choose, e.g. `'f1Macro'`; the model's own where null; null. */
  scoring?: string | null
  /** Whether to fit the best candidate with all rows afterwards; true. */
  refit?: boolean
}

const SEARCH_DEFAULTS: Required<SearchOptions> = { cv: 5, scoring: null, refit: true }

/** The values of a grid in all combinations, the last name changing fastest, names in rising order. */
export function gridOf(grid: ParamGrid): ParamSet[] {
  const names = Object.keys(grid).sort()
  return names.reduce<ParamSet[]>(
    (all, name) => all.flatMap((params) => grid[name].map((value) => ({ ...params, [name]: value }))),
    [{}],
  )
}

/** What searches share: candidates are fitted on folds, as tasks of the cluster that is there. */
abstract class Search<E extends AnyPredictor, O extends Required<SearchOptions> = Required<SearchOptions>> {
  readonly estimator: E
  /** All options, those not given as they are by default. */
  readonly options: Readonly<O>
  #results: SearchResult[] | undefined
  #best: E | undefined

  /** @throws {ParameterError} for an option that there is not, or not of that value */
  constructor(kind: string, estimator: E, defaults: O, given: Partial<O>) {
    this.options = wholeOptions(kind, defaults, given, ['cv'])
    scorerNamed(this.options.scoring)
    this.estimator = estimator
  }

  /**
   * Tries candidates by the given way of scoring some of them.
   * @param allRows how many rows there are to train with
   */
  protected abstract search(
    score: (candidates: readonly ParamSet[], rows?: number) => Promise<SearchResult[]>,
    allRows: () => Promise<number>,
  ): Promise<SearchResult[]>

  /**
   * Tries the candidates, in tasks that have all rows: they are brought together once, and must fit a worker's memory. Then fits the best one.
   * `sampleWeight` counts in fits; scores of folds count all rows alike, as scikit-learn's.
   * @throws {ParameterError} when a candidate has a parameter that the estimator lacks
   */
  async fit(x: Features, y: Target, options: FitOptions = {}): Promise<this> {
    const samples = await samplesOf(this.estimator.kind, x, y, options)
    const all = await wholeRows(samples)
    const folds = await foldsFor(this.estimator, all, this.options.cv)
    const score = (candidates: readonly ParamSet[], rows?: number): Promise<SearchResult[]> =>
      this.#score(all, candidates, rows === undefined ? folds : folds.thinned(rows))
    this.#results = ranked(await this.search(score, () => folds.trainRows(all)))
    if (this.options.refit) {
      const [data] = await computeAll([new FitTasks(all, this.#candidate(this.bestParams))], callOf('fit'))
      this.#best = fromJSON(data) as Estimator as E
    }
    return this
  }

  #candidate(params: ParamSet): E {
    return this.estimator.clone().setParams(params as never)
  }

  async #score(
    all: Blocks<WholeRows>,
    candidates: readonly ParamSet[],
    folds: FoldTasks,
  ): Promise<SearchResult[]> {
    if (candidates.length === 0) throw new ParameterError('there are no parameters to try')
    const models = candidates.map((params) => this.#candidate(params))
    const tasks = new SearchTasks(all, models, folds, this.options.scoring, await threadsThere())
    const [found] = (await computeAll([tasks], callOf('fit'))) as [number[][]]
    return candidates.map((params, i) => {
      const scores = found[i]
      const mean = scores.reduce((sum, each) => sum + each, 0) / scores.length
      const std = Math.sqrt(scores.reduce((sum, each) => sum + (each - mean) ** 2, 0) / scores.length)
      return { params, scores, mean, std, rank: 0 }
    })
  }

  /** How each candidate did, in the order of trying. */
  get results(): readonly SearchResult[] {
    if (!this.#results) throw new NotFittedError('this search has not run yet: call fit first')
    return this.#results
  }

  /** The best candidate, the first of equals. */
  get best(): SearchResult {
    return this.results.find(({ rank }) => rank === 1)!
  }
  get bestParams(): ParamSet {
    return this.best.params
  }
  get bestScore(): number {
    return this.best.mean
  }

  /** The best candidate, fitted with all rows. */
  get bestEstimator(): E {
    if (!this.#best) throw new NotFittedError('there is no fitted model: call fit, with refit not false')
    return this.#best
  }

  predict<X extends Features>(x: X): Predicted<X, LabelOf<E>> {
    return this.bestEstimator.predict(x) as Predicted<X, LabelOf<E>>
  }

  score(x: Features, y: Target, options: FitOptions = {}): Promise<number> {
    return this.bestEstimator.score(x, y, options)
  }
}

/** The best mean first; one that is not known comes last. */
function byMean(a: SearchResult, b: SearchResult): number {
  return Number(Number.isNaN(a.mean)) - Number(Number.isNaN(b.mean)) || b.mean - a.mean || 0
}

/** Ranks among the results that were trained with most rows come first. */
function ranked(results: readonly SearchResult[]): SearchResult[] {
  const order = (a: SearchResult, b: SearchResult): number => (b.rows ?? 0) - (a.rows ?? 0) || byMean(a, b)
  return results.map((own) => ({
    ...own,
    rank: 1 + results.filter((other) => order(other, own) < 0).length,
  }))
}

/**
 * Tries every combination of a grid.
 * @example
 * const search = new ml.GridSearchCV(new ml.Ridge(), { alpha: [0.001, 1000] }, { cv: 2 })
 * await search.fit([[0], [1], [2], [3]], [0, 1, 2, 3])
 * search.bestParams // { alpha: 0.001 }
 */
export class GridSearchCV<E extends AnyPredictor> extends Search<E> {
  readonly grid: ParamGrid
  constructor(estimator: E, grid: ParamGrid, options: SearchOptions = {}) {
    super('GridSearchCV', estimator, SEARCH_DEFAULTS, options)
    this.grid = grid
  }
  protected search(
    score: (candidates: readonly ParamSet[]) => Promise<SearchResult[]>,
  ): Promise<SearchResult[]> {
    return score(gridOf(this.grid))
  }
}

export interface RandomizedSearchOptions extends SearchOptions {
  /** How many candidates; 10. */
  nIter?: number
  /** Equal seeds draw equal candidates; 0. */
  seed?: number
}

/** Tries candidates that are drawn from lists or distributions; where all are lists, each candidate once, as scikit-learn. */
export class RandomizedSearchCV<E extends AnyPredictor> extends Search<E, Required<RandomizedSearchOptions>> {
  readonly distributions: ParamDistributions
  constructor(estimator: E, distributions: ParamDistributions, options: RandomizedSearchOptions = {}) {
    super('RandomizedSearchCV', estimator, { ...SEARCH_DEFAULTS, nIter: 10, seed: 0 }, options)
    this.distributions = distributions
  }
  protected search(
    score: (candidates: readonly ParamSet[]) => Promise<SearchResult[]>,
  ): Promise<SearchResult[]> {
    const drawn = distinctParams(this.distributions, this.options.nIter, this.options.seed)
    return score(drawn)
  }
}

export interface HalvingOptions extends SearchOptions {
  /** Each round keeps one candidate of so many, and gives it so many times the rows; 3. */
  factor?: number
  /** Rows of the first round; as many as let the last round have all of them where null; null. */
  minRows?: number | null
}

/** Tries a grid with few rows first, and with more what did best: Jamieson and Talwalkar, "Non-stochastic best arm identification" (2016). */
export class SuccessiveHalvingSearchCV<E extends AnyPredictor> extends Search<E, Required<HalvingOptions>> {
  readonly grid: ParamGrid
  constructor(estimator: E, grid: ParamGrid, options: HalvingOptions = {}) {
    const defaults = { ...SEARCH_DEFAULTS, factor: 3, minRows: null }
    super('SuccessiveHalvingSearchCV', estimator, defaults, options)
    const { factor, minRows } = this.options
    if (!(factor > 1)) throw new ParameterError(`factor is a number > 1, not ${factor}`)
    if (minRows !== null && !(minRows >= 1))
      throw new ParameterError(`minRows is a number ≥ 1, or null, not ${String(minRows)}`)
    this.grid = grid
  }
  protected async search(
    score: (candidates: readonly ParamSet[], rows?: number) => Promise<SearchResult[]>,
    allRows: () => Promise<number>,
  ): Promise<SearchResult[]> {
    const all = await allRows()
    let candidates: readonly ParamSet[] = gridOf(this.grid)
    const { factor, minRows } = this.options
    const rounds = Math.ceil(Math.log(candidates.length) / Math.log(factor) - 1e-9)
    let rows = minRows ?? Math.ceil(all / factor ** rounds)
    const tried: SearchResult[] = []
    for (;;) {
      const given = Math.min(all, Math.floor(rows))
      const results = (await score(candidates, given)).map((each) => ({ ...each, rows: given }))
      tried.push(...results)
      if (candidates.length === 1 || given >= all) return tried
      const kept = Math.max(1, Math.ceil(candidates.length / factor))
      candidates = [...results]
        .sort(byMean)
        .slice(0, kept)
        .map(({ params }) => params)
      rows *= factor
    }
  }
}
