// Estimators that make other features of features.

import { DataFrame } from '../../collections/dataframe/dataframe.ts'
import type { NdArray } from '../../kernels/array/ndArray.ts'
import type { Block } from '../../kernels/ml/block.ts'
import { columnsText } from '../../kernels/ml/block.ts'
import { MlDataError } from '../../kernels/ml/mlErrors.ts'
import type { StepKernel } from './blocks.ts'
import { Estimator } from './estimator.ts'
import { type Features, Rows, rowsOf, type Transformed, tableOf } from './rows.ts'
import type { FitOptions, Target } from './samples.ts'

/** How a fitted transformer works on one block: a kernel and what it needs to know. */
export interface TransformStep<S = never> {
  run: StepKernel<S, Block, Block>
  state: S
  /** Columns that it gives; NaN where only the data tells. */
  columns: number
}

/** A step whose state fits its kernel. */
export const transformStep = <S>(
  run: StepKernel<S, Block, Block>,
  state: S,
  columns: number,
): TransformStep => ({ run, state, columns }) as unknown as TransformStep

/** What may stand where something is to transform: a transformer, or a pipeline that ends with one. */
export interface Transforms {
  fit(x: Features, y?: Target, options?: FitOptions): Promise<unknown>
  /** How many features it was fitted with; NaN where it takes any. */
  readonly featuresIn: number
  /** @internal What it does with a block, one step behind the other. */
  transformSteps(): readonly TransformStep[]
  /** @internal The rows that come out. */
  transformRows(rows: Rows): Rows
  /** The names of the features that come out, where those that went in had any. */
  namesOut(namesIn: readonly string[] | undefined): readonly string[] | undefined
}

/** Whether an estimator transforms features, whatever it is made of. */
export const transforms = (estimator: unknown): estimator is Estimator & Transforms =>
  estimator instanceof Estimator && estimator.transforms

/** An estimator that transforms features; subclasses say how it fits and what it does with a block. */
export abstract class Transformer<P extends object = object, S extends object = object>
  extends Estimator<P, S>
  implements Transforms
{
  /**
   * Learns from features.
   * @param y targets, which most transformers do without
   * @throws {MlDataError} when the features do not suit
   */
  abstract fit(x: Features, y?: Target, options?: FitOptions): Promise<this>

  /** What the fitted transformer does with a block; composed estimators fuse steps. */
  abstract step(): TransformStep

  override get transforms(): boolean {
    return true
  }

  transformSteps(): readonly TransformStep[] {
    return [this.step()]
  }

  /** How many features it was fitted with; NaN where it takes any. */
  abstract get featuresIn(): number

  /**
   * The features, transformed: of features that are here an array at once, of a table one of numbers to
   * come, of other collections an array to come, of `Rows` others.
   * @throws {NotFittedError} before `fit`
   * @throws {MlDataError} when there are other columns than at fit
   */
  transform<X extends Features>(x: X): Transformed<X> {
    return transformedFor(x, this.transformRows(rowsOf(x, this.kind)), this.kind) as Transformed<X>
  }

  /** `fit`, then `transform` of the same features. */
  async fitTransform<X extends Features>(x: X, y?: Target, options?: FitOptions): Promise<Transformed<X>> {
    await this.fit(x, y, options)
    return this.transform(x)
  }

  /** @internal The rows that come out. */
  transformRows(rows: Rows): Rows {
    const { run, state, columns } = this.step()
    requireFeatures(rows, this.featuresIn, this.kind)
    return new Rows(rows.blocks.map(run, state), columns, rows.lengths, this.namesOut(rows.names))
  }

  /** The names of the features that come out, where those that went in had any. */
  namesOut(namesIn: readonly string[] | undefined): readonly string[] | undefined {
    return namesIn
  }
}

/** @throws {MlDataError} when rows that are known to have other columns than at fit */
export function requireFeatures(rows: Rows, fitted: number, who: string): void {
  if (!Number.isNaN(rows.columns) && !Number.isNaN(fitted) && rows.columns !== fitted)
    throw new MlDataError(columnsText(rows.columns, fitted, who))
}

/**
 * Transformed rows as what the features were: a table of a table, else as `resultFor`.
 * @param kind names columns that have no names, with their numbers
 */
export function transformedFor(
  x: Features,
  rows: Rows,
  kind: string,
): DataFrame | ReturnType<typeof resultFor> {
  if (!(x instanceof DataFrame) || Number.isNaN(rows.columns)) return resultFor(x, rows)
  const plain = Array.from({ length: rows.columns }, (_, i) => `${kind.toLowerCase()}${i}`)
  return tableOf(rows, rows.names ?? plain)
}

/** Rows as what the features were: rows, an array to come, or an array that is here. */
export function resultFor(x: Features, rows: Rows): Rows | NdArray | ReturnType<Rows['toArray']> {
  if (x instanceof Rows) return rows
  if (!rows.blocks.isHere) return rows.toArray()
  const whole = rows.assemble(rows.blocks.values)
  if ('kind' in whole) return rows as never
  return whole
}
