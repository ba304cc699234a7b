// Passes of stochastic gradient descent over blocks that stay where they are: what goes round is the state.

import { withCurve } from '../../graph/curve.ts'
import type { Sample } from '../../kernels/ml/block.ts'
import { type EncodedSample, encodeSample } from '../../kernels/ml/linear/losses.ts'
import type { LinearWeights } from '../../kernels/ml/linear/predictLinear.ts'
import {
  type SgdSchedule,
  type SgdSettings,
  type SgdState,
  sgdBlock,
  sgdStart,
  sgdWeights,
} from '../../kernels/ml/linear/sgd.ts'
import type { SgdLoss } from '../../kernels/ml/linear/sgdLosses.ts'
import { MlDataError } from '../../kernels/ml/mlErrors.ts'
import type { Blocks } from '../contract/blocks.ts'
import { ParameterError, requireChoices, requireCounts } from '../contract/estimator.ts'
import type { Label } from '../contract/predictor.ts'
import type { IterativeFitOptions } from './linearClassifiers.ts'

export interface SGDParams<Loss extends SgdLoss = SgdLoss> {
  loss: Loss
  /** What large coefficients cost: their squares, their sizes, both, or nothing; `l2`. */
  penalty: 'l2' | 'l1' | 'elasticnet' | null
  /** How much; and what `optimal` steps follow from; 1e-4. */
  alpha: number
  /** The share of l1 in `elasticnet`; 0.15. */
  l1Ratio: number
  fitIntercept: boolean
  /** Passes at most; 1000. */
  maxIter: number
  /** A pass that makes the loss, by row, less smaller than this counts as none; null never ends early; 1e-3. */
  tol: number | null
  /** Whether the rows of each block are shuffled for each pass: then results depend on the cut; true. */
  shuffle: boolean
  /** From where on the huber and epsilon losses are linear, or begin; 0.1. */
  epsilon: number
  learningRate: SgdSchedule
  /** The step of `constant` and `adaptive`, and the first of `invscaling`; 0.01. */
  eta0: number
  /** The power of `invscaling`. */
  powerT: number
  /** Passes without improvement after which it ends; 5. */
  nIterNoChange: number
  /** Equal seeds shuffle equally; 0. */
  seed: number
}

/** What both models begin with. */
export const SGD_DEFAULTS = {
  penalty: 'l2' as const,
  alpha: 1e-4,
  l1Ratio: 0.15,
  fitIntercept: true,
  maxIter: 1000,
  tol: 1e-3,
  shuffle: true,
  epsilon: 0.1,
  eta0: 0.01,
  nIterNoChange: 5,
  seed: 0,
}

/** What was learnt, and all that learning goes on from. */
export interface SGDFitted {
  sgd: SgdState
  iterations: number
}

/** @throws {ParameterError} for values that no fit could work with */
export function checkSGD(kind: string, params: SGDParams): void {
  const { alpha, l1Ratio, maxIter, eta0, learningRate } = params
  if (!(alpha >= 0)) throw new ParameterError(`alpha of ${kind} is ≥ 0, not ${alpha}`)
  if (learningRate === 'optimal' && alpha === 0)
    throw new ParameterError(`alpha of ${kind} is above 0 where learningRate is optimal`)
  if (!(l1Ratio >= 0 && l1Ratio <= 1))
    throw new ParameterError(`l1Ratio of ${kind} is 0 to 1, not ${l1Ratio}`)
  requireCounts(kind, { maxIter })
  requireChoices(kind, {
    penalty: [params.penalty, 'l2', 'l1', 'elasticnet', null],
    learningRate: [learningRate, 'optimal', 'constant', 'invscaling', 'adaptive'],
  })
  if (!(eta0 > 0)) throw new ParameterError(`eta0 of ${kind} is above 0, not ${eta0}`)
}

