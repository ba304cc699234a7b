// Reducers over numbers and truth: count, sum, product, mean, variance, extremes, any, all.

import { kernel } from '../kernel.ts'
import type { Batch } from './batch.ts'
import { located } from './batch.ts'
import type { UserFunction } from './plan.ts'
import type { Reducer } from './reducer.ts'

/** A reduction has no answer for a bag without items. */
export class EmptyBagError extends RangeError {
  override name = 'EmptyBagError'
  constructor(method: string, wayOut: string) {
    super(`${method} of a bag without items has no value: ${wayOut}`)
  }
}
kernel('error.EmptyBagError', EmptyBagError)

/** An item that should be a number is none. */
export class NotNumericError extends TypeError {
  override name = 'NotNumericError'
  constructor(method: string, item: unknown) {
    const shown = typeof item === 'string' ? JSON.stringify(item.slice(0, 40)) : String(item).slice(0, 40)
    super(
      `${method} needs numbers, but an item is ${shown} (${item === null ? 'null' : typeof item}): map it to a number, or filter it out`,
    )
  }
}
kernel('error.NotNumericError', NotNumericError)

export const count: Reducer<number, number> = {
  start: () => 0,
  add: (state, batch) => state + batch.items.length,
  seal: (state) => state,
  merge: (wires) => wires.reduce((a, b) => a + b),
  finish: (wire) => wire,
}

type Numeric = number | bigint

/** Adds or multiplies: numbers, or bigints where all items are. An empty partition has no say in which. */
function arithmetic(
  method: string,
  neutral: number,
  apply: (a: Numeric, b: Numeric) => Numeric,
): Reducer<Numeric | undefined, Numeric | undefined> {
  return {
    start: () => undefined,
    add: (state, batch) => addAll(method, apply, state, batch),
    seal: (state) => state,
    merge: (wires) => wires.reduce((a, b) => (a === undefined ? b : b === undefined ? a : apply(a, b))),
    finish: (wire) => wire ?? neutral,
  }
}

function addAll(
  method: string,
  apply: (a: Numeric, b: Numeric) => Numeric,
  state: Numeric | undefined,
  batch: Batch,
): Numeric | undefined | Promise<never> {
  const { items } = batch
  let total = state
  for (let i = 0; i < items.length; i++) {
    const item = items[i]
    if (typeof item !== 'number' && typeof item !== 'bigint' && typeof item !== 'boolean')
      return fail(new NotNumericError(method, item), batch, i)
    const value = typeof item === 'boolean' ? Number(item) : item
    try {
      total = total === undefined ? value : apply(total, value)
    } catch (error) {
      return fail(error, batch, i)
    }
  }
  return total
}

const fail = async (error: unknown, batch: Batch, index: number): Promise<never> => {
  throw await located(error, batch, index)
}

export const sum = arithmetic('sum', 0, (a, b) => (a as number) + (b as number))
export const product = arithmetic('product', 1, (a, b) => (a as number) * (b as number))

interface Moments {
  count: number
  /** Kept beside the mean so that the mean of whole numbers is as exact as one division. */
  total: number
  mean: number
  /** Sum of the squared differences from the mean. */
  squares: number
}

/** Puts the moments of two parts together (Chan, Golub, LeVeque): no loss where the mean is large. */
function together(a: Moments, b: Moments): Moments {
  if (a.count === 0) return b
  if (b.count === 0) return a
  const total = a.count + b.count
  const apart = b.mean - a.mean
  return {
    count: total,
    total: a.total + b.total,
    mean: a.mean + (apart * b.count) / total,
    squares: a.squares + b.squares + (apart * apart * a.count * b.count) / total,
  }
}

/** Mean, variance or standard deviation; NaN for a bag with too few items. */
export function moments(give: 'mean' | 'var' | 'std', ddof: number): Reducer<Moments, Moments> {
  return {
    start: () => ({ count: 0, total: 0, mean: 0, squares: 0 }),
    add: (state, batch) => momentsOf(give, state, batch),
    seal: (state) => state,
    merge: (wires) => wires.reduce(together),
    finish: ({ count, total, squares }) => {
      if (give === 'mean') return count === 0 ? Number.NaN : total / count
      const variance = count > ddof ? squares / (count - ddof) : Number.NaN
      return give === 'var' ? variance : Math.sqrt(variance)
    },
  }
}

function momentsOf(method: string, state: Moments, batch: Batch): Moments | Promise<never> {
  const { items } = batch
  if (items.length === 0) return state
  let total = 0
  for (let i = 0; i < items.length; i++) {
    const item = items[i]
    if (typeof item !== 'number' && typeof item !== 'boolean')
      return fail(new NotNumericError(method, item), batch, i)
    total += item as number
  }
  const mean = total / items.length
  let squares = 0
  if (method !== 'mean')
    for (let i = 0; i < items.length; i++) {
      const apart = (items[i] as number) - mean
      squares += apart * apart
    }
  return together(state, { count: items.length, total, mean, squares })
}

/** The smallest or largest item by `<`; NaN wherever one item is NaN, as for `Math.min`. */
export function extreme(give: 'min' | 'max'): Reducer<[unknown?], [unknown?]> {
  const better = (a: unknown, b: unknown): boolean => {
    if (Number.isNaN(a)) return true
    if (Number.isNaN(b)) return false
    return give === 'min' ? (a as number) < (b as number) : (a as number) > (b as number)
  }
  return {
    start: () => [],
    add: (state, { items }) => {
      if (items.length === 0) return state
      let best = state.length > 0 ? state[0] : items[0]
      for (let i = 0; i < items.length; i++) if (better(items[i], best)) best = items[i]
      return [best]
    },
    seal: (state) => state,
    merge: (wires) =>
      wires.reduce((a, b) => (a.length === 0 || (b.length > 0 && better(b[0], a[0])) ? b : a)),
    finish: (wire) => {
      if (wire.length === 0)
        throw new EmptyBagError(give, 'ask for count() first, or concat a bag with a default')
      return wire[0]
    },
  }
}

export const any = (fn?: UserFunction): Reducer<boolean, boolean> => truth(fn, true)
export const all = (fn?: UserFunction): Reducer<boolean, boolean> => truth(fn, false)

/** Looks for an item that decides: one that is true for `any`, one that is false for `all`. */
function truth(fn: UserFunction | undefined, decisive: boolean): Reducer<boolean, boolean> {
  const test = (fn ?? ((item: unknown) => item)) as (item: unknown) => unknown
  return {
    start: () => !decisive,
    done: (state) => state === decisive,
    add: async (state, batch) => {
      let i = 0
      try {
        for (; i < batch.items.length; i++) if (!(await test(batch.items[i])) !== decisive) return decisive
      } catch (error) {
        throw await located(error, batch, i)
      }
      return state
    },
    seal: (state) => state,
    merge: (wires) => wires.find((wire) => wire === decisive) ?? !decisive,
    finish: (wire) => wire,
  }
}
