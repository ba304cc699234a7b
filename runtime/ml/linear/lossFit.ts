// Fitting by a loss: blocks are kept where they are, and coefficients go round until the loss is least.

import type { Sample } from '../../kernels/ml/block.ts'
import { type Evaluated, type Minimised, minimiseAll } from '../../kernels/ml/linear/lbfgs.ts'
import {
  type EncodedSample,
  encodeSample,
  type LossState,
  lossOfBlock,
  mergeLosses,
  mergeTotals,
  totalsOfBlock,
} from '../../kernels/ml/linear/losses.ts'
import type { LossName } from '../../kernels/ml/linear/lossOfScores.ts'
import { MlDataError } from '../../kernels/ml/mlErrors.ts'
import type { Blocks } from '../contract/blocks.ts'
import { ParameterError } from '../contract/estimator.ts'
import { fewHere } from '../contract/fewHere.ts'
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

/** What models share that learn together. */
export interface LossModel {
  who: string
  loss: LossName
  /** Rows of coefficients: 1, or one a class. */
  outputs: number
  features: number
  classes: readonly Label[] | null
  /** Where each class is told from the rest: what its rows weigh there; null where all weigh the same. */
  ofClass?: Float64Array | null
  /** Whether the ridge is on intercepts too. */
  ridgeOnIntercept: boolean
  /** The least target that the loss allows. */
  leastTarget?: number
}

/** What one of them minimises: `scale·Σ loss + ridge·|w|²/2`. */
export interface LossFit {
  fitIntercept: boolean
  /** From the sum of weights. */
  scale: (weight: number) => number
  ridge: (weight: number) => number
  /** Coefficients go round for gradients, or each block finds its own and all agree; `lbfgs`. */
  solver: SolverName
  tolerance: number
  maxIterations: number
  /** Where to begin; zeros where absent. */
  start?: Float64Array | undefined
  onIteration?: ((iteration: number, value: number) => boolean | undefined) | undefined
}

/** Coefficients, each row's intercept behind its features, and how they were found. */
export async function fitLoss(samples: Blocks<Sample>, model: LossModel, fit: LossFit): Promise<Minimised> {
  const ready = await readyFor(samples, model)
  return byRounds(model.who, fit.maxIterations, 'loss', fit.onIteration, async (onIteration) => {
    const [found] = await minimised(ready, model, [{ ...fit, onIteration }])
    return found
  })
}

/** As many, each as {@link fitLoss} finds it; they go through the rows together. */
export async function fitLosses(
  samples: Blocks<Sample>,
  model: LossModel,
  fits: readonly LossFit[],
): Promise<Minimised[]> {
  return minimised(await readyFor(samples, model), model, fits)
}

interface Ready {
  blocks: Blocks<EncodedSample>
  /** The sum of weights, and of targets by weight. */
  weight: number
  target: number
}

async function readyFor(samples: Blocks<Sample>, model: LossModel): Promise<Ready> {
  const { who, classes, ofClass, leastTarget } = model
  const { outputs, features } = model
  const held = await samples.map(encodeSample, { who, classes, ofClass }).persist()
  const [weight, target, least, rows] = await held.map(totalsOfBlock, undefined).reduce(mergeTotals)
  if (!(weight > 0))
    throw new MlDataError(`${who} cannot learn: there are no rows, or sampleWeight is 0 everywhere`)
  if (leastTarget !== undefined && least < leastTarget)
    throw new MlDataError(`${who} learns targets ≥ ${leastTarget}, and there is ${least}`)
  const numbers = rows * features
  return { blocks: await fewHere(held, numbers, numbers * outputs), weight, target }
}

async function minimised(ready: Ready, model: LossModel, fits: readonly LossFit[]): Promise<Minimised[]> {
  const { blocks } = ready
  const { loss, outputs } = model
  const found = new Array<Minimised>(fits.length)
  const together = fits.flatMap(({ solver }, i) => (solver === 'admm' ? [] : [i]))
  const evaluate = async (
    asking: readonly number[],
    points: readonly Float64Array[],
  ): Promise<Evaluated[]> => {
    const losses = await blocks.map(lossOfBlock, { loss, outputs, models: points }).reduce(mergeLosses)
    return losses.map((each, i) => objective(ready, model, fits[together[asking[i]]], points[i], each))
  }
  const ends = await minimiseAll(
    evaluate,
    together.map((i) => startOf(ready, model, fits[i])),
    together.map((i) => fits[i]),
  )
  together.forEach((fit, i) => {
    found[fit] = ends[i]
  })
  for (const [i, fit] of fits.entries())
    if (fit.solver === 'admm')
      found[i] = await agree(blocks, model, fit, {
        scale: fit.scale(ready.weight),
        ridge: fit.ridge(ready.weight),
        start: startOf(ready, model, fit),
      })
  return found
}

function startOf({ target, weight }: Ready, { loss, outputs, features }: LossModel, fit: LossFit) {
  if (fit.start) return fit.start
  const start = new Float64Array(outputs * (features + 1))
  if (loss === 'poisson' && fit.fitIntercept && target > 0) start[features] = Math.log(target / weight)
  return start
}

/** What is minimised, of the sum of losses at a point. */
function objective(
  { weight }: Ready,
  { features, ridgeOnIntercept }: LossModel,
  fit: LossFit,
  weights: Float64Array,
  { value, gradient }: LossState,
): Evaluated {
  const width = features + 1
  const scale = fit.scale(weight)
  const ridge = fit.ridge(weight)
  let penalty = 0
  const whole = gradient.map((each, i) => {
    const isIntercept = i % width === features
    if (isIntercept && !fit.fitIntercept) return 0
    if (isIntercept && !ridgeOnIntercept) return scale * each
    penalty += weights[i] * weights[i]
    return scale * each + ridge * weights[i]
  })
  return { value: scale * value + (ridge * penalty) / 2, gradient: whole }
}
