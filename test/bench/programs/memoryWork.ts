// Work of the memory's bench in a program of a user's: six times the memory of two workers, persisted and summed.

import { Client, wait } from '../../../runtime/index.ts'

/** 30 MB of random numbers, which no compression makes smaller. */
const LENGTH = 3_750_000
const CHUNKS = 200

function chunk(_i: number): Float64Array {
  const values = new Float64Array(LENGTH)
  for (let i = 0; i < LENGTH; i++) values[i] = Math.random()
  return values
}

function sum(values: Float64Array): number {
  let total = 0
  for (let i = 0; i < values.length; i++) total += values[i]
  return total
}

const client = await Client.local({ workers: 2, threadsPerWorker: 1, memoryLimit: '1GB' })
await client.gather(client.map((i: number) => i, [1, 2, 3, 4]))
const before = (await client.info()).workers.map(({ pid }) => pid)
const start = performance.now()
const chunks = client.map(
  chunk,
  Array.from({ length: CHUNKS }, (_, i) => i),
)
await wait(chunks)
const persistedMs = performance.now() - start
const sums = await client.gather(chunks.map((one) => client.submit(sum, one)))
const ms = performance.now() - start
const mean = sums.reduce((total, one) => total + one, 0) / (CHUNKS * LENGTH)
if (Math.abs(mean - 0.5) > 0.001) throw new Error(`the mean of random numbers is ${mean}`)
const pids = (await client.info()).workers.map(({ pid }) => pid)
const restarted = pids.filter((pid) => !before.includes(pid)).length
await client.close()
console.log(JSON.stringify({ persistedMs, ms, restarted }))
