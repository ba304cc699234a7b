// How much each neighbour weighs in a slope where elements stand at uneven places.
//
// Source: B. Fornberg, "Generation of finite difference formulas on arbitrarily spaced grids" (Mathematics of
// Computation 51, 1988); which elements are taken is NumPy's choice (`numpy.gradient`).

import { requireList, requireNumber, wrong } from './arguments.ts'
import { ShapeError } from './shape.ts'

/** Where elements stand: evenly, or each at a place of its own. */
export type Spacing = number | readonly number[]

/** The weights of some neighbours, element by element. */
export type Weights = readonly (readonly number[])[]

/** The distances between neighbours: one number where all are alike. */
export function distances(spacing: Spacing, length: number): Spacing {
  if (typeof spacing === 'number') {
    if (Number.isNaN(spacing) || spacing === 0)
      throw wrong('gradient: spacing', 'a distance that is not 0', spacing)
    return spacing
  }
  requireList('gradient: spacing', spacing, 'a distance, or where each element stands')
  for (const place of spacing) requireNumber('gradient: spacing', place)
  if (spacing.length !== length)
    throw new ShapeError(
      `gradient got ${spacing.length} places for ${length} elements: one for each, or one distance`,
    )
  const steps = spacing.slice(1).map((place, i) => place - spacing[i])
  return steps.every((step) => step === steps[0]) ? steps[0] : steps
}

/** The weights of the element before, the element itself and the one after, for all but the first and last. */
export function innerWeights(steps: readonly number[]): Weights {
  const pairs = steps.slice(1).map((after, i) => [steps[i], after])
  return [
    pairs.map(([before, after]) => -after / (before * (before + after))),
    pairs.map(([before, after]) => (after - before) / (before * after)),
    pairs.map(([before, after]) => before / (after * (before + after))),
  ]
}

/** The weights of the three first elements in the slope at the first; turned round they are those of the last. */
export function edgeWeights(near: number, far: number): readonly [number, number, number] {
  return [
    -(2 * near + far) / (near * (near + far)),
    (near + far) / (near * far),
    -near / (far * (near + far)),
  ]
}
