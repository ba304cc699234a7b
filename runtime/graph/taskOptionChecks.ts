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

/** The most of a resource that a scheduler counts. */
const AMOUNT_MAX = 1e9

/** A value as an error calls it: a number or text itself, of others what they are. */
export function kindOf(value: unknown): string {
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (typeof value === 'string') return JSON.stringify(value)
  if (Array.isArray(value)) return 'a list'
  return typeof value === 'undefined' ? 'undefined' : `a value of type ${typeof value}`
}

/** Whether it is a list of some names. */
export const areNames = (workers: unknown): boolean =>
  Array.isArray(workers) && workers.length > 0 && workers.every((name) => typeof name === 'string')

/** What is wrong with the value of an option; nothing where all are right. */
export function faultIn(task: TaskOptions): string | undefined {
  return faultInNumbers(task) ?? faultInPlacement(task)
}

function faultInNumbers(task: TaskOptions): string | undefined {
  for (const option of ['priority', 'retries', 'timeoutMs'] as const)
    if (task[option] !== undefined && !Number.isFinite(task[option]))
      return `${option} must be a number, not ${kindOf(task[option])}`
  if (task.retries !== undefined && (task.retries < 0 || !Number.isInteger(task.retries)))
    return `retries must be a whole number ≥ 0, not ${task.retries}`
  if (task.timeoutMs !== undefined && task.timeoutMs <= 0)
    return `timeoutMs must be more than 0, not ${task.timeoutMs}`
  if (task.priority !== undefined && Math.abs(task.priority) > PRIORITY_MAX)
    return `priority must be within ±${PRIORITY_MAX}, not ${task.priority}`
  return undefined
}

function faultInPlacement({ workers, allowOtherWorkers, resources }: TaskOptions): string | undefined {
  if (workers !== undefined && !areNames(workers)) return NO_NAMES
  if (allowOtherWorkers !== undefined && typeof allowOtherWorkers !== 'boolean')
    return `allowOtherWorkers must be true or false, not ${kindOf(allowOtherWorkers)}`
  if (resources === undefined) return undefined
  if (typeof resources !== 'object' || resources === null || Array.isArray(resources))
    return `resources must be amounts by name, e.g. { gpu: 1 }, not ${kindOf(resources)}`
  for (const [resource, amount] of Object.entries(resources))
    if (!(typeof amount === 'number' && amount > 0 && amount <= AMOUNT_MAX))
      return `resources.${resource} must be a number more than 0 and at most ${AMOUNT_MAX}, not ${kindOf(amount)}`
  return undefined
}

/** What is said of workers that are no names. */
export const NO_NAMES = `workers must be a list of names or hosts, e.g. ['worker-0']`
