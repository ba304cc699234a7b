// What models of directions share: the components, what they explain, coordinates along them and back.

import { projectBlock, unprojectBlock } from '../../kernels/ml/components/project.ts'
import { type Features, Rows, rowsOf, type Transformed } from '../contract/rows.ts'
import { Transformer, type TransformStep, transformedFor, transformStep } from '../contract/transformer.ts'

export interface ComponentsState {
  columns: number
  /** One behind the other. */
  components: Float64Array
  singularValues: Float64Array
  /** The variance along each component, and of all columns together. */
  explained: Float64Array
  total: number
}

/** A model whose coordinates are along some directions. */
export abstract class ComponentsModel<P extends object, S extends ComponentsState> extends Transformer<P, S> {
  get featuresIn(): number {
    return this.fitted.columns
  }

  /** The directions, a list of numbers each, in falling order of what they explain. */
  get components(): Float64Array[] {
    const { components, columns } = this.fitted
    return Array.from({ length: components.length / columns }, (_, i) =>
      components.slice(i * columns, (i + 1) * columns),
    )
  }

  get singularValues(): Float64Array {
    return this.fitted.singularValues
  }

  /** The variance along each component: ddof 1 where rows are centred, ddof 0 where they are taken as they are. */
  get explainedVariance(): Float64Array {
    return this.fitted.explained
  }

  /** The same, as a share of the variance of all columns. */
  get explainedVarianceRatio(): Float64Array {
    const { explained, total } = this.fitted
    return explained.map((each) => each / total)
  }

  /** What rows lose before they are projected, and what their coordinates are divided by. */
  protected frame(): { mean: Float64Array | null; scale: Float64Array | null } {
    return { mean: null, scale: null }
  }

  #projection() {
    const { columns, components } = this.fitted
    return { who: this.kind, columns, components, ...this.frame() }
  }

  step(): TransformStep {
    return transformStep(projectBlock, this.#projection(), this.fitted.explained.length)
  }

  override namesOut(): undefined {
    return undefined
  }

  /** Features again from their coordinates, without what the components do not tell. */
  inverseTransform<X extends Features>(x: X): Transformed<X> {
    const rows = rowsOf(x, this.kind)
    const back = new Rows(rows.blocks.map(unprojectBlock, this.#projection()), this.featuresIn, rows.lengths)
    return transformedFor(x, back, 'x') as Transformed<X>
  }
}
