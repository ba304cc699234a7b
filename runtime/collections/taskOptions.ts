// Options of tasks that a collection's step is given, checked there and then.

import { faultIn, TASK_OPTIONS } from '../graph/taskOptionChecks.ts'
import { requireOptions } from '../kernels/optionNames.ts'
import type { TaskOptions } from '../protocol/taskOptions.ts'

/** An option of a collection's tasks has a value that it cannot have. */
export class TaskOptionError extends RangeError {
  override name = 'TaskOptionError'
}

/**
 * Holds what a collection's step is given to the options that there are.
 * @param more names of its own, beside those of every task
 * @throws {OptionError} for an option of another name
 * @throws {TaskOptionError} for a value that an option cannot have
 */
export function requireTaskOptions(
  call: string,
  options: TaskOptions | undefined,
  more: Readonly<Record<string, true>>,
): void {
  if (options === undefined) return
  requireOptions<Record<string, unknown>>(call, options as Record<string, unknown>, {
    ...more,
    ...TASK_OPTIONS,
  })
  const fault = faultIn(options)
  if (fault) throw new TaskOptionError(`${call}: ${fault}`)
}
