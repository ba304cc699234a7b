// Work of the memory's bench in a program of a user's: six times the memory of two workers, persisted, summed, and read again.

import { array, Client } from '../../../runtime/index.ts'

/** 30 MB of random numbers, which no compression makes smaller. */
const LENGTH = 3_750_000
const CHUNKS = 200

const client = await Client.local({ workers: 2, threadsPerWorker: 1, memoryLimit: '1GB' })
await client.gather(client.map((i: number) => i, [1, 2, 3, 4]))
const before = (await client.info()).workers.map(({ pid }) => pid)
const start = performance.now()
const x = await client.persist(array.random.uniform({ shape: [CHUNKS * LENGTH], chunks: LENGTH, seed: 5 }))
const sum = Number(await x.sum().compute())
const summedMs = performance.now() - start
const most = Number(await x.max().compute())
const ms = performance.now() - start
if (Math.abs(sum / (CHUNKS * LENGTH) - 0.5) > 0.001 || most > 1 || most < 0.999_999)
  throw new Error(`random numbers have the sum ${sum} and the largest ${most}`)
const pids = (await client.info()).workers.map(({ pid }) => pid)
const restarted = pids.filter((pid) => !before.includes(pid)).length
await client.close()
console.log(JSON.stringify({ summedMs, ms, restarted }))
