// Random arrays: each element's value depends on the seed and its place alone, so no cutting into chunks changes it.

import { randomInt } from 'node:crypto'
import { ArrayArgumentError, requireCount, requireObject, wrong } from '../../kernels/array/arguments.ts'
import {
  BOOL,
  type DType,
  type DTypeName,
  dtypeOf,
  FLOAT64,
  INT64,
  type IntegerName,
  integerRange,
} from '../../kernels/array/dtype.ts'
import type { ShapeRank } from '../../kernels/array/kinds.ts'
import { type Distribution, streamOf } from '../../kernels/array/randomBits.ts'
import { checkedShape, rowStrides, sizeOf } from '../../kernels/array/shape.ts'
import { type OptionNames, requireOptions } from '../../kernels/optionNames.ts'
import { ChunkedArray } from './chunkedArray.ts'
import { type ChunkSpec, normalChunks } from './chunks.ts'
import { arange, asarray } from './creation.ts'
import { type ArrayNode, FusedNode } from './expression.ts'
import { inCall } from './inCall.ts'
import { takeLazyNode } from './indexNodes.ts'
import { castNode, mapNode, NODE } from './operands.ts'
import { sortNode } from './reductions.ts'

/** Options of random arrays. */
export interface RandomOptions<
  S extends number | readonly number[] = number | readonly number[],
  D extends DTypeName = DTypeName,
> {
  shape: S
  chunks?: ChunkSpec
  /** The same seed gives the same elements, on every machine and in any chunks; without one they differ each time. */
  seed?: number | bigint
  dtype?: D
}

const RANDOM: OptionNames<RandomOptions> = { shape: true, chunks: true, seed: true, dtype: true }

/** Options that are numbers, of any distribution. */
const NUMBERS = ['low', 'high', 'mean', 'std', 'sigma', 'scale', 'p', 'a'] as const

/** @throws {ArrayArgumentError} when there is no shape, or an option has a value that it cannot have */
function requireRandom(name: string, options: RandomOptions, names: Readonly<Record<string, true>>): void {
  const call = `random.${name}`
  requireObject(call, options, 'options with the shape, e.g. { shape: [2, 2] }')
  requireOptions<Readonly<Record<string, unknown>>>(call, { ...options }, names)
  if (options.shape === undefined)
    throw new ArrayArgumentError(`${call} needs a shape, e.g. { shape: [2, 2] }`)
  requireSeed(call, options.seed)
  const values: Readonly<Record<string, unknown>> = { ...options }
  for (const option of NUMBERS) {
    const value = values[option]
    if (value !== undefined && !Number.isFinite(value)) throw wrong(`${call}: ${option}`, 'a number', value)
  }
}

/** @throws {ArrayArgumentError} when it is given, and no whole number */
function requireSeed(call: string, seed: unknown): void {
  if (seed !== undefined && typeof seed !== 'bigint' && !Number.isSafeInteger(seed))
    throw wrong(`${call}: seed`, 'a whole number', seed)
}

const freshSeed = (): bigint => (BigInt(randomInt(2 ** 32)) << 32n) | BigInt(randomInt(2 ** 32))

function drawNode(name: Distribution['name'], { shape, chunks, seed }: RandomOptions, part = 0): ArrayNode {
  const lengths = checkedShape(shape)
  if (sizeOf(lengths) > 2 ** 53)
    throw new ArrayArgumentError(`a random array of ${sizeOf(lengths)} elements is too large`)
  const distribution = streamOf(name, BigInt.asUintN(64, BigInt(seed ?? freshSeed())), part)
  return new FusedNode(
    `random.${name}`,
    { op: 'draw', distribution, base: 0, steps: rowStrides(lengths) },
    [],
    FLOAT64,
    lengths,
    normalChunks(chunks, lengths, FLOAT64.bytes),
  )
}

/** Options with one seed for all draws of one call. */
const seeded = <O extends RandomOptions>(options: O): O => ({ ...options, seed: options.seed ?? freshSeed() })
const finished = (node: ArrayNode, options: RandomOptions, otherwise: DType = FLOAT64): ChunkedArray =>
  new ChunkedArray(castNode(node, options.dtype !== undefined ? dtypeOf(options.dtype) : otherwise))
const recut = (array: ChunkedArray, chunks: ChunkSpec | undefined): ChunkedArray =>
  chunks === undefined ? array : array.rechunk(chunks)
const scaled = (node: ArrayNode, by: number, from: number): ArrayNode => {
  const wide = by === 1 ? node : mapNode('multiply', [node, { weak: by }])
  return from === 0 ? wide : mapNode('add', [wide, { weak: from }])
}

