// A state that goes through all blocks, and what it says of itself after each, while it goes on.

import type { GraphNode } from '../../graph/node.ts'
import type { TaskGraph } from '../../graph/taskGraph.ts'
import { foldBlock } from '../../kernels/ml/steps.ts'
import { Blocks, persistBlocks, type StepKernel } from './blocks.ts'

/**
 * As `fold` of blocks, and tells what is known after each block as soon as it is: all of it is one graph.
 * @param say a kernel that makes something small of a state; it travels
 * @param heard is told in the order of blocks
 */
export async function foldTold<T, S, R>(
  blocks: Blocks<T>,
  run: (state: S, block: T) => Promise<S>,
  start: S,
  say: StepKernel<undefined, S, R>,
  heard: (block: number, said: R) => void,
): Promise<S> {
  if (blocks.isHere) {
    let state = start
    for (const [i, block] of blocks.values.entries()) {
      state = await run(state, block)
      heard(i, say(undefined, state))
    }
    return state
  }
  const states = Blocks.lazy<S>(new StatesNode(blocks.node, run as never, start), blocks.count)
  const last = Blocks.lazy<S>(new PlaceNode(states.node, -1), 1)
  const [held, said] = await persistBlocks(last, states.map(say, undefined))
  for (let i = 0; i < blocks.count; i++) {
    const [own] = await Blocks.lazy<R>(new PlaceNode(said.node, i), 1).gather()
    heard(i, own)
  }
  const [state] = await held.gather()
  held.release()
  said.release()
  return state
}

/** The state after each block. */
class StatesNode implements GraphNode {
  readonly #blocks: GraphNode
  readonly #run: (...args: never[]) => unknown
  readonly #start: unknown

  constructor(blocks: GraphNode, run: (...args: never[]) => unknown, start: unknown) {
    this.#blocks = blocks
    this.#run = run
    this.#start = start
  }

  inputs(): readonly GraphNode[] {
    return [this.#blocks]
  }

  needs(): readonly GraphNode[] {
    return [this.#blocks]
  }

  build(graph: TaskGraph): readonly unknown[] {
    const group = graph.addGroup({ fn: foldBlock, bound: [this.#run], name: 'fold', kind: 'ml.fold' })
    let state: unknown = this.#start
    return graph.built(this.#blocks)!.map((block) => {
      state = graph.addTask(group, [state, block])
      return state
    })
  }
}

/** One of several blocks. */
class PlaceNode implements GraphNode {
  readonly #blocks: GraphNode
  readonly #place: number

  constructor(blocks: GraphNode, place: number) {
    this.#blocks = blocks
    this.#place = place
  }

  inputs(): readonly GraphNode[] {
    return [this.#blocks]
  }

  needs(): readonly GraphNode[] {
    return [this.#blocks]
  }

  build(graph: TaskGraph): readonly unknown[] {
    return [graph.built(this.#blocks)!.at(this.#place)]
  }
}
