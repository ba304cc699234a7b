// Dependencies between tasks of different graphs: linked both ways, so that either end may go first at no cost.

import { resized } from './grow.ts'

/** Edges inside one graph lie in its segment; only those that leave it are here. A task's `crossDependents` is the list's head. */
export class CrossEdges {
  dependency = new Int32Array(16)
  dependent = new Int32Array(16)
  next = new Int32Array(16)
  #previous = new Int32Array(16)
  #free = -1
  #top = 0
  #used = 0

  get size(): number {
    return this.#used
  }

  /** Puts an edge at the head of the dependency's list. */
  add(dependency: number, dependent: number, heads: Int32Array): number {
    let edge = this.#free
    if (edge >= 0) this.#free = this.next[edge]
    else {
      edge = this.#top++
      if (edge === this.next.length) {
        const capacity = edge * 2
        this.dependency = resized(this.dependency, capacity)
        this.dependent = resized(this.dependent, capacity)
        this.next = resized(this.next, capacity)
        this.#previous = resized(this.#previous, capacity)
      }
    }
    const head = heads[dependency]
    this.dependency[edge] = dependency
    this.dependent[edge] = dependent
    this.next[edge] = head
    this.#previous[edge] = -1
    if (head >= 0) this.#previous[head] = edge
    heads[dependency] = edge
    this.#used++
    return edge
  }

  remove(edge: number, heads: Int32Array): void {
    const before = this.#previous[edge]
    const after = this.next[edge]
    if (before >= 0) this.next[before] = after
    else heads[this.dependency[edge]] = after
    if (after >= 0) this.#previous[after] = before
    this.next[edge] = this.#free
    this.#free = edge
    this.#used--
  }
}
