// Einstein's summation on blocks: what can be one product of matrices is, the rest are sums of products.

import { kernel } from '../kernel.ts'
import { matrixProduct } from './gemm.ts'
import { NdArray } from './ndArray.ts'
import { ShapeError, sizeOf } from './shape.ts'
import { promoteAll } from './ufunc.ts'

/** A summation whose axes are named: one text for each operand, one for the result. */
export interface Summation {
  operands: readonly string[]
  result: string
}

const withoutDoubles = (array: NdArray, names: string): { array: NdArray; names: string } => {
  const kept = [...new Set(names)]
  if (kept.length === names.length) return { array, names }
  // A name twice means the diagonal.
  const strides = kept.map((name) =>
    [...names].reduce((sum, each, axis) => (each === name ? sum + array.strides[axis] : sum), 0),
  )
  const shape = kept.map((name) => array.shape[names.indexOf(name)])
  return { array: array.restrided(shape, strides, array.offset), names: kept.join('') }
}

/** Axes in the order of names. */
const arranged = (array: NdArray, names: string, order: string): NdArray =>
  array.transpose([...order].map((name) => names.indexOf(name))) as NdArray

/** The sum of products of two operands over the names that `result` lacks, as products of matrices. */
function pairProduct(a: NdArray, aNames: string, b: NdArray, bNames: string, result: string): NdArray {
  const has = (names: string) => (name: string) => names.includes(name)
  // What only one operand has and the result lacks is added up first.
  const alone = [...aNames].filter((name) => !bNames.includes(name) && !result.includes(name))
  if (alone.length > 0) {
    const left = [...aNames].filter((name) => !alone.includes(name)).join('')
    return pairProduct(
      a.$reduce({ name: 'sum', axis: alone.map((name) => aNames.indexOf(name)), dtype: a.dtype }) as NdArray,
      left,
      b,
      bNames,
      result,
    )
  }
  if ([...bNames].some((name) => !aNames.includes(name) && !result.includes(name))) {
    const swapped = pairProduct(b, bNames, a, aNames, result)
    return swapped
  }
  const batch = [...result].filter((name) => aNames.includes(name) && bNames.includes(name)).join('')
  const summed = [...aNames].filter((name) => bNames.includes(name) && !result.includes(name)).join('')
  const rows = [...aNames].filter((name) => !has(bNames)(name)).join('')
  const columns = [...bNames].filter((name) => !has(aNames)(name)).join('')
  const length = (names: string, array: NdArray, own: string): number[] =>
    [...names].map((name) => array.shape[own.indexOf(name)])
  const [batchShape, rowShape, columnShape, sumShape] = [
    length(batch, a, aNames),
    length(rows, a, aNames),
    length(columns, b, bNames),
    length(summed, a, aNames),
  ]
  const [n, r, c, s] = [batchShape, rowShape, columnShape, sumShape].map(sizeOf)
  const left = arranged(a, aNames, batch + rows + summed)
  const right = arranged(b, bNames, batch + summed + columns)
  const asMatrices = (array: NdArray, shape: readonly number[]): NdArray =>
    array.shape.length === shape.length && array.shape.every((each, i) => each === shape[i])
      ? array
      : (array.reshape(shape) as NdArray)
  const lefts = asMatrices(left, [n, r, s])
  const rights = asMatrices(right, [n, s, c])
  const products = Array.from({ length: n }, (_, i) =>
    matrixProduct(lefts.slice(i) as NdArray, rights.slice(i) as NdArray),
  )
  const joined =
    n === 1
      ? products[0]
      : n === 0
        ? (NdArray.from([], { dtype: promoteAll([a.type, b.type]).name, shape: [0, r, c] }) as NdArray)
        : (NdArray.from(products) as NdArray)
  const shaped = joined.reshape([...batchShape, ...rowShape, ...columnShape]) as NdArray
  return arranged(shaped, batch + rows + columns, result)
}

/**
 * The summation over whole operands.
 * @throws {ShapeError} when axes of one name differ in length
 */
export function summation({ operands, result }: Summation, arrays: readonly NdArray[]): NdArray {
  const lengths = new Map<string, number>()
  operands.forEach((names, i) => {
    ;[...names].forEach((name, axis) => {
      const own = arrays[i].shape[axis]
      const known = lengths.get(name)
      if (known === undefined || known === 1) lengths.set(name, own)
      else if (own !== 1 && own !== known)
        throw new ShapeError(`axes named ${name} have lengths ${known} and ${own}`)
    })
  })
  const type = promoteAll(arrays.map((array) => array.type))
  let parts = arrays.map((array, i) => {
    const wide = array.$broadcast([...operands[i]].map((name) => lengths.get(name)!)) as NdArray
    return withoutDoubles(wide.ofType(type), operands[i])
  })
  while (parts.length > 1) {
    const [first, second, ...others] = parts
    const needed = new Set([...result, ...others.map((each) => each.names).join('')])
    const names = [...new Set(first.names + second.names)].filter((name) => needed.has(name)).join('')
    parts = [
      { array: pairProduct(first.array, first.names, second.array, second.names, names), names },
      ...others,
    ]
  }
  const [{ array, names }] = parts
  const summed = [...names]
    .map((name, axis) => (result.includes(name) ? -1 : axis))
    .filter((axis) => axis >= 0)
  const left = [...names].filter((name) => result.includes(name)).join('')
  const reduced =
    summed.length === 0 ? array : (array.$reduce({ name: 'sum', axis: summed, dtype: type.name }) as NdArray)
  const made = arranged(reduced, left, result)
  return made.ofType(type)
}

/** One block of a summation, over a part of the axes that are added up. */
export const einsumCall = kernel(
  'array.einsum',
  ({ summation: sum }: { summation: Summation }, ...arrays: NdArray[]): NdArray =>
    summation(sum, arrays).contiguous().expandDims(0) as NdArray,
)
