// What a person from NumPy tries first: odd chunks, odd arguments, calls as NumPy writes them.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ChunkedArray } from '../../runtime/collections/array/chunkedArray.ts'
import { array, delayed } from '../../runtime/collections/index.ts'
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
  [
    () =>
      array
        .fromDelayed(
          delayed(() => [
            [1, 2],
            [3, 4],
          ])(),
          { shape: [2, 2], dtype: 'float64' },
        )
        .sum(0),
    'np.array([[1., 2], [3, 4]]).sum(0)',
  ],
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
  [
    () => array.zeros([2, 3, 4]).transpose(2, 0, -2).add(array.arange(3)),
    'np.zeros((4, 2, 3)) + np.arange(3.)',
  ],
  [() => board.reshape(3, -1), 'np.array([[1., 5, 2], [8, 0, 3]]).reshape(3, -1)'],
  [() => board.moveaxis([0], [-1]), 'np.array([[1., 5, 2], [8, 0, 3]]).T'],
  [
    () => array.arange(24).reshape(2, 3, 4).moveaxis([0, 1], [-1, -2]),
    'np.moveaxis(np.arange(24.).reshape(2, 3, 4), [0, 1], [-1, -2])',
  ],
  [() => board.expandDims([0, -1]), 'np.expand_dims(np.array([[1., 5, 2], [8, 0, 3]]), (0, -1))'],
  [() => board.roll([1, -1], [0, 1]), 'np.roll(np.array([[1., 5, 2], [8, 0, 3]]), [1, -1], [0, 1])'],
  [() => board.roll(1, [0, 1]), 'np.roll(np.array([[1., 5, 2], [8, 0, 3]]), 1, (0, 1))'],
  [() => board.repeat([2, 0, 1], 1), 'np.repeat(np.array([[1., 5, 2], [8, 0, 3]]), [2, 0, 1], 1)'],
  [() => board.rechunk({ 1: -1 }).cumsum(1), 'np.cumsum(np.array([[1., 5, 2], [8, 0, 3]]), 1)'],
  [() => array.random.choice(1, { shape: [3], seed: 1 }), 'np.zeros(3, int)'],
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

test('chunks are cut by the size of a block, and by axis', () => {
  assert.deepEqual(array.zeros([4, 4], { chunks: '64 B' }).chunks, [
    [2, 2],
    [2, 2],
  ])
  assert.deepEqual(array.zeros([4, 4], { chunks: 2 }).rechunk({ '-1': 4 } as never).chunks, [[2, 2], [4]])
  assert.throws(() => array.zeros([4], { chunks: 'many' as never }), {
    name: 'ChunksError',
    message: `zeros: "many" does not say how to cut: chunks are 'auto', a size such as '16MB', a length, or a list of them`,
  })
  assert.throws(() => array.zeros([4], { chunks: [{}] as never }), {
    name: 'ChunksError',
    message: `zeros: an object does not cut axis 0: chunks are a length, the list of all lengths, or 'auto'`,
  })
})

test('what a call cannot do is said with what it can', () => {
  const x = array.zeros([2, 3])
  const refused: [() => unknown, string][] = [
    [
      () => x.pad(1, 'mean' as never),
      'pad has the modes constant, edge, reflect, symmetric, wrap, and not "mean"',
    ],
    [
      () => x.moveaxis([0, 1], [0]),
      'moveaxis takes as many axes as places, none of them twice: not (0, 1) and (0,)',
    ],
    [() => x.roll([1, 2], [0]), 'roll got 2 shifts for 1 axes: as many of both'],
    [() => x.roll([1, 2]), 'roll takes several shifts with as many axes: name the axes too'],
    [() => x.repeat([1], 1), 'repeat got 1 counts for 3 elements: one for each'],
    [
      () => x.quantile([[0.5]] as never),
      'quantile takes a number from 0 to 1, or a list of them, not a list',
    ],
    [
      () => array.searchsorted([1], [2], 'rigth' as never),
      `searchsorted: side is 'left' or 'right', not "rigth"`,
    ],
  ]
  for (const [call, message] of refused) assert.throws(call, { message })
})
