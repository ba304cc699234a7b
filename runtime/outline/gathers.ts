// What steps that bring rows together have to hold: all rows of what they take, and in one task those of one of its partitions.

import { DataFrame } from '../collections/dataframe/dataframe.ts'
import { optimised } from '../collections/dataframe/optimise.ts'
import { estimatedBytes, inputsOf, type Plan } from '../collections/dataframe/plan.ts'
import type { Outline } from '../protocol/recipe.ts'

/** The step of a data frame that holds most at once, with the bytes that the plan expects; nothing where none gathers. */
export function largestGather(frame: DataFrame): Outline['gathers'] {
  let largest: NonNullable<Outline['gathers']> | undefined
  const seen = new Set<Plan>()
  const stack: Plan[] = [optimised(frame.plan)]
  for (let plan = stack.pop(); plan; plan = stack.pop()) {
    if (seen.has(plan)) continue
    seen.add(plan)
    stack.push(...inputsOf(plan))
    if (!gathers(plan)) continue
    const bytes = inputsOf(plan).reduce((sum, input) => sum + estimatedBytes(input), 0)
    if (largest && largest.bytes >= bytes) continue
    const { partitions } = new DataFrame(plan)
    const step = 'label' in plan ? plan.label : plan.kind
    largest = {
      step,
      bytes: Math.round(bytes),
      taskIn: Math.round(bytes / partitions),
      taskOut: Math.round(estimatedBytes(plan) / partitions),
    }
  }
  return largest
}

/** Whether rows that agree, or follow one another, are brought into one partition, all of them. */
function gathers(plan: Plan): boolean {
  switch (plan.kind) {
    case 'sort':
      return plan.limit === undefined
    case 'join':
      return plan.broadcast !== true && plan.how !== 'cross'
    case 'unique':
    case 'grouped':
    case 'rolling':
    case 'asof':
      return true
    default:
      return false
  }
}
