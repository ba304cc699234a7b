// Random arrays: the same in any chunks, spread as they should be, and of independent streams.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { array, type NdArray } from '../../runtime/collections/index.ts'
import { mix64, streamOf } from '../../runtime/kernels/array/randomBits.ts'
import { computeInProcess } from '../kit/runGraph.ts'

computeInProcess()
const N = 200_000

const MAKERS = {
  uniform: (options: object) => array.random.uniform({ shape: [N], seed: 1, ...options }),
  normal: (options: object) => array.random.normal({ shape: [N], seed: 1, ...options }),
  exponential: (options: object) => array.random.exponential({ shape: [N], seed: 1, ...options }),
  laplace: (options: object) => array.random.laplace({ shape: [N], seed: 1, ...options }),
  logistic: (options: object) => array.random.logistic({ shape: [N], seed: 1, ...options }),
  rayleigh: (options: object) => array.random.rayleigh({ shape: [N], seed: 1, ...options }),
  weibull: (options: object) => array.random.weibull({ shape: [N], seed: 1, a: 2, ...options }),
  lognormal: (options: object) => array.random.lognormal({ shape: [N], seed: 1, sigma: 0.25, ...options }),
}
/** Mean and variance as the distributions have them. */
const MOMENTS: Record<keyof typeof MAKERS, [number, number]> = {
  uniform: [0.5, 1 / 12],
  normal: [0, 1],
  exponential: [1, 1],
  laplace: [0, 2],
  logistic: [0, Math.PI ** 2 / 3],
  rayleigh: [Math.sqrt(Math.PI / 2), 2 - Math.PI / 2],
  weibull: [Math.sqrt(Math.PI) / 2, 1 - Math.PI / 4],
  lognormal: [Math.exp(0.25 ** 2 / 2), (Math.exp(0.25 ** 2) - 1) * Math.exp(0.25 ** 2)],
}

for (const name of Object.keys(MAKERS) as (keyof typeof MAKERS)[])
  test(`random.${name} has the mean and the variance of its distribution`, async () => {
    const [mean, variance] = MOMENTS[name]
    const x = MAKERS[name]({})
    const m = (await x.mean().compute()) as number
    const v = (await x.var().compute()) as number
    // Five standard errors of a mean.
    assert.ok(Math.abs(m - mean) < 5 * Math.sqrt(variance / N), `mean ${m} is not ${mean}`)
    assert.ok(Math.abs(v / variance - 1) < 0.04, `variance ${v} is not ${variance}`)
  })

test('dtypes and chunks are those that were asked for', async () => {
  const flags = array.random.bernoulli({ shape: [4], seed: 1, dtype: 'int8', chunks: 3 })
  assert.deepEqual([flags.dtype, flags.chunks], ['int8', [[3, 1]]])
  const options = { shape: [2, 3], seed: 1 } as const
  const chosen = array.random.choice([1, 2, 3], { ...options, dtype: 'float32', chunks: [1, 2] })
  assert.deepEqual(chosen.dtype, 'float32')
  assert.deepEqual(chosen.chunks, [
    [1, 1],
    [2, 1],
  ])
  const plain = (await array.random.choice([1, 2, 3], options).compute()) as NdArray
  assert.deepEqual(((await chosen.compute()) as NdArray).toList(), plain.toList())
  const mixed = array.random.permutation(5, { seed: 1, chunks: 2 })
  assert.deepEqual(mixed.chunks, [[2, 2, 1]])
  const order = (await array.random.permutation(5, { seed: 1 }).compute()) as NdArray
  assert.deepEqual(((await mixed.compute()) as NdArray).toList(), order.toList())
  const places = array.indices([2, 2], { dtype: 'float32' })
  assert.deepEqual(
    places.map(({ dtype }) => dtype),
    ['float32', 'float32'],
  )
})

test('no cutting into chunks changes a random array, nor does taking a part of it', async () => {
  for (const make of [array.random.uniform, array.random.normal, array.random.exponential]) {
    const whole = await make({ shape: [40, 30], seed: 9, chunks: -1 }).compute()
    for (const chunks of [1, 7, 16, [[13, 27], 'auto'] as const])
      assert.deepEqual(
        (await make({ shape: [40, 30], seed: 9, chunks: chunks as never }).compute()).toList(),
        whole.toList(),
      )
    const part = await make({ shape: [40, 30], seed: 9, chunks: 7 })
      .slice('5:30:3', '::-2')
      .T.compute()
    assert.deepEqual(part.toList(), whole.slice('5:30:3', '::-2').T.toList())
  }
})

