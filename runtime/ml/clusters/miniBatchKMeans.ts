// MiniBatchKMeans: centers that learn from small batches of rows in random order.

import { withCurve } from '../../graph/curve.ts'
import { mergeWindows, windowOfRows } from '../../kernels/ml/clusters/batches.ts'
import { type Centers, lloydOfBlock, mergeLloyd } from '../../kernels/ml/clusters/centers.ts'
import { countRows, type WeightedRows } from '../../kernels/ml/denseRows.ts'
import { MlDataError } from '../../kernels/ml/mlErrors.ts'
import { Blocks } from '../contract/blocks.ts'
import { ParameterError, registerEstimator, requireChoices, requireCounts } from '../contract/estimator.ts'
import type { Features } from '../contract/rows.ts'
import type { FitOptions, Target } from '../contract/samples.ts'
import { startsOf } from '../contract/starts.ts'
import { requireFeatures } from '../contract/transformer.ts'
import { CentersModel, type CentersState, weightedRows } from './centersModel.ts'
import type { KMeansFitOptions } from './kMeans.ts'
import { parallelCenters, plusPlusCenters } from './seeds.ts'

export interface MiniBatchKMeansParams {
  /** How many clusters; 8. */
  nClusters: number
  /** Where to begin: drawn from the first rows in random order, or the centers themselves, a list each; `k-means++`. */
  init: 'k-means||' | 'k-means++' | readonly ArrayLike<number>[]
  /** Passes over all rows at most; 100. */
  maxIter: number
  /** Rows of a batch; 1024. */
  batchSize: number
  /** Ends after so many batches whose smoothed sum of squares is not lower than the lowest; 10. */
  maxNoImprovement: number
  /** Rows that the first centers are drawn from; three batches, or three times the clusters, where 0; 0. */
  initSize: number
  /** A center with less than this share of the largest one's weight begins anew, now and then; 0.01. */
  reassignmentRatio: number
  /** Equal seeds give equal batches; 0. */
  seed: number
}

interface MiniBatchState extends CentersState {
  /** What each center has learnt from. */
  weight: Float64Array
  batches: number
}

/** About so many rows are asked for at once. */
const WINDOW_ROWS = 16_384

/**
 * K-means by batches (Sculley, "Web-scale k-means clustering", 2010): each center moves towards its rows of a batch, the
 * less the more it has seen. Batches are rows in a random order that follows from their numbers and come to this process:
 * the centers are the same, to the last bit, for any cut into blocks.
 * @example
 * const rows = Array.from({ length: 200 }, (_, i) => [i < 100 ? i / 1000 : 10 + i / 1000])
 * const model = await new ml.MiniBatchKMeans({ nClusters: 2, batchSize: 50 }).fit(rows)
 * const [low, high] = model.predict([[0], [10]]).toList()
 * low !== high // true
 */
export class MiniBatchKMeans extends CentersModel<MiniBatchKMeansParams, MiniBatchState> {
  static readonly kind = 'MiniBatchKMeans'

  constructor(params: Partial<MiniBatchKMeansParams> = {}) {
    const defaults: MiniBatchKMeansParams = {
      nClusters: 8,
      init: 'k-means++',
      maxIter: 100,
      batchSize: 1024,
      maxNoImprovement: 10,
      initSize: 0,
      reassignmentRatio: 0.01,
      seed: 0,
    }
    super(defaults, params)
  }

  protected override checkParams(): void {
    const { nClusters, maxIter, batchSize } = this.params
    requireCounts(this.kind, { nClusters, maxIter, batchSize })
    const { init } = this.params
    if (typeof init === 'string') requireChoices(this.kind, { init: [init, 'k-means||', 'k-means++'] })
  }

  /** @throws {MlDataError} when there are fewer rows than clusters */
  async fit(x: Features, _y?: Target, options: KMeansFitOptions = {}): Promise<this> {
    const { nClusters, maxIter, batchSize, maxNoImprovement, initSize, seed } = this.params
    const blocks = await (await weightedRows(this.kind, x, options)).blocks.persist()
    const lengths = await blocks.map(countRows, undefined).gather()
    const count = lengths.reduce((sum, each) => sum + each, 0)
    if (count < nClusters)
      throw new MlDataError(`${this.kind} makes ${nClusters} clusters, and there are only ${count} rows`)
    const starts = Blocks.here(startsOf(lengths))
    const window = async (pass: number, from: number, to: number): Promise<WeightedRows> => {
      const state = { seed: (seed * 1_000_003 + pass) | 0, from, to }
      const { rows, weights } = await blocks.map(windowOfRows, state, starts).reduce(mergeWindows)
      return rowsFrom(rows, weights)
    }
    const wanted = initSize || Math.max(3 * batchSize, 3 * nClusters)
    const first = await window(-1, 0, Math.min(1, (1.5 * wanted) / count))
    const begun = first.x.rows < nClusters ? await window(-1, 0, 1) : first
    if (begun.x.rows === 0) throw new MlDataError(`${this.kind} cannot learn: sampleWeight is 0 everywhere`)
    let state = await this.#begin(takeRows(begun, 0, Math.min(wanted, begun.x.rows)))
    const windows = Math.max(1, Math.ceil(count / Math.max(batchSize, WINDOW_ROWS)))
    let smoothed: number | undefined
    let least = Number.POSITIVE_INFINITY
    let waited = 0
    const share = Math.min(1, (2 * batchSize) / (count + 1))
    const done = (): boolean => waited >= maxNoImprovement
    await withCurve(this.kind, maxIter * Math.ceil(count / batchSize), async (tell) => {
      for (let pass = 0; pass < maxIter && !done(); pass++)
        for (let part = 0; part < windows && !done(); part++) {
          const rows = await window(pass, part / windows, (part + 1) / windows)
          for (let at = 0; at < rows.x.rows && !done(); at += batchSize) {
            const batch = takeRows(rows, at, Math.min(rows.x.rows, at + batchSize))
            const { next, inertia } = this.#learnBatch(state, batch)
            state = next
            const mean = inertia / batch.x.rows
            // scikit-learn's: the first batch only has the centers of the beginning to tell of.
            if (state.batches > 1)
              smoothed = smoothed === undefined ? mean : smoothed * (1 - share) + mean * share
            tell(state.batches, { inertia: smoothed ?? mean })
            if (options.onIteration?.(state.batches, smoothed ?? mean) === false) waited = maxNoImprovement
            if (smoothed === undefined) continue
            waited = smoothed < least ? 0 : waited + 1
            least = Math.min(least, smoothed)
          }
        }
    })
    const centers = this.#centers(state)
    const { inertia } = await blocks.map(lloydOfBlock, centers).reduce(mergeLloyd)
    return this.learnt({ ...state, inertia, iterations: state.batches })
  }

