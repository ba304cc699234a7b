// Principal directions from the triangle of the rows.

import { svdOf } from '../linear/svd.ts'
import type { Triangle } from '../linear/triangle.ts'

/** Directions in falling order of what they explain. */
export interface Principal {
  /** One behind the other. */
  components: Float64Array
  singularValues: Float64Array
}

/**
 * The right singular vectors and the singular values of the rows that a triangle stands for: centred ones where it was
 * made with an intercept. Each vector's largest number is positive, as in scikit-learn from 1.5 on.
 */
export function principalOf({ size, r }: Triangle): Principal {
  const features = size - 2
  const inner = new Float64Array(features * features)
  for (let i = 0; i < features; i++)
    for (let j = i; j < features; j++) inner[i * features + j] = r[(i + 1) * size + j + 1]
  const { v, singular } = svdOf(inner, features)
  const order = Array.from(singular.keys()).sort((a, b) => singular[b] - singular[a])
  const components = new Float64Array(features * features)
  order.forEach((from, to) => {
    const own = v.subarray(from * features, (from + 1) * features)
    let largest = 0
    for (const value of own) if (Math.abs(value) > Math.abs(largest)) largest = value
    const sign = largest < 0 ? -1 : 1
    for (let i = 0; i < features; i++) components[to * features + i] = sign * own[i]
  })
  return { components, singularValues: Float64Array.from(order, (place) => singular[place]) }
}