/**
 * Numbers from `low` up to, without, `high`, all equally likely.
 * @example (await array.random.uniform({ shape: [3], seed: 7, low: 5, high: 5 }).compute()).toList() // [5, 5, 5]
 */
export function uniform<const S extends number | readonly number[], D extends DTypeName = 'float64'>(
  options: RandomOptions<S, D> & { low?: number; high?: number },
): ChunkedArray<D, ShapeRank<S>> {
  return inCall('random.uniform', () => {
    requireRandom('uniform', options, { ...RANDOM, low: true, high: true })
    const { low = 0, high = 1 } = options
    return finished(scaled(drawNode('uniform', options), high - low, low), options) as never
  })
}

/** Numbers from 0 up to, without, 1. */
export const random = uniform

/**
 * Normal numbers of a mean and a standard deviation.
 * @example (await array.random.normal({ shape: [4, 4], seed: 1 }).compute()).shape // [4, 4]
 */
export function normal<const S extends number | readonly number[], D extends DTypeName = 'float64'>(
  options: RandomOptions<S, D> & { mean?: number; std?: number },
): ChunkedArray<D, ShapeRank<S>> {
  return inCall('random.normal', () => {
    requireRandom('normal', options, { ...RANDOM, mean: true, std: true })
    const { mean = 0, std = 1 } = options
    if (std < 0)
      throw new ArrayArgumentError(
        `random.normal: std is a standard deviation, which is not negative, not ${std}`,
      )
    return finished(scaled(drawNode('normal', options), std, mean), options) as never
  })
}

/** Numbers whose logarithm is normal. */
export function lognormal<const S extends number | readonly number[], D extends DTypeName = 'float64'>(
  options: RandomOptions<S, D> & { mean?: number; sigma?: number },
): ChunkedArray<D, ShapeRank<S>> {
  return inCall('random.lognormal', () => {
    requireRandom('lognormal', options, { ...RANDOM, mean: true, sigma: true })
    const { mean = 0, sigma = 1 } = options
    return finished(mapNode('exp', [scaled(drawNode('normal', options), sigma, mean)]), options) as never
  })
}

/** Waiting times of a mean `scale`. */
export function exponential<const S extends number | readonly number[], D extends DTypeName = 'float64'>(
  options: RandomOptions<S, D> & { scale?: number },
): ChunkedArray<D, ShapeRank<S>> {
  return inCall('random.exponential', () => {
    requireRandom('exponential', options, { ...RANDOM, scale: true })
    return finished(scaled(drawNode('exponential', options), options.scale ?? 1, 0), options) as never
  })
}

/**
 * Whole numbers from `low` up to, without, `high`, all equally likely; int64 unless told.
 * @example (await array.random.integers({ shape: [5], low: 3, high: 4, seed: 1 }).compute()).toList() // [3n, 3n, 3n, 3n, 3n]
 */
export function integers<const S extends number | readonly number[], D extends IntegerName = 'int64'>(
  options: RandomOptions<S, D> & { low?: number; high: number },
): ChunkedArray<D, ShapeRank<S>> {
  return inCall('random.integers', () => {
    requireRandom('integers', options, { ...RANDOM, low: true, high: true })
    const { low = 0, high } = options
    const dtype = options.dtype !== undefined ? dtypeOf(options.dtype) : INT64
    if (!(Number.isSafeInteger(low) && Number.isSafeInteger(high) && high > low))
      throw new ArrayArgumentError(
        `integers are drawn from low up to high, both whole and low below high: not from ${low} up to ${high}`,
      )
    const [least, most] = integerRange(dtype)
    if (BigInt(low) < least || BigInt(high - 1) > most)
      throw new ArrayArgumentError(`${low} to ${high - 1} does not fit in ${dtype.name}`)
    return finished(
      mapNode('add', [
        mapNode('floor', [mapNode('multiply', [drawNode('uniform', options), { weak: high - low }])]),
        { weak: low },
      ]),
      options,
      INT64,
    ) as never
  })
}

/** True with a probability. */
export function bernoulli<const S extends number | readonly number[], D extends DTypeName = 'bool'>(
  options: RandomOptions<S, D> & { p?: number },
): ChunkedArray<D, ShapeRank<S>> {
  return inCall('random.bernoulli', () => {
    requireRandom('bernoulli', options, { ...RANDOM, p: true })
    const { p = 0.5 } = options
    if (!(p >= 0 && p <= 1))
      throw new ArrayArgumentError(`random.bernoulli: p is a probability from 0 to 1, not ${p}`)
    return finished(mapNode('less', [drawNode('uniform', options), { weak: p }]), options, BOOL) as never
  })
}

