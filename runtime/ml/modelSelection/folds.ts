// Which rows train and which test: KFold, StratifiedKFold.

import { MlDataError } from '../../kernels/ml/mlErrors.ts'
import { shuffled } from '../../kernels/ml/seeded.ts'
import { ParameterError } from '../contract/estimator.ts'

/** Places of rows. */
export interface Fold {
  train: Int32Array
  test: Int32Array
}

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

  constructor({ nSplits = 5, shuffle = false, seed = 0 }: KFoldOptions = {}) {
    if (!Number.isInteger(nSplits) || nSplits < 2)
      throw new ParameterError(`nSplits is a whole number ≥ 2, not ${nSplits}`)
    this.nSplits = nSplits
    this.shuffle = shuffle
    this.seed = seed
  }

  split(labels: readonly (number | string)[]): Fold[] {
    const count = labels.length
    if (count < this.nSplits)
      throw new MlDataError(`${count} rows cannot be divided into ${this.nSplits} folds`)
    const fold = this.foldOf(labels)
    const sizes = new Int32Array(this.nSplits)
    for (let row = 0; row < count; row++) sizes[fold[row]]++
    return Array.from(sizes, (size, i) => rowsOfFold(fold, i, size))
  }

  /** The fold that each row tests in. */
  protected abstract foldOf(labels: readonly (number | string)[]): Int32Array
}

/** @param size how many rows test */
function rowsOfFold(fold: Int32Array, i: number, size: number): Fold {
  const test = new Int32Array(size)
  const train = new Int32Array(fold.length - size)
  let tests = 0
  for (let row = 0; row < fold.length; row++)
    if (fold[row] === i) test[tests++] = row
    else train[row - tests] = row
  return { train, test }
}

/**
 * Folds of neighbouring rows, or of rows in random order.
 * @example Array.from(new ml.KFold({ nSplits: 2 }).split([0, 0, 0])[0].test) // [0, 1]
 */
export class KFold extends Folds {
  protected foldOf(labels: readonly (number | string)[]): Int32Array {
    const count = labels.length
    const order = this.shuffle ? shuffled(count, this.seed) : Int32Array.from({ length: count }, (_, i) => i)
    const made = new Int32Array(count)
    let at = 0
    for (let fold = 0; fold < this.nSplits; fold++) {
      const size = Math.floor(count / this.nSplits) + (fold < count % this.nSplits ? 1 : 0)
      for (let i = 0; i < size; i++) made[order[at++]] = fold
    }
    return made
  }
}

/** Folds that have the classes in equal shares, as scikit-learn divides them. */
export class StratifiedKFold extends Folds {
  protected foldOf(labels: readonly (number | string)[]): Int32Array {
    const classes = new Map<number | string, number[]>()
    labels.forEach((label, row) => {
      const own = classes.get(label)
      if (own) own.push(row)
      else classes.set(label, [row])
    })
    const largest = Math.max(...[...classes.values()].map((rows) => rows.length))
    if (largest < this.nSplits)
      throw new MlDataError(`no class has ${this.nSplits} rows: fewer folds, or KFold, would do`)
    const made = new Int32Array(labels.length)
    // Were rows sorted by their classes, fold i would get every nSplits-th of them: that says how many of each class.
    let first = 0
    ;[...classes.values()].forEach((rows, place) => {
      const own = this.shuffle ? Array.from(shuffled(rows.length, this.seed + place), (i) => rows[i]) : rows
      const end = first + rows.length
      let at = 0
      for (let fold = 0; fold < this.nSplits; fold++)
        for (let i = firstFrom(first, fold, this.nSplits); i < end; i += this.nSplits) made[own[at++]] = fold
      first = end
    })
    return made
  }
}

/** The first number from `least` on that leaves `rest` when divided by `by`. */
const firstFrom = (least: number, rest: number, by: number): number =>
  least + ((rest - (least % by) + by) % by)
