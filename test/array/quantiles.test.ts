// Quantiles of many elements: found by counting, they are those of one block, to the last bit; along an axis in bounded blocks.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ChunkedArray } from '../../runtime/collections/array/chunkedArray.ts'
import { NODE } from '../../runtime/collections/array/operands.ts'
import { boundedAlong, selectedNode } from '../../runtime/collections/array/quantiles.ts'
import { array } from '../../runtime/collections/index.ts'
import type { DTypeName } from '../../runtime/kernels/array/dtype.ts'
import { NdArray } from '../../runtime/kernels/array/ndArray.ts'
import type { QuantileMethod } from '../../runtime/kernels/array/reductionMethods.ts'
import { computeInProcess } from '../kit/runGraph.ts'
import { assertSame, pick, randomArray, randomFrom, upTo } from './kit/arrays.ts'
import { Numpy } from './kit/numpy.ts'

computeInProcess()
const numpy = new Numpy()
const random = randomFrom(17)
const whole = async (lazy: ChunkedArray): Promise<NdArray> => {
  const found = (await lazy.compute()) as unknown
  // An array without axes computes to its element.
  return (found instanceof NdArray ? found : NdArray.from(found, { dtype: lazy.dtype })) as NdArray
}
const DTYPES: readonly DTypeName[] = ['float64', 'float32', 'int64', 'uint8', 'bool', 'int32', 'uint64']
const METHODS: readonly QuantileMethod[] = ['linear', 'lower', 'higher', 'midpoint', 'nearest']

/** Chunk lengths at random, empty ones too. */
function randomCuts(length: number): number[] {
  const cuts = Array.from({ length: upTo(random, 4) }, () => upTo(random, length)).sort((a, b) => a - b)
  return [...cuts, length].map((end, i) => end - (cuts[i - 1] ?? 0))
}

function requestOf(i: number): { name: string; at?: number | number[]; method?: QuantileMethod } {
  const nan = i % 2 === 0 ? 'nan' : ''
  if (i % 3 === 0) return { name: `${nan}median` }
  const at = pick(random, [
    0,
    1,
    0.5,
    0.25,
    random(),
    [],
    [random()],
    [0.1, 0.9, 0.1],
    Array.from({ length: 40 }, random),
  ])
  return { name: `${nan}quantile`, at, method: pick(random, METHODS) }
}

test('quantiles found by counting are those of one block: dtypes, chunkings, methods, NaN, infinities, both zeros', async () => {
  for (let i = 0; i < 300; i++) {
    const dtype = DTYPES[i % DTYPES.length]
    const shape = pick(random, [
      [1],
      [1 + upTo(random, 300)],
      [1 + upTo(random, 9), 1 + upTo(random, 30)],
      [2, 3, 4],
    ])
    const edges = i % 4 < 2
    const a = randomArray(random, dtype, shape, { edges })
    const lazy = array.fromArray(a, { chunks: shape.map(randomCuts) })
    const request = requestOf(i)
    const keepDims = random() < 0.3
    const title = `${i}: ${JSON.stringify(request)} of ${dtype} ${a}`
    const expected = a.$reduce({ ...request, keepDims } as never) as NdArray
    const found = await whole(new ChunkedArray(selectedNode(lazy[NODE], { ...request, keepDims } as never)))
    assertSame(found, expected, title)
    if (request.name.endsWith('n') || request.method !== 'linear') continue
    const numpyName = `np.${request.name}(a, ${JSON.stringify(request.at)})`
    const theirs = await numpy.eval(`np.asarray(${numpyName}).astype('${found.dtype}')`, { a })
    if (dtype !== 'float32' && dtype !== 'bool' && !keepDims)
      assertSame(found, theirs.array!, `NumPy, ${title}`)
  }
})

test('large blocks are counted by 16 bits at a time, the same', async () => {
  for (const dtype of ['float64', 'float32'] as const) {
    const lazy = array.random
      .normal({ shape: [300_000], chunks: 150_000, seed: 5 })
      .astype(dtype) as ChunkedArray
    const a = await whole(lazy)
    for (const request of [{ name: 'median' }, { name: 'quantile', at: 0.123 }])
      assertSame(
        await whole(new ChunkedArray(selectedNode(lazy[NODE], request as never))),
        NdArray.from(a.$reduce(request as never), { dtype }) as NdArray,
        `${request.name} of ${dtype}`,
      )
  }
})

test('quantiles of all elements are found by counting where they are many', async () => {
  const shape = [9000, 1000]
  const lazy = array.random.uniform({ shape, chunks: [1000, 1000], seed: 3 })
  assert.match(lazy.median().explain(), /9 × .*median-count/)
  assert.doesNotMatch(lazy.slice('0:100').median().explain(), /median-count/)
  const sorted = ((await whole(lazy)).toTypedArray() as Float64Array).slice().sort()
  const middle = (sorted[4_499_999] + sorted[4_500_000]) / 2
  assert.equal(await lazy.median().compute(), middle)
})

test('quantiles along an axis have it whole in blocks of bounded bytes, and are the same', async () => {
  for (let i = 0; i < 60; i++) {
    const shape = [1 + upTo(random, 9), 1 + upTo(random, 9), 1 + upTo(random, 9)]
    const a = randomArray(random, 'float64', shape, { edges: i % 2 === 0 })
    const lazy = array.fromArray(a, { chunks: shape.map(randomCuts) })
    const axes = pick(random, [[0], [1], [2], [0, 2]])
    const bytesMax = 8 * (1 + upTo(random, 60))
    const bounded = boundedAlong(lazy[NODE], axes, bytesMax)
    const lengths = bounded.chunks.map((own) => Math.max(...own))
    const ofKept = lengths.filter((_, axis) => !axes.includes(axis))
    const bytes = shape.reduce(
      (product, length, axis) => product * (axes.includes(axis) ? length : lengths[axis]),
      8,
    )
    assert.ok(bytes <= bytesMax || ofKept.every((length) => length === 1), `${bytes} of ${bytesMax}`)
    assert.deepEqual(
      bounded.chunks.map((own) => own.reduce((sum, length) => sum + length, 0)),
      shape,
    )
    const axis = axes.length === 1 ? axes[0] : axes
    assertSame(
      await whole(new ChunkedArray(bounded).quantile([0.3, 0.5], axis as never) as ChunkedArray),
      a.quantile([0.3, 0.5], axis as never) as NdArray,
      `${i}: ${shape} over ${axes}`,
    )
  }
})
