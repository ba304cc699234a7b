// The user's program of the functions bench: what the first `map` of a new function takes, from the call to its results.

import { setTimeout as pause } from 'node:timers/promises'
import { Client } from 'heddle'

const factor = await Promise.resolve(3)
const half = (x: number): number => x / 2

/** Each is new: another function of the file, with what it captures, which no worker has seen. */
const functions: ((x: number) => number)[] = [
  (x) => x + factor,
  (x) => half(x) * factor,
  (x) => [x, x * 2].reduce((a, b) => a + b, factor),
  (x) => Math.max(x, factor) - 1,
  (x) => (x > factor ? half(x) : x),
  (x) => Number(`${x}${factor}`),
  (x) => new Set([x, factor]).size,
  (x) => Math.hypot(x, factor),
  (x) => [...'abc'].length + x * factor,
  (x) => half(half(x)) - factor,
  (x) => JSON.parse(JSON.stringify({ x, factor })).x,
]

const client = await Client.local({ workers: 2, threadsPerWorker: 1 })
// The second worker starts behind the first, and would take its time from what is measured.
while ((await client.info()).workers.length < 2) await pause(20)
await client.gather(client.map(half, [1, 2]))
const times: number[] = []
for (const f of functions) {
  const began = performance.now()
  await client.gather(client.map(f, [1, 2, 3, 4]))
  times.push(performance.now() - began)
}
times.sort((a, b) => a - b)
console.log(JSON.stringify({ median: times[times.length >> 1], most: times.at(-1) }))
await client.close()
