// What the last run says of the sizes that were chosen: tasks shorter than handing them out, results that hardly fit. Pure.

import type { LineFigures } from '../../runtime/protocol/runs.ts'
import { bytesText } from '../cluster/quantity.ts'
import { grouped, seconds } from './runText.ts'

export interface Advice {
  /** A heading of docs/diagnostics.md. */
  code: 'small-tasks' | 'large-results'
  message: string
}

/** Fewer tasks than these cost nothing worth a word, however short they are. */
const TASKS_MIN = 500
/** Handing a task out and taking its result in costs some tens of microseconds; several times that is well spent. */
const TASK_MS_MIN = 0.2
/** Each thread needs room for what it reads and for what it makes. */
const RESULT_SHARE_MAX = 0.25

/** @param memoryBytes what a thread may use of its worker's memory; 0 when nobody knows */
export function adviceOf({ tasks, workMs, bytes }: LineFigures, memoryBytes: number): Advice | undefined {
  if (tasks === 0) return undefined
  const eachMs = workMs / tasks
  const eachBytes = bytes / tasks
  if (memoryBytes > 0 && eachBytes > RESULT_SHARE_MAX * memoryBytes)
    return {
      code: 'large-results',
      message: `Each result of this line took up ${bytesText(eachBytes)}, of ${bytesText(memoryBytes)} that a thread has. Use more, smaller partitions.`,
    }
  if (tasks >= TASKS_MIN && eachMs < TASK_MS_MIN)
    return {
      code: 'small-tasks',
      message: `${grouped(tasks)} tasks of ${seconds(eachMs)} each: handing them out costs about as much as their work. Use fewer, larger partitions.`,
    }
  return undefined
}
