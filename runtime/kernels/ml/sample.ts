// Features and targets of one block, brought together and checked.

import { kernel } from '../kernel.ts'
import {
  type Block,
  type Column,
  type Sample,
  selectCells,
  selectRows,
  stackCells,
  stackRows,
} from './block.ts'
import { MlDataError } from './mlErrors.ts'
import { hashedFraction } from './trees/rowHash.ts'

/** Features with their targets. */
export const sampleOf = kernel('ml.sample', (role: string, x: Block, y: Column): Sample => {
  if (x.rows !== y.length)
    throw new MlDataError(
      `a block of the features has ${x.rows} rows, and that of ${role} has ${y.length}: they must be cut alike`,
    )
  if (y instanceof Float64Array) {
    for (const value of y)
      if (!Number.isFinite(value))
        throw new MlDataError(`${role} contains ${value}: every row needs a known target`)
  } else if (y.includes(null))
    throw new MlDataError(`${role} has absent values: every row needs a known target`)
  return { x, y, weight: null }
})

/** The same, with a weight a row. */
export const sampleWithWeight = kernel(
  'ml.sampleWeight',
  (_: unknown, sample: Sample, weight: Column): Sample => {
    if (!(weight instanceof Float64Array))
      throw new MlDataError('sampleWeight holds texts: weights are numbers')
    if (weight.length !== sample.x.rows)
      throw new MlDataError(
        `a block of the features has ${sample.x.rows} rows, and that of sampleWeight has ${weight.length}: they must be cut alike`,
      )
    for (const value of weight)
      if (!(value >= 0) || value === Number.POSITIVE_INFINITY)
        throw new MlDataError(`sampleWeight contains ${value}: weights are finite numbers ≥ 0`)
    return { ...sample, weight }
  },
)

/** Some rows of a block: those whose place in a random order is below a share, or the others. */
export const drawnSample = kernel(
  'ml.drawnSample',
  (
    { share, seed, below }: { share: number; seed: number; below: boolean },
    { x, y, weight }: Sample,
    start: number,
  ): Sample => {
    const chosen: number[] = []
    for (let row = 0; row < x.rows; row++)
      if (hashedFraction(seed, start + row) < share === below) chosen.push(row)
    return {
      x: selectRows(x, chosen),
      y: selectCells(y, chosen),
      weight: weight && (selectCells(weight, chosen) as Float64Array),
    }
  },
)

/** Samples one below the other. */
export const stackSamples = kernel('ml.stackSamples', (...samples: Sample[]): Sample => {
  const full = samples.filter(({ x }) => x.rows > 0)
  if (full.length === 0) return samples[0]
  const weights = full.map(({ weight }) => weight)
  return {
    x: stackRows(full.map(({ x }) => x)),
    y: stackCells(full.map(({ y }) => y)),
    weight: weights.includes(null) ? null : (stackCells(weights as Float64Array[]) as Float64Array),
  }
})
