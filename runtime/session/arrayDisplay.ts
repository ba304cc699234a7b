// An array of numbers as a panel can draw it: cut to a size by leaving elements out evenly, with figures of all of them.

import { inspect } from 'node:util'
import type { ArrayDisplay } from '../protocol/runs.ts'
import { figuresOf } from './arrayFigures.ts'
import { arrayOfNumbers, bytesOf, exactOf, numbersOf } from './arrayNumbers.ts'

/**
 * The display of an `NdArray` or a typed array of two numbers or more; nothing for anything else, dates among them.
 * @param elementsMax so many numbers travel at most
 */
export function arrayDisplay(value: unknown, elementsMax: number): ArrayDisplay | undefined {
  const array = arrayOfNumbers(value)
  if (!array || array.shape.length === 0 || array.size < 2) return undefined
  const { dtype, shape } = array
  const steps = stepsFor(shape, elementsMax)
  const thinned = array.slice(...steps.map((step) => `::${step}`))
  const exact = exactOf(thinned)
  const figures = figuresOf(array)
  return {
    kind: 'array',
    dtype,
    shape: [...shape],
    steps,
    values: bytesOf(numbersOf(thinned)),
    ...(exact && { exact }),
    ...(figures && { figures }),
    text: inspect(value),
  }
}

/**
 * How many elements to go on along each axis so that at most `max` are met: the longest axes are thinned first.
 * @example stepsFor([1000, 3], 1500) // [2, 1]
 */
export function stepsFor(shape: readonly number[], max: number): number[] {
  const steps = shape.map(() => 1)
  const met = (axis: number): number => Math.ceil(shape[axis] / steps[axis])
  const total = (): number => shape.reduce((product, _, axis) => product * met(axis), 1)
  while (total() > max) {
    let longest = 0
    for (let axis = 1; axis < shape.length; axis++) if (met(axis) > met(longest)) longest = axis
    // In large strides first: one by one a billion elements would take a while.
    steps[longest] = Math.max(steps[longest] + 1, Math.floor(steps[longest] * 1.0625))
  }
  return steps
}
