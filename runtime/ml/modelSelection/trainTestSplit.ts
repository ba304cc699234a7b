// Rows in two parts, one to train with and one to test with.

import { isChunked } from '../../collections/array/chunkedArray.ts'
import { Bag } from '../../collections/bag/bag.ts'
import { DataFrame } from '../../collections/dataframe/dataframe.ts'
import { NdArray } from '../../kernels/array/ndArray.ts'
import { MlDataError } from '../../kernels/ml/mlErrors.ts'
import { shuffled } from '../../kernels/ml/seeded.ts'
import { ParameterError } from '../contract/estimator.ts'
import { wholeOptions } from '../contract/options.ts'
import type { Label } from '../contract/predictor.ts'
import type { AnyArray, AnyBlock } from '../contract/rows.ts'
import type { Fold } from './folds.ts'

type Rowwise = AnyBlock | AnyArray | readonly unknown[] | Float64Array | DataFrame | Bag<unknown>

/** Of each of them a part to train with, then one to test with. */
type Parts<T extends readonly unknown[]> = T extends readonly [infer First, ...infer Rest]
  ? [First, First, ...Parts<Rest>]
  : T extends readonly []
    ? []
    : T[number][]

export interface SplitOptions {
  /** The share of rows that test, between 0 and 1, or how many; 0.25, or all that do not train, where null; null. */
  testSize?: number | null
  /** The share of rows that train, between 0 and 1, or how many; all that do not test where null; null. */
  trainSize?: number | null
  /** Whether rows are drawn in random order; true. */
  shuffle?: boolean
  /** A class a row: both parts have about the same share of each; null. */
  stratify?: readonly Label[] | Float64Array | NdArray | null
  /** Equal seeds give equal parts; 0. */
  seed?: number
}

/** @internal What options are where they are not given. */
export const SPLIT_DEFAULTS: Required<SplitOptions> = {
  testSize: null,
  trainSize: null,
  shuffle: true,
  stratify: null,
  seed: 0,
}

/**
 * Arrays or lists of the same rows, each in a part to train with and one to test with. Chunked arrays stay lazy.
 *
 * How many rows a data frame or a bag has only computing tells: each row is drawn by chance, so that parts have about their
 * share; several of them belong together where they are all of one kind and their partitions are cut alike.
 * @returns for each argument its training part, then its testing part
 * @throws {ParameterError} for sizes that leave nothing for a part, or too little of a class
 * @example
 * const [train, test] = ml.trainTestSplit([[1, 2, 3, 4]], { shuffle: false })
 * [train, test] // [[1, 2, 3], [4]]
 */
export function trainTestSplit<T extends readonly [] | readonly Rowwise[]>(
  arrays: T,
  options: SplitOptions = {},
): Parts<T> {
  const whole = wholeOptions('trainTestSplit', SPLIT_DEFAULTS, options)
  const { shuffle, stratify, seed } = whole
  if (arrays.some(isUncounted)) return splitByChance(arrays, whole) as never
  const counts = arrays.map(rowCount)
  if (arrays.length === 0 || counts.some((count) => count !== counts[0]))
    throw new MlDataError(`arrays to split have the same rows, and these have ${counts.join(', ') || 'none'}`)
  const [count] = counts
  const { train: trains, test: tests } = sizesOf(count, whole)
  if (stratify !== null && !shuffle)
    throw new ParameterError('stratify draws rows in random order: leave shuffle: false out, or stratify')
  const order = shuffle ? shuffled(count, seed) : Int32Array.from({ length: count }, (_, i) => i)
  const { train, test } =
    stratify === null
      ? // Shuffled, the first ones test; in order, the last ones do.
        shuffle
        ? { test: order.slice(0, tests), train: order.slice(tests, tests + trains) }
        : { train: order.slice(0, trains), test: order.slice(trains, trains + tests) }
      : stratified(order, labelsOf(stratify, count), trains, tests)
  return arrays.flatMap((each) => [rowsAt(each, train), rowsAt(each, test)]) as never
}

/** How many rows train and test. */
function sizesOf(
  count: number,
  { testSize, trainSize }: Required<SplitOptions>,
): { train: number; test: number } {
  const test =
    testSize === null && trainSize !== null
      ? undefined
      : sizeOf('testSize', testSize ?? 0.25, count, Math.ceil)
  const train = trainSize === null ? undefined : sizeOf('trainSize', trainSize, count, Math.floor)
  const sizes = { train: train ?? count - test!, test: test ?? count - train! }
  if (!(sizes.train > 0 && sizes.test > 0 && sizes.train + sizes.test <= count))
    throw new ParameterError(
      `testSize ${testSize ?? (trainSize === null ? 0.25 : 'unset')} and trainSize ${trainSize ?? 'unset'} want ` +
        `${sizes.train} rows to train with and ${sizes.test} to test with, of ${count}`,
    )
  return sizes
}

function sizeOf(name: string, size: number, count: number, round: (rows: number) => number): number {
  if (size > 0 && size < 1) return round(count * size)
  if (Number.isInteger(size) && size > 0) return size
  throw new ParameterError(
    `${name} is a share between 0 and 1 or a whole number of rows, not ${String(size)}`,
  )
}

