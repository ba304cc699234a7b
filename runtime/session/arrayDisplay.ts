// An array of numbers as a panel can draw it: cut to a size by leaving elements out evenly, with figures of all of them.

import { inspect } from 'node:util'
import { NdArray } from '../kernels/array/ndArray.ts'
import type { ArrayDisplay, ArrayFigures } from '../protocol/runs.ts'

/** Parts of a distribution. */
const PARTS = 60

/** What is drawn: numbers through a shape and strides. */
interface Numbers {
  dtype: string
  shape: readonly number[]
  strides: readonly number[]
  offset: number
  /** The number at a place of the data. */
  at(index: number): number
}

/**
 * The display of an `NdArray` or a typed array of two numbers or more; nothing for anything else, dates among them.
 * @param elementsMax so many numbers travel at most
 */
export function arrayDisplay(value: unknown, elementsMax: number): ArrayDisplay | undefined {
  const numbers = numbersOf(value)
  if (!numbers || numbers.shape.length === 0 || numbers.shape.reduce((a, b) => a * b, 1) < 2) return undefined
  const { dtype, shape } = numbers
  const steps = stepsFor(shape, elementsMax)
  const values: number[] = []
  visit(numbers, steps, (value) => values.push(value))
  const figures = figuresOf(numbers)
  return {
    kind: 'array',
    dtype,
    shape: [...shape],
    steps,
    values: new Uint8Array(Float64Array.from(values).buffer),
    ...(figures && { figures }),
    text: inspect(value),
  }
}

function numbersOf(value: unknown): Numbers | undefined {
  if (value instanceof NdArray) {
    const { type, dtype, shape, strides, offset, data } = value
    if (type.kind === 'M' || type.kind === 'm') return undefined
    const at =
      type.kind === 'c'
        ? (index: number): number => Math.hypot(Number(data[2 * index]), Number(data[2 * index + 1]))
        : (index: number): number => Number(data[index])
    return { dtype, shape, strides, offset, at }
  }
  if (!ArrayBuffer.isView(value) || value instanceof DataView || Buffer.isBuffer(value)) return undefined
  const list = value as unknown as ArrayLike<number | bigint>
  const dtype = value.constructor.name.replace(/Array$/, '').toLowerCase()
  return { dtype, shape: [list.length], strides: [1], offset: 0, at: (index) => Number(list[index]) }
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
    steps[longest]++
  }
  return steps
}

/** Tells the numbers row by row, every so-many-th along each axis. */
function visit(
  { shape, strides, offset, at }: Numbers,
  steps: readonly number[],
  tell: (value: number) => void,
): void {
  const last = shape.length - 1
  const walk = (axis: number, from: number): void => {
    const stride = strides[axis]
    const step = steps[axis]
    for (let i = 0; i < shape[axis]; i += step)
      if (axis === last) tell(at(from + i * stride))
      else walk(axis + 1, from + i * stride)
  }
  walk(0, offset)
}

function figuresOf(numbers: Numbers): ArrayFigures | undefined {
  const all = numbers.shape.map(() => 1)
  let [min, max, mean, count, missing] = [Infinity, -Infinity, 0, 0, 0]
  visit(numbers, all, (value) => {
    if (!Number.isFinite(value)) {
      missing++
      return
    }
    if (value < min) min = value
    if (value > max) max = value
    mean += (value - mean) / ++count
  })
  if (count === 0) return undefined
  const counts = new Array<number>(PARTS).fill(0)
  const scale = max > min ? PARTS / (max - min) : 0
  visit(numbers, all, (value) => {
    if (Number.isFinite(value)) counts[Math.min(PARTS - 1, Math.floor((value - min) * scale))]++
  })
  return { min, max, mean, missing, counts }
}
