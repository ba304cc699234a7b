// The user's program of the bag bench: run by Node with heddle's loader, it prints its figures as JSON.

import { bag, Client, compute } from 'heddle'

interface Row {
  user: string
  amount: number
}

interface Flight {
  origin: string
  delay: number
  date: Date
}

const RUNS = 3
/** A pass over the flights is so short that threads compile during the first ones. */
const FLIGHT_PASSES = { first: 5, runs: 7 }
const [folder, flightsFile] = process.argv.slice(2)

/** The median time of some runs after the first ones; every run is told its number, so that no two are the same. */
async function seconds(
  work: (round: number) => Promise<unknown>,
  { first, runs } = { first: 1, runs: RUNS },
): Promise<number> {
  const times: number[] = []
  for (let round = 0; round < first + runs; round++) {
    const began = performance.now()
    await work(round)
    if (round >= first) times.push((performance.now() - began) / 1000)
  }
  return times.sort((a, b) => a - b)[runs >> 1]
}

async function wordCount(round: number): Promise<void> {
  const words = bag.readText(`${folder}/text-*.txt`).flatMap((line) => line.split(' '))
  const counted = words.frequencies().topK(3 + round, ([, count]) => count)
  const top = await counted.compute()
  if (top.length !== 3 + round) throw new Error(`wrong top: ${top}`)
}

async function jsonFold(round: number): Promise<void> {
  const rows = bag.readJsonLines<Row>(`${folder}/rows-*.jsonl`).filter((row) => row.amount > 50 + round / 100)
  const sums = await rows
    .foldby(
      (row) => row.user,
      (sum, row) => sum + row.amount,
      0,
      (a, b) => a + b,
    )
    .compute()
  if (sums.length !== 5000) throw new Error(`wrong users: ${sums.length}`)
}

async function integers(round: number): Promise<void> {
  const numbers = bag.range(5_000_000 + 16 * round, { partitions: 16 })
  const total = await numbers
    .map((x) => x + 1)
    .filter((x) => x % 2 === 0)
    .sum()
    .compute()
  if (!(total > 0)) throw new Error(`wrong sum: ${total}`)
}

async function flights(round: number): Promise<void> {
  const rows = bag.readParquet<Flight>(flightsFile, { columns: ['origin', 'delay', 'date'] })
  const add = (sum: number, flight: Flight): number => sum + flight.delay + round
  const merge = (a: number, b: number): number => a + b
  const [airports, hours] = await compute(
    rows.foldby((row) => row.origin, add, 0, merge),
    rows.foldby((row) => row.date.getUTCHours(), add, 0, merge),
  )
  if (airports.length !== 229 || hours.length !== 24)
    throw new Error(`wrong groups: ${airports.length}, ${hours.length}`)
}

async function onThreads(threads: number, work: () => Promise<number>): Promise<number> {
  await using _client = await Client.local({ workers: 1, threadsPerWorker: threads })
  return await work()
}

const figures: Record<string, number> = {}
{
  await using _client = await Client.local({ workers: 2, threadsPerWorker: 1 })
  figures.words = await seconds(wordCount)
  figures.json = await seconds(jsonFold)
  figures.integers = await seconds(integers)
}
figures.flightsOne = await onThreads(1, () => seconds(flights, FLIGHT_PASSES))
figures.flightsTwo = await onThreads(2, () => seconds(flights, FLIGHT_PASSES))
console.log(JSON.stringify(figures))
