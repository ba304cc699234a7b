// Where cycles of imports are entered: a worker has to begin where this process began, to see the same exports.

import type { AnalysedModule } from '../analysis/sourceUnit.ts'
import { liftHook } from '../liftHook.ts'

export interface CycleGraph {
  module(file: string): AnalysedModule
  /** Files that a file reaches by import, itself only where there is a cycle. */
  reachable(file: string): ReadonlySet<string>
  /** Where the sender entered the cycle of a module that came from there. */
  recordedRoot(module: AnalysedModule): string | undefined
}

export class ImportCycles {
  readonly #graph: CycleGraph
  readonly #roots = new Map<string, string | undefined>()

  constructor(graph: CycleGraph) {
    this.#graph = graph
  }

  /**
   * The member by which a cycle is entered: of ES modules the one that this process finished last, so that `extends` finds
   * its base; of CommonJS the one that it began first. Nothing when the file is in no cycle.
   */
  root(file: string): string | undefined {
    if (!this.#roots.has(file)) this.#roots.set(file, this.#find(file))
    return this.#roots.get(file)
  }

  #find(file: string): string | undefined {
    const module = this.#graph.module(file)
    const mine = this.#graph.reachable(file)
    if (!mine.has(file)) return undefined
    const recorded = this.#graph.recordedRoot(module)
    if (recorded !== undefined) return recorded
    const order = [...liftHook.loaded.keys()]
    const cycle = [...mine]
      .filter((one) => one === file || this.#graph.reachable(one).has(file))
      .sort((a, b) => order.indexOf(b) - order.indexOf(a))
    if (module.format === 'module') return cycle[0]
    return cycle.findLast((one) => order.includes(one)) ?? cycle[0]
  }

  /** Whether both files are in the same cycle. */
  together(one: string, other: string): boolean {
    return this.#graph.reachable(one).has(other) && this.#graph.reachable(other).has(one)
  }
}
