// One block's part of ADMM: coefficients of its own that are drawn to what all agreed on.
//
// Boyd and others, "Distributed optimization and statistical learning via the alternating direction method of multipliers"
// (2011), section 7.1: consensus.

import { kernel } from '../../kernel.ts'
import { minimiseHere } from './lbfgs.ts'
import { type EncodedSample, lossOfBlock } from './losses.ts'
import type { LossName } from './lossOfScores.ts'

/** What all blocks are told. */
export interface AdmmRound {
  loss: LossName
  outputs: number
  features: number
  fitIntercept: boolean
  /** What losses are multiplied by. */
  scale: number
  /** What was agreed on. */
  agreed: Float64Array
  /** How strongly blocks are drawn to it, and what their differences are multiplied by, as that has changed. */
  rho: number
  rescale: number
  tolerance: number
}

/** A block's coefficients, and the sum of their differences so far. */
export interface AdmmBlock {
  own: Float64Array
  apart: Float64Array
}

export const admmStart = kernel(
  'ml.admm.start',
  (start: Float64Array, _: EncodedSample): AdmmBlock => ({
    own: start,
    apart: new Float64Array(start.length),
  }),
)

/** A block's coefficients after what was agreed on. */
export const admmBlock = kernel(
  'ml.admm.block',
  (round: AdmmRound, sample: EncodedSample, before: AdmmBlock): AdmmBlock => {
    const { loss, outputs, features, fitIntercept, scale, agreed, rho, rescale, tolerance } = round
    const apart = before.apart.map((each, i) => (each + before.own[i] - agreed[i]) * rescale)
    if (sample.x.rows === 0) return { own: agreed.map((each, i) => each - apart[i]), apart }
    const target = agreed.map((each, i) => each - apart[i])
    const { point } = minimiseHere(
      (weights) => {
        const [{ value, gradient }] = lossOfBlock({ loss, outputs, models: [weights] }, sample)
        let squares = 0
        const slope = gradient.map((each, i) => {
          if (!fitIntercept && i % (features + 1) === features) return 0
          const off = weights[i] - target[i]
          squares += off * off
          return scale * each + rho * off
        })
        return { value: scale * value + (rho * squares) / 2, gradient: slope }
      },
      before.own,
      { tolerance, maxIterations: 200 },
    )
    return { own: point, apart }
  },
)

/** Sums over blocks. */
export interface AdmmSums {
  blocks: number
  /** Of own and apart. */
  sums: Float64Array
  /** Squares of own − agreed, of own, of apart. */
  off: number
  own: number
  apart: number
}

export const admmSums = kernel(
  'ml.admm.sums',
  (agreed: Float64Array, { own, apart }: AdmmBlock): AdmmSums => {
    const squares = (values: Float64Array): number => values.reduce((sum, each) => sum + each * each, 0)
    return {
      blocks: 1,
      sums: own.map((each, i) => each + apart[i]),
      off: squares(own.map((each, i) => each - agreed[i])),
      own: squares(own),
      apart: squares(apart),
    }
  },
)

export const mergeAdmm = kernel(
  'ml.admm.merge',
  (a: AdmmSums, b: AdmmSums): AdmmSums => ({
    blocks: a.blocks + b.blocks,
    sums: a.sums.map((each, i) => each + b.sums[i]),
    off: a.off + b.off,
    own: a.own + b.own,
    apart: a.apart + b.apart,
  }),
)
