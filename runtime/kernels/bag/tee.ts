// Several chains on one reading of a partition: each batch goes to all of them before the next one is read.

import { kernel } from '../kernel.ts'
import { Parts } from '../parts.ts'
import type { Batch, Batches } from './batch.ts'
import { through } from './ops.ts'
import { sinkInto } from './partition.ts'
import type { Op, Sink, SourceSpec } from './plan.ts'
import { batchesFrom } from './source.ts'

/** One chain, and what becomes of its items. */
export interface Branch {
  ops: readonly Op[]
  sink: Sink
}

/** Reads a partition once for all branches; gives what each makes of it. */
export const teePartition = kernel(
  'bag.tee',
  async (source: SourceSpec, branches: readonly Branch[], ...args: unknown[]): Promise<unknown[]> => {
    const tee = new Tee(batchesFrom(source, args[0]), branches.length)
    const results = await Promise.allSettled(
      branches.map(async ({ ops, sink }, i) => {
        try {
          return await sinkInto(sink, () => through(ops, tee.batches(i), args), args)
        } catch (error) {
          tee.stop()
          throw error
        }
      }),
    )
    return results.map((result) => {
      if (result.status === 'rejected') throw result.reason
      // What a branch gives in parts is taken apart by a task of its own.
      return result.value instanceof Parts ? result.value.all : result.value
    })
  },
)

type Next = IteratorResult<Batch, unknown>

/** Gives every branch the same batches, none of them ahead of another by more than one. */
class Tee {
  readonly #source: AsyncIterator<Batch>
  #active: number
  #asking = 0
  #stopped = false
  #round = Promise.withResolvers<Next>()

  constructor(batches: Batches, branches: number) {
    this.#source = batches[Symbol.asyncIterator]()
    this.#active = branches
  }

  /** The batches as branch `i` gets them: its items are its own, whatever others do to theirs. */
  async *batches(i: number): AsyncGenerator<Batch> {
    try {
      for (;;) {
        const { promise } = this.#round
        this.#asking++
        this.#readWhenAllAsk()
        const next = await promise
        if (next.done) return
        yield i === 0 ? next.value : (next.value.again?.() ?? next.value)
      }
    } finally {
      this.#active--
      this.#readWhenAllAsk()
    }
  }

  /** Ends the reading: a branch has failed, so that the others work in vain. */
  stop(): void {
    this.#stopped = true
  }

  #readWhenAllAsk(): void {
    if (this.#asking < this.#active || this.#asking === 0) {
      if (this.#active === 0) void this.#source.return?.()
      return
    }
    const { resolve, reject } = this.#round
    this.#round = Promise.withResolvers<Next>()
    this.#asking = 0
    if (this.#stopped) resolve({ done: true, value: undefined })
    else this.#source.next().then(resolve, reject)
  }
}
