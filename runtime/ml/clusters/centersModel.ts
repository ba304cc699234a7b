// What models of clusters around centers share: labels, distances, scores.

import type { Block, Column } from '../../kernels/ml/block.ts'
import {
  type Centers,
  centerDistances,
  lloydOfBlock,
  mergeLloyd,
  nearestCenters,
} from '../../kernels/ml/clusters/centers.ts'
import { denseRows, type WeightedRows } from '../../kernels/ml/denseRows.ts'
import type { Blocks } from '../contract/blocks.ts'
import { type Predicted, predictionsFrom } from '../contract/predictor.ts'
import { type Features, knownRows, type Rows, rowsOf } from '../contract/rows.ts'
import { columnFor, type FitOptions, type Target } from '../contract/samples.ts'
import { requireFeatures, Transformer, type TransformStep, transformStep } from '../contract/transformer.ts'

export interface CentersState {
  columns: number
  /** One center behind the other. */
  centers: Float64Array
  /** The sum of the squared distances to the nearest center, of the rows at fit. */
  inertia: number
  iterations: number
}

/** A model whose clusters are what is nearest to each of some centers. `transform` gives the distances to them. */
export abstract class CentersModel<P extends object, S extends CentersState> extends Transformer<P, S> {
  get featuresIn(): number {
    return this.fitted.columns
  }

  /** The centers, a list of numbers each. */
  get clusterCenters(): Float64Array[] {
    const { centers, columns } = this.fitted
    return Array.from({ length: centers.length / columns }, (_, i) =>
      centers.slice(i * columns, (i + 1) * columns),
    )
  }

  /** The sum of the squared distances of the rows at fit to their nearest center. */
  get inertia(): number {
    return this.fitted.inertia
  }

  /** Passes that fitting took. */
  get iterations(): number {
    return this.fitted.iterations
  }

  protected get centersData(): Centers {
    const { centers, columns } = this.fitted
    return { who: this.kind, count: centers.length / columns, columns, data: centers }
  }

  step(): TransformStep {
    const centers = this.centersData
    return transformStep(centerDistances, centers, centers.count)
  }

  override namesOut(): undefined {
    return undefined
  }

  /** The number of each row's nearest center: at once for features that are here, to come for collections. */
  predict<X extends Features>(x: X): Predicted<X> {
    const rows = rowsOf(x, this.kind)
    requireFeatures(rows, this.featuresIn, this.kind)
    return predictionsFrom(rows.blocks.map(nearestCenters, this.centersData), rows, false) as Predicted<X>
  }

  /** `fit`, then `predict` of the same features. */
  async fitPredict<X extends Features>(x: X, y?: Target, options?: FitOptions): Promise<Predicted<X>> {
    await this.fit(x, y, options)
    return this.predict(x)
  }

  /** The sum of the squared distances to the nearest center, negative: 0 is best. */
  async score(x: Features, _y?: Target, options: FitOptions = {}): Promise<number> {
    const { rows, blocks } = await weightedRows(this.kind, x, options)
    requireFeatures(rows, this.featuresIn, this.kind)
    const { inertia } = await blocks.map(lloydOfBlock, this.centersData).reduce(mergeLloyd)
    return -inertia
  }
}

/** Features as blocks of finite numbers with their weights. */
export async function weightedRows(
  who: string,
  x: Features,
  { sampleWeight }: FitOptions,
): Promise<{ rows: Rows; blocks: Blocks<WeightedRows> }> {
  const rows = await knownRows(who, x)
  if (sampleWeight === undefined) return { rows, blocks: rows.blocks.map(denseRows, who) }
  const weight = await columnFor(who, x, rows, sampleWeight, 'sampleWeight')
  return { rows, blocks: rows.blocks.map(denseRows as WeighRows, who, weight) }
}

type WeighRows = (who: string, block: Block, weight: Column) => WeightedRows
