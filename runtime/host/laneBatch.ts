// Turns a decided batch into the message for its lane: arguments packed, each dependency once.

import type { WorkerState } from '../worker/workerState.ts'
import { type BatchMessage, type BatchValues, movable } from './laneMessages.ts'
import type { ValueStore } from './valueStore.ts'

/** The message, and the memory that moves with it. */
export function startMessages(
  state: WorkerState,
  store: ValueStore,
  lane: number,
  batch: number,
  slots: Int32Array,
): { message: BatchMessage; transfer: ArrayBuffer[] } {
  const { runs } = state
  const tasks = new Int32Array(slots.length)
  const callables = new Uint32Array(slots.length)
  const argEnds = new Uint32Array(slots.length)
  let argBytes = 0
  let depends = false
  for (let i = 0; i < slots.length; i++) {
    const { tasks: all, callables: numbers, argOffsets, dependencyOffsets } = runs.message(slots[i])
    const at = runs.at(slots[i])
    tasks[i] = all[at]
    callables[i] = numbers[at]
    argBytes += argOffsets[at + 1] - argOffsets[at]
    argEnds[i] = argBytes
    if (dependencyOffsets[at + 1] > dependencyOffsets[at]) depends = true
  }
  const args = new Uint8Array(argBytes)
  for (let i = 0; i < slots.length; i++) {
    const message = runs.message(slots[i])
    const at = runs.at(slots[i])
    args.set(
      message.args.subarray(message.argOffsets[at], message.argOffsets[at + 1]),
      i === 0 ? 0 : argEnds[i - 1],
    )
  }
  const values = depends ? packDependencies(state, store, lane, slots) : undefined
  return {
    message: { kind: 'batch', batch, tasks, callables, args, argEnds, values },
    transfer: movable(args.buffer, values?.packed.buffer),
  }
}

function packDependencies(
  state: WorkerState,
  store: ValueStore,
  lane: number,
  slots: Int32Array,
): BatchValues {
  const ends = new Uint32Array(slots.length)
  const indexes: number[] = []
  const indexOf = new Map<number, number>()
  for (let i = 0; i < slots.length; i++) {
    state.runs.eachDependency(slots[i], (task, run, _holder, _bytes, part) => {
      const row = state.values.rowOf(task, run, part)
      let index = indexOf.get(row)
      if (index === undefined) {
        index = indexOf.size
        indexOf.set(row, index)
      }
      indexes.push(index)
    })
    ends[i] = indexes.length
  }
  return store.pack(lane, [...indexOf.keys()], ends, Uint32Array.from(indexes))
}
