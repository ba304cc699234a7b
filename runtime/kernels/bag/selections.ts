// Reducers that keep a few of the items: the largest ones, or some by chance.

import { isPromise, located } from './batch.ts'
import type { UserFunction } from './plan.ts'
import { randomFrom } from './random.ts'
import type { Reducer } from './reducer.ts'

interface Ranked {
  items: unknown[]
  keys: unknown[]
}

/**
 * The `k` items with the largest keys, largest first; of equal ones the earlier. Keeps at most `2k` at a time.
 * A NaN key counts as smaller than any other.
 */
export function topK(k: number, key?: UserFunction): Reducer<Ranked, Ranked> {
  const keyOf = (key ?? ((item: unknown) => item)) as (item: unknown) => unknown
  return {
    start: () => ({ items: [], keys: [] }),
    add: async (state, batch) => {
      let ranked = state
      let least = ranked.items.length >= k ? ranked.keys[k - 1] : undefined
      let i = 0
      try {
        for (; i < batch.items.length; i++) {
          const item = batch.items[i]
          const answer = keyOf(item)
          const itemKey = isPromise(answer) ? await answer : answer
          if (least !== undefined && compareKeys(itemKey, least) <= 0) continue
          ranked.items.push(item)
          ranked.keys.push(itemKey)
          if (ranked.items.length < 2 * k) continue
          ranked = best(ranked, k)
          least = ranked.keys[k - 1]
        }
      } catch (error) {
        throw await located(error, batch, i)
      }
      return ranked
    },
    seal: (state) => best(state, k),
    merge: (wires) =>
      best({ items: wires.flatMap((wire) => wire.items), keys: wires.flatMap((wire) => wire.keys) }, k),
    finish: (wire) => wire.items,
  }
}

function best({ items, keys }: Ranked, k: number): Ranked {
  const order = Array.from(keys.keys()).sort((a, b) => compareKeys(keys[b], keys[a]) || a - b)
  const kept = order.slice(0, k)
  return { items: kept.map((i) => items[i]), keys: kept.map((i) => keys[i]) }
}

/** Orders by `<`, lists item by item. */
function compareKeys(a: unknown, b: unknown): number {
  if (Array.isArray(a) && Array.isArray(b)) {
    for (let i = 0; i < a.length && i < b.length; i++) {
      const order = compareKeys(a[i], b[i])
      if (order !== 0) return order
    }
    return a.length - b.length
  }
  const left = a as number
  const right = b as number
  if (left < right) return -1
  if (left > right) return 1
  if (Number.isNaN(left)) return Number.isNaN(right) ? 0 : -1
  return Number.isNaN(right) ? 1 : 0
}

interface Reservoir {
  count: number
  chosen: unknown[]
}

/**
 * `k` items drawn with replacement, each with the same chance: `k` reservoirs of one item. Merging draws again, from
 * numbers that the seed and the counts decide, so the same bag gives the same choice.
 */
export function choices(k: number, seed: number): Reducer<Choosing, Reservoir> {
  return {
    start: () => new Choosing(k, seed),
    add: (state, batch) => {
      state.add(batch.items)
      return state
    },
    seal: ({ count, chosen }) => ({ count, chosen }),
    merge: (wires) =>
      wires.reduce((a, b) => {
        if (a.count === 0) return b
        if (b.count === 0) return a
        const random = randomFrom(seed ^ a.count, b.count)
        const total = a.count + b.count
        const chosen = a.chosen.map((item, i) => (random() * total < a.count ? item : b.chosen[i]))
        return { count: total, chosen }
      }),
    finish: ({ chosen }) => chosen,
  }
}

class Choosing {
  count = 0
  chosen: unknown[] = []
  readonly #k: number
  readonly #random: () => number
  /** Per reservoir: the number of the item that replaces it next. */
  #next: Float64Array | undefined
  #soonest = 0

  constructor(k: number, seed: number) {
    this.#k = k
    this.#random = randomFrom(seed)
  }

  add(items: readonly unknown[]): void {
    const k = this.#k
    for (const item of items) {
      this.count++
      if (!this.#next) {
        this.#next = new Float64Array(k)
        for (let i = 0; i < k; i++) this.#replace(i, item)
        this.#soonest = this.#next.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY)
        continue
      }
      if (this.count < this.#soonest) continue
      let soonest = Number.POSITIVE_INFINITY
      for (let i = 0; i < k; i++) {
        if (this.#next[i] <= this.count) this.#replace(i, item)
        if (this.#next[i] < soonest) soonest = this.#next[i]
      }
      this.#soonest = soonest
    }
  }

  /** Item number n stays until number m > x with probability n / x, so the next one is at n / (1 − u). */
  #replace(reservoir: number, item: unknown): void {
    this.chosen[reservoir] = item
    this.#next![reservoir] = Math.floor(this.count / (1 - this.#random())) + 1
  }
}
