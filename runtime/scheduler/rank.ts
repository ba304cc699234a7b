// The rank of a task: which of several runs first.

import type { State } from './state.ts'

/** Small ranks run first: user priority, then the graph's age, then the order within the graph. Unique among tasks. */
export function rankOf(state: State, task: number): number {
  const { tasks } = state
  return (
    state.segments[tasks.segment[task]]!.rankBase +
    tasks.place[task] +
    state.options.sets[tasks.option[task]].rankOffset
  )
}
