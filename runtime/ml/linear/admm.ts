// ADMM: blocks find coefficients of their own, round after round, until all agree.

import { type AdmmRound, admmBlock, admmStart, admmSums, mergeAdmm } from '../../kernels/ml/linear/admm.ts'
import type { Minimised } from '../../kernels/ml/linear/lbfgs.ts'
import type { EncodedSample } from '../../kernels/ml/linear/losses.ts'
import type { Blocks } from '../contract/blocks.ts'
import type { LossFit, LossModel } from './lossFit.ts'

/** One residual may be so many times the other before blocks are drawn together more or less strongly. */
const BALANCE = 10

/** Minimises `scale·Σ loss + ridge·|w|²/2` by consensus. */
export async function agree(
  blocks: Blocks<EncodedSample>,
  model: LossModel,
  fit: LossFit,
  { scale, ridge, start }: { scale: number; ridge: number; start: Float64Array },
): Promise<Minimised> {
  const { loss, outputs, features, ridgeOnIntercept } = model
  const { fitIntercept, tolerance, maxIterations } = fit
  const size = start.length
  const ridgeOf = (i: number): number => (i % (features + 1) === features && !ridgeOnIntercept ? 0 : ridge)
  let agreed: Float64Array = start
  let rho = 1 / blocks.count
  let rescale = 1
  let held = await blocks.map(admmStart, start).persist()
  let iterations = 0
  let converged = false
  const first = { loss, outputs, features, fitIntercept, scale, tolerance: tolerance / 100 }
  while (iterations < maxIterations && !converged) {
    iterations++
    const round: AdmmRound = { ...first, agreed, rho, rescale }
    held = await blocks.map(admmBlock, round, held).persist()
    const {
      blocks: count,
      sums,
      own,
      apart,
      off: before,
    } = await held.map(admmSums, agreed).reduce(mergeAdmm)
    const last = agreed
    agreed = sums.map((sum, i) => (rho * sum) / (count * rho + ridgeOf(i)))
    const moved = Math.sqrt(count * agreed.reduce((sum, each, i) => sum + (each - last[i]) ** 2, 0))
    const { off: squares } = await held.map(admmSums, agreed).reduce(mergeAdmm)
    const off = Math.sqrt(squares)
    const norm = Math.sqrt(count * agreed.reduce((sum, each) => sum + each * each, 0))
    const least = (Math.sqrt(count * size) * tolerance) / 100
    converged =
      off <= least + (tolerance / 10) * Math.max(Math.sqrt(own), norm) &&
      rho * moved <= least * rho + (tolerance / 10) * rho * Math.sqrt(apart)
    rescale = 1
    if (off > BALANCE * moved) rescale = 1 / 2
    else if (moved > BALANCE * off) rescale = 2
    rho /= rescale
    if (fit.onIteration?.(iterations, Math.sqrt(before)) === false) break
  }
  return { point: agreed, value: Number.NaN, iterations, converged }
}
