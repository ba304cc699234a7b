// The user's program of the ml bench: run by Node with heddle's loader, it prints its times as JSON.

import { array, Client, ml } from 'heddle'

const RUNS = 3
/** Of what lasts half a second. */
const WARM_RUNS = 7
/** Before them: threads are compiled for, and memory has been touched. */
const WARM_UPS = 3
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

/** Two classes, which two of the columns tell from each other but for noise. */
function labelsOf(x: ReturnType<typeof normal>, rows: number, chunk: number, seed: number) {
  const noise = array.random.normal({ shape: [rows], chunks: [chunk], seed })
  return x
    .slice(':', 0)
    .multiply(2)
    .subtract(x.slice(':', 1))
    .add(noise)
    .greater(0)
    .astype('float64')
    .persist()
}

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
  const labels = await labelsOf(x, ROWS, CHUNK, 3)
  await timed('LogisticRegression, 50 columns', () => new ml.LogisticRegression().fit(x, labels))
}

async function forest(): Promise<void> {
  const figure = 'random forest, 20 trees, a tenth of the rows'
  if (!figure.includes(only)) return
  await using _client = await Client.local({ workers: 1, threadsPerWorker: 2 })
  const [rows, chunk] = [ROWS / 10, CHUNK / 10]
  const x = await array.random.normal({ shape: [rows, 20], chunks: [chunk, 20], seed: 7 }).persist()
  const labels = await labelsOf(x, rows, chunk, 8)
  await timed(figure, () => new ml.RandomForestClassifier({ nEstimators: 20 }).fit(x, labels))
}

/** Fits of some milliseconds, and fits of a size that a user rather has. */
const SEARCHES = [
  { figure: 'grid search of 100 fits', rows: ROWS / 50, isShort: true },
  { figure: 'grid search of 100 longer fits', rows: ROWS / 10, isShort: false },
]

async function gridSearch(search: (typeof SEARCHES)[number], threads: number): Promise<void> {
  const { rows, isShort } = search
  const figure = `${search.figure}, ${threads} thread${threads > 1 ? 's' : ''}`
  if (!figure.includes(only)) return
  await using _client = await Client.local({ workers: 1, threadsPerWorker: threads })
  const x = array.random.normal({ shape: [rows, 20], chunks: [rows / 2, 20], seed: 4 })
  const noise = array.random.normal({ shape: [rows], chunks: [rows / 2], seed: 5 })
  const labels = x.slice(':', 0).multiply(2).subtract(x.slice(':', 1)).add(noise).greater(0).astype('float64')
  const grid = { C: Array.from({ length: 20 }, (_, i) => 10 ** (-4 + (8 * i) / 19)) }
  const run = () => new ml.GridSearchCV(new ml.LogisticRegression(), grid).fit(x, labels)
  // The first ones are compiled as they run, by each thread for itself: they stand beside, and so do not hide what threads gain.
  if (isShort) {
    await timed(`${figure}, first search`, run, 1)
    await timed(`${figure}, second search`, run, 1)
  }
  for (let warm = 0; warm < WARM_UPS; warm++) await run()
  await timed(figure, run, WARM_RUNS)
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

if (!only.startsWith('grid search') && !only.startsWith('random forest')) await onTwoThreads()
await forest()
for (const search of SEARCHES) for (const threads of [1, 2]) await gridSearch(search, threads)
await beyondMemory()
console.log(JSON.stringify(times))
