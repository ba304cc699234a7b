// Pipeline: transformers one behind the other, and what learns at the end.

import type { Column } from '../../kernels/ml/block.ts'
import type { Blocks } from '../contract/blocks.ts'
import { type Estimator, ParameterError, registerEstimator } from '../contract/estimator.ts'
import { Classifier, type Label, Predictor, type Probabilities } from '../contract/predictor.ts'
import { type Features, knownRows, type Rows, rowsOf, type Transformed } from '../contract/rows.ts'
import { type FitOptions, samplesOf, type Target } from '../contract/samples.ts'
import { requireFeatures, resultFor, Transformer, transformedFor } from '../contract/transformer.ts'

export interface PipelineParams {
  steps: readonly (readonly [name: string, estimator: Estimator])[]
}

/**
 * Transformers one behind the other, with an estimator at the end. On a cluster the steps are one task a block. Parameters
 * of a step are named `step__parameter` in `setParams` and in searches.
 * @example
 * const model = new ml.Pipeline({ steps: [['scale', new ml.StandardScaler()], ['line', new ml.LinearRegression()]] })
 * await model.fit([[0], [10], [20]], [1, 2, 3])
 * model.predict([[30]]).toList().map(Math.round) // [4]
 */
export class Pipeline<L extends Label = number> extends Predictor<PipelineParams, { steps: Estimator[] }, L> {
  static readonly kind = 'Pipeline'
  constructor(params: PipelineParams = { steps: [] }) {
    super({ steps: [] }, params)
  }

  protected override checkParams(): void {
    const { steps } = this.params
    const names = steps.map(([name]) => name)
    const twice = names.find((name, i) => names.indexOf(name) !== i)
    if (twice !== undefined) throw new ParameterError(`two steps of a Pipeline are named ${twice}`)
    steps.slice(0, -1).forEach(([name, estimator]) => {
      if (!(estimator instanceof Transformer))
        throw new ParameterError(
          `the step ${name} of a Pipeline is a ${estimator.kind}, which transforms nothing: only the last step may be one`,
        )
    })
  }

  /** Sets parameters of steps, named `step__parameter`, or the steps themselves. */
  override setParams(some: Partial<PipelineParams> & Record<string, unknown>): this {
    const own: Record<string, unknown> = {}
    let steps: PipelineParams['steps'] | undefined
    for (const [name, value] of Object.entries(some)) {
      const [step, ...rest] = name.split('__')
      if (rest.length === 0) {
        own[name] = value
        continue
      }
      steps ??= this.params.steps.map(([key, estimator]) => [key, estimator.clone()] as const)
      const found = steps.find(([key]) => key === step)
      if (!found)
        throw new ParameterError(
          `this Pipeline has no step ${step}; it has ${steps.map(([key]) => key).join(', ')}`,
        )
      found[1].setParams({ [rest.join('__')]: value } as object)
    }
    return super.setParams({ ...own, ...(steps && { steps }) } as Partial<PipelineParams>)
  }

  async fit(x: Features, y?: Target, options: FitOptions = {}): Promise<this> {
    const { steps } = this.params
    if (steps.length === 0) throw new ParameterError('this Pipeline has no steps')
    const transformers = steps.slice(0, -1)
    // A target that is a column's name is taken out of the features once, for all steps.
    const samples = y === undefined ? undefined : await samplesOf(this.kind, x, y, options)
    const target = samples?.y
    const fitOptions = samples?.weight ? { sampleWeight: samples.weight } : {}
    let rows = samples ? samples.x : await knownRows(this.kind, x)
    const fitted: Estimator[] = []
    for (const [, estimator] of transformers) {
      const transformer = estimator.clone() as Transformer
      await transformer.fit(rows, target)
      rows = transformer.transformRows(rows)
      fitted.push(transformer)
    }
    const last = steps[steps.length - 1][1].clone() as Predictor | Transformer
    await (last as Predictor).fit(rows, target as Target, fitOptions)
    return this.learnt({ steps: [...fitted, last] })
  }

  /** A fitted step by its name. */
  step<E extends Estimator = Estimator>(name: string): E {
    const place = this.params.steps.findIndex(([key]) => key === name)
    if (place < 0) throw new ParameterError(`this Pipeline has no step ${name}`)
    return this.fitted.steps[place] as E
  }

  get featuresIn(): number {
    return (this.fitted.steps[0] as Transformer).featuresIn
  }

  get #last(): Estimator {
    const { steps } = this.fitted
    return steps[steps.length - 1]
  }

  /** The rows as the last step gets them. */
  #before(rows: Rows): Rows {
    return this.fitted.steps
      .slice(0, -1)
      .reduce((now, step) => (step as Transformer).transformRows(now), rows)
  }

  get #predictor(): Predictor {
    if (this.#last instanceof Predictor) return this.#last
    throw new TypeError(`this Pipeline ends with a ${this.#last.kind}, which predicts nothing: use transform`)
  }

  override get predictsTexts(): boolean {
    return this.#predictor.predictsTexts
  }

  /** The classes of the last step, a classifier. */
  get classes(): readonly L[] {
    return (this.#last as Classifier).classes as readonly Label[] as readonly L[]
  }

  predictBlocks(rows: Rows): Blocks<Column> {
    return this.#predictor.predictBlocks(this.#before(rows))
  }

  /** A probability for every class, where the last step has them. */
  predictProba<X extends Features>(x: X): Probabilities<X> {
    const last = this.#last
    if (!(last instanceof Classifier)) throw new TypeError(`${last.kind} has no probabilities`)
    const rows = rowsOf(x, this.kind)
    requireFeatures(rows, this.featuresIn, this.kind)
    return resultFor(x, last.probabilityRows(this.#before(rows))) as Probabilities<X>
  }

  /** The features through all steps, where the last one is a transformer. */
  transform<X extends Features>(x: X): Transformed<X> {
    const last = this.#last
    if (!(last instanceof Transformer))
      throw new TypeError(`this Pipeline ends with a ${last.kind}: use predict`)
    return transformedFor(
      x,
      last.transformRows(this.#before(rowsOf(x, this.kind))),
      last.kind,
    ) as Transformed<X>
  }

  async score(x: Features, y: Target, options: FitOptions = {}): Promise<number> {
    const samples = await samplesOf(this.kind, x, y, options)
    const weighted = samples.weight ? { sampleWeight: samples.weight } : {}
    return this.#predictor.score(this.#before(samples.x), samples.y, weighted)
  }
}

registerEstimator(Pipeline as never)
