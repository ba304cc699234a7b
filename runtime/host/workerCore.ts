// What the parts of a worker process share: its books, its values' bytes, and how to tell both of an event.

import type { WorkerState } from '../worker/workerState.ts'
import type { ValueStore } from './valueStore.ts'

export interface WorkerCore {
  readonly state: WorkerState
  readonly store: ValueStore
  /** One event: the books change, then what they decide is carried out. */
  on(event: () => void): void
  /** So many bytes came into memory. */
  moved(bytes: number, garbageBytes: number): void
  /** Tells people, through the scheduler's log. */
  log(level: string, text: string): void
}
