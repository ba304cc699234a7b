// Ends worker processes that grow beyond their memory limits, before the system runs out of memory and chooses for itself.

import { residentBytes } from './processReadings.ts'

/** A process that is looked at until it is gone. */
export interface WatchedProcess {
  pid: number
  /** Above this it is ended once it stays so. */
  limitBytes: number
  /** Above this it is ended at once. */
  farBytes: number
  /** Hears its size just before it is ended. */
  outgrown(bytes: number): void
}

const LOOK_MS = 100
/** So many looks in a row above the limit, so that the worker can end the task that grew, and not all of them. */
const LOOKS_OVER_MAX = 5

/** Looks as long as there is a process to look at. */
export class MemoryWatch {
  readonly #watched = new Map<number, { process: WatchedProcess; looksOver: number }>()
  readonly #sizeOf: (pid: number) => number | undefined
  readonly #end: (pid: number) => void
  #timer: NodeJS.Timeout | undefined

  /** Tests give sizes and hear of ends; by default they are the system's. */
  constructor(sizeOf = residentBytes, end = (pid: number): void => void process.kill(pid, 'SIGKILL')) {
    this.#sizeOf = sizeOf
    this.#end = end
  }

  add(process: WatchedProcess): void {
    this.#watched.set(process.pid, { process, looksOver: 0 })
    this.#timer ??= setInterval(() => this.look(), LOOK_MS)
  }

  remove(pid: number): void {
    this.#watched.delete(pid)
    if (this.#watched.size > 0) return
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  look(): void {
    for (const watched of this.#watched.values()) {
      const { process } = watched
      const { pid, limitBytes, farBytes } = process
      const bytes = this.#sizeOf(pid)
      if (bytes === undefined || bytes <= limitBytes) {
        watched.looksOver = 0
        continue
      }
      if (++watched.looksOver < LOOKS_OVER_MAX && bytes <= farBytes) continue
      process.outgrown(bytes)
      this.remove(pid)
      try {
        this.#end(pid)
      } catch {
        // It has ended by itself.
      }
    }
  }
}
