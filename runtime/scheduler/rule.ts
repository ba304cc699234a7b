// What a rule of the scheduler is, and how tasks are named where one does not hold.

import { FREE, PHASE_NAMES } from './phases.ts'
import { keyOf, type State } from './state.ts'

/** Calls `broken` with what it found for each thing that does not hold. */
export type Rule = (state: State, broken: (detail: string) => void) => void

/** The rows that are in use. */
export function* rowsOf(state: State): Generator<number> {
  for (let row = 0; row < state.tasks.top; row++) if (state.tasks.phase[row] !== FREE) yield row
}

export const nameOf = (state: State, row: number): string =>
  `${keyOf(state, row)} (row ${row}, ${PHASE_NAMES[state.tasks.phase[row]]})`
