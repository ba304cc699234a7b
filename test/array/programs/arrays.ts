// A user's program over arrays, run by a real cluster: prints what it found as one line.

import { array } from 'heddle'

const factor = 10
const x = array.random.uniform({ shape: [600, 600], chunks: 200, seed: 1 })
const mean = (await x.add(x.T).mean().compute()) as number
const captured = await array
  .arange(1, 5, { chunks: 2 })
  .mapBlocks((block) => block.multiply(factor))
  .compute()
const kept = await array.ones([1000, 1000], { chunks: 300 }).add(1).persist()
const part = await array.arange(0n, 1000n, 1n, { chunks: 100 }).reshape([500, 2]).compute()
const product = await array
  .matmul(array.ones([100, 300], { chunks: 64 }), array.ones([300, 50], { chunks: 64 }))
  .max()
  .compute()
let error = ''
try {
  array.zeros([3]).add(array.zeros([2]))
} catch (thrown) {
  error = (thrown as Error).message
}
const [a, b] = [
  await array.random.normal({ shape: [300, 300], chunks: 100, seed: 5 }).compute(),
  await array.random.normal({ shape: [300, 300], chunks: [70, 300], seed: 5 }).compute(),
]
console.log(
  JSON.stringify({
    mean: Math.abs(mean - 1) < 0.01,
    captured: captured.toList(),
    kept: await kept.sum().compute(),
    shape: part.shape,
    dtype: part.dtype,
    product,
    error,
    same: a.equal(b).all().item(),
  }),
)
