// Calling the user's function for each item of a batch: plainly where it answers at once, a bounded number at a time
// where it gives promises.

import { kernel } from '../kernel.ts'
import { type Batch, isPromise, located } from './batch.ts'
import type { Rest, UserFunction } from './plan.ts'

/** How a function is called for one item. */
export type Call = (item: unknown, index: number) => unknown

/** Two bags that go side by side do not have the same number of items. */
export class UnevenPartitionsError extends RangeError {
  override name = 'UnevenPartitionsError'
}
kernel('error.UnevenPartitionsError', UnevenPartitionsError)

/** What stands beside the items: the values of single ones, and the lists that are walked along. */
export class Beside {
  readonly #rest: readonly Rest[]
  readonly #values: unknown[]
  /** Items that earlier batches had. */
  #passed = 0

  constructor(rest: readonly Rest[], args: readonly unknown[]) {
    this.#rest = rest
    this.#values = rest.map((each) => (each.rest === 'value' ? each.value : args[each.slot]))
  }

  /** How to call `fn` for the items of a batch that begins where the last one ended. */
  caller(fn: UserFunction, batch: Batch): Call {
    const call = fn as (...args: unknown[]) => unknown
    const rest = this.#rest
    // A function must not see the index: one with a second parameter of its own would take it for that.
    if (rest.length === 0) return (item) => call(item)
    const from = this.#advance(batch.items.length)
    if (rest.length === 1 && rest[0].rest !== 'partition') {
      const value = this.#values[0]
      return (item) => call(item, value)
    }
    return (item, index) => call(item, ...this.at(from + index))
  }

  /** The values beside the item at a place of the partition. */
  at(position: number): unknown[] {
    return this.#values.map((value, i) =>
      this.#rest[i].rest === 'partition' ? (value as unknown[])[position] : value,
    )
  }

  #advance(items: number): number {
    const from = this.#passed
    this.#passed += items
    for (let i = 0; i < this.#rest.length; i++)
      if (this.#rest[i].rest === 'partition') this.#requireAtLeast(this.#values[i] as unknown[])
    return from
  }

  #requireAtLeast(list: unknown[]): void {
    if (list.length < this.#passed) throw this.#uneven(list.length, `at least ${this.#passed}`)
  }

  /** @throws {UnevenPartitionsError} when a list beside the items was longer than they are */
  finish(): void {
    for (let i = 0; i < this.#rest.length; i++) {
      const { length } = this.#values[i] as unknown[]
      if (this.#rest[i].rest === 'partition' && length !== this.#passed)
        throw this.#uneven(length, `${this.#passed}`)
    }
  }

  #uneven(theirs: number, ours: string): UnevenPartitionsError {
    return new UnevenPartitionsError(
      `bags that go item by item need partitions of the same length, but one has ${theirs} items and another ${ours}. ` +
        'Build both from the same source, or pair them by key with join.',
    )
  }
}

/**
 * Calls for every item, in order. The first answer that is a promise switches to awaiting `concurrency` at a time.
 * Gives the answers, or a promise of them; an error says where its item came from.
 */
export function callEach(batch: Batch, call: Call, concurrency: number): unknown[] | Promise<unknown[]> {
  const { items } = batch
  const answers: unknown[] = new Array(items.length)
  let i = 0
  try {
    for (; i < items.length; i++) {
      const answer = call(items[i], i)
      if (isPromise(answer)) return awaitEach(batch, call, concurrency, answers, i, answer)
      answers[i] = answer
    }
  } catch (error) {
    return located(error, batch, i).then((told) => Promise.reject(told))
  }
  return answers
}

async function awaitEach(
  batch: Batch,
  call: Call,
  concurrency: number,
  answers: unknown[],
  from: number,
  first: PromiseLike<unknown>,
): Promise<unknown[]> {
  let next = from + 1
  let failed = false
  const settle = async (index: number, pending: unknown): Promise<void> => {
    try {
      answers[index] = await pending
    } catch (error) {
      failed = true
      throw await located(error, batch, index)
    }
  }
  const lane = async (index: number, pending: PromiseLike<unknown> | undefined): Promise<void> => {
    if (pending) await settle(index, pending)
    while (!failed && next < batch.items.length) {
      const mine = next++
      // The call itself may throw, which `settle` must see too.
      await settle(mine, (async () => call(batch.items[mine], mine))())
    }
  }
  const lanes = [lane(from, first)]
  while (lanes.length < concurrency && lanes.length < batch.items.length - from)
    lanes.push(lane(-1, undefined))
  await Promise.all(lanes)
  return answers
}
