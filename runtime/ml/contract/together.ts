// All blocks in one task, once neighbours are summed; one block beside many; and blocks that several steps start from.

import type { GraphNode } from '../../graph/node.ts'
import type { TaskGraph } from '../../graph/taskGraph.ts'
import { runTogether, sumBlocks } from '../../kernels/ml/steps.ts'

/** Makes one block of many and of what was before. */
export type TogetherKernel<S, B, T, U> = (state: S, before: B | null, blocks: readonly T[]) => U

/** One task gets so many blocks at most. */
const AT_ONCE = 8

export class Together implements GraphNode {
  readonly #blocks: GraphNode
  readonly #before: GraphNode | null
  readonly #run: (...args: never[]) => unknown
  readonly #state: unknown
  readonly #sum: (...args: never[]) => unknown

  constructor(
    blocks: GraphNode,
    before: GraphNode | null,
    run: (...args: never[]) => unknown,
    state: unknown,
    sum: (...args: never[]) => unknown,
  ) {
    this.#blocks = blocks
    this.#before = before
    this.#run = run
    this.#state = state
    this.#sum = sum
  }

  inputs(): readonly GraphNode[] {
    return this.#before ? [this.#blocks, this.#before] : [this.#blocks]
  }

  needs(): readonly GraphNode[] {
    return this.inputs()
  }

  build(graph: TaskGraph): readonly unknown[] {
    let blocks = graph.built(this.#blocks)!
    const sums = graph.addGroup({ fn: sumBlocks, bound: [this.#sum], name: 'sum', kind: 'ml.sum' })
    while (blocks.length > AT_ONCE) {
      const next: unknown[] = []
      for (let i = 0; i < blocks.length; i += AT_ONCE)
        next.push(graph.addTask(sums, blocks.slice(i, i + AT_ONCE)))
      blocks = next
    }
    const bound = [this.#run, this.#state]
    const name = this.#run.name || 'together'
    const group = graph.addGroup({ fn: runTogether, bound, name, kind: 'ml.together' })
    const before = this.#before ? graph.built(this.#before)![0] : null
    return [graph.addTask(group, [before, ...blocks])]
  }
}

/** Neighbouring blocks as one, so that there are no more than so many. */
export class Joined implements GraphNode {
  readonly #blocks: GraphNode
  readonly #join: (...args: never[]) => unknown
  readonly #count: number

  constructor(blocks: GraphNode, join: (...args: never[]) => unknown, count: number) {
    this.#blocks = blocks
    this.#join = join
    this.#count = count
  }

  inputs(): readonly GraphNode[] {
    return [this.#blocks]
  }

  needs(): readonly GraphNode[] {
    return [this.#blocks]
  }

  build(graph: TaskGraph): readonly unknown[] {
    const blocks = graph.built(this.#blocks)!
    const name = this.#join.name || 'join'
    const group = graph.addGroup({ fn: sumBlocks, bound: [this.#join], name, kind: 'ml.join' })
    return Array.from({ length: this.#count }, (_, i) =>
      graph.addTask(group, blocks.slice(...boundsOf(blocks.length, this.#count, i))),
    )
  }
}

/** Where the part `i` of `count` even parts begins and ends. */
const boundsOf = (length: number, count: number, i: number): [number, number] => [
  Math.floor((i * length) / count),
  Math.floor(((i + 1) * length) / count),
]

/** One block, as often as others are many. */
export class Spread implements GraphNode {
  readonly #one: GraphNode
  readonly #count: number

  constructor(one: GraphNode, count: number) {
    this.#one = one
    this.#count = count
  }

  inputs(): readonly GraphNode[] {
    return [this.#one]
  }

  needs(): readonly GraphNode[] {
    return [this.#one]
  }

  build(graph: TaskGraph): readonly unknown[] {
    const [one] = graph.built(this.#one)!
    return Array.from({ length: this.#count }, () => one)
  }
}

/** Blocks that several steps start from: what makes them runs once. */
export class Shared implements GraphNode {
  readonly #blocks: GraphNode

  constructor(blocks: GraphNode) {
    this.#blocks = blocks
  }

  inputs(): readonly GraphNode[] {
    return [this.#blocks]
  }

  needs(): readonly GraphNode[] {
    return [this.#blocks]
  }

  build(graph: TaskGraph): readonly unknown[] {
    return graph.built(this.#blocks)!
  }
}
