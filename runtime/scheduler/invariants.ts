// What must be true between events, as named rules. Slow: for tests, simulation, and hunting a fault with the flag on.

import { DATASET_RULES } from './datasetRules.ts'
import type { Rule } from './rule.ts'
import type { State } from './state.ts'
import { TASK_RULES } from './taskRules.ts'
import { WORKER_RULES } from './workerRules.ts'

/** A rule that does not hold: a fault of the scheduler itself. */
export class InvariantError extends Error {
  override name = 'InvariantError'
  readonly rule: string
  constructor(rule: string, detail: string) {
    super(`the scheduler's rule "${rule}" does not hold: ${detail}`)
    this.rule = rule
  }
}

export const RULES: Record<string, Rule> = { ...TASK_RULES, ...WORKER_RULES, ...DATASET_RULES }

/** @throws {InvariantError} for the first rule that does not hold */
export function checkInvariants(state: State): void {
  for (const [rule, check] of Object.entries(RULES))
    check(state, (detail) => {
      throw new InvariantError(rule, detail)
    })
}
