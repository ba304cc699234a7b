// Functions with NumPy's signature of core axes, of one result or several.
// Source: NumPy, "Generalized universal function API" (https://numpy.org/doc/stable/reference/c-api/generalized-ufuncs.html).

import {
  ArrayArgumentError,
  requireArgs,
  requireFunction,
  requireList,
  requireText,
} from '../../kernels/array/arguments.ts'
import { userCallOfSeveral } from '../../kernels/array/calls.ts'
import { type DTypeName, dtypeOf } from '../../kernels/array/dtype.ts'
import { blockIndex } from '../../kernels/array/grid.ts'
import type { NdArray } from '../../kernels/array/ndArray.ts'
import { requireOptions } from '../../kernels/optionNames.ts'
import { blockwise, planBlockwise, requireLengths } from './blockFunctions.ts'
import { ChunkedArray } from './chunkedArray.ts'
import { asarray } from './creation.ts'
import { inCall } from './inCall.ts'
import { NODE } from './operands.ts'
import { CallNode, PickNode } from './taskNodes.ts'

export interface GufuncOptions {
  /** The dtype that the function gives, or one a result; the first array's own by default. */
  dtype?: DTypeName | readonly DTypeName[]
  /** The lengths of core axes that no array has. */
  outputSizes?: Record<string, number>
  /** Further arguments, the same for all blocks. */
  args?: readonly unknown[]
}

/** One array, or a list of them where the signature names several results. */
type Results<S extends string> = S extends `${string}->${infer Out}`
  ? Out extends `${string})${string}(${string}`
    ? ChunkedArray[]
    : ChunkedArray
  : ChunkedArray

/**
 * A function with a signature of core axes, e.g. `'(i,j),(j)->(i)'`: they come whole and last, the others are cut. With
 * several results, as in `'(i)->(),()'`, the function gives a list of them and is called once a block.
 * @throws {ArrayArgumentError} when the signature is none, or is of another number of arrays
 * @example (await array.applyGufunc((a) => a.sum(-1), '(i)->()', [[[1, 2], [3, 4]]]).compute()).toList() // [3, 7]
 * @example
 * const [, most] = array.applyGufunc((a) => [a.min(-1), a.max(-1)], '(i)->(),()', [[[1, 2], [3, 4]]])
 * (await most.compute()).toList() // [2, 4]
 */
export function applyGufunc<const S extends string>(
  fn: (...blocks: NdArray[]) => unknown,
  signature: S,
  arrays: readonly unknown[],
  options: GufuncOptions = {},
): Results<S> {
  return inCall('applyGufunc', () => {
    requireFunction('applyGufunc', fn)
    requireOptions('applyGufunc', options, { dtype: true, outputSizes: true, args: true })
    requireText('applyGufunc', signature, "a signature such as '(i,j),(j)->(i)'")
    requireList('applyGufunc', arrays, 'a list of arrays')
    requireArgs('applyGufunc', options.args)
    requireLengths('applyGufunc: outputSizes', options.outputSizes)
    requireDTypes(options.dtype)
    const { inputs: cores, results } = parsed(signature)
    if (cores.length !== arrays.length)
      throw new ArrayArgumentError(
        `the signature ${signature} is of ${cores.length} arrays, and ${arrays.length} were given`,
      )
    const { pairs, outs, newAxes } = named(cores, results, arrays, options.outputSizes ?? {})
    const { dtype, args = [] } = options
    if (outs.length > 1) return severalResults(fn, pairs, outs, newAxes, dtype, args) as unknown as Results<S>
    const [only] = typeof dtype === 'object' ? dtype : [dtype]
    return blockwise(fn, outs[0], pairs, {
      ...(only && { dtype: only }),
      args,
      newAxes,
    }) as unknown as Results<S>
  })
}

/** @throws {DTypeError} when one of what results are told to be is none */
function requireDTypes(dtype: GufuncOptions['dtype']): void {
  if (dtype === undefined) return
  for (const each of Array.isArray(dtype) ? (dtype as readonly DTypeName[]) : [dtype as DTypeName])
    dtypeOf(each)
}

