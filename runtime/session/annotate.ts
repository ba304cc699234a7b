// Options for everything that a block of code asks for: `annotate({ priority: 10 }, () => …)`.

import { AsyncLocalStorage } from 'node:async_hooks'
import type { TaskOptions } from '../protocol/taskOptions.ts'
import { type CallOptions, splitOptions } from './callOptions.ts'
import { UsageError } from './errors.ts'

/** What `annotate` takes: all that a call takes, but for its name and signal. */
export type BlockOptions = Omit<CallOptions, 'name' | 'signal'>

const blocks = new AsyncLocalStorage<BlockOptions>()

/**
 * Gives options to every task that `block` asks for, also after its awaits. Inner blocks and a call's own options win.
 * A `key` names each call of `submit` and `map` in the block as `client.with({ key })` does, so it is for blocks with one
 * call; tasks of collections keep keys of their own.
 * @returns what `block` returns
 * @throws {UsageError} when an option is of another kind than it should be
 * @example await annotate({ resources: { gpu: 1 } }, () => model.compute())
 */
export function annotate<R>(options: BlockOptions, block: () => R): R {
  const { task, key, pure, name, signal } = splitOptions(options)
  if (name !== undefined || signal !== undefined)
    throw new UsageError(
      `${name !== undefined ? 'name' : 'signal'} is an option of calls, not of blocks: client.with({ … })`,
    )
  if (typeof block !== 'function') throw new UsageError('annotate needs a function behind its options')
  const around = blocks.getStore()
  return blocks.run({ ...around, ...task, key: key ?? around?.key, pure: pure ?? around?.pure }, block)
}

/** The options of the blocks around, under those of a call. */
export function withAnnotations(options: TaskOptions): TaskOptions {
  const around = blocks.getStore()
  if (!around) return options
  const { key: _key, pure: _pure, ...task } = around
  return { ...task, ...options }
}

/** The key and the purity that the blocks around ask for. */
export function annotatedIdentity(): { key?: string; pure?: boolean } {
  const { key, pure } = blocks.getStore() ?? {}
  return { key, pure }
}
