// The options of a call, and how they are told from its arguments: they come before, in `client.with({...})`.

import { faultIn, kindOf, TASK_OPTIONS } from '../graph/taskOptionChecks.ts'
import type { TaskOptions } from '../protocol/taskOptions.ts'
import { UsageError } from './errors.ts'
import { requireKind, requireSignal } from './optionKinds.ts'

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
  const fault = faultIn(task)
  if (fault) throw new UsageError(fault)
  requireKind('key', key, 'string', 'a text')
  requireKind('name', name, 'string', 'a text')
  requireKind('pure', pure, 'boolean', 'true or false')
  if (key === '') throw new UsageError('key must not be empty')
  requireSignal(signal)
  return { task, key, pure, name, signal }
}

/**
 * The options of `with`, which needs some.
 * @throws {UsageError} that names it, when they are none
 */
export function withOptions(options: CallOptions): SplitOptions {
  try {
    return splitOptions(options === undefined ? (null as unknown as CallOptions) : options)
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    throw new UsageError(`with: ${error.message}`)
  }
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
