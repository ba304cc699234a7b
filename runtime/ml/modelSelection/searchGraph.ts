// The tasks of a search: splits, prefixes of pipelines, fits with their scores. What candidates share is one task.

import { prepareInputs } from '../../collections/delayed/node.ts'
import { type Collection, currentExecutor } from '../../graph/collection.ts'
import { announceNode, buildNode, type GraphNode } from '../../graph/node.ts'
import type { TaskGraph, TaskRef } from '../../graph/taskGraph.ts'
import {
  fitScoresTask,
  fitTask,
  fitTransformTask,
  stackTask,
  type WholeRows,
} from '../../kernels/ml/fitTask.ts'
import { Pipeline } from '../compose/pipeline.ts'
import { Blocks } from '../contract/blocks.ts'
import type { Estimator } from '../contract/estimator.ts'
import { learnsTogether } from '../contract/learnsTogether.ts'
import type { Samples } from '../contract/samples.ts'
import { evenFitGroups, fitGroups } from './fitGroups.ts'
import type { FoldTasks } from './foldTasks.ts'

/** Fits of candidates on folds; computing gives the scores, a row a candidate. */
export class SearchTasks implements Collection<number[][]> {
  readonly collectionKind = 'ml'
  readonly #rows: GraphNode
  readonly #folds: FoldTasks
  readonly #scoring: string | null
  /** Candidates' steps as data. */
  readonly #steps: readonly (readonly unknown[])[]
  /** What each fit reads: a fold, after steps that others may share. Candidate by candidate, its folds. */
  readonly #reads: readonly string[]
  readonly #groups: readonly (readonly number[])[]

  /** @param threads how many fits run at a time; Infinity where that is not known */
  constructor(
    rows: Blocks<WholeRows>,
    candidates: readonly Estimator[],
    folds: FoldTasks,
    scoring: string | null,
    threads: number,
  ) {
    this.#rows = rows.node
    this.#folds = folds
    this.#scoring = scoring
    const steps = candidates.map((candidate) =>
      candidate instanceof Pipeline ? candidate.stepsToFit() : [candidate],
    )
    this.#steps = steps.map((own) => own.map((step) => step.toJSON()))
    this.#reads = this.#steps.flatMap((steps) =>
      Array.from(
        { length: folds.count },
        (_, fold) =>
          fold +
          steps
            .slice(0, -1)
            .map((model) => JSON.stringify(model))
            .join(''),
      ),
    )
    const learnTogether = steps.every((own) => learnsTogether(own[own.length - 1]))
    this.#groups = (learnTogether ? evenFitGroups : fitGroups)(this.#reads, threads)
  }

  announce(graph: TaskGraph): void {
    announceNode(graph, this.#rows)
  }

  prepare(): Promise<void> {
    return prepareInputs(this.#rows)
  }

  buildTasks(graph: TaskGraph): readonly unknown[] {
    const group = (fn: (...args: never[]) => unknown, name: string, bound: unknown[] = []): number =>
      graph.addGroup({ fn, name, bound, kind: 'ml.fit' })
    const [data] = buildNode(graph, this.#rows)
    const splits = this.#folds.build(graph, data)
    const transforming = group(fitTransformTask, 'fitTransform')
    const scoring = group(fitScoresTask, 'fitScore', [this.#scoring])
    // By what was done so far: candidates that differ only in later steps share the tasks of earlier ones.
    const prefixes = new Map<string, TaskRef>()
    const stepsOf = (fit: number): readonly unknown[] => this.#steps[Math.floor(fit / this.#folds.count)]
    return this.#groups.map((fits) => {
      const [first] = fits
      let now = splits[first % this.#folds.count]
      let path = String(first % this.#folds.count)
      for (const model of stepsOf(first).slice(0, -1)) {
        path += JSON.stringify(model)
        let known = prefixes.get(path)
        if (!known) {
          known = graph.addTask(transforming, [model, now])
          prefixes.set(path, known)
        }
        now = known
      }
      return graph.addTask(scoring, [fits.map((fit) => stepsOf(fit).at(-1)), now])
    })
  }

  assemble(results: readonly unknown[]): number[][] {
    const folds = this.#folds.count
    const scores = this.#steps.map(() => new Array<number>(folds))
    this.#groups.forEach((fits, group) => {
      fits.forEach((fit, i) => {
        scores[Math.floor(fit / folds)][fit % folds] = (results[group] as number[])[i]
      })
    })
    return scores
  }

  standingOn(): SearchTasks {
    return this
  }
}

/** One fit with all rows; computing gives the model as data. */
export class FitTasks implements Collection<unknown> {
  readonly collectionKind = 'ml'
  readonly #rows: GraphNode
  readonly #model: Estimator

  constructor(rows: Blocks<WholeRows>, model: Estimator) {
    this.#rows = rows.node
    this.#model = model
  }

  announce(graph: TaskGraph): void {
    announceNode(graph, this.#rows)
  }

  prepare(): Promise<void> {
    return prepareInputs(this.#rows)
  }

  buildTasks(graph: TaskGraph): readonly unknown[] {
    const group = graph.addGroup({ fn: fitTask, name: 'fit', kind: 'ml.fit' })
    return [graph.addTask(group, [this.#model.toJSON(), ...buildNode(graph, this.#rows)])]
  }

  assemble(results: readonly unknown[]): unknown {
    return results[0]
  }

  standingOn(): FitTasks {
    return this
  }
}

/** All rows as one value on one worker. */
class StackedRows implements GraphNode {
  readonly #lists: readonly GraphNode[]
  constructor({ x, y, weight }: Samples) {
    this.#lists = [x.blocks.node, y.node, ...(weight ? [weight.node] : [])]
  }
  inputs(): readonly GraphNode[] {
    return this.#lists
  }
  needs(): readonly GraphNode[] {
    return this.#lists
  }
  build(graph: TaskGraph): readonly unknown[] {
    const lists = this.#lists.map((node) => graph.built(node)!)
    const group = graph.addGroup({ fn: stackTask, name: 'stack', kind: 'ml.fit' })
    return [graph.addTask(group, [lists[0].length, ...lists.flat()])]
  }
}

/** How many fits run at a time on the cluster that is there; Infinity where nothing says it. */
export async function threadsThere(): Promise<number> {
  const info = await (await currentExecutor()).info?.()
  const threads = info?.workers.reduce((sum, worker) => sum + worker.threads, 0)
  return threads || Number.POSITIVE_INFINITY
}

/** All rows, brought together once and kept on one worker: what folds are made of, and what every fit reads. */
export const wholeRows = (samples: Samples): Promise<Blocks<WholeRows>> =>
  Blocks.lazy<WholeRows>(new StackedRows(samples), 1).persist()
