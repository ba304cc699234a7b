// Stochastic gradient descent: one row after the other, so one block after the other.
//
// Bottou, "Stochastic gradient descent tricks" (2012), as scikit-learn does it: the same schedules, the same order. The l1
// penalty is the cumulative one of Tsuruoka, Tsujii and Ananiadou (2009).

import { kernel } from '../../kernel.ts'
import { shuffled } from '../seeded.ts'
import type { EncodedSample } from './losses.ts'
import { type SgdLoss, sgdLoss, sgdSlope } from './sgdLosses.ts'
import { addScaled, scoreOf } from './singleRow.ts'

export type SgdSchedule = 'optimal' | 'constant' | 'invscaling' | 'adaptive'

export interface SgdSettings {
  loss: SgdLoss
  epsilon: number
  alpha: number
  /** The share of l1 in the penalty; there is none where null. */
  l1Ratio: number | null
  fitIntercept: boolean
  schedule: SgdSchedule
  eta0: number
  powerT: number
  /** Rows of a block are shuffled by it; in their order where null. */
  seed: number | null
}

/** What goes from block to block. */
export interface SgdState {
  settings: SgdSettings
  features: number
  /** Rows of coefficients, each with its intercept behind it. */
  outputs: number
  weights: Float64Array
  /** What each row of coefficients, but for its intercept, is multiplied by: shrinking them is one multiplication. */
  scales: Float64Array
  /** What l1 took so far of each coefficient, and what it could have taken of each row of them. */
  taken: Float64Array
  due: Float64Array
  /** Rows seen, from 1. */
  t: number
  /** The step of each row of coefficients, where it does not follow from `t`. */
  eta: Float64Array
  /** Rows of coefficients that still learn. */
  learns: Uint8Array
  /** Sums of losses in this pass, and how many rows it had. */
  losses: Float64Array
  rows: number
}

/** Coefficients that have learnt nothing. */
export function sgdStart(settings: SgdSettings, features: number, outputs: number): SgdState {
  return {
    settings,
    features,
    outputs,
    weights: new Float64Array(outputs * (features + 1)),
    scales: new Float64Array(outputs).fill(1),
    taken: new Float64Array(settings.l1Ratio ? outputs * features : 0),
    due: new Float64Array(outputs),
    t: 1,
    eta: new Float64Array(outputs).fill(settings.eta0),
    learns: new Uint8Array(outputs).fill(1),
    losses: new Float64Array(outputs),
    rows: 0,
  }
}

/** Coefficients, each row's intercept behind its features. */
export const sgdWeights = ({ weights, scales, features }: SgdState): Float64Array =>
  weights.map((each, i) =>
    i % (features + 1) === features ? each : each * scales[Math.floor(i / (features + 1))],
  )

const MOST_SLOPE = 1e12
/** Sparse rows move the intercept this much less, as scikit-learn's. */
const SPARSE_INTERCEPT = 0.01

/** One pass over a block. */
export const sgdBlock = kernel(
  'ml.sgd',
  (before: SgdState, { x, y, weight, ofClass }: EncodedSample): SgdState => {
    const { settings, features, outputs } = before
    const state = {
      ...before,
      weights: before.weights.slice(),
      scales: before.scales.slice(),
      taken: before.taken.slice(),
      due: before.due.slice(),
      losses: before.losses.slice(),
      t: before.t + x.rows,
      rows: before.rows + x.rows,
    }
    const order = settings.seed === null ? null : shuffled(x.rows, settings.seed)
    const offset = optimalOffset(settings)
    const width = features + 1
    for (let k = 0; k < outputs; k++) {
      if (!before.learns[k]) continue
      const from = k * width
      const own = state.weights.subarray(from, from + width)
      let intercept = own[features]
      let scale = state.scales[k]
      for (let i = 0, t = before.t; i < x.rows; i++, t++) {
        const row = order ? order[i] : i
        const target =
          outputs === 1 && !isOfClasses(settings.loss) ? y[row] : y[row] === (outputs === 1 ? 1 : k) ? 1 : -1
        own[features] = 0
        const p = scoreOf(x, row, own, 0) * scale + intercept
        let eta = state.eta[k]
        if (settings.schedule === 'optimal') eta = 1 / (settings.alpha * (offset + t - 1))
        else if (settings.schedule === 'invscaling') eta = settings.eta0 / t ** settings.powerT
        state.losses[k] += sgdLoss(settings.loss, settings.epsilon, p, target)
        const slope = sgdSlope(settings.loss, settings.epsilon, p, target)
        let counts = weight ? weight[row] : 1
        if (ofClass && y[row] === k) counts *= ofClass[k]
        const step = -eta * Math.max(-MOST_SLOPE, Math.min(MOST_SLOPE, slope)) * counts
        if (settings.l1Ratio !== null) {
          const kept = Math.max(0, 1 - (1 - settings.l1Ratio) * eta * settings.alpha)
          if (kept === 0) own.fill(0)
          else scale *= kept
          if (scale < 1e-9) {
            for (let j = 0; j < features; j++) own[j] *= scale
            scale = 1
          }
        }
        if (step !== 0) {
          addScaled(own, 0, x, row, step / scale)
          if (settings.fitIntercept) intercept += step * (x.kind === 'sparse' ? SPARSE_INTERCEPT : 1)
        }
        if (settings.l1Ratio) {
          state.due[k] += settings.l1Ratio * eta * settings.alpha
          takeL1(own, scale, state.taken.subarray(k * features, (k + 1) * features), state.due[k])
        }
      }
      own[features] = intercept
      state.scales[k] = scale
    }
    return state
  },
)

const isOfClasses = (loss: SgdLoss): boolean =>
  loss === 'hinge' ||
  loss === 'squaredHinge' ||
  loss === 'perceptron' ||
  loss === 'logLoss' ||
  loss === 'modifiedHuber'

/** So that the first step is as long as a coefficient usually is. */
function optimalOffset({ loss, epsilon, alpha, schedule }: SgdSettings): number {
  if (schedule !== 'optimal') return 0
  const usual = Math.sqrt(1 / Math.sqrt(alpha))
  const first = usual / Math.max(1, sgdSlope(loss, epsilon, -usual, 1))
  return 1 / (first * alpha)
}

/** Draws coefficients to zero by what is due, less what was taken already. */
function takeL1(own: Float64Array, scale: number, taken: Float64Array, due: number): void {
  for (let j = 0; j < taken.length; j++) {
    const before = own[j]
    if (before > 0) own[j] = Math.max(0, before - (due + taken[j]) / scale)
    else if (before < 0) own[j] = Math.min(0, before + (due - taken[j]) / scale)
    taken[j] += scale * (own[j] - before)
  }
}
