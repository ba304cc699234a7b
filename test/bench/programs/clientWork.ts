// The user's program of the client bench: run by Node with heddle's loader, it prints its figures as JSON.

import { Client } from 'heddle'

const inc = (x: number): number => x + 1

const TASKS = 100_000
const WARM_RUNS = 3
const RUNS = 7
const CALLS = 2_000

/** Whole turns of `map` and `gather`, each over numbers that no earlier one had, so that nothing is known already. */
async function throughput(client: Client, round: number): Promise<number> {
  const start = round * TASKS
  const items = Array.from({ length: TASKS }, (_, i) => start + i)
  const began = performance.now()
  const results = await client.gather(client.map(inc, items))
  const seconds = (performance.now() - began) / 1000
  let sum = 0
  for (const result of results) sum += result
  if (sum !== TASKS * start + (TASKS * (TASKS + 1)) / 2) throw new Error(`wrong sum: ${sum}`)
  return TASKS / seconds
}

async function latencies(client: Client): Promise<{ all: number[]; submits: number[] }> {
  const all: number[] = []
  const submits: number[] = []
  for (let i = 0; i < CALLS; i++) {
    const began = performance.now()
    const future = client.submit(inc, 1e9 + i)
    submits.push(performance.now() - began)
    await future.result()
    all.push(performance.now() - began)
    future.release()
  }
  return { all, submits }
}

const at = (sorted: readonly number[], part: number): number => sorted[Math.floor(part * (sorted.length - 1))]
const sorted = (values: readonly number[]): number[] => [...values].sort((a, b) => a - b)

const client = await Client.local({ workers: 2, threadsPerWorker: 1 })
const rates: number[] = []
for (let round = 0; round < WARM_RUNS + RUNS; round++) rates.push(await throughput(client, round))
await latencies(client)
const { all, submits } = await latencies(client)
const times = sorted(all)
console.log(
  JSON.stringify({
    first: rates[0],
    rate: at(sorted(rates.slice(WARM_RUNS)), 0.5),
    median: at(times, 0.5),
    p99: at(times, 0.99),
    submit: at(sorted(submits), 0.5),
  }),
)
await client.close()