  /** Learns from further rows, one batch after the other in their order. */
  async partialFit(x: Features, _y?: Target, options: FitOptions = {}): Promise<this> {
    const { rows, blocks } = await weightedRows(this.kind, x, options)
    if (this.isFitted) requireFeatures(rows, this.featuresIn, this.kind)
    let state = this.isFitted ? this.fitted : undefined
    for (const part of await blocks.gather())
      for (let at = 0; at < part.x.rows; at += this.params.batchSize) {
        const batch = takeRows(part, at, Math.min(part.x.rows, at + this.params.batchSize))
        if (!state && batch.x.rows < this.params.nClusters)
          throw new MlDataError(
            `${this.kind} makes ${this.params.nClusters} clusters, and the first batch has only ${batch.x.rows} rows`,
          )
        state ??= await this.#begin(batch)
        const { next, inertia } = this.#learnBatch(state, batch)
        state = { ...next, inertia, iterations: next.batches }
      }
    if (!state) throw new MlDataError(`${this.kind} cannot learn: there are no rows`)
    return this.learnt(state)
  }

  #centers({ columns, centers }: CentersState): Centers {
    return { who: this.kind, count: centers.length / columns, columns, data: centers }
  }

  async #begin(rows: WeightedRows): Promise<MiniBatchState> {
    const { init, nClusters, seed } = this.params
    const { columns } = rows.x
    const seeding = {
      who: this.kind,
      blocks: Blocks.here([rows]),
      starts: Blocks.here([0]),
      columns,
      count: nClusters,
      seed,
    }
    if (
      typeof init !== 'string' &&
      (init.length !== nClusters || init.some((each) => each.length !== columns))
    )
      throw new ParameterError(`init of ${this.kind} has ${nClusters} centers of ${columns} numbers each`)
    const centers =
      init === 'k-means++'
        ? await plusPlusCenters(seeding)
        : init === 'k-means||'
          ? await parallelCenters(seeding, 2, 5)
          : Float64Array.from(init.flatMap((each) => Array.from(each)))
    return { columns, centers, weight: new Float64Array(nClusters), batches: 0, inertia: 0, iterations: 0 }
  }

  /** Every center becomes the mean of all that it has seen. */
  #learnBatch(state: MiniBatchState, batch: WeightedRows): { next: MiniBatchState; inertia: number } {
    const { columns } = state
    const { weight: own, sums, inertia } = lloydOfBlock(this.#centers(state), batch)
    const weight = state.weight.map((before, c) => before + own[c])
    const centers = state.centers.map((before, i) => {
      const c = Math.floor(i / columns)
      return own[c] === 0 ? before : (before * state.weight[c] + sums[i]) / weight[c]
    })
    const next = { ...state, centers, weight, batches: state.batches + 1 }
    if (next.batches % RENEW_EVERY === 0) this.#renew(next, batch)
    return { next, inertia }
  }

  /** Centers that hardly any row is near begin anew at rows of the batch, which are in random order already. */
  #renew({ centers, weight, columns }: MiniBatchState, { x }: WeightedRows): void {
    const least = this.params.reassignmentRatio * Math.max(...weight)
    const poor = Array.from(weight.keys()).filter((c) => weight[c] < least)
    const renewed = poor.slice(0, Math.floor(x.rows / 2))
    const kept = weight.filter((_, c) => !renewed.includes(c))
    if (kept.length === 0) return
    renewed.forEach((c, i) => {
      centers.set(x.data.subarray(i * columns, (i + 1) * columns), c * columns)
      weight[c] = Math.min(...kept)
    })
  }
}

/** Batches between renewals of poor centers. */
const RENEW_EVERY = 10

function rowsFrom(rows: Float64Array, weights: readonly number[]): WeightedRows {
  const columns = weights.length ? rows.length / weights.length : 0
  return {
    x: { kind: 'dense', rows: weights.length, columns, data: rows },
    weight: Float64Array.from(weights),
  }
}

const takeRows = ({ x, weight }: WeightedRows, from: number, to: number): WeightedRows => ({
  x: { ...x, rows: to - from, data: x.data.subarray(from * x.columns, to * x.columns) },
  weight: weight ? weight.subarray(from, to) : null,
})

registerEstimator(MiniBatchKMeans)