function labelsOf(stratify: NonNullable<SplitOptions['stratify']>, count: number): readonly Label[] {
  const labels = stratify instanceof NdArray ? (stratify.toList() as Label[]) : Array.from<Label>(stratify)
  if (labels.length !== count)
    throw new MlDataError(`stratify has ${labels.length} classes for ${count} rows`)
  return labels
}

/** Rows in an order, so many of each class as its share is. */
function stratified(order: Int32Array, labels: readonly Label[], trains: number, tests: number): Fold {
  const counts = new Map<Label, number>()
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1)
  const classes = [...counts.keys()].sort((a, b) => (a < b ? -1 : 1))
  const rare = classes.find((label) => counts.get(label)! < 2)
  if (rare !== undefined)
    throw new MlDataError(`the class ${JSON.stringify(rare)} has one row: stratify needs two of each`)
  if (Math.min(trains, tests) < classes.length)
    throw new ParameterError(
      `${trains} rows to train with and ${tests} to test with are fewer than ${classes.length} classes to stratify by`,
    )
  const ofClass = classes.map((label) => counts.get(label)!)
  const train = shares(ofClass, trains)
  const left = ofClass.map((all, i) => all - train[i])
  const test = shares(left, tests)
  const take = (wanted: readonly number[], taken: Set<number>): Int32Array => {
    const open = new Map(classes.map((label, i) => [label, wanted[i]]))
    return order.filter((row) => {
      const own = open.get(labels[row])!
      if (own === 0 || taken.has(row)) return false
      open.set(labels[row], own - 1)
      taken.add(row)
      return true
    })
  }
  const taken = new Set<number>()
  return { test: take(test, taken), train: take(train, taken) }
}

/** So many in all, of each count its share: the largest remainders are rounded up. */
function shares(counts: readonly number[], total: number): number[] {
  const all = counts.reduce((sum, each) => sum + each, 0)
  const exact = counts.map((each) => (each * total) / all)
  const whole = exact.map(Math.floor)
  const byRemainder = exact.map((each, i) => [each - whole[i], i] as const).sort((a, b) => b[0] - a[0])
  const missing = total - whole.reduce((sum, each) => sum + each, 0)
  for (const [, i] of byRemainder.slice(0, missing)) whole[i]++
  return whole
}

function rowCount(array: Rowwise): number {
  if (array instanceof NdArray || isChunked(array)) {
    if (Number.isNaN(array.shape[0]))
      throw new MlDataError('how many rows this array has is not known: await computeChunkSizes() first')
    return array.shape[0]
  }
  if (Array.isArray(array) || array instanceof Float64Array) return array.length
  throw new MlDataError('trainTestSplit takes arrays, lists, data frames and bags of the same rows')
}

type Uncounted = DataFrame | Bag<unknown>

const isUncounted = (rows: unknown): rows is Uncounted => rows instanceof DataFrame || rows instanceof Bag

/** Rows of which nobody knows how many there are. */
function splitByChance(all: readonly Rowwise[], options: Required<SplitOptions>): Uncounted[] {
  const [first] = all
  const kind = first instanceof DataFrame ? DataFrame : Bag
  if (!all.every((each): each is Uncounted => each instanceof kind))
    throw new MlDataError(
      'trainTestSplit draws rows of tables, of bags and of arrays each in their own way: give it one kind, e.g. a table with its target among its columns',
    )
  const partitions = all.map((each) => each.partitions)
  if (partitions.some((count) => count !== partitions[0]))
    throw new MlDataError(
      `rows to split are cut alike, and these have ${partitions.join(' and ')} partitions: repartition them, or give them as one table`,
    )
  for (const name of ['stratify', 'shuffle'] as const)
    if (options[name] !== SPLIT_DEFAULTS[name])
      throw new ParameterError(
        `${name} needs to know the rows, which of a table or a bag only computing tells: leave ${name} out, or split what compute() gives`,
      )
  const { train, test } = sharesOf(options)
  return all.flatMap((each) => {
    const [held, rest] = each.randomSplit([test, train], { seed: options.seed })
    return [rest, held]
  })
}

/** Which shares of the rows train and test. */
function sharesOf({ testSize, trainSize }: Required<SplitOptions>): { train: number; test: number } {
  for (const [name, size] of Object.entries({ testSize, trainSize }))
    if (size !== null && !(size > 0 && size < 1))
      throw new ParameterError(
        `${name} of a table or a bag is a share between 0 and 1, since only computing tells how many rows there are, not ${String(size)}`,
      )
  const test = testSize ?? (trainSize === null ? 0.25 : 1 - trainSize)
  const train = trainSize ?? 1 - test
  if (test + train > 1 + 1e-9)
    throw new ParameterError(`testSize ${test} and trainSize ${train} are more than all rows together`)
  return { train, test }
}

function rowsAt(array: Rowwise, places: Int32Array): unknown {
  if (array instanceof NdArray || isChunked(array)) return array.$take(NdArray.from(places), 0)
  if (array instanceof Float64Array) return Float64Array.from(places, (row) => array[row])
  return Array.from(places, (row) => (array as readonly unknown[])[row])
}
