// The pool that owns a worker's threads. It is started first of all: threads take as long to start as the rest together.

import { Piscina } from 'piscina'
import { entryPath } from './entries.ts'

export interface LanePoolOptions {
  threads: number
  /** The most that one thread's JavaScript heap may hold. */
  heapBytesMax: number
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
    resourceLimits: { maxOldGenerationSizeMb: Math.max(64, Math.floor(heapBytesMax / 2 ** 20)) },
  })
  pool.on('error', () => {}) // A thread's end is seen by its lane.
  return pool
}
