// Work of the memory's bench in a program of a user's: six times the memory of two workers, persisted and summed.

import { array, Client, progress } from '../../../runtime/index.ts'

/** 30 MB of random numbers, which no compression makes smaller. */
const LENGTH = 3_750_000
const CHUNKS = 200

const client = await Client.local({ workers: 2, threadsPerWorker: 1, memoryLimit: '1GB' })
await client.gather(client.map((i: number) => i, [1, 2, 3, 4]))
const before = (await client.info()).workers.map(({ pid }) => pid)
const start = performance.now()
const x = await client.persist(array.random.uniform({ shape: [CHUNKS * LENGTH], chunks: LENGTH, seed: 5 }))
// Until all of it is there: what was made first is on disk by then.
await progress(x, { onProgress: () => {} })
const persistedMs = performance.now() - start
const sum = Number(await x.sum().compute())
const ms = performance.now() - start
const mean = sum / (CHUNKS * LENGTH)
if (Math.abs(mean - 0.5) > 0.001) throw new Error(`the mean of random numbers is ${mean}`)
const pids = (await client.info()).workers.map(({ pid }) => pid)
const restarted = pids.filter((pid) => !before.includes(pid)).length
await client.close()
console.log(JSON.stringify({ persistedMs, ms, restarted }))
