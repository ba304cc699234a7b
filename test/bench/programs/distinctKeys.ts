// The user's program of the keys bench: ten million different words are counted by two workers of 500 MB, which must spill.

import { readFileSync } from 'node:fs'
import { bag, Client } from 'heddle'

const KEYS = 10_000_000

await using client = await Client.local({ workers: 2, threadsPerWorker: 1, memoryLimit: '500MB' })
const began = performance.now()
const once = await bag
  .range(KEYS, { partitions: 100 })
  .map((i) => `key ${i}`)
  .frequencies({ partitions: 64 })
  .filter(([, count]) => count === 1)
  .count()
  .compute()
if (once !== KEYS) throw new Error(`wrong count: ${once}`)
const seconds = (performance.now() - began) / 1000
const { workers } = await client.info()
/** The most memory that a worker's process ever had, in MB. */
const peak = Math.max(
  ...workers.map(({ pid }) => {
    const [, kilobytes] = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
    return Number(kilobytes) / 1000
  }),
)
console.log(JSON.stringify({ seconds, peak }))
