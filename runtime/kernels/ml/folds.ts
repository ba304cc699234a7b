// How rows are divided into folds: by a rule, where the rows are, or by places that a splitter of the caller's own gave.

import { MlDataError } from './mlErrors.ts'
import { shuffled } from './seeded.ts'

/** Places of rows to train with and to test with. */
export interface Fold {
  train: Int32Array
  test: Int32Array
}

/** A way to divide any rows. */
export interface FoldRule {
  /** `'neighbours'`: rows that follow one another; `'classes'`: every class in equal shares. */
  by: 'neighbours' | 'classes'
  folds: number
  /** Whether rows are drawn in random order. */
  shuffle: boolean
  /** Equal seeds give equal folds. */
  seed: number
}

/**
 * The fold that each row tests in.
 * @param labels one a row
 * @throws {MlDataError} when there are too few rows
 */
export function foldOfRows(rule: FoldRule, labels: ArrayLike<unknown>): Int32Array {
  if (labels.length < rule.folds)
    throw new MlDataError(`${labels.length} rows cannot be divided into ${rule.folds} folds`)
  return rule.by === 'neighbours' ? byNeighbours(rule, labels.length) : byClasses(rule, labels)
}

function byNeighbours({ folds, shuffle, seed }: FoldRule, count: number): Int32Array {
  const order = shuffle ? shuffled(count, seed) : undefined
  const made = new Int32Array(count)
  for (let fold = 0, at = 0; fold < folds; fold++) {
    const size = Math.floor(count / folds) + (fold < count % folds ? 1 : 0)
    for (const end = at + size; at < end; at++) made[order ? order[at] : at] = fold
  }
  return made
}

/** As scikit-learn divides them. */
function byClasses({ folds, shuffle, seed }: FoldRule, labels: ArrayLike<unknown>): Int32Array {
  const classes = rowsByClass(labels)
  const largest = classes.reduce((most, rows) => Math.max(most, rows.length), 0)
  if (largest < folds) throw new MlDataError(`no class has ${folds} rows: fewer folds, or KFold, would do`)
  const made = new Int32Array(labels.length)
  // Were rows sorted by their classes, fold i would get every folds-th of them: that says how many of each class.
  let first = 0
  classes.forEach((inOrder, place) => {
    const rows = shuffle ? shuffled(inOrder.length, seed + place).map((i) => inOrder[i]) : inOrder
    const end = first + rows.length
    for (let fold = 0, at = 0; fold < folds; fold++)
      for (let i = firstFrom(first, fold, folds); i < end; i += folds) made[rows[at++]] = fold
    first = end
  })
  return made
}

/** Places of the rows of each class, in the order in which classes come. */
function rowsByClass(labels: ArrayLike<unknown>): Int32Array[] {
  const classes = new Map<unknown, number>()
  const classOf = new Int32Array(labels.length)
  for (let row = 0; row < labels.length; row++) {
    let own = classes.get(labels[row])
    if (own === undefined) {
      own = classes.size
      classes.set(labels[row], own)
    }
    classOf[row] = own
  }
  return placesByNumber(classOf, classes.size)
}

/** The first number from `least` on that leaves `rest` when divided by `by`. */
const firstFrom = (least: number, rest: number, by: number): number =>
  least + ((rest - (least % by) + by) % by)

/** Where each of the numbers below `limit` stands, rising. */
function placesByNumber(numbers: Int32Array, limit: number): Int32Array[] {
  const counts = new Int32Array(limit)
  for (let i = 0; i < numbers.length; i++) counts[numbers[i]]++
  const places = Array.from(counts, (count) => new Int32Array(count))
  const filled = new Int32Array(limit)
  for (let i = 0; i < numbers.length; i++) places[numbers[i]][filled[numbers[i]]++] = i
  return places
}

/**
 * All folds: each trains with all rows that it does not test, in order.
 * @param folds the fold that each row tests in
 */
export function foldsOf(folds: Int32Array, count: number): Fold[] {
  return placesByNumber(folds, count).map((test) => ({ train: otherRows(folds.length, test), test }))
}

/** One of {@link foldsOf}. */
export function foldAt(folds: Int32Array, number: number): Fold {
  let tests = 0
  for (let row = 0; row < folds.length; row++) if (folds[row] === number) tests++
  const test = new Int32Array(tests)
  for (let row = 0, at = 0; at < tests; row++) if (folds[row] === number) test[at++] = row
  return { train: otherRows(folds.length, test), test }
}

/** @param test rising */
function otherRows(rows: number, test: Int32Array): Int32Array {
  const made = new Int32Array(rows - test.length)
  for (let row = 0, skipped = 0; row < rows; row++)
    if (row === test[skipped]) skipped++
    else made[row - skipped] = row
  return made
}

/** Places as they travel. */
export interface FoldPlaces {
  test: Int32Array
  /** How many rows there are, where all that do not test train, in order. */
  train: Int32Array | number
}

/** A fold as it travels: most train with all rows that do not test. */
export function placesOfFold({ train, test }: Fold): FoldPlaces {
  const rows = train.length + test.length
  const inOrder = test.every((row, i) => row < rows && (i === 0 || row > test[i - 1]))
  if (!inOrder) return { train, test }
  const others = otherRows(rows, test)
  return others.every((row, i) => row === train[i]) ? { train: rows, test } : { train, test }
}

/** A fold that has travelled. */
export const foldOfPlaces = ({ train, test }: FoldPlaces): Fold => ({
  train: typeof train === 'number' ? otherRows(train, test) : train,
  test,
})

/** The same fold with fewer rows to train with, evenly drawn. */
export function thinned(fold: Fold, rows: number): Fold {
  if (rows >= fold.train.length) return fold
  const kept = shuffled(fold.train.length, 0).slice(0, rows).sort()
  return { train: kept.map((place) => fold.train[place]), test: fold.test }
}
