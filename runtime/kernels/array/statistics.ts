// Counting and finding on blocks: histograms, counts, unique elements, the greatest few, places in sorted lists.

import { kernel } from '../kernel.ts'
import { type Data, type DTypeName, dtypeOf, FLOAT64, INT64 } from './dtype.ts'
import { blockEngine } from './engine.ts'
import { NdArray } from './ndArray.ts'
import { sizeOf } from './shape.ts'

const NAN_LAST = (a: number, b: number): boolean => a < b || (Number.isNaN(b) && !Number.isNaN(a))

/** Where a value would be put into a sorted list: in front of equal ones, or behind them. NaN stands last. */
export function insertionPlace(
  sorted: ArrayLike<number | bigint>,
  value: number | bigint,
  behind: boolean,
): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >> 1
    const at = sorted[middle] as number
    const before = behind ? !NAN_LAST(value as number, at) : NAN_LAST(at, value as number)
    if (before) low = middle + 1
    else high = middle
  }
  return low
}

const rowOf = (array: NdArray): Data => array.contiguous().toTypedArray()
const counted = (counts: Float64Array): NdArray =>
  new NdArray(INT64, [counts.length], BigInt64Array.from(counts, BigInt))

/** Both as one dtype, so that they compare as NumPy compares them. */
function alike(a: NdArray, b: NdArray): [Data, Data] {
  const joint = blockEngine().concatenate([a.ravel() as NdArray, b.ravel() as NdArray], 0).type
  return [rowOf(a.ofType(joint)), rowOf(b.ofType(joint))]
}

/** Places of values among sorted ones. */
export const searchCall = kernel(
  'array.searchsorted',
  (
    { behind, backwards }: { behind: boolean; backwards?: boolean },
    sorted: NdArray,
    values: NdArray,
  ): NdArray => {
    const [list, own] = alike(backwards ? (sorted.flip() as NdArray) : sorted, values)
    const places = BigInt64Array.from({ length: own.length }, (_, i) => {
      const place = insertionPlace(list, own[i], behind)
      return BigInt(backwards ? list.length - place : place)
    })
    return new NdArray(INT64, values.shape, places)
  },
)

/** How many elements fall between edges; the last edge belongs to the last bin. */
export const histogramCall = kernel(
  'array.histogram',
  ({ weighted }: { weighted: boolean }, array: NdArray, edges: NdArray, weights?: NdArray): NdArray => {
    const bounds = rowOf(edges.ofType(FLOAT64)) as Float64Array
    const values = rowOf(array.ofType(FLOAT64)) as Float64Array
    const weight = weighted ? (rowOf(weights!.ofType(FLOAT64)) as Float64Array) : undefined
    const bins = bounds.length - 1
    const counts = new Float64Array(bins)
    const [first, last] = [bounds[0], bounds[bins]]
    for (let i = 0; i < values.length; i++) {
      const value = values[i]
      if (!(value >= first && value <= last)) continue
      const bin = value === last ? bins - 1 : insertionPlace(bounds, value, true) - 1
      counts[bin] += weight ? weight[i] : 1
    }
    return (weighted ? new NdArray(FLOAT64, [bins], counts) : counted(counts)).expandDims(0) as NdArray
  },
)

/** Adds lists of counts, the shorter ones ending in zeros. */
export const addCounts = kernel('array.addCounts', (...lists: NdArray[]): NdArray => {
  const length = Math.max(...lists.map((list) => list.size))
  const [first] = lists
  const sum = blockEngine().full([length], 0, first.type).copy() as NdArray
  for (const list of lists) {
    const part = sum.$run(0, 0, list.size) as NdArray
    part.set(['...'], part.add(list.ravel()) as NdArray)
  }
  return sum
})

/** How often each whole number from 0 on is there. */
export const bincountCall = kernel(
  'array.bincount',
  (
    { minLength, weighted }: { minLength: number; weighted: boolean },
    array: NdArray,
    weights?: NdArray,
  ): NdArray => {
    if (!'biu'.includes(array.type.kind))
      throw new TypeError(`bincount counts whole numbers, not ${array.dtype}`)
    const values = rowOf(array)
    const weight = weighted ? (rowOf(weights!.ofType(FLOAT64)) as Float64Array) : undefined
    let most = -1
    for (let i = 0; i < values.length; i++) {
      const value = Number(values[i])
      if (value < 0) throw new RangeError(`bincount counts from 0 on, and there is ${value}`)
      if (value > most) most = value
    }
    const counts = new Float64Array(Math.max(minLength, most + 1))
    for (let i = 0; i < values.length; i++) counts[Number(values[i])] += weight ? weight[i] : 1
    return weighted ? new NdArray(FLOAT64, [counts.length], counts) : counted(counts)
  },
)

