// The options of tasks: their names, and which values they can have.

import type { TaskOptions } from '../protocol/taskOptions.ts'

/** Every option of a task. */
export const TASK_OPTIONS: Readonly<Record<keyof TaskOptions, true>> = {
  priority: true,
  retries: true,
  resources: true,
  workers: true,
  allowOtherWorkers: true,
  timeoutMs: true,
}

/** Priorities beyond would not fit beside the ranks of tasks. */
const PRIORITY_MAX = 4096

/** What is wrong with the value of an option; nothing where all are right. */
export function faultIn(task: TaskOptions): string | undefined {
  for (const option of ['priority', 'retries', 'timeoutMs'] as const)
    if (task[option] !== undefined && !Number.isFinite(task[option]))
      return `${option} must be a number, not ${String(task[option])}`
  if (task.retries !== undefined && (task.retries < 0 || !Number.isInteger(task.retries)))
    return `retries must be a whole number ≥ 0, not ${task.retries}`
  if (task.timeoutMs !== undefined && task.timeoutMs <= 0)
    return `timeoutMs must be more than 0, not ${task.timeoutMs}`
  if (task.priority !== undefined && Math.abs(task.priority) > PRIORITY_MAX)
    return `priority must be within ±${PRIORITY_MAX}, not ${task.priority}`
  if (task.workers !== undefined && (!Array.isArray(task.workers) || task.workers.length === 0))
    return `workers must be a list of names or hosts, e.g. ['worker-0']`
  for (const [resource, amount] of Object.entries(task.resources ?? {}))
    if (!(amount > 0)) return `resources.${resource} must be a number more than 0, not ${amount}`
  return undefined
}
