// What the editor costs: live panels at 20,000 tasks a second, the lenses of a long file, and activation in VS Code.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { FEED_MESSAGES } from '../../runtime/protocol/feed.ts'
import { encodeFrame } from '../../runtime/protocol/frame.ts'
import { IncrementalFacts } from '../../server/facts/incrementalFacts.ts'
import { activation } from './editor/activation.ts'
import { lensRoundTripMs } from './editor/lensRoundTrip.ts'
import { projectFigures } from './editor/projectOpen.ts'
import { schedulerShare } from './editor/schedulerShare.ts'
import type { Figure } from './figure.ts'
import { InstantCluster, mapShape, messageOf } from './schedulerCore.bench.ts'

const bench = 'editor'
const root = join(import.meta.dirname, '..', '..')
const TASKS_PER_SECOND = 20_000
const DELTAS_PER_SECOND = 10
const SECONDS = 20
const EDITS = 21

export async function figures(): Promise<Figure[]> {
  const { coreMs, feedMs } = feedCosts()
  const share = await schedulerShare(root)
  return [
    { bench, figure: 'panels at 20k tasks/s, CPU of the scheduler', unit: 'ms a second', value: feedMs },
    { bench, figure: 'panels at 20k tasks/s, of a core', unit: '%', value: feedMs / 10 },
    {
      bench,
      figure: "panels at 20k tasks/s, of the core's deciding alone",
      unit: '%',
      value: (100 * feedMs) / (coreMs + feedMs),
    },
    { bench, figure: 'facts of 1,000 lines after a change', unit: 'ms', value: factsMs() },
    {
      bench,
      figure: 'tasks that the scheduler below was given',
      unit: 'tasks/s',
      value: share.tasksPerSecond,
    },
    { bench, figure: "scheduler's CPU for 20k tasks, no panel", unit: 'ms', value: share.aloneMs },
    { bench, figure: "scheduler's CPU for 20k tasks, four panels", unit: 'ms', value: share.watchedMs },
    {
      bench,
      figure: "panels, of the scheduler's process",
      unit: '%',
      value: (100 * (share.watchedMs - share.aloneMs)) / share.watchedMs,
    },
    ...(await builtFigures()),
  ]
}

/** Of the server's process and of a real VS Code, for which the extension has to be built. */
async function builtFigures(): Promise<Figure[]> {
  if (!existsSync(join(root, 'dist', 'extension.cjs'))) {
    console.error(
      'The extension is not built, so neither its server nor its activation is measured: npm run build',
    )
    return []
  }
  const { toldMs, typescriptMs, wallMs, cpuMs, ownMs } = await activation(root)
  const project = await projectFigures(root)
  return [
    { bench, figure: 'a project of 300 files opens, CPU', unit: 'ms', value: project.openCpuMs },
    { bench, figure: 'a typed answer in 1,000 lines, CPU', unit: 'ms', value: project.typedMs },
    { bench, figure: 'memory of the language server after that', unit: 'MB', value: project.memoryMb },
    { bench, figure: 'lenses of 1,000 lines after a change', unit: 'ms', value: await lensRoundTripMs(root) },
    { bench, figure: 'activation, as VS Code tells it of a starting window', unit: 'ms', value: toldMs },
    { bench, figure: "the same of VS Code's extension for TypeScript", unit: 'ms', value: typescriptMs },
    { bench, figure: 'activation in VS Code, by the clock', unit: 'ms', value: wallMs },
    { bench, figure: 'activation in VS Code, CPU', unit: 'ms', value: cpuMs },
    { bench, figure: 'activation, of it its own function', unit: 'ms', value: ownMs },
  ]
}

/** CPU that a second of deciding takes, and what gathering and encoding its deltas takes on top: medians. */
function feedCosts(): { coreMs: number; feedMs: number } {
  const cluster = new InstantCluster(8, 4)
  const { scheduler } = cluster
  scheduler.feedSnapshot(0)
  scheduler.recordStream(true)
  const core: number[] = []
  const feed: number[] = []
  let graph = 1
  for (let second = 0; second < SECONDS; second++) {
    let [coreMs, feedMs] = [0, 0]
    for (let i = 0; i < DELTAS_PER_SECOND; i++) {
      const message = messageOf(mapShape(TASKS_PER_SECOND / DELTAS_PER_SECOND), graph++)
      coreMs += cpuMs(() => {
        cluster.submit(message)
        cluster.run(100)
        cluster.release(message.handles)
      })
      const nowMs = (second * DELTAS_PER_SECOND + i) * (1000 / DELTAS_PER_SECOND)
      feedMs += cpuMs(() => {
        for (const each of scheduler.feedDelta(nowMs)) encodeFrame(FEED_MESSAGES, each)
      })
    }
    core.push(coreMs)
    feed.push(feedMs)
  }
  return { coreMs: median(core), feedMs: median(feed) }
}

function factsMs(): number {
  const lines = ["import { bag } from 'heddle'"]
  while (lines.length < 1000)
    lines.push(`const v${lines.length} = await bag.range(${lines.length}).sum().compute()`)
  const facts = new IncrementalFacts('long.ts')
  facts.of(lines.join('\n'))
  return median(
    Array.from({ length: EDITS }, (_, i) =>
      cpuMs(() => {
        lines[500] = `const v500 = await bag.range(5${'0'.repeat(i)}).sum().compute()`
        const found = facts.of(lines.join('\n'))
        if (found?.computations.length !== lines.length - 1) throw new Error('computations are missing')
      }),
    ),
  )
}

/** Time of this process alone: others share the machine. */
function cpuMs(work: () => void): number {
  const before = process.cpuUsage()
  work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]