function settingsOf(params: SGDParams, pass: number): SgdSettings {
  const { penalty, l1Ratio, learningRate, shuffle, seed } = params
  return {
    loss: params.loss,
    epsilon: params.epsilon,
    alpha: params.alpha,
    l1Ratio: penalty === null ? null : penalty === 'l2' ? 0 : penalty === 'l1' ? 1 : l1Ratio,
    fitIntercept: params.fitIntercept,
    schedule: learningRate,
    eta0: params.eta0,
    powerT: params.powerT,
    seed: shuffle ? seed * 100_003 + pass : null,
  }
}

/** One pass over all blocks. */
async function pass(
  params: SGDParams,
  state: SgdState,
  blocks: Blocks<EncodedSample>,
  number: number,
): Promise<SgdState> {
  const begun = {
    ...state,
    settings: settingsOf(params, number),
    losses: new Float64Array(state.outputs),
    rows: 0,
  }
  return blocks.fold(sgdBlock, begun)
}

/** Passes until the loss falls no more, for each row of coefficients apart. */
export async function descend(
  who: string,
  params: SGDParams,
  blocks: Blocks<EncodedSample>,
  features: number,
  outputs: number,
  onIteration: IterativeFitOptions['onIteration'],
): Promise<SGDFitted> {
  let state = sgdStart(settingsOf(params, 0), features, outputs)
  const best = new Float64Array(outputs).fill(Number.POSITIVE_INFINITY)
  const waited = new Int32Array(outputs)
  let iterations = 0
  const learn = async (tell: (step: number, values: { loss: number }) => void): Promise<void> => {
    while (iterations < params.maxIter && state.learns.some((each) => each === 1)) {
      state = await pass(params, state, blocks, iterations++)
      if (state.rows === 0) throw new MlDataError(`${who} cannot learn: there are no rows`)
      if (!state.weights.every(Number.isFinite))
        throw new MlDataError(
          `${who} got out of hand: scale the features, e.g. by ml.StandardScaler, or lower eta0`,
        )
      const learns = state.learns.slice()
      const eta = state.eta.slice()
      for (let k = 0; k < outputs; k++) {
        const loss = state.losses[k]
        if (!learns[k]) continue
        waited[k] = params.tol !== null && loss > best[k] - params.tol * state.rows ? waited[k] + 1 : 0
        best[k] = Math.min(best[k], loss)
        if (waited[k] < params.nIterNoChange) continue
        if (params.learningRate === 'adaptive' && eta[k] > 1e-6) {
          eta[k] /= 5
          waited[k] = 0
        } else learns[k] = 0
      }
      state = { ...state, learns, eta }
      const mean = state.losses.reduce((sum, each) => sum + each, 0) / state.rows
      tell(iterations, { loss: mean })
      if (onIteration?.(iterations, mean) === false) break
    }
  }
  await withCurve(who, params.maxIter, learn)
  return { sgd: state, iterations }
}

/** Goes on by one pass; all rows of coefficients learn again. */
export async function further(
  who: string,
  params: SGDParams,
  fitted: SGDFitted | undefined,
  blocks: Blocks<EncodedSample>,
  features: number,
  outputs: number,
): Promise<SGDFitted> {
  if (fitted && fitted.sgd.features !== features)
    throw new MlDataError(`X has ${features} features, but ${who} was fitted with ${fitted.sgd.features}`)
  const before = fitted?.sgd ?? sgdStart(settingsOf(params, 0), features, outputs)
  const number = fitted?.iterations ?? 0
  const sgd = await pass(params, { ...before, learns: before.learns.map(() => 1) }, blocks, number)
  return { sgd, iterations: number + 1 }
}

/**
 * Samples as numbers.
 * @param ofClass where each class is told from the rest: what its rows weigh there
 */
export const encoded = (
  who: string,
  samples: Blocks<Sample>,
  classes: readonly Label[] | null,
  ofClass: Float64Array | null = null,
): Blocks<EncodedSample> => samples.map(encodeSample, { who, classes, ofClass })

/** What predicts. */
export const modelOf = (who: string, { sgd }: SGDFitted): LinearWeights => ({
  who,
  features: sgd.features,
  outputs: sgd.outputs,
  weights: sgdWeights(sgd),
})
