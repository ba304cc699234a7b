// The pool that owns a worker's threads. It is started first of all: threads take as long to start as the rest together.

import type { ResourceLimits } from 'node:worker_threads'
import { Piscina } from 'piscina'
import { entryPath } from './entries.ts'

export interface LanePoolOptions {
  threads: number
  /** The most that one thread's JavaScript heap may hold. */
  heapBytesMax: number
}

/** What V8 gives a thread by default, in MB. */
const YOUNG_MB_MAX = 192

/** Below it collecting garbage takes noticeably more time. */
const YOUNG_MB_MIN = 24

/**
 * One collection may move a third of the young generation to the old one. Where that is much beside a small heap, it leaves
 * the heap so far beyond its limit that V8 ends the process, not the thread.
 */
function heapLimits(oldMb: number): ResourceLimits {
  const youngMb = Math.min(YOUNG_MB_MAX, Math.max(YOUNG_MB_MIN, Math.floor(oldMb / 4)))
  return { maxOldGenerationSizeMb: oldMb, maxYoungGenerationSizeMb: youngMb }
}

export function startLanePool({ threads, heapBytesMax }: LanePoolOptions): Piscina {
  const pool = new Piscina({
    filename: entryPath('lane'),
    minThreads: threads,
    maxThreads: threads,
    // The default would freeze an idle thread's event loop, and with it the user's own connections and timers.
    atomics: 'disabled',
    concurrentTasksPerWorker: 1,
    idleTimeout: Number.POSITIVE_INFINITY,
    recordTiming: false,
    // Lanes have nothing of the flags and loaders that their process was started with.
    execArgv: [],
    resourceLimits: heapLimits(Math.max(64, Math.floor(heapBytesMax / 2 ** 20))),
  })
  pool.on('error', () => {}) // A thread's end is seen by its lane.
  return pool
}
