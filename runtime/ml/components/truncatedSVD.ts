// TruncatedSVD: the strongest directions of rows that are not centred, sparse ones too.

import { principalOf } from '../../kernels/ml/components/principal.ts'
import { projectBlock } from '../../kernels/ml/components/project.ts'
import {
  type Basis,
  columnSums,
  gramTimes,
  mergeColumnSums,
  orthogonalise,
} from '../../kernels/ml/components/subspace.ts'
import { mergeTriangles, triangleOfRows } from '../../kernels/ml/linear/triangle.ts'
import { MlDataError } from '../../kernels/ml/mlErrors.ts'
import { mergeMoments, momentsOfBlock } from '../../kernels/ml/preprocessing/moments.ts'
import { addArrays } from '../../kernels/ml/trees/boostMerge.ts'
import { hashedFraction } from '../../kernels/ml/trees/rowHash.ts'
import { registerEstimator, requireChoices, requireCounts } from '../contract/estimator.ts'
import { type Features, knownRows, Rows } from '../contract/rows.ts'
import { type FitOptions, refuseWeights, type Target } from '../contract/samples.ts'
import { ComponentsModel, type ComponentsState } from './componentsModel.ts'

export interface TruncatedSVDParams {
  /** How many components; 2. */
  nComponents: number
  /** Exactly, by a triangle of columns × columns; by subspace iteration; or exactly up to 256 columns; `auto`. */
  algorithm: 'auto' | 'exact' | 'randomized'
  /** Rounds of subspace iteration; 5. */
  nIter: number
  /** Directions that are iterated beyond those that are asked for; 10. */
  nOversamples: number
  /** Chooses where subspace iteration begins; 0. */
  seed: number
}

/** Up to so many columns a triangle is quicker than iterations. */
const EXACT_COLUMNS = 256

/**
 * The strongest directions of rows as they are, dense or sparse: of texts' columns those are topics. Any cut gives the
 * same to rounding. Each component's largest number is positive.
 * @example
 * const svd = await new ml.TruncatedSVD({ nComponents: 1 }).fit([[3, 0], [0, 1]])
 * Array.from(svd.singularValues, Math.round) // [3]
 */
export class TruncatedSVD extends ComponentsModel<TruncatedSVDParams, ComponentsState> {
  static readonly kind = 'TruncatedSVD'

  constructor(params: Partial<TruncatedSVDParams> = {}) {
    super({ nComponents: 2, algorithm: 'auto', nIter: 5, nOversamples: 10, seed: 0 }, params)
  }

  protected override checkParams(): void {
    const { nComponents } = this.params
    requireCounts(this.kind, { nComponents })
    requireChoices(this.kind, { algorithm: [this.params.algorithm, 'auto', 'exact', 'randomized'] })
  }

  async fit(x: Features, _y?: Target, options?: FitOptions): Promise<this> {
    refuseWeights(this.kind, options)
    const { nComponents, algorithm } = this.params
    const rows = new Rows(await (await knownRows(this.kind, x)).blocks.persist(), Number.NaN)
    const {
      sums,
      squares,
      rows: count,
    } = await rows.blocks.map(columnSums, this.kind).reduce(mergeColumnSums)
    const columns = sums.length
    if (nComponents > Math.min(columns, count))
      throw new MlDataError(
        `${this.kind} cannot have ${nComponents} components of ${count} rows and ${columns} columns`,
      )
    const exact = algorithm === 'exact' || (algorithm === 'auto' && columns <= EXACT_COLUMNS)
    const { components, singularValues } = exact
      ? await this.#exactly(rows)
      : await this.#iterating(rows, columns, count)
    const own = components.slice(0, nComponents * columns)
    const projection = { who: this.kind, columns, components: own, mean: null, scale: null }
    const { squares: around, weight } = await rows.blocks
      .map(projectBlock, projection)
      .map(momentsOfBlock, this.kind)
      .reduce(mergeMoments)
    return this.learnt({
      columns,
      components: own,
      singularValues: singularValues.slice(0, nComponents),
      explained: around.map((each, i) => each / weight[i]),
      total: squares / count - sums.reduce((sum, each) => sum + (each / count) ** 2, 0),
    })
  }

  async #exactly(rows: Rows) {
    const settings = { who: this.kind, intercept: false }
    return principalOf(await rows.blocks.map(triangleOfRows, settings).reduce(mergeTriangles))
  }

  async #iterating(rows: Rows, columns: number, count: number) {
    const { nComponents, nIter, nOversamples, seed } = this.params
    const width = Math.min(columns, count, nComponents + nOversamples)
    let basis: Basis = { who: this.kind, columns, width, data: randomNormals(seed, columns * width) }
    for (let round = 0; round <= nIter; round++) {
      orthogonalise(basis)
      if (round < nIter) basis = { ...basis, data: await rows.blocks.map(gramTimes, basis).reduce(addArrays) }
    }
    // Within the subspace the rest is small: the triangle of X·Q.
    const q = transposed(basis)
    const projection = { who: this.kind, columns, components: q, mean: null, scale: null }
    const settings = { who: this.kind, intercept: false }
    const small = principalOf(
      await rows.blocks.map(projectBlock, projection).map(triangleOfRows, settings).reduce(mergeTriangles),
    )
    const components = new Float64Array(nComponents * columns)
    for (let k = 0; k < nComponents; k++) {
      const own = components.subarray(k * columns, (k + 1) * columns)
      for (let j = 0; j < width; j++)
        for (let i = 0; i < columns; i++) own[i] += small.components[k * width + j] * q[j * columns + i]
      const largest = own.reduce((most, each) => (Math.abs(each) > Math.abs(most) ? each : most), 0)
      if (largest < 0) for (let i = 0; i < columns; i++) own[i] = -own[i]
    }
    return { components, singularValues: small.singularValues }
  }
}

/** Normal numbers that follow from a seed: Box and Muller. */
function randomNormals(seed: number, count: number): Float64Array {
  return Float64Array.from({ length: count }, (_, i) => {
    const radius = Math.sqrt(-2 * Math.log(1 - hashedFraction(seed, 2 * i)))
    return radius * Math.cos(2 * Math.PI * hashedFraction(seed, 2 * i + 1))
  })
}

/** width × columns. */
function transposed({ columns, width, data }: Basis): Float64Array {
  const made = new Float64Array(data.length)
  for (let i = 0; i < columns; i++)
    for (let k = 0; k < width; k++) made[k * columns + i] = data[i * width + k]
  return made
}

registerEstimator(TruncatedSVD)
