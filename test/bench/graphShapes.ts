// The graphs of 'Runtime vs Scheduler: Analyzing Dask's Overheads' (Böhm and Beránek, 2020) by name, as plain edges.
//
// merge, merge_slow, tree and bag are what the paper runs. numpy, xarray, groupby and join are graph shapes alone: layer
// by layer what Dask's optimiser leaves of the paper's programs, with tasks that compute nothing.

import { isAsked } from './asked.ts'

/** Tasks in an order in which each comes after those it depends on; the last one is the result. */
export interface GraphShape {
  name: string
  /** Per task: indices of earlier tasks. */
  dependencies: readonly (readonly number[])[]
}

class Layers {
  readonly dependencies: (readonly number[])[] = []

  add(...dependencies: number[]): number {
    return this.dependencies.push(dependencies) - 1
  }

  /** One task for each, on that one alone. */
  over(tasks: readonly number[]): number[] {
    return tasks.map((task) => this.add(task))
  }

  roots(count: number): number[] {
    return Array.from({ length: count }, () => this.add())
  }

  /** Folds tasks together, `width` at a time, until one is left. */
  tree(tasks: readonly number[], width: number): number {
    let level = [...tasks]
    do {
      const next: number[] = []
      for (let i = 0; i < level.length; i += width) next.push(this.add(...level.slice(i, i + width)))
      level = next
    } while (level.length > 1)
    return level[0]
  }
}

function shape(name: string, build: (layers: Layers) => unknown): GraphShape {
  const layers = new Layers()
  build(layers)
  return { name, dependencies: layers.dependencies }
}

/** `count` tasks and one that takes them all. */
export const merge = (name: string, count: number): GraphShape =>
  shape(name, (layers) => layers.add(...layers.roots(count)))

/** A binary sum over 2^exponent numbers: the leaves are additions of two numbers. */
export const tree = (exponent: number): GraphShape =>
  shape(`tree-${exponent}`, (layers) => layers.tree(layers.roots(2 ** (exponent - 1)), 2))

/** `b.product(b)` of a filtered bag, filtered, plucked, summed. */
export const bag = (partitions: number): GraphShape =>
  shape(`bag-${partitions}`, (layers) => {
    const people = layers.over(layers.roots(partitions))
    const products = people.flatMap((one) => people.map((other) => layers.add(one, other)))
    layers.tree(layers.over(products), 8)
  })

/** `x + x.T`, every second row of its right half, mean along one axis, sum. */
export const numpy = (chunks: number): GraphShape =>
  shape(`numpy-${chunks}`, (layers) => {
    const random = new Map<number, number>()
    // Blocks that the right half of the sum does not need are not drawn.
    const drawn = (row: number, column: number): number => {
      const at = row * chunks + column
      const known = random.get(at) ?? layers.add()
      random.set(at, known)
      return known
    }
    const means: number[] = []
    for (let row = 0; row < chunks; row++) {
      const right: number[] = []
      for (let column = chunks >> 1; column < chunks; column++)
        right.push(layers.add(...new Set([drawn(row, column), drawn(column, row)])))
      means.push(layers.tree(layers.over(layers.over(right)), 4))
    }
    layers.tree(layers.over(means), 4)
  })

/** `(ds.groupby(week) - ds.groupby(week).mean()).sum()` over blocks of an array. */
export const xarray = (blocks: number, weeks: number): GraphShape =>
  shape(`xarray-${blocks}x${weeks}`, (layers) => {
    const partial: number[] = []
    for (const block of layers.roots(blocks)) {
      const taken = Array.from({ length: weeks }, () => layers.add(block))
      const means = layers.add(...layers.over(taken))
      for (const week of taken) partial.push(layers.add(week, layers.add(means)))
    }
    layers.tree(layers.over(partial), 8)
  })

/** A mean by group, and a filtered mean over windows that reach into the next partition; both summed. */
export const groupby = (partitions: number): GraphShape =>
  shape(`groupby-${partitions}`, (layers) => {
    const frames = layers.roots(partitions)
    const grouped = layers.tree(layers.over(frames), 8)
    const filtered = layers.over(frames)
    const windows = filtered.map((task, i) => layers.add(task, filtered[Math.min(i + 1, partitions - 1)]))
    layers.add(grouped, layers.tree(layers.over(windows), 8))
  })

/** A join on a column that both sides are shuffled by, then a sum. */
export const join = (partitions: number): GraphShape =>
  shape(`join-${partitions}`, (layers) => {
    const sides = [0, 1].map(() => {
      const split = layers.over(layers.roots(partitions))
      return Array.from({ length: partitions }, () => layers.add(...split.map((task) => layers.add(task))))
    })
    layers.tree(layers.over(sides[0].map((task, i) => layers.add(task, sides[1][i]))), 8)
  })

export const edgesOf = ({ dependencies }: GraphShape): number =>
  dependencies.reduce((sum, own) => sum + own.length, 0)

/** The paper's sizes; `merge-100K` last, since it is the largest. */
const PAPER: readonly GraphShape[] = [
  merge('merge-10K', 10_000),
  merge('merge-30K', 30_000),
  tree(15),
  bag(100),
  numpy(40),
  xarray(55, 53),
  groupby(4000),
  join(48),
  merge('merge-100K', 100_000),
]

/** Smaller ones of each kind, which Dask can do within seconds: it stands beside these. */
export const TWINS: readonly GraphShape[] = [
  merge('merge-3K', 3_000),
  tree(12),
  bag(30),
  numpy(20),
  xarray(10, 20),
  groupby(500),
  join(24),
]

export const SHAPES: readonly GraphShape[] = [...TWINS, ...PAPER].filter(({ name }) => isAsked(name))
