// How well a forest that grows does: some rows are predicted by the trees that have not learnt from them (Breiman's
// out-of-bag estimate, 1996).

import { kernel } from '../../kernel.ts'
import { denseOf, type Sample } from '../block.ts'
import { type R2State, r2Of, r2OfPairs } from '../scores.ts'
import type { ForestTree } from './forest.ts'
import { drawsOf } from './forestRows.ts'
import { findLeaves } from './tree.ts'

/** Rows that are looked at. */
export interface WatchedRows {
  columns: number
  /** rows × columns. */
  x: Float64Array
  /** Numbers, or places of classes. */
  target: Float64Array
  weight: Float64Array | null
  /** The number of each row among all. */
  numbers: Float64Array
}

/** Every so many rows one, the same rows for any cut. */
export const watchedOfBlock = kernel(
  'ml.forest.watched',
  (
    { who, every }: { who: string; every: number },
    { x, weight }: Sample,
    target: Float64Array,
    start: number,
  ): WatchedRows => {
    const { data, rows, columns } = denseOf(x, who)
    const first = (every - (start % every)) % every
    const count = Math.max(0, Math.ceil((rows - first) / every))
    const made: WatchedRows = {
      columns,
      x: new Float64Array(count * columns),
      target: new Float64Array(count),
      weight: weight && new Float64Array(count),
      numbers: new Float64Array(count),
    }
    for (let i = 0, row = first; i < count; i++, row += every) {
      made.x.set(data.subarray(row * columns, (row + 1) * columns), i * columns)
      made.target[i] = target[row]
      if (weight) made.weight![i] = weight[row]
      made.numbers[i] = start + row
    }
    return made
  },
)

export const joinWatched = kernel('ml.forest.joinWatched', (a: WatchedRows, b: WatchedRows): WatchedRows => {
  if (a.numbers.length === 0) return b
  if (b.numbers.length === 0) return a
  const joined = (left: Float64Array, right: Float64Array): Float64Array => {
    const made = new Float64Array(left.length + right.length)
    made.set(left)
    made.set(right, left.length)
    return made
  }
  return {
    columns: a.columns,
    x: joined(a.x, b.x),
    target: joined(a.target, b.target),
    weight: a.weight && joined(a.weight, b.weight!),
    numbers: joined(a.numbers, b.numbers),
  }
})

/** What is to be known of a forest to score it. */
export interface WatchedForest {
  isRegression: boolean
  classes: number
  bootstrap: boolean
  seed: number
}

/** The score of the trees so far: R² or accuracy. */
export class ForestScore {
  readonly #rows: WatchedRows
  readonly #forest: WatchedForest
  /** rows × outputs: what the trees say that count for a row, summed up; and how many they are. */
  readonly #sums: Float64Array
  readonly #trees: Uint32Array
  readonly #leaves: Int32Array
  #next = 0

  constructor(rows: WatchedRows, forest: WatchedForest) {
    const count = rows.numbers.length
    this.#rows = rows
    this.#forest = forest
    this.#sums = new Float64Array(count * forest.classes)
    this.#trees = new Uint32Array(count)
    this.#leaves = new Int32Array(count)
  }

  /** What the score is called. */
  get name(): string {
    const { bootstrap, isRegression } = this.#forest
    return `${bootstrap ? 'out-of-bag' : 'training'} ${isRegression ? 'R²' : 'accuracy'}`
  }

  /** Takes the next tree of the forest into account: for the rows that it did not draw, or all where trees draw none. */
  add({ tree, values }: ForestTree): void {
    const { x, columns, numbers } = this.#rows
    const { bootstrap, seed, classes } = this.#forest
    const number = this.#next++
    findLeaves(tree, x, numbers.length, columns, this.#leaves)
    for (let row = 0; row < numbers.length; row++) {
      if (bootstrap && drawsOf(seed, number, numbers[row]) > 0) continue
      this.#trees[row]++
      for (let c = 0; c < classes; c++)
        this.#sums[row * classes + c] += values[this.#leaves[row] * classes + c]
    }
  }

  /** Undefined as long as no row that weighs anything is told of; R² needs two of them. */
  get score(): number | undefined {
    const { target, weight } = this.#rows
    const told: number[] = []
    for (let row = 0; row < target.length; row++)
      if (this.#trees[row] > 0 && (!weight || weight[row] > 0)) told.push(row)
    if (told.length < (this.#forest.isRegression ? 2 : 1)) return undefined
    const weightOf = (row: number): number => (weight ? weight[row] : 1)
    if (this.#forest.isRegression) {
      const state: R2State = r2OfPairs(undefined, {
        actual: Float64Array.from(told, (row) => target[row]),
        predicted: Float64Array.from(told, (row) => this.#sums[row] / this.#trees[row]),
        weight: Float64Array.from(told, weightOf),
      })
      return r2Of(state)
    }
    let [right, all] = [0, 0]
    for (const row of told) {
      all += weightOf(row)
      if (this.#classOf(row) === target[row]) right += weightOf(row)
    }
    return right / all
  }

  /** The first of the most probable classes. */
  #classOf(row: number): number {
    const { classes } = this.#forest
    const at = row * classes
    let best = 0
    for (let c = 1; c < classes; c++) if (this.#sums[at + c] > this.#sums[at + best]) best = c
    return best
  }
}
