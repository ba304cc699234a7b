// Pipeline: transformers one behind the other, and what learns at the end.

import type { Column } from '../../kernels/ml/block.ts'
import type { Blocks } from '../contract/blocks.ts'
import { Estimator, ParameterError, registerEstimator } from '../contract/estimator.ts'
import {
  type Classifying,
  type Label,
  Predictor,
  type Probabilities,
  probabilitiesOf,
} from '../contract/predictor.ts'
import { type Features, knownRows, type Rows, rowsOf, type Transformed } from '../contract/rows.ts'
import { type FitOptions, samplesOf, type Target } from '../contract/samples.ts'
import { type TransformStep, type Transforms, transformedFor, transforms } from '../contract/transformer.ts'
import { type NamedPart, requireNamedParts, textOf, withNamedParts } from './namedParts.ts'
import { Passthrough } from './passthrough.ts'

/** A name, and an estimator; `'passthrough'` leaves features as they are. */
export type PipelineStep = readonly [name: string, estimator: Estimator | 'passthrough']

export interface PipelineParams {
  /** All but the last one transform: transformers, or pipelines that end with one. */
  steps: readonly PipelineStep[]
}

/**
 * Transformers one behind the other, with an estimator at the end. On a cluster the steps are one task a block. Parameters
 * of a step are named `step__parameter` in `setParams` and in searches, and a step itself by its name.
 * @example
 * const model = new ml.Pipeline({ steps: [['scale', new ml.StandardScaler()], ['line', new ml.LinearRegression()]] })
 * await model.fit([[0], [10], [20]], [1, 2, 3])
 * model.predict([[30]]).toList().map(Math.round) // [4]
 */
