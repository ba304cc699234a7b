// Estimators that predict: numbers (regressors) or classes (classifiers).

import { ChunkedArray as Chunked, type ChunkedArray } from '../../collections/array/chunkedArray.ts'
import { Bag } from '../../collections/bag/bag.ts'
import type { BagNode } from '../../collections/bag/node.ts'
import type { NdArray } from '../../kernels/array/ndArray.ts'
import type { Block, Column } from '../../kernels/ml/block.ts'
import { stackCells } from '../../kernels/ml/blockParts.ts'
import { classCells } from '../../kernels/ml/classes.ts'
import { arrayFromColumn, listFromColumn } from '../../kernels/ml/convert.ts'
import {
  accuracyOfBlock,
  meanOfSums,
  mergeAccuracy,
  mergeR2,
  r2Of,
  r2OfBlock,
} from '../../kernels/ml/scores.ts'
import type { Blocks, StepKernel } from './blocks.ts'
import { Estimator } from './estimator.ts'
import { BlocksArray, type Features, type LazyFeatures, Rows, rowsOf } from './rows.ts'
import { type FitOptions, samplesOf, type Target } from './samples.ts'
import { requireFeatures, resultFor } from './transformer.ts'

/** The name of a class: numbers, or texts. */
export type Label = number | string

/** Predictions for features: numbers as an array, texts as a list; here, or to come. */
export type Predicted<X, L extends Label = number> = X extends LazyFeatures | Rows
  ? L extends string
    ? Bag<string>
    : ChunkedArray<'float64', 1>
  : L extends string
    ? string[]
    : NdArray<'float64', 1>

/** Probabilities for features, a row each and a column a class. */
export type Probabilities<X> = X extends LazyFeatures | Rows
  ? ChunkedArray<'float64', 2>
  : NdArray<'float64', 2>

/** How a fitted model works on one block: a kernel and what it needs to know. */
export interface PredictStep<T, S = never> {
  run: StepKernel<S, Block, T>
  state: S
}

/** A step whose state fits its kernel. */
export const predictStep = <S, T>(run: StepKernel<S, Block, T>, state: S): PredictStep<T> =>
  ({ run, state }) as unknown as PredictStep<T>

/** What tells classes apart, a classifier or what is made of one. */
export interface Classifying<L extends Label = Label> {
  readonly kind: string
  readonly classes: readonly L[]
  /** @internal A row of probabilities each. */
  probabilityRows(rows: Rows): Rows
}

/** An estimator that learns targets. */
export abstract class Predictor<
  P extends object = object,
  S extends object = object,
  L extends Label = number,
> extends Estimator<P, S> {
  /**
   * Learns from features and targets.
   * @param y one value a row, or a column's name where the features are a data frame
   * @throws {MlDataError} when features or targets do not suit
   */
  abstract fit(x: Features, y: Target, options?: FitOptions): Promise<this>

  /** How many features it was fitted with; NaN where it takes any. */
  abstract get featuresIn(): number

  /** @internal One prediction a row. */
  abstract predictBlocks(rows: Rows): Blocks<Column>

  /**
   * One prediction a row: at once for features that are here, to come for collections.
   * @throws {NotFittedError} before `fit`
   * @throws {MlDataError} when there are other columns than at fit
   */
  predict<X extends Features>(x: X): Predicted<X, L> {
    const rows = rowsOf(x, this.kind)
    requireFeatures(rows, this.featuresIn, this.kind)
    return predictionsFrom(this.predictBlocks(rows), rows, this.predictsTexts) as Predicted<X, L>
  }

  /** Whether predictions are texts. */
  get predictsTexts(): boolean {
    return false
  }

  /** @internal Whether it will tell classes apart, whatever it is made of. */
  get classifies(): boolean {
    return false
  }

  /** @internal What tells classes apart in it, fitted; nothing in a model of numbers. */
  get classifying(): Classifying<L> | undefined {
    return undefined
  }

  /** How good predictions are, 1 being best: R² of regressors, accuracy of classifiers. */
  abstract score(x: Features, y: Target, options?: FitOptions): Promise<number>
}

/** A model of numbers, or of classes of any names. */
export type AnyPredictor = Predictor<object, object, Label>

/** What a model predicts. */
export type LabelOf<E> = E extends Predictor<object, object, infer L> ? L : number

