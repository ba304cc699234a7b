// From the click on a lens to the first task that runs, on a cluster that runs already: what a window asks, as it asks it.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { startLocalCluster } from '../../client/cluster/localCluster.ts'
import { FeedConnection } from '../../client/connection/feedConnection.ts'
import { SchedulerConnection } from '../../client/connection/schedulerConnection.ts'
import type { RunEventMessage } from '../../client/runs/runsModel.ts'
import { FEED_MESSAGES } from '../../runtime/protocol/feed.ts'
import { decodeFrame } from '../../runtime/protocol/frame.ts'
import type { Figure } from './figure.ts'

const bench = 'click'
const CLICKS = 9
/** Between two clicks, as a person reads the result and moves on. */
const READING_MS = 2500

const TEXT = (n: number): string => `import { bag } from 'heddle'

function square(n: number): number {
  return n * n + ${n}
}

const numbers = bag.range(1000)
const total = await numbers.map(square).sum().compute()
`

export async function figures(): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'hc-'))
  const before = process.env.XDG_RUNTIME_DIR
  process.env.XDG_RUNTIME_DIR = join(folder, 'r')
  mkdirSync(process.env.XDG_RUNTIME_DIR, { mode: 0o700 })
  try {
    const { running, shown } = await clicks(folder)
    return [
      { bench, figure: 'click to first task running, warm cluster', unit: 'ms', value: median(running) },
      { bench, figure: 'click to result, warm cluster', unit: 'ms', value: median(shown) },
    ]
  } finally {
    if (before === undefined) delete process.env.XDG_RUNTIME_DIR
    else process.env.XDG_RUNTIME_DIR = before
    rmSync(folder, { recursive: true, force: true })
  }
}

async function clicks(folder: string): Promise<{ running: number[]; shown: number[] }> {
  const root = join(import.meta.dirname, '..', '..')
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
  let heard: (message: RunEventMessage) => void = () => {}
  const connection = await SchedulerConnection.open(address, '0.1.0', {
    runEvent: (message) => heard(message),
    log() {},
    lost() {},
  })
  await connection.watchRuns({})
  let firstStart = Number.POSITIVE_INFINITY
  const feed = new FeedConnection(address, 'taskStream', {
    frame(frame) {
      const message = decodeFrame(FEED_MESSAGES, frame)
      if (message.type === 'stream') for (const at of message.starts) firstStart = Math.min(firstStart, at)
    },
    closed() {},
  })
  const running: number[] = []
  const shown: number[] = []
  const file = join(folder, 'analysis.ts')
  for (let click = 0; click <= CLICKS; click++) {
    const text = TEXT(click)
    writeFileSync(file, text)
    await pause(READING_MS)
    firstStart = Number.POSITIVE_INFINITY
    const ended = new Promise<void>((resolve) => {
      heard = ({ event }) => {
        if (event.kind === 'result') shown[click] = Date.now() - clickedMs
        if (event.kind === 'ended') resolve()
      }
    })
    const start = text.indexOf('await')
    const clickedMs = Date.now()
    await connection.run({
      file,
      cwd: folder,
      expression: { start, end: text.length - 1, label: 'total' },
    })
    await ended
    // The feed tells five times a second.
    await pause(500)
    running[click] = firstStart - clickedMs
  }
  feed.close()
  connection.shutdown('measured')
  await connection.closed
  presence.leave()
  // The first click of a cluster is not a warm one.
  return { running: running.slice(1), shown: shown.slice(1) }
}

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]
