// What a person from NumPy tries first: odd chunks, odd arguments, calls as NumPy writes them.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ChunkedArray } from '../../runtime/collections/array/chunkedArray.ts'
import { array } from '../../runtime/collections/index.ts'
import { NdArray } from '../../runtime/kernels/array/ndArray.ts'
import { computeInProcess } from '../kit/runGraph.ts'
import { assertSame } from './kit/arrays.ts'
import { Numpy } from './kit/numpy.ts'

computeInProcess()
const numpy = new Numpy()

const holes = array.fromArray([4, 2, 9, Number.NaN, 3], { chunks: [[0, 2, 0, 3, 0]] })
const board = array.fromArray(
  [
    [1, 5, 2],
    [8, 0, 3],
  ],
  {
    chunks: [
      [0, 2],
      [1, 0, 2],
    ],
  },
)

const cases: [() => unknown, string][] = [
  ...['max', 'min', 'argmax', 'argmin', 'sum', 'mean', 'std', 'any'].map((name): [() => unknown, string] => [
    () => (holes.slice('0:3') as unknown as Record<string, () => unknown>)[name](),
    `np.array([4., 2, 9]).${name}()`,
  ]),
  ...['nanmax', 'nanmin', 'nanargmax', 'nanargmin', 'nanmean', 'nanvar'].map(
    (name): [() => unknown, string] => [
      () => (holes as unknown as Record<string, () => unknown>)[name](),
      `np.${name}(np.array([4., 2, 9, np.nan, 3]))`,
    ],
  ),
  ...['max', 'argmin', 'ptp', 'prod'].flatMap((name): [() => unknown, string][] =>
    [0, 1].map((axis) => [
      () => (board as unknown as Record<string, (axis: number) => unknown>)[name](axis),
      `np.${name}(np.array([[1., 5, 2], [8, 0, 3]]), axis=${axis})`,
    ]),
  ),
  ...[false, true].flatMap((right): [() => unknown, string][] =>
    [
      [-1, 0, 2],
      [2, 0, -1],
      [1, 1, 0],
    ].map((bins) => [
      () => array.digitize([-2, -1, 0, 1, 1.5, 2, 3], bins, { right }),
      `np.digitize([-2, -1, 0, 1, 1.5, 2, 3], [${bins}], right=${right ? 'True' : 'False'})`,
    ]),
  ),
]

for (const [ours, code] of cases)
  test(code, async () => {
    const answer = await numpy.eval(code)
    assert.equal(answer.error, undefined)
    const lazy = ours() as ChunkedArray
    const computed = await lazy.compute()
    const block = computed instanceof NdArray ? computed : NdArray.from(computed, { dtype: lazy.dtype })
    assertSame(block as NdArray, answer.array!, code, { relative: 1e-12, absolute: 0 })
  })