export class Pipeline<L extends Label = number>
  extends Predictor<PipelineParams, { steps: Estimator[] }, L>
  implements Transforms
{
  static readonly kind = 'Pipeline'
  constructor(params: PipelineParams = { steps: [] }) {
    super({ steps: [] }, params)
  }

  protected override checkParams(): void {
    const { steps } = this.params
    steps.forEach(([name, estimator], place) => {
      if (estimator === 'passthrough') return
      if (!(estimator instanceof Estimator))
        throw new ParameterError(
          `the step ${name} of a Pipeline is an estimator or 'passthrough', not ${textOf(estimator)}`,
        )
      if (place < steps.length - 1 && !transforms(estimator))
        throw new ParameterError(
          `the step ${name} of a Pipeline is a ${estimator.kind}, which transforms nothing: only the last step may be one`,
        )
    })
  }

  /** Sets parameters of steps, named `step__parameter`, steps by their names, or all of them. */
  override setParams(some: Partial<PipelineParams> & Record<string, unknown>): this {
    const steps = some.steps ?? this.params.steps
    requireNamedParts('steps of a Pipeline is a list of [name, estimator]', steps)
    const { own, parts } = withNamedParts(Pipeline.kind, 'step', steps, ['steps'], some)
    return super.setParams({ ...own, ...(parts && { steps: [...parts] }) } as Partial<PipelineParams>)
  }

  /** @internal Copies of the steps, those that only pass features through left out but for a last one. */
  stepsToFit(): Estimator[] {
    const { steps } = this.params
    if (steps.length === 0) throw new ParameterError('this Pipeline has no steps')
    return steps
      .filter(([, step], place) => step !== 'passthrough' || place === steps.length - 1)
      .map(([, step]) => toFit(step))
  }

  async fit(x: Features, y?: Target, options: FitOptions = {}): Promise<this> {
    const { steps } = this.params
    if (steps.length === 0) throw new ParameterError('this Pipeline has no steps')
    const copies = steps.map(([, step]) => toFit(step))
    const last = copies[copies.length - 1] as Predictor | (Estimator & Transforms)
    // A target that is a column's name is taken out of the features once, for all steps.
    const samples = y === undefined ? undefined : await samplesOf(this.kind, x, y, options)
    const target = samples?.y
    const fitOptions = samples?.weight ? { sampleWeight: samples.weight } : {}
    let rows = samples ? samples.x : await knownRows(this.kind, x)
    for (const transformer of copies.slice(0, -1) as (Estimator & Transforms)[]) {
      await transformer.fit(rows, target)
      rows = transformer.transformRows(rows)
    }
    await last.fit(rows, target as Target, fitOptions)
    return this.learnt({ steps: copies })
  }

  /** A fitted step by its name. */
  step<E extends Estimator = Estimator>(name: string): E {
    const place = this.params.steps.findIndex(([key]) => key === name)
    if (place < 0) throw new ParameterError(`this Pipeline has no step ${name}`)
    return this.fitted.steps[place] as E
  }

  get featuresIn(): number {
    const [first] = this.fitted.steps as (Predictor | (Estimator & Transforms))[]
    return first.featuresIn
  }

  get #last(): Estimator {
    const { steps } = this.fitted
    return steps[steps.length - 1]
  }

  /** All steps but the last. */
  get #first(): (Estimator & Transforms)[] {
    return this.fitted.steps.slice(0, -1) as (Estimator & Transforms)[]
  }

  /** The rows as the last step gets them. */
  #before(rows: Rows): Rows {
    return this.#first.reduce((now, step) => step.transformRows(now), rows)
  }

  get #predictor(): Predictor<object, object, L> {
    if (this.#last instanceof Predictor) return this.#last
    throw new TypeError(`this Pipeline ends with a ${this.#last.kind}, which predicts nothing: use transform`)
  }

  override get predictsTexts(): boolean {
    return this.#predictor.predictsTexts
  }

  override get classifies(): boolean {
    const last = this.params.steps.at(-1)?.[1]
    return last instanceof Predictor && last.classifies
  }

  override get classifying(): Classifying<L> | undefined {
    const inner = this.#last instanceof Predictor ? this.#predictor.classifying : undefined
    return (
      inner && {
        kind: this.kind,
        classes: inner.classes,
        probabilityRows: (rows) => inner.probabilityRows(this.#before(rows)),
      }
    )
  }

  /** The classes of the last step, a classifier. */
  get classes(): readonly L[] {
    if (!this.classifying) throw new TypeError(`${this.#last.kind} has no classes`)
    return this.classifying.classes
  }

  predictBlocks(rows: Rows): Blocks<Column> {
    return this.#predictor.predictBlocks(this.#before(rows))
  }

  /** A probability for every class, where the last step has them. */
  predictProba<X extends Features>(x: X): Probabilities<X> {
    if (!this.classifying) throw new TypeError(`${this.#last.kind} has no probabilities`)
    return probabilitiesOf(this.classifying, this.featuresIn, x)
  }

  override get transforms(): boolean {
    const last = this.params.steps.at(-1)?.[1]
    return last === 'passthrough' || transforms(last)
  }

  get #transformer(): Estimator & Transforms {
    if (transforms(this.#last)) return this.#last
    throw new TypeError(`this Pipeline ends with a ${this.#last.kind}: use predict`)
  }

  /** The features through all steps, where the last one is a transformer. */
  transform<X extends Features>(x: X): Transformed<X> {
    const { kind } = this.#transformer
    return transformedFor(x, this.transformRows(rowsOf(x, this.kind)), kind) as Transformed<X>
  }

  /** `fit`, then `transform` of the same features. */
  async fitTransform<X extends Features>(x: X, y?: Target, options?: FitOptions): Promise<Transformed<X>> {
    await this.fit(x, y, options)
    return this.transform(x)
  }

  transformSteps(): readonly TransformStep[] {
    return [...this.#first, this.#transformer].flatMap((step) => step.transformSteps())
  }

  transformRows(rows: Rows): Rows {
    return this.#transformer.transformRows(this.#before(rows))
  }

  namesOut(namesIn: readonly string[] | undefined): readonly string[] | undefined {
    return [...this.#first, this.#transformer].reduce(
      (names: readonly string[] | undefined, step) => step.namesOut(names),
      namesIn,
    )
  }

  async score(x: Features, y: Target, options: FitOptions = {}): Promise<number> {
    const samples = await samplesOf(this.kind, x, y, options)
    const weighted = samples.weight ? { sampleWeight: samples.weight } : {}
    return this.#predictor.score(this.#before(samples.x), samples.y, weighted)
  }
}

/** A copy of a step that has learnt nothing. */
const toFit = (step: NamedPart): Estimator => (step instanceof Estimator ? step.clone() : new Passthrough())

registerEstimator(Pipeline as never)
