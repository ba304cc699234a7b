// Values that came in parts: dependents take one, and only for them alone do they move between workers.

import type { State } from './state.ts'

/** Whether a task's value comes in parts. Such are not copied as a whole: where their last holder leaves they are computed again. */
export const isInParts = ({ groups, tasks }: State, task: number): boolean =>
  groups.parts[tasks.group[task]] > 0

/**
 * About how many bytes of a stored value a dependent takes.
 * @param part −1 for all of it
 */
export function bytesTaken({ tasks, groups }: State, task: number, part: number): number {
  const bytes = tasks.weight[task]
  return part < 0 ? bytes : bytes / Math.max(1, groups.parts[tasks.group[task]])
}
