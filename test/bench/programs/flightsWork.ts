// The user's program of the flights bench: the example's ten questions, each round asked anew of the file, on a cluster that
// is there already. Run by Node with heddle's loader, it prints its figures as JSON.

import { Client } from 'heddle'

const RUNS = 5

await using _client = await Client.local({ workers: 1, threadsPerWorker: 2 })
const print = console.log
const times: number[] = []
for (let round = 0; round <= RUNS; round++) {
  const answers: string[] = []
  console.log = (text: string) => void answers.push(text)
  const began = performance.now()
  await import(`../../../examples/flights-table.ts?round=${round}`)
  const seconds = (performance.now() - began) / 1000
  console.log = print
  if (answers.length !== 20)
    throw new Error(`ten questions and answers were expected, not ${answers.length} lines`)
  if (round > 0) times.push(seconds)
}
print(JSON.stringify({ 'ten questions': times.sort((a, b) => a - b)[RUNS >> 1] }))
