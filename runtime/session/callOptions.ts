// The options of a call, and how they are told from its arguments: they come before, in `client.with({...})`.

import { TASK_OPTIONS } from '../graph/taskOptionChecks.ts'
import type { TaskOptions } from '../protocol/taskOptions.ts'
import { UsageError } from './errors.ts'
import { kindOf, requireKind, requireSignal, requireWorkers } from './optionKinds.ts'

/** What `client.with` takes. */
export interface CallOptions extends TaskOptions {
  /** Names the task; for `map`, `-0`, `-1`, … is put behind. The name stands for the content: one name, one value. */
  key?: string
  /** False where the same arguments may give another result, e.g. for a random draw: nothing is then shared. */
  pure?: boolean
  /** What panels call the tasks; the function's name by default. */
  name?: string
  /** Cancels the tasks when it fires. */
  signal?: AbortSignal
}

/** The part that travels with a task. */
export interface SplitOptions {
  task: TaskOptions
  key: string | undefined
  /** Undefined where the call does not say: a block around may, else it is true. */
  pure: boolean | undefined
  name: string | undefined
  signal: AbortSignal | undefined
}

const NAMES: ReadonlySet<string> = new Set(
  Object.keys({
    ...TASK_OPTIONS,
    key: true,
    pure: true,
    name: true,
    signal: true,
  } satisfies Record<keyof CallOptions, true>),
)

const NONE: SplitOptions = { task: {}, key: undefined, pure: undefined, name: undefined, signal: undefined }

/** Priorities beyond would not fit beside the ranks of tasks. */
const PRIORITY_MAX = 4096
/** The most of a resource that a scheduler counts. */
const AMOUNT_MAX = 1e9

/**
 * Options that are undefined count as not given.
 * @throws {UsageError} when an option is of another kind than it should be
 */
export function splitOptions(options: CallOptions | undefined): SplitOptions {
  if (options === undefined) return NONE
  if (typeof options !== 'object' || options === null || Array.isArray(options))
    throw new UsageError(`options stand in an object, e.g. { retries: 2 }, not ${kindOf(options)}`)
  const unknown = Object.keys(options).find((option) => !NAMES.has(option))
  if (unknown !== undefined)
    throw new UsageError(`there is no option ${JSON.stringify(unknown)}: ${[...NAMES].join(', ')}`)
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))
  const { key, pure, name, signal, ...task } = given as CallOptions
  requireNumbers(task)
  requirePlacement(task)
  requireKind('key', key, 'string', 'a text')
  requireKind('name', name, 'string', 'a text')
  requireKind('pure', pure, 'boolean', 'true or false')
  if (key === '') throw new UsageError('key must not be empty')
  requireSignal(signal)
  return { task, key, pure, name, signal }
}

function requireNumbers(task: TaskOptions): void {
  for (const option of ['priority', 'retries', 'timeoutMs'] as const)
    if (task[option] !== undefined && !Number.isFinite(task[option]))
      throw new UsageError(`${option} must be a number, not ${kindOf(task[option])}`)
  if (task.retries !== undefined && (task.retries < 0 || !Number.isInteger(task.retries)))
    throw new UsageError(`retries must be a whole number ≥ 0, not ${task.retries}`)
  if (task.timeoutMs !== undefined && task.timeoutMs <= 0)
    throw new UsageError(`timeoutMs must be more than 0, not ${task.timeoutMs}`)
  if (task.priority !== undefined && Math.abs(task.priority) > PRIORITY_MAX)
    throw new UsageError(`priority must be within ±${PRIORITY_MAX}, not ${task.priority}`)
}

function requirePlacement({ workers, allowOtherWorkers, resources }: TaskOptions): void {
  requireWorkers(workers)
  requireKind('allowOtherWorkers', allowOtherWorkers, 'boolean', 'true or false')
  if (resources === undefined) return
  if (typeof resources !== 'object' || resources === null || Array.isArray(resources))
    throw new UsageError(`resources must be amounts by name, e.g. { gpu: 1 }, not ${kindOf(resources)}`)
  for (const [resource, amount] of Object.entries(resources))
    if (!(typeof amount === 'number' && amount > 0 && amount <= AMOUNT_MAX))
      throw new UsageError(
        `resources.${resource} must be a number more than 0 and at most ${AMOUNT_MAX}, not ${kindOf(amount)}`,
      )
}

/** Both, where the later ones win; of `resources` too, the later set stands for the whole. */
export function mergedOptions(earlier: SplitOptions, later: SplitOptions): SplitOptions {
  return {
    task: { ...earlier.task, ...later.task },
    key: later.key ?? earlier.key,
    pure: later.pure ?? earlier.pure,
    name: later.name ?? earlier.name,
    signal: later.signal ?? earlier.signal,
  }
}
