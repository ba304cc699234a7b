// A progress bar for futures and persisted collections: one that moves on a terminal, plain lines elsewhere.

import { TaskGraph } from '../graph/taskGraph.ts'
import { requireOptions } from '../kernels/optionNames.ts'
import { callPlace } from './callPlace.ts'
import { type SiteProgress, sitesAreObserved } from './computeSites.ts'
import { coreOf, handlesOf } from './core.ts'
import { Future } from './future.ts'
import { asSite, countHandles } from './handleSite.ts'
import { Pending } from './nested.ts'
import { requireLimits } from './optionKinds.ts'
import type { WaitLimits } from './waits.ts'

/** What `progress` takes. */
export interface ProgressOptions extends WaitLimits {
  /** Called up to ten times a second instead of drawing. */
  onProgress?: (progress: SiteProgress) => void
  /** Where the bar is drawn; standard error by default. */
  stream?: NodeJS.WriteStream
}

const TERMINAL_MS = 100
const PLAIN_MS = 2000
const BAR_CELLS = 24

/** One line about counts, e.g. `[████████░░░░] 412/1,000 · 8,200/s`. */
export function progressLine(progress: SiteProgress, cells: number): string {
  const { total, finished, erred, perSecond } = progress
  const done = finished + erred
  const filled = total === 0 ? cells : Math.floor((done / total) * cells)
  const count = (n: number): string => n.toLocaleString('en-US')
  const parts = [`${count(done)}/${count(total)}`]
  if (perSecond > 0) parts.push(`${count(Math.round(perSecond))}/s`)
  if (erred > 0) parts.push(`${count(erred)} failed`)
  return `[${'█'.repeat(filled)}${'░'.repeat(cells - filled)}] ${parts.join(' · ')}`
}

/** The futures that something stands on: futures in plain data, and those of persisted collections. */
export function futuresOf(value: unknown): Future[] {
  const pending = new Pending(value)
  const futures = [...pending.futures]
  for (const collection of pending.collections)
    for (const reference of collection.buildTasks(new TaskGraph()))
      if (reference instanceof Future) futures.push(reference)
  return futures
}

/**
 * Shows how far futures, or persisted collections, have come, until all are done. It throws none of their errors.
 * @throws {WaitTimeoutError} after `timeoutMs`
 * @example await progress(client.map(slow, items))
 */
export async function progress(futures: unknown, options: ProgressOptions = {}): Promise<void> {
  requireOptions('progress', options, { timeoutMs: true, signal: true, onProgress: true, stream: true })
  requireLimits('progress', options)
  const place = callPlace(progress)
  const list = futuresOf(futures)
  const core = coreOf(list)
  if (!core) return
  const handles = handlesOf(list)
  const beganMs = performance.now()
  const before = countHandles(core, handles, beganMs, 0)
  const doneBefore = before.finished + before.erred
  const draw = options.onProgress
    ? undefined
    : sitesAreObserved()
      ? undefined
      : drawOn(options.stream ?? process.stderr)
  const show = options.onProgress ?? draw?.show
  const count = (): void => show?.(countHandles(core, handles, beganMs, doneBefore))
  const timer = setInterval(count, draw?.everyMs ?? TERMINAL_MS)
  timer.unref()
  try {
    await asSite(core, 'progress', place, handles, () =>
      core.using(list, () => core.waits.many(handles, 'progress', 'all', options)),
    )
  } finally {
    clearInterval(timer)
    count()
    draw?.end()
  }
}

interface Drawing {
  everyMs: number
  show(progress: SiteProgress): void
  end(): void
}

function drawOn(stream: NodeJS.WriteStream): Drawing {
  if (!stream.isTTY)
    return {
      everyMs: PLAIN_MS,
      show: (progress) => void stream.write(`${progressLine(progress, 0).slice(3)}\n`),
      end: () => {},
    }
  return {
    everyMs: TERMINAL_MS,
    show: (progress) => void stream.write(`\r\x1b[2K${progressLine(progress, BAR_CELLS)}`),
    end: () => void stream.write('\n'),
  }
}
