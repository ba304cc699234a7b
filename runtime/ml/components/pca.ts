// PCA and IncrementalPCA: the directions along which rows differ most.

import { principalOf } from '../../kernels/ml/components/principal.ts'
import { mergeTriangles, type Triangle, triangleOfRows } from '../../kernels/ml/linear/triangle.ts'
import { MlDataError } from '../../kernels/ml/mlErrors.ts'
import { ParameterError, registerEstimator } from '../contract/estimator.ts'
import { type Features, knownRows } from '../contract/rows.ts'
import { type FitOptions, refuseWeights, type Target } from '../contract/samples.ts'
import { ComponentsModel, type ComponentsState } from './componentsModel.ts'

export interface PCAParams {
  /** How many components: a number; below 1, as many as explain that share; as many as there can be where null; null. */
  nComponents: number | null
  /** Whether coordinates are brought to variance 1; false. */
  whiten: boolean
}

interface PCAState extends ComponentsState {
  /** All that was seen: `partialFit` goes on from it. */
  triangle: Triangle
  mean: Float64Array
}

abstract class PrincipalComponents extends ComponentsModel<PCAParams, PCAState> {
  constructor(params: Partial<PCAParams> = {}) {
    super({ nComponents: null, whiten: false }, params)
  }

  protected override checkParams(): void {
    const { nComponents } = this.params
    if (nComponents === null || (Number.isInteger(nComponents) && nComponents >= 1)) return
    if (!(nComponents > 0 && nComponents < 1))
      throw new ParameterError(
        `nComponents of ${this.kind} is a whole number ≥ 1, a share between 0 and 1, or null, not ${nComponents}`,
      )
  }

  /** @throws {MlDataError} when there are more components than rows or columns allow */
  async fit(x: Features, _y?: Target, options?: FitOptions): Promise<this> {
    refuseWeights(this.kind, options)
    return this.learn(await this.triangleOf(x))
  }

  protected async triangleOf(x: Features): Promise<Triangle> {
    const rows = await knownRows(this.kind, x)
    return rows.blocks.map(triangleOfRows, { who: this.kind, intercept: true }).reduce(mergeTriangles)
  }

  protected learn(triangle: Triangle): this {
    const columns = triangle.size - 2
    const { rows } = triangle
    if (rows < 2)
      throw new MlDataError(
        `${this.kind} needs at least 2 rows, and there ${rows === 1 ? 'is 1' : 'are none'}`,
      )
    const { components, singularValues } = principalOf(triangle)
    const most = Math.min(rows, columns)
    const all = singularValues.slice(0, most).map((value) => (value * value) / (rows - 1))
    const total = all.reduce((sum, each) => sum + each, 0)
    const count = this.#count(all, total, most)
    return this.learnt({
      triangle,
      columns,
      mean: Float64Array.from({ length: columns }, (_, j) => triangle.r[j + 1] / triangle.r[0]),
      components: components.slice(0, count * columns),
      singularValues: singularValues.slice(0, count),
      explained: all.slice(0, count),
      total,
    })
  }

  #count(explained: Float64Array, total: number, most: number): number {
    const { nComponents } = this.params
    if (nComponents === null) return most
    if (nComponents >= 1) {
      if (nComponents <= most) return nComponents
      throw new MlDataError(
        `${this.kind} cannot have ${nComponents} components of ${most} rows or columns: nComponents is at most ${most}`,
      )
    }
    let sum = 0
    const enough = explained.findIndex((each) => {
      sum += each
      return sum > nComponents * total
    })
    return enough < 0 ? most : enough + 1
  }

  get mean(): Float64Array {
    return this.fitted.mean
  }

  /** The columns' variances (ddof 0). */
  get variance(): Float64Array {
    const { size, r, rows } = this.fitted.triangle
    const squares = new Float64Array(size - 2)
    for (let i = 1; i < size - 1; i++)
      for (let j = i; j < size - 1; j++) squares[j - 1] += r[i * size + j] ** 2
    return squares.map((each) => each / rows)
  }

  /** How many rows were seen. */
  get samplesSeen(): number {
    return this.fitted.triangle.rows
  }

  /** The mean variance along the directions that were left out. */
  get noiseVariance(): number {
    const { explained, total, columns, triangle } = this.fitted
    const left = Math.min(columns, triangle.rows) - explained.length
    return left === 0 ? 0 : (total - explained.reduce((sum, each) => sum + each, 0)) / left
  }

  protected override frame() {
    const { mean, explained } = this.fitted
    const scale = this.params.whiten ? explained.map((each) => (each > 0 ? Math.sqrt(each) : 1)) : null
    return { mean, scale }
  }
}

/**
 * Principal components, exactly: each block becomes a triangle (QR), triangles are merged, and a small decomposition is
 * left. Any cut gives the same to rounding. Each component's largest number is positive.
 * @example
 * const pca = await new ml.PCA({ nComponents: 1 }).fit([[0, 0], [1, 1], [2, 2]])
 * Array.from(pca.components[0], (v) => v.toFixed(4)) // ['0.7071', '0.7071']
 */
export class PCA extends PrincipalComponents {
  static readonly kind = 'PCA'
}

/**
 * Principal components of rows that come in parts: what is kept is a triangle of columns × columns, so `partialFit` of
 * parts gives what `PCA` gives of all, to rounding.
 * @example
 * const pca = new ml.IncrementalPCA({ nComponents: 1 })
 * await pca.partialFit([[0, 0], [1, 1]])
 * await pca.partialFit([[2, 2]])
 * Array.from(pca.explainedVariance, Math.round) // [2]
 */
export class IncrementalPCA extends PrincipalComponents {
  static readonly kind = 'IncrementalPCA'

  /** Learns from further rows. */
  async partialFit(x: Features): Promise<this> {
    const more = await this.triangleOf(x)
    if (!this.isFitted) return this.learn(more)
    if (more.size !== this.fitted.triangle.size)
      throw new MlDataError(
        `X has ${more.size - 2} features, but ${this.kind} was fitted with ${this.featuresIn}`,
      )
    return this.learn(mergeTriangles(this.fitted.triangle, more))
  }
}

for (const type of [PCA, IncrementalPCA]) registerEstimator(type)