/** The names of core axes, of each array and of each result. */
function parsed(signature: string): { inputs: string[][]; results: string[][] } {
  const found = /^((?:\([\w,]*\),?)+)->((?:\([\w,]*\),?)+)$/.exec(signature.replace(/\s/g, ''))
  if (!found)
    throw new ArrayArgumentError(`${JSON.stringify(signature)} is no signature: write e.g. '(i,j),(j)->(i)'`)
  const cores = (text: string): string[][] =>
    [...text.matchAll(/\(([\w,]*)\)/g)].map(([, names]) => names.split(',').filter(Boolean))
  return { inputs: cores(found[1]), results: cores(found[2]) }
}

/** Every axis gets a letter of its own: core axes by their names, the others counted from the end. */
function named(
  cores: readonly string[][],
  results: readonly string[][],
  arrays: readonly unknown[],
  outputSizes: Readonly<Record<string, number>>,
): { pairs: unknown[]; outs: string[]; newAxes: Record<string, number> } {
  const letters = new Map<string, string>()
  const letterOf = (name: string): string => {
    if (!letters.has(name)) letters.set(name, String.fromCharCode(0x100 + letters.size))
    return letters.get(name) as string
  }
  const outer = (count: number): string =>
    Array.from({ length: count }, (_, i) => letterOf(`-${count - i}`)).join('')
  const given = arrays.map((each) => new ChunkedArray(asarray(each)[NODE]))
  const most = Math.max(0, ...given.map((array, i) => array.ndim - cores[i].length))
  const pairs = given.flatMap((array, i) => {
    const count = cores[i].length
    // A core axis comes whole: its array is cut anew where it is cut.
    const whole = array.rechunk(
      array.chunks.map((lengths, axis) => (axis >= array.ndim - count ? -1 : lengths)),
    )
    return [whole, outer(array.ndim - count) + cores[i].map(letterOf).join('')]
  })
  const known = new Set(cores.flat())
  const newAxes: Record<string, number> = {}
  for (const name of results.flat())
    if (!known.has(name) && outputSizes[name] !== undefined) newAxes[letterOf(name)] = outputSizes[name]
  return { pairs, outs: results.map((names) => outer(most) + names.map(letterOf).join('')), newAxes }
}

/** One task a block gives all results; each array picks its own. */
function severalResults(
  fn: (...blocks: NdArray[]) => unknown,
  pairs: readonly unknown[],
  outs: readonly string[],
  newAxes: Readonly<Record<string, number>>,
  dtype: DTypeName | readonly DTypeName[] | undefined,
  rest: readonly unknown[],
): ChunkedArray[] {
  const plan = planBlockwise(pairs, newAxes)
  const grids = outs.map(plan.chunksOf)
  const given = dtype ?? plan.inputs[0].dtype.name
  const dtypes = outs.map((_, i) => (typeof given === 'string' ? given : given[i]))
  const [out] = outs
  const [chunks] = grids
  const lengths = (own: readonly number[]): number => own.reduce((sum, length) => sum + length, 0)
  const all = new CallNode({
    label: 'applyGufunc',
    name: fn.name || 'applyGufunc',
    inputs: plan.inputs,
    dtype: dtypeOf(dtypes[0]),
    shape: chunks.map(lengths),
    chunks,
    fn: userCallOfSeveral as never,
    params: { fn, dtypes, method: 'applyGufunc', rest },
    regions: (block, region) => ({
      regions: plan.regions(out, region),
      own: {
        index: blockIndex(block, chunks),
        start: region.map((run) => run.start),
        // Axes that all results have are cut alike; the others are one block long.
        shapes: outs.map((names, i) =>
          [...names].map((name, axis) => {
            const at = out.indexOf(name)
            return at < 0 ? lengths(grids[i][axis]) : region[at].count
          }),
        ),
      },
    }),
  })
  return outs.map((_, i) => {
    const facts = { dtype: dtypeOf(dtypes[i]), shape: grids[i].map(lengths), chunks: grids[i] }
    return new ChunkedArray(new PickNode('applyGufunc', all, i, facts))
  })
}
