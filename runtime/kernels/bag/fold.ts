// The fold: the user's function takes items one after another; another one puts partitions together.

import { type Batch, isPromise, located } from './batch.ts'
import type { ReducerSpec, UserFunction } from './plan.ts'
import type { Reducer } from './reducer.ts'
import { EmptyBagError } from './statistics.ts'

type Binary = (state: unknown, item: unknown) => unknown
type Spec = Extract<ReducerSpec, { reducer: 'fold' }>

/** Absent where there was no item and no initial value. */
type Held = [unknown?]

export function fold(spec: Spec): Reducer<Held, Held> {
  const combine = spec.combine as Binary
  return {
    // Each partition starts from its own copy: a function may change its state in place.
    start: () => (spec.initial ? [copied(spec.initial.value)] : []),
    add: (state, batch) => foldBatch(spec.fn, state, batch),
    seal: (state) => state,
    merge: async (wires) => {
      const present = wires.filter((wire) => wire.length > 0)
      if (present.length === 0) return []
      let state = present[0][0]
      for (let i = 1; i < present.length; i++) {
        const next = combine(state, present[i][0])
        state = isPromise(next) ? await next : next
      }
      return [state]
    },
    finish: (wire) => {
      if (wire.length === 0) throw new EmptyBagError('fold', 'give fold an initial value')
      return wire[0]
    },
  }
}

/** Folds one batch into a state; switches to awaiting when the function gives a promise. */
function foldBatch(fn: UserFunction, held: Held, batch: Batch): Held | Promise<Held> {
  const { items } = batch
  const call = fn as Binary
  let i = 0
  if (held.length === 0) {
    if (items.length === 0) return held
    i = 1
  }
  let state = held.length === 0 ? items[0] : held[0]
  try {
    for (; i < items.length; i++) {
      state = call(state, items[i])
      if (isPromise(state)) return foldAwaiting(call, state, batch, i)
    }
  } catch (error) {
    return located(error, batch, i).then((told) => Promise.reject(told))
  }
  return [state]
}

async function foldAwaiting(
  call: Binary,
  first: PromiseLike<unknown>,
  batch: Batch,
  at: number,
): Promise<Held> {
  let i = at
  try {
    let state = await first
    for (i = at + 1; i < batch.items.length; i++) state = await call(state, batch.items[i])
    return [state]
  } catch (error) {
    throw await located(error, batch, i)
  }
}

/** A start of its own for whoever changes it in place; what cannot be copied is shared, as in `Array.reduce`. */
export function copied(initial: unknown): unknown {
  if (typeof initial !== 'object' || initial === null) return initial
  const prototype: unknown = Object.getPrototypeOf(initial)
  const plain =
    prototype === Object.prototype ||
    prototype === null ||
    Array.isArray(initial) ||
    ArrayBuffer.isView(initial)
  if (!plain && !(initial instanceof Map) && !(initial instanceof Set)) return initial
  try {
    return structuredClone(initial)
  } catch {
    return initial
  }
}