test('another seed gives other numbers, none gives new ones each time', async () => {
  const first = async (options: object): Promise<unknown> =>
    (await array.random.uniform({ shape: [4], ...options }).compute()).toList()
  assert.deepEqual(await first({ seed: 5 }), await first({ seed: 5n }))
  assert.notDeepEqual(await first({ seed: 5 }), await first({ seed: 6 }))
  assert.notDeepEqual(await first({}), await first({}))
})

test('the bits are those of SplitMix64', async () => {
  const { start, gamma } = streamOf('uniform', 42n, 0)
  const expected = Array.from(
    { length: 5 },
    (_, i) => Number(mix64(start + BigInt(i) * gamma) >> 11n) * 2 ** -53,
  )
  assert.deepEqual((await array.random.uniform({ shape: [5], seed: 42 }).compute()).toList(), expected)
})

test('uniform numbers fill all parts alike, neighbours do not depend on each other, nor do seeds', async () => {
  const x = array.random.uniform({ shape: [N], seed: 3 })
  const counts = (await array.histogram(x, 50, { range: [0, 1] }).counts.compute()).toList() as bigint[]
  const expected = N / 50
  const chi2 = counts.reduce((sum, count) => sum + (Number(count) - expected) ** 2 / expected, 0)
  // 49 degrees of freedom: beyond 95 once in ten thousand.
  assert.ok(chi2 < 95, `chi squared is ${chi2}`)
  const correlation = async (a: typeof x, b: typeof x): Promise<number> =>
    ((await a.subtract(0.5).multiply(b.subtract(0.5)).mean().compute()) as number) * 12
  const limit = 5 / Math.sqrt(N)
  assert.ok(Math.abs(await correlation(x.slice('1:') as typeof x, x.slice(':-1') as typeof x)) < limit)
  assert.ok(Math.abs(await correlation(x, array.random.uniform({ shape: [N], seed: 4 }))) < limit)
})

test('normal numbers have the tails of the normal distribution', async () => {
  const x = array.random.normal({ shape: [2_000_000], seed: 8 })
  const beyond = async (z: number): Promise<number> =>
    Number(await x.abs().gt(z).countNonzero().compute()) / 2_000_000
  for (const [z, p] of [
    [1, 0.3173],
    [2, 0.0455],
    [3, 0.0027],
    [4, 6.33e-5],
  ]) {
    const found = await beyond(z)
    assert.ok(
      Math.abs(found - p) < 5 * Math.sqrt(p / 2_000_000) + p * 1e-3,
      `beyond ${z}: ${found}, not ${p}`,
    )
  }
})

test('whole numbers, choices and permutations', async () => {
  const counts = (
    await array.bincount(array.random.integers({ shape: [60_000], high: 6, seed: 2 })).compute()
  ).toList() as bigint[]
  assert.equal(counts.length, 6)
  for (const count of counts) assert.ok(Math.abs(Number(count) - 10_000) < 500, `${counts}`)
  const order = (await array.random.permutation(50, { seed: 1 }).compute()).toList() as bigint[]
  assert.deepEqual(
    [...order].sort((a, b) => Number(a - b)),
    Array.from({ length: 50 }, (_, i) => BigInt(i)),
  )
  const chosen = (
    await array.random.choice([10, 20, 30], { shape: [100], seed: 1 }).compute()
  ).toList() as number[]
  assert.deepEqual([...new Set(chosen)].sort(), [10, 20, 30])
  const share =
    Number(
      await array.random
        .bernoulli({ shape: [N], p: 0.25, seed: 4 })
        .countNonzero()
        .compute(),
    ) / N
  assert.ok(Math.abs(share - 0.25) < 0.005)
})

test('what is no distribution is refused', () => {
  assert.throws(
    () => array.random.integers({ shape: [2], low: 3, high: 3 }),
    /from low up to high.*not from 3 up to 3/,
  )
  assert.throws(
    () => array.random.integers({ shape: [2], high: 300, dtype: 'uint8' }),
    /0 to 299 does not fit in uint8/,
  )
  assert.throws(
    () => array.random.normal({ shape: [2], std: -1 }),
    /std is a standard deviation, which is not negative, not -1/,
  )
  assert.throws(
    () => array.random.uniform({ shape: [2], seed: 1.5 }),
    /random\.uniform: seed takes a whole number, not 1\.5/,
  )
  assert.throws(() => array.random.uniform({ shape: [-1] }), /\(-1,\) is no shape/)
})
