// The watch over the memory of many workers, in a thread of its own.

import { Worker } from 'node:worker_threads'
import { entryPath } from './entries.ts'
import type { ProcessWatch, WatchedProcess } from './memoryWatch.ts'
import type { MemoryWatchMessage } from './memoryWatchMain.ts'

/** A worker that has just started is far from its limit, and the machine is busy starting it. */
const START_AFTER_MS = 1000

export class MemoryWatchThread implements ProcessWatch {
  /** What the thread is to be told once it is there. */
  #waiting: MemoryWatchMessage[] = []
  #thread: Worker | undefined
  #start: NodeJS.Timeout | undefined

  add(process: WatchedProcess): void {
    this.#tell({ add: process })
    this.#start ??= setTimeout(() => this.#startThread(), START_AFTER_MS).unref()
  }

  remove(pid: number): void {
    this.#tell({ remove: pid })
  }

  #tell(message: MemoryWatchMessage): void {
    if (this.#thread) this.#thread.postMessage(message)
    else this.#waiting.push(message)
  }

  #startThread(): void {
    this.#thread = new Worker(entryPath('memoryWatch'), { name: 'memory watch', execArgv: [] })
    this.#thread.unref()
    for (const message of this.#waiting) this.#thread.postMessage(message)
    this.#waiting = []
  }
}
