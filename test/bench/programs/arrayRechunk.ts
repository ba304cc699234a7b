// Rows that a function made become columns, with a third of the memory that they need: prints the seconds as JSON.

import { array, Client } from 'heddle'

const BYTES = Number(process.env.HEDDLE_BENCH_RECHUNK_MB ?? 6000) * 1e6
const PARTS = 60
const side = Math.round(Math.sqrt(BYTES / 8))
const part = Math.ceil(side / PARTS)

const client = await Client.local({ workers: 2, threadsPerWorker: 1, memoryLimit: Math.round(BYTES / 6) })
await client.gather(client.map((x: number) => x, [1, 2, 3, 4]))
const began = performance.now()
// A function of ours between the two: else columns would be drawn at once, without any rows.
const rows = array.random
  .uniform({ shape: [side, side], chunks: [part, -1], seed: 1 })
  .mapBlocks((block) => block)
const total = Number(
  await rows
    .rechunk([-1, part])
    .mapBlocks((block) => block)
    .sum()
    .compute(),
)
const seconds = (performance.now() - began) / 1000
if (Math.abs(total / (side * side) - 0.5) > 0.001) throw new Error(`wrong sum: ${total}`)
console.log(JSON.stringify({ seconds }))
await client.close()
