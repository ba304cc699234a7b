// Which rows train and which test: KFold, StratifiedKFold.

import { type Fold, type FoldRule, foldOfRows, foldsOf } from '../../kernels/ml/folds.ts'
import { ParameterError } from '../contract/estimator.ts'

export type { Fold } from '../../kernels/ml/folds.ts'

/** How rows are divided for cross-validation. */
export interface Splitter {
  readonly nSplits: number
  /** @param labels a label a row */
  split(labels: readonly (number | string)[]): Fold[]
}

export interface KFoldOptions {
  nSplits?: number
  /** Whether rows are drawn in random order; false. */
  shuffle?: boolean
  /** Equal seeds give equal folds; 0. */
  seed?: number
}

abstract class Folds implements Splitter {
  readonly nSplits: number
  readonly shuffle: boolean
  readonly seed: number
  protected abstract readonly by: FoldRule['by']

  constructor({ nSplits = 5, shuffle = false, seed = 0 }: KFoldOptions = {}) {
    if (!Number.isInteger(nSplits) || nSplits < 2)
      throw new ParameterError(`nSplits is a whole number ≥ 2, not ${nSplits}`)
    this.nSplits = nSplits
    this.shuffle = shuffle
    this.seed = seed
  }

  /** @throws {MlDataError} when there are fewer rows than folds, or, by classes, when no class has as many */
  split(labels: readonly (number | string)[]): Fold[] {
    return foldsOf(foldOfRows(this.rule, labels), this.nSplits)
  }

  /** How it divides any rows, as data. */
  get rule(): FoldRule {
    return { by: this.by, folds: this.nSplits, shuffle: this.shuffle, seed: this.seed }
  }
}

/**
 * Folds of neighbouring rows, or of rows in random order.
 * @example Array.from(new ml.KFold({ nSplits: 2 }).split([0, 0, 0])[0].test) // [0, 1]
 */
export class KFold extends Folds {
  protected readonly by = 'neighbours'
}

/** Folds that have the classes in equal shares, as scikit-learn divides them. */
export class StratifiedKFold extends Folds {
  protected readonly by = 'classes'
}

/** The rule of a splitter of ours; nothing where somebody's own code divides. */
export const ruleOf = (splitter: Splitter): FoldRule | undefined =>
  splitter instanceof Folds && splitter.split === Folds.prototype.split ? splitter.rule : undefined
