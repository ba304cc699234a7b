// Keeps one worker process running: starts it, watches its memory, starts it again when it crashes, ends with it.

import type { ChildProcess } from 'node:child_process'
import { rmSync } from 'node:fs'
import { outgrown } from '../protocol/cluster.ts'
import { memoryLimits } from '../worker/memory.ts'
import { socketOptions } from './address.ts'
import { entryPath } from './entries.ts'
import { onSign, spawnWithLifeline } from './lifeline.ts'
import { MemoryWatch } from './memoryWatch.ts'
import {
  EXIT_ALONE,
  EXIT_CLOSED,
  EXIT_REFUSED,
  removeFolders,
  type WorkerConfig,
  workerEnvironment,
} from './workerConfig.ts'

/** A worker that ends sooner than this, and before it was given a task, crashed on start. */
export const QUICK_MS = 10_000
/** So many quick crashes in a row, and the supervisor gives up. */
export const QUICK_CRASHES_MAX = 5
/** Ended at once when it is that far beyond its limit. */
const AT_ONCE_SHARE = 1.05
const BACKOFF_MS = 100
const BACKOFF_MS_MAX = 10_000
/** How long a worker may take to leave when asked. */
const LEAVE_MS = 3000

export class Supervisor {
  readonly #config: WorkerConfig
  readonly #end: (code: number, reason: string) => void
  readonly #watch: MemoryWatch
  #child: ChildProcess | undefined
  #startedAt = 0
  #quickCrashes = 0
  /** The latest process, and how it ended once it has. */
  #latest: { pid: number; end: Promise<string> } | undefined
  #wasGivenTasks = false
  #restart: NodeJS.Timeout | undefined
  #leaving = false
  #wasAsked = false

  /**
   * @param end called once, when the worker is gone for good
   * @param watch looks at the memory of several; one of its own by default
   */
  constructor(config: WorkerConfig, end: (code: number, reason: string) => void, watch = new MemoryWatch()) {
    this.#config = config
    this.#end = end
    this.#watch = watch
  }

  start(startedAgain?: string): void {
    this.#startedAt = performance.now()
    const child = spawnWithLifeline(process.execPath, [entryPath('worker')], {
      env: workerEnvironment({ ...this.#config, startedAgain }),
      stdio: ['ignore', 'inherit', 'inherit'],
    })
    this.#child = child
    let killedFor: string | undefined
    this.#wasGivenTasks = false
    const { promise: end, resolve } = Promise.withResolvers<string>()
    child.once('error', (error) => this.#ended(`it cannot be started: ${error.message}`, EXIT_REFUSED))
    child.once('exit', (code, signal) => {
      if (child.pid !== undefined) this.#watch.remove(child.pid)
      const how = signal ? `it was ended by ${signal}` : `it ended with exit code ${code}`
      resolve(killedFor ?? how)
      this.#ended(killedFor ?? how, code)
    })
    if (child.pid === undefined) return
    this.#latest = { pid: child.pid, end }
    onSign(child, () => {
      this.#wasGivenTasks = true
    })
    const { memoryLimitBytes, memoryShares } = this.#config
    const { limitBytes, terminateShare } = memoryLimits(memoryLimitBytes, memoryShares)
    this.#watch.add({
      pid: child.pid,
      limitBytes: terminateShare * limitBytes,
      farBytes: Math.max(terminateShare, AT_ONCE_SHARE) * limitBytes,
      outgrown: (bytes) => {
        killedFor = outgrown(bytes, limitBytes)
      },
    })
  }

  /** How the process ended, once it has: `it was ended by SIGKILL`. @returns nothing of one before the latest */
  endOf(pid: number): Promise<string> | undefined {
    return this.#latest?.pid === pid ? this.#latest.end : undefined
  }

  /** The worker is about to end by itself: however it does, it is not started again. */
  lastTime(): void {
    if (this.#leaving) return
    this.#leaving = true
    clearTimeout(this.#restart)
    if (!this.#child) this.#finish(EXIT_CLOSED, 'asked to leave')
  }

  /** Asks the worker to leave, and ends it when it does not. */
  leave(): void {
    this.lastTime()
    const child = this.#child
    if (this.#wasAsked || !child) return
    this.#wasAsked = true
    child.kill('SIGTERM')
    setTimeout(() => child.kill('SIGKILL'), LEAVE_MS).unref()
  }

  /** Ends the worker at once: nothing may stay. */
  abandon(): void {
    this.#leaving = true
    clearTimeout(this.#restart)
    this.#child?.kill('SIGKILL')
    this.#removeFiles()
    if (!this.#child) this.#finish(EXIT_CLOSED, 'ended at once')
  }

  #ended(how: string, code: number | null): void {
    this.#child = undefined
    // Spilled values and modules of the process that is gone are of no use to the next one.
    this.#removeFiles()
    if (this.#leaving || code === EXIT_CLOSED) {
      this.#finish(EXIT_CLOSED, how)
      return
    }
    if (code === EXIT_REFUSED || code === EXIT_ALONE) {
      this.#finish(code, how)
      return
    }
    const livedMs = performance.now() - this.#startedAt
    // What tasks do to it is no fault of its start, and each is given up after some deaths.
    this.#quickCrashes = livedMs < QUICK_MS && !this.#wasGivenTasks ? this.#quickCrashes + 1 : 0
    const { name } = this.#config
    if (this.#quickCrashes >= QUICK_CRASHES_MAX) {
      this.#finish(
        1,
        `worker ${name} ended ${this.#quickCrashes} times within seconds of its start; last: ${how}`,
      )
      return
    }
    const waitMs = Math.min(BACKOFF_MS_MAX, BACKOFF_MS * 2 ** Math.max(0, this.#quickCrashes - 1))
    console.error(`heddle worker ${name}: ${how}; starting again`)
    this.#restart = setTimeout(() => this.start(how), waitMs)
  }

  #finish(code: number, reason: string): void {
    this.#removeFiles()
    this.#end(code, reason)
  }

  #removeFiles(): void {
    removeFolders(this.#config)
    const where = socketOptions(this.#config.dataAddress)
    if ('path' in where) rmSync(where.path, { force: true })
  }
}
