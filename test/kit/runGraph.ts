// Runs task graphs in this process, one task after another: what collections are held against without a cluster.

import { decodeValue, encodeValue } from '../../runtime/functions/valueCodec.ts'
import type { Collection, ComputeCall, Executor } from '../../runtime/graph/collection.ts'
import { buildTogether, provideExecutor } from '../../runtime/graph/collection.ts'
import { PartRef, TaskGraph, TaskRef } from '../../runtime/graph/taskGraph.ts'
import { NdArray } from '../../runtime/kernels/array/ndArray.ts'
import { kernelNames } from '../../runtime/kernels/kernel.ts'
import { Parts } from '../../runtime/kernels/parts.ts'

/** Runs every task of a graph in its order; gives each one's result. */
export async function runGraph(graph: TaskGraph): Promise<unknown[]> {
  const results: unknown[] = []
  for (let task = 0; task < graph.size; task++) {
    const group = graph.groups[graph.group[task]]
    const args = graph.argsOf(task).map((argument) => resolve(argument, results))
    const result = await group.fn(...group.bound, ...args)
    if ((result instanceof Parts ? result.all.length : 0) !== (group.parts ?? 0))
      throw new Error(`${group.name} gives other parts than it says`)
    results.push(result instanceof Parts ? new Parts(result.all.map(travelled)) : travelled(result))
  }
  return results
}

/** Puts results in the place of references, as a worker does. */
export function resolve(value: unknown, results: readonly unknown[]): unknown {
  if (value instanceof PartRef) return travelled((results[value.index] as Parts).all[value.part])
  if (value instanceof TaskRef) return travelled(results[value.index])
  if (value instanceof Held) return travelled(value.value)
  if (Array.isArray(value)) return value.map((part) => resolve(part, results))
  if (value instanceof Map) return new Map(resolve([...value], results) as [unknown, unknown][])
  if (value instanceof Set) return new Set(resolve([...value], results) as unknown[])
  if (typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype)
    return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, resolve(part, results)]))
  return value
}

/** Every task gets a copy of its own, as if it came from another worker: nobody may rely on sharing. */
function travelled(value: unknown): unknown {
  try {
    // Blocks of arrays, and lists of them, go by the real codec: a clone would lose their class.
    if (value instanceof NdArray || (Array.isArray(value) && value[0] instanceof NdArray))
      return decodeValue(encodeValue(value, { kernels: kernelNames }), { kernels: kernelNames })
    return structuredClone(value)
  } catch {
    return value // A function, or an object of the user's that only the real codec can send.
  }
}

/** A result that was kept by `persist`. */
export class Held {
  readonly value: unknown
  constructor(value: unknown) {
    this.value = value
  }
}

/** Counts what the last computation did. */
export interface Ran {
  tasks: number
  groups: string[]
}

/** Computes collections in this process; `last` says what that took. */
export class InProcessExecutor implements Executor {
  last: Ran = { tasks: 0, groups: [] }
  /** How many threads it says that it has. */
  threads = 1000
  /** How much memory it says that it has, in bytes. */
  memoryLimitBytes = Number.POSITIVE_INFINITY

  async compute(collections: readonly Collection[], _call: ComputeCall): Promise<unknown[]> {
    try {
      const partitions = await this.#run(collections)
      return collections.map((collection, i) => collection.assemble(partitions[i]))
    } catch (error) {
      for (const collection of collections) await collection.abandon?.()
      throw error
    }
  }

  async persist(collections: readonly Collection[], _call: ComputeCall): Promise<Collection[]> {
    const partitions = await this.#run(collections)
    return collections.map((collection, i) =>
      collection.standingOn(partitions[i].map((value) => new Held(value))),
    )
  }

  async info(): Promise<{ workers: { threads: number; memoryLimitBytes: number }[] }> {
    return { workers: [{ threads: this.threads, memoryLimitBytes: this.memoryLimitBytes }] }
  }

  async #run(collections: readonly Collection[]): Promise<unknown[][]> {
    const graph = new TaskGraph()
    const built = buildTogether(graph, collections)
    this.last = { tasks: graph.size, groups: graph.groups.map((group) => group.name) }
    const results = await runGraph(graph)
    return built.map((references) => references.map((reference) => resolve(reference, results)))
  }
}

/** Makes `compute()` of this process run here, as graphs: models leave few rows to them, too. */
export function computeInProcess(): InProcessExecutor {
  process.env.HEDDLE_ROWS_STAY = '1'
  const executor = new InProcessExecutor()
  provideExecutor(async () => executor)
  return executor
}
