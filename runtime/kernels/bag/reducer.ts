// How a bag becomes one value: a partition becomes a small state, states merge by a tree, the last one gives the answer.

import type { ShuffleStage } from '../shuffleStage.ts'
import type { Batch } from './batch.ts'
import { customReducer } from './customReducer.ts'
import { fold } from './fold.ts'
import { distinct, foldby, frequencies } from './keyed.ts'
import type { ReducerSpec } from './plan.ts'
import { choices, topK } from './selections.ts'
import { all, any, count, extreme, moments, product, sum } from './statistics.ts'

/**
 * One way to reduce. `State` is what a partition is gathered in; `Wire` is what travels between tasks, so it is small
 * and plain. `merge` gets at least one wire, in the order of the partitions.
 */
export interface Reducer<State = unknown, Wire = unknown> {
  start(): State
  add(state: State, batch: Batch): State | Promise<State>
  /** Whether no further item can change the answer, so that the rest need not be read. */
  done?(state: State): boolean
  seal(state: State): Wire | Promise<Wire>
  merge(wires: Wire[]): Wire | Promise<Wire>
  finish(wire: Wire): unknown
  /** Instead of the last `merge` and `finish`, where the two differ from others. */
  conclude?(wires: Wire[]): unknown
  /** Splits a wire by the hash of its keys over `count` targets; only where there are keys. */
  split?(wire: Wire, count: number, stage: ShuffleStage): Wire[]
}

/** The reducer that a plan asks for. */
export function reducerOf(spec: ReducerSpec): Reducer {
  return build(spec) as Reducer
}

function build(spec: ReducerSpec): unknown {
  switch (spec.reducer) {
    case 'count':
      return count
    case 'sum':
      return sum
    case 'product':
      return product
    case 'moments':
      return moments(spec.give, spec.ddof)
    case 'extreme':
      return extreme(spec.give)
    case 'any':
      return any(spec.fn)
    case 'all':
      return all(spec.fn)
    case 'topK':
      return topK(spec.k, spec.key)
    case 'choices':
      return choices(spec.k, spec.seed)
    case 'fold':
      return fold(spec)
    case 'frequencies':
      return frequencies
    case 'distinct':
      return distinct(spec.key)
    case 'foldby':
      return foldby(spec)
    case 'custom':
      return customReducer(spec)
  }
}
