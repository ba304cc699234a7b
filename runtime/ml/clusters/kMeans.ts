// KMeans: clusters around centers, whose rows stay where they are.

import { type Centers, lloydOfBlock, mergeLloyd } from '../../kernels/ml/clusters/centers.ts'
import { farthestRows, mergeFarthest } from '../../kernels/ml/clusters/farthest.ts'
import { countRows, type WeightedRows } from '../../kernels/ml/denseRows.ts'
import { MlDataError } from '../../kernels/ml/mlErrors.ts'
import { mergeMoments, momentsOfRows } from '../../kernels/ml/preprocessing/moments.ts'
import { Blocks } from '../contract/blocks.ts'
import { ParameterError, registerEstimator, requireCounts } from '../contract/estimator.ts'
import { fewHere } from '../contract/fewHere.ts'
import { byRounds } from '../contract/rounds.ts'
import type { Features } from '../contract/rows.ts'
import type { FitOptions, Target } from '../contract/samples.ts'
import { startsOf } from '../contract/starts.ts'
import { CentersModel, type CentersState, weightedRows } from './centersModel.ts'
import { parallelCenters, plusPlusCenters, type Seeding } from './seeds.ts'

export interface KMeansParams {
  /** How many clusters; 8. */
  nClusters: number
  /** Where to begin: drawn in a few rounds, drawn one by one, or the centers themselves, a list each; `k-means||`. */
  init: 'k-means||' | 'k-means++' | readonly ArrayLike<number>[]
  /** How often to begin: the best is kept; 1. */
  nInit: number
  /** Passes at most; 300. */
  maxIter: number
  /** Ends once centers move less than this share of the columns' mean variance, squared distances summed; 1e-4. */
  tol: number
  /** How many times `nClusters` rows each round of `k-means||` draws; 2. */
  oversamplingFactor: number
  /** Rounds of `k-means||`; 5. */
  initMaxIter: number
  /** Equal seeds draw equal rows; 0. */
  seed: number
}

/** What `fit` of clusters takes beside features. */
export interface KMeansFitOptions extends FitOptions {
  /** Told after every pass with the sum of squared distances before it; `false` ends the fit there. */
  onIteration?: (iteration: number, inertia: number) => boolean | undefined
}

/**
 * Clusters around centers: each row belongs to the nearest, and each center is the mean of its rows. The rows that are
 * drawn at the start are the same for any cut into blocks; centers differ by the rounding of sums alone.
 * @example
 * const model = await new ml.KMeans({ nClusters: 2 }).fit([[0], [1], [10], [11]])
 * model.clusterCenters.map(([x]) => x).sort((a, b) => a - b) // [0.5, 10.5]
 */
export class KMeans extends CentersModel<KMeansParams, CentersState> {
  static readonly kind = 'KMeans'

  constructor(params: Partial<KMeansParams> = {}) {
    const defaults: KMeansParams = {
      nClusters: 8,
      init: 'k-means||',
      nInit: 1,
      maxIter: 300,
      tol: 1e-4,
      oversamplingFactor: 2,
      initMaxIter: 5,
      seed: 0,
    }
    super(defaults, params)
  }

  protected override checkParams(): void {
    const { nClusters, nInit, maxIter, init } = this.params
    requireCounts(this.kind, { nClusters, nInit, maxIter })
    if (typeof init === 'string' && init !== 'k-means||' && init !== 'k-means++')
      throw new ParameterError(`init of ${this.kind} is k-means||, k-means++ or centers, not ${String(init)}`)
  }

  /** @throws {MlDataError} when there are fewer rows than clusters, or the weights are all 0 */
  async fit(x: Features, _y?: Target, options: KMeansFitOptions = {}): Promise<this> {
    const { maxIter, nClusters, init, nInit, tol, seed } = this.params
    const held = await (await weightedRows(this.kind, x, options)).blocks.persist()
    const lengths = await held.map(countRows, undefined).gather()
    const count = lengths.reduce((sum, each) => sum + each, 0)
    if (count < nClusters)
      throw new MlDataError(`${this.kind} makes ${nClusters} clusters, and there are only ${count} rows`)
    const moments = await held.map(momentsOfRows, this.kind).reduce(mergeMoments)
    const columns = moments.mean.length
    const variance = moments.squares.reduce((sum, each, i) => sum + each / moments.weight[i], 0) / columns
    const numbers = count * columns
    const blocks = await fewHere(held, numbers, numbers * nClusters)
    const starts = Blocks.here(startsOf(lengths))
    let best: CentersState | undefined
    for (let run = 0; run < (typeof init === 'string' ? nInit : 1); run++) {
      const seeding = { who: this.kind, blocks, starts, columns, count: nClusters, seed: seed + 7919 * run }
      const first = await this.#begin(seeding)
      const begun = { who: this.kind, count: nClusters, columns, data: first }
      const found = await byRounds(this.kind, maxIter, 'inertia', options.onIteration, (told) =>
        this.#descend(blocks, begun, tol * variance, told),
      )
      if (!best || found.inertia < best.inertia) best = found
    }
    return this.learnt(best!)
  }

  async #begin(seeding: Seeding): Promise<Float64Array> {
    const { init, oversamplingFactor, initMaxIter } = this.params
    if (init === 'k-means++') return plusPlusCenters(seeding)
    if (init === 'k-means||') return parallelCenters(seeding, oversamplingFactor, initMaxIter)
    if (init.length !== seeding.count || init.some((each) => each.length !== seeding.columns))
      throw new ParameterError(
        `init of ${this.kind} has ${seeding.count} centers of ${seeding.columns} numbers each, not ${init.length} of ${init[0]?.length ?? 0}`,
      )
    return Float64Array.from(init.flatMap((each) => Array.from(each)))
  }

  async #descend(
    blocks: Blocks<WeightedRows>,
    first: Centers,
    tolerance: number,
    onIteration: NonNullable<KMeansFitOptions['onIteration']>,
  ): Promise<CentersState> {
    const { columns, count } = first
    let centers = first
    let iterations = 0
    while (iterations < this.params.maxIter) {
      iterations++
      const { weight, sums, inertia } = await blocks.map(lloydOfBlock, centers).reduce(mergeLloyd)
      if (weight.every((each) => each === 0))
        throw new MlDataError(`${this.kind} cannot learn: sampleWeight is 0 everywhere`)
      const data = sums.map((sum, i) => sum / weight[Math.floor(i / columns)])
      const empty = Array.from({ length: count }, (_, c) => c).filter((c) => weight[c] === 0)
      if (empty.length > 0) {
        // A center that nothing is nearest to moves to the row that is farthest from its own.
        const { rows } = await blocks
          .map(farthestRows, { centers, count: empty.length })
          .reduce(mergeFarthest)
        empty.forEach((c, i) => {
          const place = Math.min(i, rows.length / columns - 1) * columns
          data.set(rows.subarray(place, place + columns), c * columns)
        })
      }
      const moved = data.reduce((sum, each, i) => sum + (each - centers.data[i]) ** 2, 0)
      centers = { ...centers, data }
      if (onIteration(iterations, inertia) === false || moved <= tolerance) break
    }
    const { inertia } = await blocks.map(lloydOfBlock, centers).reduce(mergeLloyd)
    return { columns, centers: centers.data, inertia, iterations }
  }
}

registerEstimator(KMeans)
