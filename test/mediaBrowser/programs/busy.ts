// A user's program for the dashboard's test: prints where the dashboard is, works, works again at every line of input, and ends with it.

import { Client, delayed } from 'heddle'

const client = await Client.local({ workers: 2, threadsPerWorker: 1 })
console.log(client.dashboardUrl)

function square(n: number): number {
  return n * n
}

function total(numbers: number[]): number {
  return numbers.reduce((sum, n) => sum + n, 0)
}

// Held until the end, so that panels have tasks to show.
const squares = client.map(
  square,
  Array.from({ length: 500 }, (_, n) => n),
)
const sum = await delayed(total)([1, 2, 3].map((n) => delayed(square)(n))).compute()
await client.gather(squares)
console.log(`sum ${sum}`)

function cube(n: number): number {
  return n * n * n
}

// Each line of input is more work, so that there is something to watch.
for await (const _ of process.stdin)
  await client.gather(
    client.map(
      cube,
      Array.from({ length: 200 }, (_, n) => n),
    ),
  )
await client.close()
