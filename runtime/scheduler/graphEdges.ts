// The edges of a new graph, in both directions, and what they say of its groups.

import type { GraphMessage } from '../protocol/messages.ts'
import { NO_ROWS, type Segment } from './segment.ts'
import type { State } from './state.ts'

/** Groups whose tasks stand on at most this many different tasks are spread, not placed by locality. */
const FEW_DEPENDENCIES_MAX = 4

/** Turns the dependencies of the message into rows, both ways; edges that leave the graph become cross edges. */
export function enterEdges(
  state: State,
  message: GraphMessage,
  segment: Segment,
  index: number,
  newTasks: Int32Array | Uint32Array | undefined,
  taken: Int32Array,
  rows: Int32Array,
  externals: Int32Array,
): void {
  const { dependencyOffsets, dependencies, dependencyParts } = message
  if (dependencies.length === 0) return
  const { tasks, groups, cross } = state
  const { keepers, place, crossDependents } = tasks
  const count = taken.length
  const offsets = new Uint32Array(count + 1)
  for (let k = 0; k < count; k++) {
    const task = newTasks ? newTasks[k] : k
    const edges = taken[k] < 0 ? 0 : dependencyOffsets[task + 1] - dependencyOffsets[task]
    offsets[k + 1] = offsets[k] + edges
  }
  const entries = new Int32Array(offsets[count])
  const parts = dependencyParts ? new Int32Array(offsets[count]) : NO_ROWS
  const dependentOffsets = new Uint32Array(count + 1)
  const seen = new FewDependencies(groups.infos.length)
  let lastFrom = -1
  let lastTo = -1
  for (let k = 0; k < count; k++) {
    const row = taken[k]
    if (row < 0) continue
    const task = newTasks ? newTasks[k] : k
    const group = tasks.group[row]
    let at = offsets[k]
    for (let e = dependencyOffsets[task], end = dependencyOffsets[task + 1]; e < end; e++) {
      const entry = dependencies[e]
      const dependency = entry >= 0 ? rows[entry] : externals[-1 - entry]
      keepers[dependency]++
      const from = tasks.group[dependency]
      if (from !== lastFrom || group !== lastTo) {
        lastFrom = from
        lastTo = group
        groups.connect(from, group)
      }
      seen.add(group, dependency)
      if (dependencyParts) parts[at] = dependencyParts[e]
      if (tasks.segment[dependency] === index) {
        entries[at++] = dependency
        dependentOffsets[place[dependency] + 1]++
      } else entries[at++] = -1 - cross.add(dependency, row, crossDependents)
    }
  }
  for (let k = 0; k < count; k++) dependentOffsets[k + 1] += dependentOffsets[k]
  const dependents = new Int32Array(dependentOffsets[count])
  const next = dependentOffsets.slice(0, count)
  for (let k = 0; k < count; k++) {
    const row = taken[k]
    for (let e = offsets[k], end = offsets[k + 1]; e < end; e++)
      if (entries[e] >= 0) dependents[next[place[entries[e]]]++] = row
  }
  segment.dependencyOffsets = offsets
  segment.dependencies = entries
  segment.dependencyParts = parts
  segment.dependentOffsets = dependentOffsets
  segment.dependents = dependents
  for (const row of taken)
    if (row >= 0) groups.fewDependencies[tasks.group[row]] = seen.isFew(tasks.group[row]) ? 1 : 0
}

/** Counts different dependencies per group as far as it matters. */
class FewDependencies {
  readonly #found: (number[] | undefined)[]

  constructor(groups: number) {
    this.#found = new Array(groups)
  }

  add(group: number, dependency: number): void {
    const found = this.#found[group]
    if (found === undefined) this.#found[group] = [dependency]
    else if (found.length <= FEW_DEPENDENCIES_MAX && !found.includes(dependency)) found.push(dependency)
  }

  isFew(group: number): boolean {
    const found = this.#found[group]
    return found !== undefined && found.length <= FEW_DEPENDENCIES_MAX
  }
}
