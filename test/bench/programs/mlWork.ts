// The user's program of the ml bench: run by Node with heddle's loader, it prints its times as JSON.

import { array, Client, ml } from 'heddle'

const RUNS = 3
/** Of what lasts half a second. */
const WARM_RUNS = 7
const ROWS = Number(process.env.HEDDLE_BENCH_ROWS ?? 1_000_000)
const CHUNK = Math.ceil(ROWS / 8)
const only = process.env.HEDDLE_BENCH_ONLY ?? ''
const times: Record<string, number> = {}

/** The median time of some runs. */
async function timed(figure: string, work: () => Promise<unknown>, runs = RUNS): Promise<void> {
  if (!figure.includes(only)) return
  const own: number[] = []
  for (let run = 0; run < runs; run++) {
    const began = performance.now()
    await work()
    own.push((performance.now() - began) / 1000)
  }
  times[figure] = own.sort((a, b) => a - b)[runs >> 1]
}

const normal = (columns: number, seed: number) =>
  array.random.normal({ shape: [ROWS, columns], chunks: [CHUNK, columns], seed })

async function onTwoThreads(): Promise<void> {
  await using _client = await Client.local({ workers: 1, threadsPerWorker: 2 })
  {
    const x = await normal(20, 1).persist()
    const y = await x
      .slice(':', 0)
      .multiply(3)
      .add(x.slice(':', 1).multiply(x.slice(':', 2)))
      .persist()
    const boosting = { maxIter: 50, maxDepth: 6, maxLeafNodes: 64, growth: 'depthWise' } as const
    await timed('boosting, 50 trees of depth 6', () => new ml.GradientBoostingRegressor(boosting).fit(x, y))
    const init = (await x.slice('0:50').compute()).toList() as number[][]
    const clusters = { nClusters: 50, init, maxIter: 10, tol: 0 }
    await timed('KMeans, 50 clusters, 10 passes', () => new ml.KMeans(clusters).fit(x))
  }
  const x = await normal(50, 2).persist()
  const noise = array.random.normal({ shape: [ROWS], chunks: [CHUNK], seed: 3 })
  const labels = await x
    .slice(':', 0)
    .multiply(2)
    .subtract(x.slice(':', 1))
    .add(noise)
    .greater(0)
    .astype('float64')
    .persist()
  await timed('LogisticRegression, 50 columns', () => new ml.LogisticRegression().fit(x, labels))
}

async function gridSearch(threads: number): Promise<void> {
  const figure = `grid search of 100 fits, ${threads} thread${threads > 1 ? 's' : ''}`
  if (!figure.includes(only)) return
  await using _client = await Client.local({ workers: 1, threadsPerWorker: threads })
  const x = array.random.normal({ shape: [ROWS / 50, 20], chunks: [ROWS / 100, 20], seed: 4 })
  const noise = array.random.normal({ shape: [ROWS / 50], chunks: [ROWS / 100], seed: 5 })
  const labels = x.slice(':', 0).multiply(2).subtract(x.slice(':', 1)).add(noise).greater(0).astype('float64')
  const grid = { C: Array.from({ length: 20 }, (_, i) => 10 ** (-4 + (8 * i) / 19)) }
  const search = () => new ml.GridSearchCV(new ml.LogisticRegression(), grid).fit(x, labels)
  // The first ones are compiled as they run, by each thread for itself: they stand beside, and so do not hide what threads gain.
  await timed(`${figure}, first search`, search, 1)
  await timed(`${figure}, second search`, search, 1)
  await search()
  await timed(figure, search, WARM_RUNS)
}

/** Rows of four times what a worker may hold, made anew whenever they are read. */
async function beyondMemory(): Promise<void> {
  const figure = 'boosting, 10 trees, rows of 4 times the memory'
  if (!figure.includes(only)) return
  const limit = 400e6
  await using _client = await Client.local({ workers: 1, threadsPerWorker: 2, memoryLimit: '400MB' })
  const rows = Math.ceil((4 * limit) / (8 * 20))
  const x = array.random.normal({ shape: [rows, 20], chunks: [100_000, 20], seed: 6 })
  const y = x
    .slice(':', 0)
    .multiply(3)
    .add(x.slice(':', 1).multiply(x.slice(':', 2)))
  const boosting = { maxIter: 10, maxDepth: 6, maxLeafNodes: 64, growth: 'depthWise' } as const
  await timed(figure, () => new ml.GradientBoostingRegressor(boosting).fit(x, y), 1)
}

if (!only.startsWith('grid search')) await onTwoThreads()
await gridSearch(1)
await gridSearch(2)
await beyondMemory()
console.log(JSON.stringify(times))