/** Numbers of the Laplace distribution. */
export function laplace<const S extends number | readonly number[], D extends DTypeName = 'float64'>(
  options: RandomOptions<S, D> & { mean?: number; scale?: number },
): ChunkedArray<D, ShapeRank<S>> {
  return inCall('random.laplace', () => {
    requireRandom('laplace', options, { ...RANDOM, mean: true, scale: true })
    const both = seeded(options)
    const difference = mapNode('subtract', [
      drawNode('exponential', both, 0),
      drawNode('exponential', both, 1),
    ])
    return finished(scaled(difference, options.scale ?? 1, options.mean ?? 0), options) as never
  })
}

/** Numbers of the logistic distribution. */
export function logistic<const S extends number | readonly number[], D extends DTypeName = 'float64'>(
  options: RandomOptions<S, D> & { mean?: number; scale?: number },
): ChunkedArray<D, ShapeRank<S>> {
  return inCall('random.logistic', () => {
    requireRandom('logistic', options, { ...RANDOM, mean: true, scale: true })
    const u = drawNode('uniform', options)
    const odds = mapNode('divide', [u, mapNode('subtract', [{ weak: 1 }, u])])
    return finished(scaled(mapNode('log', [odds]), options.scale ?? 1, options.mean ?? 0), options) as never
  })
}

/** Numbers whose square is the sum of two squared normals: Rayleigh's distribution. */
export function rayleigh<const S extends number | readonly number[], D extends DTypeName = 'float64'>(
  options: RandomOptions<S, D> & { scale?: number },
): ChunkedArray<D, ShapeRank<S>> {
  return inCall('random.rayleigh', () => {
    requireRandom('rayleigh', options, { ...RANDOM, scale: true })
    const root = mapNode('sqrt', [mapNode('multiply', [drawNode('exponential', options), { weak: 2 }])])
    return finished(scaled(root, options.scale ?? 1, 0), options) as never
  })
}

/** Waiting times of Weibull's distribution with a shape `a`. */
export function weibull<const S extends number | readonly number[], D extends DTypeName = 'float64'>(
  options: RandomOptions<S, D> & { a: number },
): ChunkedArray<D, ShapeRank<S>> {
  return inCall('random.weibull', () => {
    requireRandom('weibull', options, { ...RANDOM, a: true })
    if (!(options.a > 0)) throw new ArrayArgumentError(`the shape a is above 0, not ${options.a}`)
    return finished(
      mapNode('power', [drawNode('exponential', options), { weak: 1 / options.a }]),
      options,
    ) as never
  })
}

/** Elements chosen from a list of one axis, or of the numbers 0 … n − 1, any of them as often as it comes. */
export function choice<const S extends number | readonly number[]>(
  from: unknown,
  options: RandomOptions<S>,
): ChunkedArray<DTypeName, ShapeRank<S>> {
  return inCall('random.choice', () => {
    requireRandom('choice', options, RANDOM)
    if (typeof from === 'number') requireCount('random.choice', from, 1)
    const list = typeof from === 'number' ? arange(BigInt(from)) : asarray(from)
    if (list.shape.length !== 1 || list.shape[0] === 0)
      throw new ArrayArgumentError('choice takes a list of one axis with elements in it')
    const flat = { ...options, shape: [sizeOf(checkedShape(options.shape))], chunks: 'auto' as const }
    const places = integers({ seed: options.seed, shape: flat.shape, high: list.shape[0] })
    const chosen = new ChunkedArray(takeLazyNode(list[NODE], places[NODE], 0)).reshape(
      checkedShape(options.shape),
    ) as ChunkedArray
    return recut(finished(chosen[NODE], options, chosen[NODE].dtype), options.chunks) as never
  })
}

/** The numbers 0 … n − 1, or the elements along the first axis, in random order. */
export function permutation(
  of: unknown,
  options: { seed?: number | bigint; chunks?: ChunkSpec } = {},
): ChunkedArray {
  return inCall('random.permutation', () => {
    requireOptions('random.permutation', options, { seed: true, chunks: true })
    requireSeed('random.permutation', options.seed)
    if (typeof of === 'number') requireCount('random.permutation', of, 0)
    else if (asarray(of).shape.length === 0)
      throw wrong('random.permutation', 'how many numbers there are, or an array with axes', of)
    const count = typeof of === 'number' ? of : asarray(of).shape[0]
    const keys = drawNode('uniform', {
      shape: [count],
      chunks: -1,
      ...(options.seed !== undefined && { seed: options.seed }),
    })
    const order = sortNode(keys, 0, true)
    const mixed = typeof of === 'number' ? order : takeLazyNode(asarray(of)[NODE], order, 0)
    return recut(new ChunkedArray(mixed), options.chunks)
  })
}