/** The different elements in order, and how often each is there. */
function uniqueOf(array: NdArray, weights?: BigInt64Array): [NdArray, NdArray] {
  const order = blockEngine().argsort(array.ravel() as NdArray, 0)
  const sorted = blockEngine().take(array.ravel() as NdArray, order, 0)
  const places = rowOf(order) as BigInt64Array
  const { lanes } = sorted.type
  const data = sorted.data as Float64Array
  const same = (a: number, b: number): boolean => {
    for (let lane = 0; lane < lanes; lane++) {
      const x = data[a * lanes + lane]
      const y = data[b * lanes + lane]
      if (x !== y && !(Number.isNaN(x) && Number.isNaN(y))) return false
    }
    return true
  }
  const firsts: number[] = []
  const counts: bigint[] = []
  for (let i = 0; i < sorted.size; i++) {
    const weight = weights ? weights[Number(places[i])] : 1n
    if (i > 0 && same(firsts[firsts.length - 1], i)) counts[counts.length - 1] += weight
    else {
      firsts.push(i)
      counts.push(weight)
    }
  }
  const kept = blockEngine().take(sorted, NdArray.from(BigInt64Array.from(firsts, BigInt)), 0)
  return [kept, new NdArray(INT64, [counts.length], BigInt64Array.from(counts))]
}

export const uniqueCall = kernel('array.unique', (_params: unknown, array: NdArray): NdArray[] =>
  uniqueOf(array),
)
export const joinUnique = kernel('array.joinUnique', (...parts: NdArray[][]): NdArray[] => {
  const values = blockEngine().concatenate(
    parts.map(([own]) => own),
    0,
  )
  const counts = blockEngine().concatenate(
    parts.map(([, own]) => own),
    0,
  )
  return uniqueOf(values, rowOf(counts) as BigInt64Array)
})
export const pickOf = kernel('array.pick', (which: number, parts: NdArray[]): NdArray => parts[which])

/** The greatest elements along an axis in falling order; the least in rising order where `k` is negative. */
export function greatest(array: NdArray, k: number, axis: number): NdArray {
  const length = array.shape[axis]
  const sorted = blockEngine().sort(array, axis)
  const count = Math.min(Math.abs(k), length)
  return (k > 0 ? sorted.$run(axis, length - 1, count, -1) : sorted.$run(axis, 0, count)) as NdArray
}
export const topkCall = kernel(
  'array.topk',
  ({ k, axis }: { k: number; axis: number }, array: NdArray): NdArray => greatest(array, k, axis),
)
export const joinTopk = kernel(
  'array.joinTopk',
  ({ k, axis }: { k: number; axis: number }, ...parts: NdArray[]): NdArray =>
    greatest(blockEngine().concatenate(parts, axis), k, axis),
)

/** Whether each element is among others. */
export const isinCall = kernel(
  'array.isin',
  ({ invert }: { invert: boolean }, array: NdArray, test: NdArray): NdArray => {
    if (array.type.kind === 'c' || test.type.kind === 'c') {
      const key = (data: Data, i: number): string => `${data[2 * i]},${data[2 * i + 1]}`
      const [own, others] = [
        rowOf(array.astype('complex128') as NdArray),
        rowOf(test.astype('complex128') as NdArray),
      ]
      const known = new Set(Array.from({ length: test.size }, (_, i) => key(others, i)))
      return new NdArray(
        dtypeOf('bool'),
        array.shape,
        Uint8Array.from({ length: array.size }, (_, i) => Number(known.has(key(own, i)) !== invert)),
      )
    }
    const [own, others] = alike(array, test)
    const known = new Set<unknown>(others as ArrayLike<unknown> as unknown[])
    // NaN is among nothing, as it equals nothing.
    known.delete(Number.NaN)
    return new NdArray(
      dtypeOf('bool'),
      array.shape,
      Uint8Array.from({ length: sizeOf(array.shape) }, (_, i) => Number(known.has(own[i]) !== invert)),
    )
  },
)

/** A function of one axis on every row of a block. */
export const alongAxisCall = kernel(
  'array.alongAxis',
  async (
    {
      fn,
      axis,
      rest,
      method,
      length,
      dtype,
    }: {
      fn: (...args: never[]) => unknown
      axis: number
      rest: readonly unknown[]
      method: string
      length: number | null
      dtype: DTypeName
    },
    array: NdArray,
  ): Promise<NdArray> => {
    const rows = array.moveaxis(axis, -1) as NdArray
    const outer = rows.shape.slice(0, -1)
    const flat = (rows.copy() as NdArray).reshape([sizeOf(outer), rows.shape[outer.length]]) as NdArray
    const results: unknown[] = []
    for (let i = 0; i < flat.shape[0]; i++) {
      const given = await (fn as (...args: unknown[]) => unknown)(flat.slice(i), ...rest)
      const result = given instanceof NdArray ? given : NdArray.from(given)
      if (
        (length === null && result.size !== 1) ||
        (length !== null && (result.shape.length !== 1 || result.size !== length))
      )
        throw new TypeError(
          `${method}: ${fn.name || 'the function'} gave ${result.size} elements for one row where ${length ?? 1} was expected: say so by the option length`,
        )
      results.push(length === null ? result.reshape([]) : result)
    }
    const wide = NdArray.from(results)
      .reshape([...outer, ...(length === null ? [] : [length])])
      .astype(dtype) as NdArray
    return length === null ? wide : (wide.moveaxis(-1, axis) as NdArray)
  },
)
