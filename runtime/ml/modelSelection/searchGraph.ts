// The tasks of a search: splits, prefixes of pipelines, fits with their scores. What candidates share is one task.

import { prepareInputs } from '../../collections/delayed/node.ts'
import type { Collection } from '../../graph/collection.ts'
import { announceNode, buildNode, type GraphNode } from '../../graph/node.ts'
import type { TaskGraph, TaskRef } from '../../graph/taskGraph.ts'
import { fitScoreTask, fitTask, fitTransformTask, splitTask, stackTask } from '../../kernels/ml/fitTask.ts'
import { Pipeline } from '../compose/pipeline.ts'
import type { Estimator } from '../contract/estimator.ts'
import type { Samples } from '../contract/samples.ts'
import type { Fold } from './folds.ts'

/** Fits of candidates on folds; computing gives the scores, a row a candidate. */
export class SearchTasks implements Collection<number[][]> {
  readonly collectionKind = 'ml'
  readonly #samples: Samples
  readonly #candidates: readonly Estimator[]
  readonly #folds: readonly Fold[]
  readonly #scoring: string | null

  constructor(
    samples: Samples,
    candidates: readonly Estimator[],
    folds: readonly Fold[],
    scoring: string | null,
  ) {
    this.#samples = samples
    this.#candidates = candidates
    this.#folds = folds
    this.#scoring = scoring
  }

  get #nodes(): GraphNode[] {
    return nodesOf(this.#samples)
  }

  announce(graph: TaskGraph): void {
    for (const node of this.#nodes) announceNode(graph, node)
  }

  async prepare(): Promise<void> {
    for (const node of this.#nodes) await prepareInputs(node)
  }

  buildTasks(graph: TaskGraph): readonly unknown[] {
    const group = (fn: (...args: never[]) => unknown, name: string, bound: unknown[] = []): number =>
      graph.addGroup({ fn, name, bound, kind: 'ml.fit' })
    const data = wholeData(graph, this.#samples)
    const splitting = group(splitTask, 'split')
    const splits = this.#folds.map((fold) => graph.addTask(splitting, [fold, data]))
    const transforming = group(fitTransformTask, 'fitTransform')
    const scoring = group(fitScoreTask, 'fitScore', [this.#scoring])
    // By what was done so far: candidates that differ only in later steps share the tasks of earlier ones.
    const prefixes = new Map<string, TaskRef>()
    return this.#candidates.flatMap((candidate) =>
      splits.map((split, fold) => {
        const steps =
          candidate instanceof Pipeline ? candidate.params.steps.map(([, step]) => step) : [candidate]
        let now = split
        let path = String(fold)
        for (const step of steps.slice(0, -1)) {
          const model = step.toJSON()
          path += JSON.stringify(model)
          let known = prefixes.get(path)
          if (!known) {
            known = graph.addTask(transforming, [model, now])
            prefixes.set(path, known)
          }
          now = known
        }
        return graph.addTask(scoring, [steps[steps.length - 1].toJSON(), now])
      }),
    )
  }

  assemble(results: readonly unknown[]): number[][] {
    const folds = this.#folds.length
    return this.#candidates.map((_, i) => results.slice(i * folds, (i + 1) * folds) as number[])
  }

  standingOn(): SearchTasks {
    return this
  }
}

/** One fit with all rows; computing gives the model as data. */
export class FitTasks implements Collection<unknown> {
  readonly collectionKind = 'ml'
  readonly #samples: Samples
  readonly #model: Estimator

  constructor(samples: Samples, model: Estimator) {
    this.#samples = samples
    this.#model = model
  }

  async prepare(): Promise<void> {
    for (const node of nodesOf(this.#samples)) await prepareInputs(node)
  }

  buildTasks(graph: TaskGraph): readonly unknown[] {
    const group = graph.addGroup({ fn: fitTask, name: 'fit', kind: 'ml.fit' })
    return [graph.addTask(group, [this.#model.toJSON(), wholeData(graph, this.#samples)])]
  }

  assemble(results: readonly unknown[]): unknown {
    return results[0]
  }

  standingOn(): FitTasks {
    return this
  }
}

const nodesOf = ({ x, y, weight }: Samples): GraphNode[] => [
  x.blocks.node,
  y.node,
  ...(weight ? [weight.node] : []),
]

/** All rows as one value on one worker. */
function wholeData(graph: TaskGraph, samples: Samples): TaskRef {
  const lists = nodesOf(samples).map((node) => buildNode(graph, node))
  const group = graph.addGroup({ fn: stackTask, name: 'stack', kind: 'ml.fit' })
  return graph.addTask(group, [lists[0].length, ...lists.flat()])
}
