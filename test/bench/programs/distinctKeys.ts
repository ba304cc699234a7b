// The user's program of the keys bench: ten million different words are counted by two workers of 500 MB, which must spill.

import { bag, Client } from 'heddle'

const KEYS = 10_000_000

await using _client = await Client.local({ workers: 2, threadsPerWorker: 1, memoryLimit: '500MB' })
const began = performance.now()
const once = await bag
  .range(KEYS, { partitions: 100 })
  .map((i) => `key ${i}`)
  .frequencies({ partitions: 64 })
  .filter(([, count]) => count === 1)
  .count()
  .compute()
if (once !== KEYS) throw new Error(`wrong count: ${once}`)
console.log((performance.now() - began) / 1000)
