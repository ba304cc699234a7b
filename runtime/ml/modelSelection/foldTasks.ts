// The folds of a search as tasks: made where the rows are, or, of a splitter of the caller's own, here.

import type { TaskGraph, TaskRef } from '../../graph/taskGraph.ts'
import {
  foldedSplitTask,
  foldsTask,
  rowsToTrain,
  splitTask,
  type WholeRows,
} from '../../kernels/ml/fitTask.ts'
import { type Fold, type FoldRule, placesOfFold, thinned } from '../../kernels/ml/folds.ts'
import type { Blocks } from '../contract/blocks.ts'

/** How the rows of a search are divided. */
export interface FoldTasks {
  readonly count: number
  /** How many rows the first fold trains with. */
  trainRows(rows: Blocks<WholeRows>): Promise<number>
  /** The same folds with fewer rows to train with, evenly drawn. */
  thinned(rows: number): FoldTasks
  /**
   * Adds a task a fold.
   * @param data the reference of all rows
   */
  build(graph: TaskGraph, data: unknown): TaskRef[]
}

/** Folds by a rule: neither labels nor places of rows travel. */
export class RuledFolds implements FoldTasks {
  readonly #rule: FoldRule
  readonly #rows: number | null

  /** @param rows how many to train with; all where null */
  constructor(rule: FoldRule, rows: number | null = null) {
    this.#rule = rule
    this.#rows = rows
  }

  get count(): number {
    return this.#rule.folds
  }

  async trainRows(rows: Blocks<WholeRows>): Promise<number> {
    return (await rows.map(rowsToTrain, this.#rule).gather('fit'))[0]
  }

  thinned(rows: number): FoldTasks {
    return new RuledFolds(this.#rule, rows)
  }

  build(graph: TaskGraph, data: unknown): TaskRef[] {
    const dividing = graph.addGroup({ fn: foldsTask, name: 'folds', bound: [this.#rule], kind: 'ml.fit' })
    const splitting = graph.addGroup({ fn: foldedSplitTask, name: 'split', kind: 'ml.fit' })
    const folds = graph.addTask(dividing, [data])
    return Array.from({ length: this.count }, (_, fold) =>
      graph.addTask(splitting, [{ fold, rows: this.#rows }, data, folds]),
    )
  }
}

/** Folds whose places are known here. */
export class GivenFolds implements FoldTasks {
  readonly #folds: readonly Fold[]

  constructor(folds: readonly Fold[]) {
    this.#folds = folds
  }

  get count(): number {
    return this.#folds.length
  }

  async trainRows(): Promise<number> {
    return this.#folds[0].train.length
  }

  thinned(rows: number): FoldTasks {
    return new GivenFolds(this.#folds.map((fold) => thinned(fold, rows)))
  }

  build(graph: TaskGraph, data: unknown): TaskRef[] {
    const splitting = graph.addGroup({ fn: splitTask, name: 'split', kind: 'ml.fit' })
    return this.#folds.map((fold) => graph.addTask(splitting, [placesOfFold(fold), data]))
  }
}
