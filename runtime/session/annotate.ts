// Options for everything that a block of code asks for: `annotate({ priority: 10 }, () => …)`.

import { AsyncLocalStorage } from 'node:async_hooks'
import type { TaskOptions } from '../protocol/taskOptions.ts'

const blocks = new AsyncLocalStorage<TaskOptions>()

/**
 * Gives options to every task that `block` asks for, also after its awaits. Inner blocks and a call's own options win.
 * @returns what `block` returns
 * @example await annotate({ resources: { gpu: 1 } }, () => model.compute())
 */
export function annotate<R>(options: TaskOptions, block: () => R): R {
  return blocks.run({ ...blocks.getStore(), ...options }, block)
}

/** The options of the blocks around, under those of a call. */
export function withAnnotations(options: TaskOptions): TaskOptions {
  const around = blocks.getStore()
  return around ? { ...around, ...options } : options
}