/** Cells as what predictions are. */
export function predictionsFrom(cells: Blocks<Column>, rows: Rows, texts: boolean): unknown {
  if (cells.isHere) {
    const whole = stackCells(cells.values)
    return texts ? Array.from<unknown>(whole) : arrayFromColumn(undefined, whole)
  }
  if (texts) {
    const { node } = cells.map(listFromColumn, undefined)
    return new Bag<string>(
      Object.assign(node, { partitions: cells.count, label: 'predict' }) satisfies BagNode,
    )
  }
  const lengths = rows.lengths ?? new Array<number>(cells.count).fill(Number.NaN)
  return new Chunked(new BlocksArray(cells.map(arrayFromColumn, undefined), [lengths]))
}

/** A model of numbers. */
export abstract class Regressor<P extends object = object, S extends object = object> extends Predictor<
  P,
  S
> {
  /** @internal What the fitted model does with a block. */
  abstract predictStep(): PredictStep<Column>

  predictBlocks(rows: Rows): Blocks<Column> {
    const { run, state } = this.predictStep()
    return rows.blocks.map(run, state)
  }

  /** R², the share of the variance that is explained: 1 is best, 0 what the mean gets; NaN of a single row. */
  score(x: Features, y: Target, options: FitOptions = {}): Promise<number> {
    return explainedBy(this, x, y, options)
  }
}

/** A model of classes. */
export abstract class Classifier<
  P extends object = object,
  S extends { classes: readonly Label[] } = { classes: readonly Label[] },
  L extends Label = number,
> extends Predictor<P, S, L> {
  /** @internal The place of each row's class among `classes`, as numbers. */
  abstract classStep(): PredictStep<Column>

  /** @internal A probability for every class; absent where the model has none. */
  probabilityStep?(): PredictStep<Block>

  override get classifies(): boolean {
    return true
  }

  override get classifying(): Classifying<L> {
    return this
  }

  /** The classes, in rising order: columns of probabilities are in the same. */
  get classes(): readonly L[] {
    return this.fitted.classes as readonly L[]
  }

  override get predictsTexts(): boolean {
    return typeof this.fitted.classes[0] === 'string'
  }

  predictBlocks(rows: Rows): Blocks<Column> {
    const { run, state } = this.classStep()
    return rows.blocks.map(run, state).map(classCells, this.fitted.classes)
  }

  /**
   * A probability for every class, a row each.
   * @throws {TypeError} when the model has no probabilities
   */
  predictProba<X extends Features>(x: X): Probabilities<X> {
    return probabilitiesOf(this, this.featuresIn, x)
  }

  /** @internal A row of probabilities each. */
  probabilityRows(rows: Rows): Rows {
    if (!this.probabilityStep) throw new TypeError(`${this.kind} has no probabilities, only predict`)
    const { run, state } = this.probabilityStep()
    return new Rows(rows.blocks.map(run, state), this.classes.length, rows.lengths)
  }

  /** The share of rows whose class is predicted. */
  score(x: Features, y: Target, options: FitOptions = {}): Promise<number> {
    return accuracyOf(this, x, y, options)
  }
}

/** @internal Probabilities as what the features were. */
export function probabilitiesOf<X extends Features>(
  model: Classifying,
  featuresIn: number,
  x: X,
): Probabilities<X> {
  const rows = rowsOf(x, model.kind)
  requireFeatures(rows, featuresIn, model.kind)
  const made = model.probabilityRows(rows)
  return (x instanceof Rows ? made.toArray() : resultFor(x, made)) as Probabilities<X>
}

/** What a score needs of a model. */
type Scored = Pick<Predictor<object, object, Label>, 'kind' | 'featuresIn' | 'predictBlocks'>

/** R² of a model's predictions. */
export async function explainedBy(
  model: Scored,
  x: Features,
  y: Target,
  options: FitOptions,
): Promise<number> {
  const { samples, predicted } = await predictedFor(model, x, y, options)
  return r2Of(await samples.blocks.map(r2OfBlock, undefined, predicted).reduce(mergeR2), model.kind)
}

/** The share of rows whose class a model predicts. */
export async function accuracyOf(
  model: Scored,
  x: Features,
  y: Target,
  options: FitOptions,
): Promise<number> {
  const { samples, predicted } = await predictedFor(model, x, y, options)
  const sums = await samples.blocks.map(accuracyOfBlock, undefined, predicted).reduce(mergeAccuracy)
  return meanOfSums(sums, model.kind)
}

/** @internal A sample and what a model predicts for it. */
export async function predictedFor(model: Scored, x: Features, y: Target, options: FitOptions) {
  const samples = await samplesOf(model.kind, x, y, options)
  requireFeatures(samples.x, model.featuresIn, model.kind)
  return { samples, predicted: model.predictBlocks(samples.x) }
}
