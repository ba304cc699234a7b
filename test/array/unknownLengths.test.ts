// Arrays whose lengths are not known before computing, as after a mask: right where blocks alone matter, refused where lengths do.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { array } from '../../runtime/index.ts'
import { computeInProcess } from '../kit/runGraph.ts'

computeInProcess()

type Lazy = ReturnType<typeof array.fromArray<'float64'>>

/** Ten rows in blocks of three: the first of them keeps none, the others one to three. */
const rows = Array.from({ length: 10 }, (_, i) => [i, 100 - i * i])
const isKept = (i: number): boolean => i > 2 && i !== 4
const masked = (): Lazy => {
  const all = array.fromArray(rows, { chunks: [3, 2], dtype: 'float64' })
  const mask = array.fromArray(
    rows.map((_, i) => isKept(i)),
    { chunks: [3], dtype: 'bool' },
  )
  return all.slice(mask as never) as unknown as Lazy
}
const known = (): Lazy =>
  array.fromArray(
    rows.filter((_, i) => isKept(i)),
    { dtype: 'float64' },
  )

const SAME: Record<string, (x: Lazy) => unknown> = {
  itself: (x) => x,
  'plus a number': (x) => x.add(1),
  'plus itself': (x) => x.add(x),
  'plus a row': (x) => x.add(array.fromArray([10, 20])),
  'less its means': (x) => x.subtract(x.mean(0) as never),
  transposed: (x) => x.T,
  'one column': (x) => x.slice(':', 1),
  'a list of columns': (x) => x.slice(':', [1, 0]),
  'columns backwards': (x) => x.slice(':', '::-1'),
  'a new axis': (x) => x.slice(':', null, 1),
  "'...'": (x) => x.slice('...', 0),
  'times a matrix': (x) =>
    x.matmul(
      array.fromArray([
        [1, 2],
        [3, 4],
      ]) as never,
    ),
  'side by side': (x) => array.concatenate([x, x], 1),
  stacked: (x) => array.stack([x, x], 0),
  'a function on blocks': (x) => x.mapBlocks((block) => block.multiply(2) as never),
  'sums so far': (x) => x.cumsum(0),
  'sorted in rows': (x) => x.sort(1),
  sum: (x) => x.sum(),
  'sum of columns': (x) => x.sum(0),
  mean: (x) => x.mean(),
  'mean of columns': (x) => x.mean(0),
  'mean of rows': (x) => x.mean(1),
  'mean as float32': (x) => x.astype('float32').mean(0),
  'standard deviation': (x) => x.std(0),
  max: (x) => x.max(0),
  min: (x) => x.min(),
  'median of rows': (x) => x.median(1),
  'another mask': (x) => x.slice(x.slice(':', 0).greater(5) as never),
}

const plain = async (lazy: unknown): Promise<unknown> => {
  const value = await (lazy as { compute(): Promise<unknown> }).compute()
  return typeof value === 'object' && value !== null && 'toList' in value
    ? (value as { toList(): unknown }).toList()
    : value
}

for (const [name, make] of Object.entries(SAME))
  test(`${name}: as with known lengths`, async () => {
    assert.deepEqual(await plain(make(masked())), await plain(make(known())))
  })

test('a block by itself', async () => {
  assert.deepEqual(await plain(masked().blocks(0)), [])
  assert.deepEqual(
    await plain(masked().blocks(2)),
    rows.filter((_, i) => isKept(i) && i > 5 && i < 9),
  )
})

test('with lengths computed everything goes', async () => {
  const sized = await masked().computeChunkSizes()
  assert.deepEqual(sized.shape, [6, 2])
  assert.deepEqual(await plain(sized.slice('-2:', 0)), [8, 9])
})

const REFUSED: Record<string, (x: Lazy) => unknown> = {
  'a place': (x) => x.slice(1),
  'a place from the end': (x) => x.slice(-1),
  'a slice': (x) => x.slice('1:3'),
  'all backwards': (x) => x.slice('::-1'),
  'a list of rows': (x) => x.slice([1, 2]),
  'one below the other': (x) => array.concatenate([x, x], 0),
  'another cut': (x) => x.rechunk([2, 2]),
  'sorted in columns': (x) => x.sort(0),
  'median of columns': (x) => x.median(0),
  'place of the greatest': (x) => x.argmax(0),
  neighbours: (x) => x.mapOverlap((block) => block, { depth: 1 }),
  'several blocks': (x) => x.blocks('1:3'),
  'the other way round': (x) => x.flip(0),
  'all axes the other way round': (x) => x.flip(),
  differences: (x) => x.diff(1, 0),
  'moved round': (x) => x.roll(1, 0),
  'another shape': (x) => x.reshape(2, 4),
  'groups of rows': (x) => x.coarsen('sum', { 0: 2 }),
  'rows over rows': (x) => array.tensordot(x, x, [[0], [0]]),
  'a product along rows': (x) => x.transpose().matmul(x),
  'with a known length': (x) => x.add(array.zeros([4, 2])),
}

for (const [name, make] of Object.entries(REFUSED))
  test(`${name}: refused with the way out`, async () => {
    await assert.rejects(async () => plain(make(masked())), {
      message: /is not known before computing: call computeChunkSizes\(\) first$/,
    })
  })

test('the maximum of no rows is refused, their sum is 0', async () => {
  const none = masked().slice(masked().slice(':', 0).greater(50) as never) as unknown as Lazy
  assert.deepEqual(await plain(none.sum(0)), [0, 0])
  await assert.rejects(() => plain(none.max(0)), /of no elements is not defined/)
})
