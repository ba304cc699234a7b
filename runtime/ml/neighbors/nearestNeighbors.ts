// NearestNeighbors: the nearest of the rows that it was fitted with.

import type { ChunkedArray } from '../../collections/array/chunkedArray.ts'
import { ChunkedArray as Chunked } from '../../collections/array/chunkedArray.ts'
import { NdArray } from '../../kernels/array/ndArray.ts'
import type { Block } from '../../kernels/ml/block.ts'
import { type KnownRows, neighborDistances, neighborPlaces } from '../../kernels/ml/neighbors/nearest.ts'
import { Estimator, registerEstimator } from '../contract/estimator.ts'
import {
  BlocksArray,
  type Features,
  knownRows,
  type LazyFeatures,
  type Rows,
  rowsOf,
} from '../contract/rows.ts'
import { type FitOptions, refuseWeights, type Target } from '../contract/samples.ts'
import { requireFeatures } from '../contract/transformer.ts'
import {
  checkNeighbors,
  knownOf,
  type NeighborsParams,
  type RememberedRows,
  remembered,
} from './knownRows.ts'

/** An array of a row each, here or to come. */
export type NeighborTable<X> = X extends LazyFeatures | Rows
  ? ChunkedArray<'float64', 2>
  : NdArray<'float64', 2>

/**
 * The nearest rows among those that it was fitted with, by looking at all of them; of equal distances that of the lower
 * number. The rows are part of the model and must fit into a worker's memory; those that are asked for need not.
 * @example
 * const model = await new ml.NearestNeighbors({ nNeighbors: 1 }).fit([[0], [10], [20]])
 * model.kneighbors([[9]]).places.toList() // [[1]]
 */
export class NearestNeighbors extends Estimator<NeighborsParams, RememberedRows> {
  static readonly kind = 'NearestNeighbors'

  constructor(params: Partial<NeighborsParams> = {}) {
    super({ nNeighbors: 5, metric: 'euclidean' }, params)
  }

  protected override checkParams(): void {
    checkNeighbors(this.kind, this.params)
  }

  async fit(x: Features, _y?: Target, options?: FitOptions): Promise<this> {
    refuseWeights(this.kind, options)
    return this.learnt(await remembered(this.kind, await knownRows(this.kind, x)))
  }

  get featuresIn(): number {
    return this.fitted.columns
  }

  /** How many rows it was fitted with. */
  get samplesFit(): number {
    return this.fitted.rows
  }

  /**
   * For each row the distances to the nearest and their numbers among the rows at fit, nearest first.
   * @param nNeighbors how many; as the model says where absent
   */
  kneighbors<X extends Features>(
    x: X,
    nNeighbors: number = this.params.nNeighbors,
  ): { distances: NeighborTable<X>; places: NeighborTable<X> } {
    const rows = rowsOf(x, this.kind)
    requireFeatures(rows, this.featuresIn, this.kind)
    const known = knownOf(this.kind, this.fitted, { ...this.params, nNeighbors })
    const table = (run: (known: KnownRows, block: Block) => NdArray): NeighborTable<X> => {
      const blocks = rows.blocks.map(run, known)
      if (blocks.isHere && blocks.count === 1) return blocks.values[0] as NeighborTable<X>
      if (blocks.isHere)
        return NdArray.from(blocks.values.flatMap((each) => each.toList() as number[][])) as NeighborTable<X>
      const lengths = rows.lengths ?? new Array<number>(blocks.count).fill(Number.NaN)
      return new Chunked(new BlocksArray(blocks, [lengths, [nNeighbors]])) as NeighborTable<X>
    }
    return { distances: table(neighborDistances), places: table(neighborPlaces) }
  }
}

registerEstimator(NearestNeighbors)
