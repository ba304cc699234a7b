// What live panels take of the scheduler's process: the same paced stream of tasks with all panels open and with none.

import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { startLocalCluster } from '../../../client/cluster/localCluster.ts'
import { FeedConnection } from '../../../client/connection/feedConnection.ts'
import { SchedulerConnection } from '../../../client/connection/schedulerConnection.ts'
import { median } from '../figure.ts'

const PANELS = ['taskGraph', 'taskStream', 'workers', 'dashboard']
const ROUND_MS = 2000
/** Until panels that were opened have got what a newcomer gets once. */
const SETTLE_MS = 500
const ROUNDS = 16
/** Rounds of each kind that are not counted: V8 compiles what a panel's first minute makes hot, once in a process. */
const WARM_UP_ROUNDS = 5

/** Submits 20,000 tasks in every second, 2,000 at a time, for as long as it lives; it prints how many have ended. */
const LOAD = `import { bag } from 'heddle'

let done = 0
const begun = Date.now()
for (let n = 0; ; n++) {
  const due = begun + n * 100
  const now = Date.now()
  if (due > now) await new Promise((resolve) => setTimeout(resolve, due - now))
  const items = bag.range(2000, { partitions: 1990 }).map((x) => x + n)
  await items.count().compute()
  done += 2000
  console.log(done)
}
`

export interface SchedulerShare {
  /** CPU of the scheduler's process for 20,000 tasks, in milliseconds, without a panel and with all of them. */
  aloneMs: number
  watchedMs: number
  /** Tasks a second that were reached. */
  tasksPerSecond: number
}

/** The medians of rounds with and without panels in turn, so that the machine's other work meets both alike. */
export async function schedulerShare(root: string): Promise<SchedulerShare> {
  const folder = mkdtempSync(join(tmpdir(), 'hs-'))
  const before = process.env.XDG_RUNTIME_DIR
  process.env.XDG_RUNTIME_DIR = join(folder, 'r')
  mkdirSync(process.env.XDG_RUNTIME_DIR, { mode: 0o700 })
  try {
    return await measure(root, folder)
  } finally {
    if (before === undefined) delete process.env.XDG_RUNTIME_DIR
    else process.env.XDG_RUNTIME_DIR = before
    rmSync(folder, { recursive: true, force: true, maxRetries: 10 })
  }
}

async function measure(root: string, folder: string): Promise<SchedulerShare> {
  const { address, presence } = await startLocalCluster({
    node: process.execPath,
    keeper: join(root, 'client', 'keeper', 'main.ts'),
    runtime: join(root, 'runtime'),
    workers: 1,
    threadsPerWorker: 2,
    memoryLimit: '1GB',
    graceMs: 1000,
    keep: false,
    logFile: join(folder, 'cluster.log'),
  })
  let done = 0
  const connection = await SchedulerConnection.open(address, '0.1.0', {
    runEvent({ event }) {
      if (event.kind === 'output') done = Number(event.text.trim().split('\n').at(-1)) || done
    },
    log() {},
    lost() {},
  })
  try {
    await connection.watchRuns({})
    const file = join(folder, 'load.ts')
    writeFileSync(file, LOAD)
    const run = await connection.run({ file, cwd: folder })
    while (done === 0) await pause(50)
    const costs = { alone: [] as number[], watched: [] as number[] }
    const rates: number[] = []
    for (let round = 0; round < 2 * (WARM_UP_ROUNDS + ROUNDS); round++) {
      const watched = round % 2 === 1
      const feeds = watched
        ? PANELS.map((panel) => new FeedConnection(address, panel, { frame() {}, closed() {} }))
        : []
      await pause(SETTLE_MS)
      const [cpu, tasks, at] = [cpuMs(address.pid), done, performance.now()]
      await pause(ROUND_MS)
      const ended = done - tasks
      const cost = (20_000 * (cpuMs(address.pid) - cpu)) / ended
      for (const feed of feeds) feed.close()
      if (round < 2 * WARM_UP_ROUNDS) continue
      rates.push((1000 * ended) / (performance.now() - at))
      costs[watched ? 'watched' : 'alone'].push(cost)
    }
    connection.cancel(run)
    return {
      aloneMs: median(costs.alone),
      watchedMs: median(costs.watched),
      tasksPerSecond: median(rates),
    }
  } finally {
    connection.shutdown('measured')
    await connection.closed
    presence.leave()
  }
}

/** CPU that the threads of a process have used so far: by the scheduler's clock of nanoseconds, not by ticks. */
function cpuMs(pid: number): number {
  let ns = 0
  for (const thread of readdirSync(`/proc/${pid}/task`))
    ns += Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0])
  return ns / 1e6
}
