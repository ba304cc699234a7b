// Features and targets of one block, brought together and checked.

import { kernel } from '../kernel.ts'
import type { Block, Column, Sample } from './block.ts'
import { MlDataError } from './mlErrors.ts'

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
