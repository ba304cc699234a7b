// The work of the array bench, on two threads: prints seconds by figure as JSON, medians of three after a warm-up.

import { array, Client } from 'heddle'
import { isAsked } from '../asked.ts'

const SIDE = Number(process.env.HEDDLE_BENCH_ARRAY_SIDE ?? 20_000)
const client = await Client.local({ workers: 1, threadsPerWorker: 2 })
let seed = 1

async function median(work: () => Promise<unknown>): Promise<number> {
  await work()
  const times: number[] = []
  for (let run = 0; run < 3; run++) {
    const began = performance.now()
    await work()
    times.push((performance.now() - began) / 1000)
  }
  return times.sort((a, b) => a - b)[1]
}

// Every run has its own seed: else the cluster answers from what it still holds.
const random = (side: number, chunks = 1000) =>
  array.random.uniform({ shape: [side, side], chunks, seed: seed++ })

const works: Record<string, () => Promise<unknown>> = {
  '(x + x.T).mean()': () => {
    const x = random(SIDE)
    return x.add(x.T).mean().compute()
  },
  sum: () => random(SIDE).sum().compute(),
  mean: () => random(SIDE).mean().compute(),
  std: () => random(SIDE).std().compute(),
  'five operations and a sum': () => {
    const x = random(SIDE)
    return x.multiply(2).add(1).power(2).subtract(x).divide(3).sum().compute()
  },
  'matmul 4000²': () => array.matmul(random(4000), random(4000)).sum().compute(),
}
const times: Record<string, number> = {}
for (const [figure, work] of Object.entries(works)) if (isAsked(figure)) times[figure] = await median(work)
console.log(JSON.stringify(times))
await client.close()
