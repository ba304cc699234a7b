// Metrics of classes that are one number for all of them: how far predictions agree with what is, beyond chance.

import type { LabelCounts } from '../../kernels/ml/metrics/pairs.ts'
import type { Label } from '../contract/predictor.ts'
import type { FitOptions, Target } from '../contract/samples.ts'
import { accuracyScore, contingency } from './classification.ts'

/** Sums of weight by class, actual and predicted, in the order of `labels`. */
function margins(labels: readonly Label[], counts: LabelCounts): { there: Float64Array; said: Float64Array } {
  const there = new Float64Array(labels.length)
  const said = new Float64Array(labels.length)
  for (const [a, p, weight] of counts) {
    there[labels.indexOf(a)] += weight
    said[labels.indexOf(p)] += weight
  }
  return { there, said }
}

const total = (numbers: Float64Array): number => numbers.reduce((sum, each) => sum + each, 0)

/** The share of rows whose class is not predicted. */
export const zeroOneLoss = async (
  actual: Target,
  predicted: Target,
  options: FitOptions = {},
): Promise<number> => 1 - (await accuracyScore(actual, predicted, options))

/** The correlation of classes and predictions (Matthews, 1975; of several classes: Gorodkin, 2004): −1 to 1, 0 by chance. */
export async function matthewsCorrcoef(
  actual: Target,
  predicted: Target,
  options: FitOptions = {},
): Promise<number> {
  const { labels, counts } = await contingency(actual, predicted, options)
  const { there, said } = margins(labels, counts)
  const all = total(there)
  const right = counts.reduce((sum, [a, p, weight]) => (a === p ? sum + weight : sum), 0)
  const both = there.reduce((sum, each, i) => sum + each * said[i], 0)
  const ofActual = all * all - there.reduce((sum, each) => sum + each * each, 0)
  const ofPredicted = all * all - said.reduce((sum, each) => sum + each * each, 0)
  return ofActual * ofPredicted === 0 ? 0 : (right * all - both) / Math.sqrt(ofActual * ofPredicted)
}

export interface KappaOptions extends FitOptions {
  /** How much worse it is to be further apart among the classes in order; absent: all errors are alike. */
  weights?: 'linear' | 'quadratic'
}

/** How far two agree, corrected for chance (Cohen, 1960): 1 is best, 0 what chance gets. */
export async function cohenKappaScore(
  actual: Target,
  predicted: Target,
  { weights, ...options }: KappaOptions = {},
): Promise<number> {
  const { labels, counts } = await contingency(actual, predicted, options)
  const { there, said } = margins(labels, counts)
  const all = total(there)
  const cost = (a: number, p: number): number =>
    weights === undefined ? Number(a !== p) : weights === 'linear' ? Math.abs(a - p) : (a - p) ** 2
  const observed = counts.reduce(
    (sum, [a, p, weight]) => sum + weight * cost(labels.indexOf(a), labels.indexOf(p)),
    0,
  )
  let expected = 0
  there.forEach((own, a) => {
    said.forEach((other, p) => {
      expected += (cost(a, p) * own * other) / all
    })
  })
  return 1 - observed / expected
}
