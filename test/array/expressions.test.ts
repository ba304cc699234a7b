// Random expressions of chunked arrays against NumPy: any functions, any chunks. A failing one is made smaller.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { ChunkedArray } from '../../runtime/collections/array/chunkedArray.ts'
import { array } from '../../runtime/collections/index.ts'
import { NdArray } from '../../runtime/kernels/array/ndArray.ts'
import { computeInProcess } from '../kit/runGraph.ts'
import { assertSame, randomArray, randomFrom } from './kit/arrays.ts'
import { Numpy } from './kit/numpy.ts'

computeInProcess()
const numpy = new Numpy()
const random = randomFrom(77)
const DATA: Record<string, NdArray> = {
  x: randomArray(random, 'float64', [6, 4], { edges: false }),
  y: randomArray(random, 'float32', [6, 4], { edges: false }),
  n: randomArray(random, 'int32', [6, 4], { edges: false }),
  b: randomArray(random, 'bool', [6, 4], { edges: false }),
}

/** An expression of shape (6, 4): what it is here, and as NumPy writes it. */
interface Expression {
  ours: (arrays: Record<string, ChunkedArray>) => ChunkedArray
  code: string
}

const leaf = fc
  .constantFrom(...Object.keys(DATA))
  .map((name): Expression => ({ ours: (arrays) => arrays[name], code: name }))

type Step = [
  name: string,
  ours: (x: ChunkedArray, y: ChunkedArray) => unknown,
  code: (x: string, y: string) => string,
]
const STEPS: Step[] = [
  ['add', (x, y) => x.add(y), (x, y) => `np.add(${x}, ${y})`],
  ['multiply', (x, y) => x.multiply(y), (x, y) => `np.multiply(${x}, ${y})`],
  ['maximum', (x, y) => x.maximum(y), (x, y) => `np.maximum(${x}, ${y})`],
  ['less', (x, y) => x.lt(y), (x, y) => `np.less(${x}, ${y})`],
  ['where', (x, y) => array.where(x.gt(1), x, y), (x, y) => `np.where(${x} > 1, ${x}, ${y})`],
  ['abs', (x) => x.abs(), (x) => `np.abs(${x})`],
  ['astype', (x) => x.astype('float64'), (x) => `(${x}).astype('f8')`],
  ['flip', (x) => x.flip(0), (x) => `np.flip(${x}, 0)`],
  ['roll', (x) => x.roll(2, 1), (x) => `np.roll(${x}, 2, 1)`],
  ['turned and back', (x, y) => x.T.reshape([6, 4]).add(y), (x, y) => `(${x}).T.reshape(6, 4) + ${y}`],
  [
    'less its means',
    (x) => x.subtract(x.astype('float64').mean(0)),
    (x) => `${x} - (${x}).astype('f8').mean(0)`,
  ],
  ['sorted', (x) => x.sort(0), (x) => `np.sort(${x}, axis=0)`],
  [
    'with sums',
    (x, y) => x.add(y.sum(1, { keepDims: true })),
    (x, y) => `${x} + (${y}).sum(axis=1, keepdims=True)`,
  ],
  [
    'of slices',
    (x, y) => array.concatenate([x.slice('3:'), y.slice(':3')]),
    (x, y) => `np.concatenate([(${x})[3:], (${y})[:3]])`,
  ],
  ['taken', (x) => x.slice([5, 5, 0, 1, 2, 3]), (x) => `(${x})[[5, 5, 0, 1, 2, 3]]`],
  ['summed so far', (x) => x.cumsum(0), (x) => `np.cumsum(${x}, axis=0)`],
]

const expression = fc.letrec<{ tree: Expression }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4, depthSize: 'medium' },
    leaf,
    fc.tuple(fc.constantFrom(...STEPS), tie('tree'), tie('tree')).map(
      ([[, ours, code], x, y]): Expression => ({
        ours: (arrays) => ours(x.ours(arrays), y.ours(arrays)) as ChunkedArray,
        code: code(`(${x.code})`, `(${y.code})`),
      }),
    ),
  ),
})).tree

const chunks = fc.tuple(fc.constantFrom(1, 2, 4, 6), fc.constantFrom(1, 3, 4))
const ends = fc.constantFrom<[string, (x: ChunkedArray) => ChunkedArray, (x: string) => string]>(
  ['itself', (x) => x, (x) => x],
  ['sum', (x) => x.sum() as ChunkedArray, (x) => `np.sum(${x})`],
  ['max over rows', (x) => x.max(1) as ChunkedArray, (x) => `np.max(${x}, axis=1)`],
  ['argmin', (x) => x.argmin(0) as never, (x) => `np.argmin(${x}, axis=0)`],
  ['any', (x) => x.any() as never, (x) => `np.any(${x})`],
)

test('random expressions give what NumPy gives, in any chunks', async () => {
  await fc.assert(
    fc.asyncProperty(expression, chunks, chunks, ends, async (tree, cut, other, [, end, endCode]) => {
      const code = endCode(tree.code)
      const answer = await numpy.eval(code, DATA)
      const build = (): ChunkedArray =>
        end(
          tree.ours(
            Object.fromEntries(
              Object.entries(DATA).map(([name, value], i) => [
                name,
                array.fromArray(value, { chunks: (i % 2 === 0 ? cut : other) as never }),
              ]),
            ),
          ),
        )
      if (answer.error) {
        assert.throws(build, Error, code)
        return
      }
      const lazy = build()
      const result = await lazy.compute()
      const block =
        result instanceof NdArray
          ? (result as NdArray)
          : (NdArray.from(result, { dtype: lazy.dtype }) as NdArray)
      assertSame(block, answer.array!, code, { relative: 1e-4, absolute: 1e-3 })
    }),
    { seed: 20_240_501, numRuns: 150, endOnFailure: false },
  )
})
