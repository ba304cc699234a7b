// The thread that watches the memory of a scheduler's own workers: a busy scheduler must not keep it from looking.

import { parentPort } from 'node:worker_threads'
import { MemoryWatch, type WatchedProcess } from './memoryWatch.ts'

/** What the thread is told: a process to watch, or the number of one that is gone. */
export type MemoryWatchMessage = { add: WatchedProcess } | { remove: number }

const watch = new MemoryWatch()
parentPort!.on('message', (message: MemoryWatchMessage) => {
  if ('add' in message) watch.add(message.add)
  else watch.remove(message.remove)
})
