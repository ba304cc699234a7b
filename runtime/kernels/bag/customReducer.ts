// The user's own reduction: a function for a partition's items, one for several of its answers, one for the last.

import { type Batch, located } from './batch.ts'
import type { ReducerSpec } from './plan.ts'
import type { Reducer } from './reducer.ts'

type OfList = (list: unknown[]) => unknown

/** `chunk` gets the whole partition, so this one does not stream. */
export function customReducer(
  spec: Extract<ReducerSpec, { reducer: 'custom' }>,
): Reducer<unknown[], unknown> {
  return {
    start: () => [],
    add: (state, { items }) => {
      for (let i = 0; i < items.length; i++) state.push(items[i])
      return state
    },
    seal: async (state) => {
      try {
        return await (spec.chunk as OfList)(state)
      } catch (error) {
        throw await located(error, { items: state } satisfies Batch, 0)
      }
    },
    // Only asked for where there is a `combine`: without one, a tree has a single level.
    merge: (wires) => (spec.combine as OfList | undefined)?.(wires),
    conclude: (wires) => (spec.aggregate as OfList)(wires),
    finish: (wire) => wire,
  }
}
