// Fitting by a loss: blocks are kept where they are, and coefficients go round until the loss is least.

import type { Sample } from '../../kernels/ml/block.ts'
import { type Minimised, minimise } from '../../kernels/ml/linear/lbfgs.ts'
import {
  encodeSample,
  lossOfBlock,
  mergeLosses,
  mergeTotals,
  totalsOfBlock,
} from '../../kernels/ml/linear/losses.ts'
import type { LossName } from '../../kernels/ml/linear/lossOfScores.ts'
import { MlDataError } from '../../kernels/ml/mlErrors.ts'
import type { Blocks } from '../contract/blocks.ts'
import { ParameterError } from '../contract/estimator.ts'
import type { Label } from '../contract/predictor.ts'
import { byRounds } from '../contract/rounds.ts'
import { agree } from './admm.ts'

/** How coefficients are found. */
export type SolverName = 'lbfgs' | 'admm'

/** @throws {ParameterError} for another name */
export function checkSolver(kind: string, solver: SolverName): void {
  if (solver !== 'lbfgs' && solver !== 'admm')
    throw new ParameterError(`solver of ${kind} is lbfgs or admm, not ${String(solver)}`)
}

/** What is minimised: `scale·Σ loss + ridge·|w|²/2`. */
export interface LossFit {
  who: string
  loss: LossName
  /** Rows of coefficients: 1, or one a class. */
  outputs: number
  features: number
  classes: readonly Label[] | null
  fitIntercept: boolean
  /** Whether the ridge is on intercepts too. */
  ridgeOnIntercept: boolean
  /** From the sum of weights. */
  scale: (weight: number) => number
  ridge: (weight: number) => number
  /** Coefficients go round for gradients, or each block finds its own and all agree; `lbfgs`. */
  solver: SolverName
  tolerance: number
  maxIterations: number
  /** The least target that the loss allows. */
  leastTarget?: number
  /** Where to begin; zeros where absent. */
  start?: Float64Array | undefined
  onIteration?: ((iteration: number, value: number) => boolean | undefined) | undefined
}

/** Coefficients, each row's intercept behind its features, and how they were found. */
export async function fitLoss(samples: Blocks<Sample>, fit: LossFit): Promise<Minimised> {
  const { who, loss, outputs, features, classes } = fit
  const blocks = await samples.map(encodeSample, { who, classes }).persist()
  const [weight, target, least] = await blocks.map(totalsOfBlock, undefined).reduce(mergeTotals)
  if (!(weight > 0))
    throw new MlDataError(`${who} cannot learn: there are no rows, or sampleWeight is 0 everywhere`)
  if (fit.leastTarget !== undefined && least < fit.leastTarget)
    throw new MlDataError(`${who} learns targets ≥ ${fit.leastTarget}, and there is ${least}`)
  const width = features + 1
  const scale = fit.scale(weight)
  const ridge = fit.ridge(weight)
  const start = fit.start ?? new Float64Array(outputs * width)
  if (!fit.start && loss === 'poisson' && fit.fitIntercept && target > 0)
    start[features] = Math.log(target / weight)
  const evaluate = async (weights: Float64Array) => {
    const { value, gradient } = await blocks.map(lossOfBlock, { loss, outputs, weights }).reduce(mergeLosses)
    let penalty = 0
    const whole = gradient.map((each, i) => {
      const isIntercept = i % width === features
      if (isIntercept && !fit.fitIntercept) return 0
      if (isIntercept && !fit.ridgeOnIntercept) return scale * each
      penalty += weights[i] * weights[i]
      return scale * each + ridge * weights[i]
    })
    return { value: scale * value + (ridge * penalty) / 2, gradient: whole }
  }
  return byRounds(who, fit.maxIterations, 'loss', fit.onIteration, (onIteration) => {
    const told = { ...fit, onIteration }
    return fit.solver === 'admm'
      ? agree(blocks, told, { scale, ridge, start })
      : minimise(evaluate, start, told)
  })
}
