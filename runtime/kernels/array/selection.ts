// Quantiles by counting: elements are told apart by their bits, most significant first, in the order of their values.
//
// A float's bits, with the sign's flipped, or all of a negative one's, order as the floats do: its key. The first pass
// counts how many keys begin with each value of the first bits. From that, and the place in order of each element that is
// looked for, its own first bits are known, and its place among those that begin so; each further pass gives more bits.

import { kernel } from '../kernel.ts'
import { dtypeOf, FLOAT64 } from './dtype.ts'
import { NdArray } from './ndArray.ts'
import { placesAround, type QuantileKind, quantileBetween } from './sorting.ts'

/** One pass of a selection. */
export interface Selection {
  /** Bits of a key that are known before, and bits that this pass tells: 4, 8 or 16. */
  done: number
  bits: number
  /** Whether keys are those of float32, of 32 bits; of float64 otherwise, which have 64. */
  single: boolean
  parts: readonly number[]
  skipNaN: boolean
  kind: QuantileKind
}

/** What is known of the elements that are looked for: two for each part. */
interface Known {
  /** Elements in all; 0 where the answer is NaN. */
  count: number
  /** For each element the two words of its key, as far as known, and its place among those that begin so. */
  high: number[]
  low: number[]
  place: number[]
}

const knownOf = (state: NdArray): Known => {
  const [count, ...rest] = Array.from(state.toTypedArray() as Float64Array)
  const n = rest.length / 3
  return { count, high: rest.slice(0, n), low: rest.slice(n, 2 * n), place: rest.slice(2 * n) }
}

const stateOf = ({ count, high, low, place }: Known): NdArray =>
  new NdArray(FLOAT64, [1 + 3 * high.length], Float64Array.from([count, ...high, ...low, ...place]))

/** The different beginnings of keys that are looked for, in order, and which one each element has. */
function beginnings({ high, low }: Known): { high: number[]; low: number[]; of: number[] } {
  const order = high.map((_, i) => i).sort((a, b) => high[a] - high[b] || low[a] - low[b])
  const found = { high: [] as number[], low: [] as number[], of: new Array<number>(high.length) }
  for (const i of order) {
    const last = found.high.length - 1
    if (last < 0 || found.high[last] !== high[i] || found.low[last] !== low[i]) {
      found.high.push(high[i])
      found.low.push(low[i])
    }
    found.of[i] = found.high.length - 1
  }
  return found
}

/** A word with its first bits set. */
const firstBits = (count: number): number =>
  count <= 0 ? 0 : (0xffffffff << (32 - Math.min(32, count))) >>> 0

/** Counts of a block: by the bits of this pass, for each beginning; in the first pass also, as the last one, of NaNs. */
export const tallyCall = kernel(
  'array.tally',
  ({ done, bits, single, parts }: Selection, array: NdArray, state?: NdArray): NdArray => {
    const values = (array.astype(single ? 'float32' : 'float64') as NdArray).toTypedArray() as Float64Array
    const words = new Uint32Array(values.buffer, values.byteOffset, values.byteLength / 4)
    const bins = 2 ** bits
    const counts = new Float64Array(state ? 2 * parts.length * bins : bins + 1)
    const result = new NdArray(FLOAT64, [1, counts.length], counts)
    const known = state && knownOf(state)
    if (known?.count === 0) return result
    const wanted = known && beginnings(known)
    const [maskHigh, maskLow] = [firstBits(done), firstBits(done - 32)]
    const inLow = done >= 32
    const shift = 32 - (done % 32) - bits
    for (let i = 0; i < values.length; i++) {
      const value = values[i]
      if (Number.isNaN(value)) {
        if (!wanted) counts[bins]++
        continue
      }
      const top = single ? words[i] : words[2 * i + 1]
      const isNegative = top >>> 31 === 1
      const high = (isNegative ? ~top : top | 0x80000000) >>> 0
      const low = single ? 0 : (isNegative ? ~words[2 * i] : words[2 * i]) >>> 0
      const digit = ((inLow ? low : high) >>> shift) & (bins - 1)
      if (!wanted) counts[digit]++
      else {
        const row = rowOf(wanted, (high & maskHigh) >>> 0, (low & maskLow) >>> 0)
        if (row >= 0) counts[row * bins + digit]++
      }
    }
    return result
  },
)

/** Which of the beginnings in order one is; −1 for none. */
function rowOf(wanted: { high: number[]; low: number[] }, high: number, low: number): number {
  let from = 0
  let to = wanted.high.length - 1
  while (from <= to) {
    const middle = (from + to) >> 1
    const order = wanted.high[middle] - high || wanted.low[middle] - low
    if (order === 0) return middle
    if (order < 0) from = middle + 1
    else to = middle - 1
  }
  return -1
}

/** Counts of several blocks. */
export const addTallies = kernel('array.addTallies', (first: NdArray, ...others: NdArray[]): NdArray => {
  const sums = Float64Array.from(first.toTypedArray() as Float64Array)
  for (const other of others) {
    const counts = other.toTypedArray() as Float64Array
    for (let i = 0; i < sums.length; i++) sums[i] += counts[i]
  }
  return new NdArray(FLOAT64, first.shape, sums)
})

/** What is known after a pass. */
export const narrowCall = kernel(
  'array.narrow',
  (selection: Selection, tallies: NdArray, state?: NdArray): NdArray => {
    const { done, bits } = selection
    const counts = tallies.toTypedArray() as Float64Array
    const known = state ? knownOf(state) : lookedFor(selection, counts)
    if (known.count === 0) return stateOf(known)
    const bins = 2 ** bits
    const { of } = state ? beginnings(known) : { of: known.high.map(() => 0) }
    const shift = 32 - (done % 32) - bits
    const word = done >= 32 ? known.low : known.high
    of.forEach((row, i) => {
      let digit = 0
      while (known.place[i] >= counts[row * bins + digit]) known.place[i] -= counts[row * bins + digit++]
      word[i] += digit * 2 ** shift
    })
    return stateOf(known)
  },
)

/** The places of the elements that are looked for, told when the first pass has counted all. */
function lookedFor({ bits, parts, skipNaN, kind }: Selection, counts: Float64Array): Known {
  const bins = 2 ** bits
  let all = 0
  for (let i = 0; i < bins; i++) all += counts[i]
  const count = counts[bins] > 0 && !skipNaN ? 0 : all
  const place = parts.flatMap((part) => placesAround(count, part, kind))
  return { count, high: place.map(() => 0), low: place.map(() => 0), place }
}

/** The quantiles, when all bits of the elements around them are known. */
export const selectedCall = kernel(
  'array.selected',
  ({ single, parts, kind, shape }: Selection & { shape: readonly number[] }, state: NdArray): NdArray => {
    const dtype = dtypeOf(single ? 'float32' : 'float64')
    const { count, high, low } = knownOf(state)
    const results = new dtype.View(parts.length) as Float64Array
    const value = (i: number): number => floatOf(high[i], low[i], single)
    parts.forEach((part, i) => {
      results[i] =
        count === 0 ? Number.NaN : quantileBetween(value(2 * i), value(2 * i + 1), count, part, kind)
    })
    return new NdArray(dtype, shape, results)
  },
)

/** The float of a key. */
function floatOf(high: number, low: number, single: boolean): number {
  const isNegative = high < 2 ** 31
  const view = new DataView(new ArrayBuffer(8))
  view.setUint32(0, isNegative ? ~high >>> 0 : high - 2 ** 31)
  view.setUint32(4, isNegative ? ~low >>> 0 : low)
  return single ? view.getFloat32(0) : view.getFloat64(0)
}
