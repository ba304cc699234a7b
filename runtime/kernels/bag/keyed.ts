// Reducers by key: frequencies, distinct, foldby. Their states are two lists side by side, keys and values.

import { partAt, type ShuffleStage } from '../shuffleStage.ts'
import { type Batch, isPromise, located } from './batch.ts'
import { copied } from './fold.ts'
import { partitionOf } from './key.ts'
import { KeyMap } from './keyMap.ts'
import type { ReducerSpec, UserFunction } from './plan.ts'
import type { Reducer } from './reducer.ts'

/** Keys in the order in which they were first seen, and a value for each. */
export interface KeyedWire<V = unknown> {
  keys: unknown[]
  values: ArrayLike<V>
}

/** Splits a wire, every key towards the target of its hash. */
function splitKeyed({ keys, values }: KeyedWire, count: number, stage: ShuffleStage): KeyedWire[] {
  const parts = Array.from({ length: stage.parts }, () => ({
    keys: [] as unknown[],
    values: [] as unknown[],
  }))
  for (let i = 0; i < keys.length; i++) {
    const part = parts[partAt(partitionOf(keys[i], count), stage)]
    part.keys.push(keys[i])
    part.values.push(values[i])
  }
  return parts
}

/** How often each item occurs, as `[item, n]`, in the order of first occurrence. */
export const frequencies: Reducer<KeyMap<number>, KeyedWire<number>> = {
  start: () => new KeyMap<number>(),
  add: (state, batch) => {
    let i = 0
    try {
      for (; i < batch.items.length; i++) state.values[state.slotFor(batch.items[i], 0)]++
    } catch (error) {
      return located(error, batch, i).then((told) => Promise.reject(told))
    }
    return state
  },
  seal: countsOf,
  merge: (wires) => {
    if (wires.length === 1) return wires[0]
    const state = new KeyMap<number>()
    for (const { keys, values } of wires)
      for (let i = 0; i < keys.length; i++) state.values[state.slotFor(keys[i], 0)] += values[i]
    return countsOf(state)
  },
  finish: ({ keys, values }) => keys.map((key, i) => [key, values[i]]),
  split: (wire, count, stage) => splitKeyed(wire, count, stage) as KeyedWire<number>[],
}

function countsOf(state: KeyMap<number>): KeyedWire<number> {
  return { keys: state.keys, values: Float64Array.from(state.values) }
}

/** The first item of each key; without a key function the items are the keys. */
export function distinct(key?: UserFunction): Reducer<KeyMap<unknown>, KeyedWire> {
  const keyOf = (key ?? ((item: unknown) => item)) as (item: unknown) => unknown
  return {
    start: () => new KeyMap<unknown>(),
    add: (state, batch) =>
      eachKey(batch, keyOf, (itemKey, item) => {
        state.slotFor(itemKey, item)
      }).then(() => state),
    // Items that are their own keys need not travel twice.
    seal: (state) => ({ keys: state.keys, values: key ? state.values : [] }),
    merge: (wires) => {
      if (wires.length === 1) return wires[0]
      const state = new KeyMap<unknown>()
      for (const { keys, values } of wires)
        for (let i = 0; i < keys.length; i++) state.slotFor(keys[i], key ? values[i] : undefined)
      return { keys: state.keys, values: key ? state.values : [] }
    },
    finish: ({ keys, values }) => (key ? Array.from(values) : keys),
    split: (wire, count, stage) => {
      const parts = splitKeyed(wire, count, stage)
      return key ? parts : parts.map(({ keys }) => ({ keys, values: [] }))
    },
  }
}

type Binary = (state: unknown, item: unknown) => unknown

/** A fold for each key: `[key, state]`, in the order of first occurrence. */
export function foldby(
  spec: Extract<ReducerSpec, { reducer: 'foldby' }>,
): Reducer<KeyMap<unknown>, KeyedWire> {
  const fn = spec.fn as Binary
  const combine = spec.combine as Binary
  const { initial } = spec
  return {
    start: () => new KeyMap<unknown>(),
    add: (state, batch) =>
      eachKey(batch, spec.key as (item: unknown) => unknown, (key, item) => {
        const slot = state.slot(key)
        if (slot >= 0) return put(state.values, slot, fn(state.values[slot], item))
        const first = initial ? fn(copied(initial.value), item) : item
        return put(state.values, state.slotFor(key, first), first)
      }).then(() => state),
    seal: ({ keys, values }) => ({ keys, values }),
    merge: async (wires) => {
      if (wires.length === 1) return wires[0]
      const state = new KeyMap<unknown>()
      for (const { keys, values } of wires)
        for (let i = 0; i < keys.length; i++) {
          const slot = state.slot(keys[i])
          if (slot < 0) state.slotFor(keys[i], values[i])
          else {
            const waiting = put(state.values, slot, combine(state.values[slot], values[i]))
            if (waiting) await waiting
          }
        }
      return { keys: state.keys, values: state.values }
    },
    finish: ({ keys, values }) => keys.map((key, i) => [key, values[i]]),
    split: splitKeyed,
  }
}

/** Puts an answer in its place, once it is there. */
function put(values: unknown[], slot: number, answer: unknown): PromiseLike<void> | undefined {
  if (isPromise(answer))
    return answer.then((value) => {
      values[slot] = value
    })
  values[slot] = answer
  return undefined
}

/** Calls `use` for every item with its key, one after another; waits only where there is a promise. */
async function eachKey(
  batch: Batch,
  keyOf: (item: unknown) => unknown,
  use: (key: unknown, item: unknown) => PromiseLike<void> | undefined | void,
): Promise<void> {
  const { items } = batch
  let i = 0
  try {
    for (; i < items.length; i++) {
      const key = keyOf(items[i])
      const waiting = use(isPromise(key) ? await key : key, items[i])
      if (waiting) await waiting
    }
  } catch (error) {
    throw await located(error, batch, i)
  }
}
