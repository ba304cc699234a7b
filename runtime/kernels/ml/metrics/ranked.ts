// What metrics keep of the scores of one block: how much weight of either class stands at each.

import { kernel } from '../../kernel.ts'
import { type Column, denseOf, type Sample } from '../block.ts'
import { MlDataError } from '../mlErrors.ts'
import type { Pairs } from './pairs.ts'

type Label = number | string

/** Weights of negative and positive rows at each score, scores rising. */
export interface Ranked {
  scores: Float64Array
  negative: Float64Array
  positive: Float64Array
}

/** @param isPositive whether a row is, by its place */
export function rankedBy(
  who: string,
  scores: ArrayLike<number>,
  isPositive: (row: number) => boolean,
  weight: Float64Array | null,
): Ranked {
  const order = Uint32Array.from(scores, (score, row) => {
    if (Number.isNaN(score))
      throw new MlDataError(`${who} takes scores that are numbers, and row ${row} has NaN`)
    return row
  }).sort((a, b) => scores[a] - scores[b])
  const made = {
    scores: new Float64Array(order.length),
    negative: new Float64Array(order.length),
    positive: new Float64Array(order.length),
  }
  let last = -1
  for (const row of order) {
    if (last < 0 || made.scores[last] !== scores[row]) made.scores[++last] = scores[row]
    made[isPositive(row) ? 'positive' : 'negative'][last] += weight ? weight[row] : 1
  }
  return {
    scores: made.scores.slice(0, last + 1),
    negative: made.negative.slice(0, last + 1),
    positive: made.positive.slice(0, last + 1),
  }
}

/** Which class counts as positive: 1 among targets 0 and 1 where null. */
type Positive = Label | null

function requireZeroOrOne(who: string, actual: Column, positive: Positive): void {
  if (positive !== null) return
  for (const each of actual)
    if (each !== 0 && each !== 1)
      throw new MlDataError(
        `${who} takes targets 0 and 1, and there is ${JSON.stringify(each)}: name the class that counts as positive, { positive: … }`,
      )
}

function requireNumbers(who: string, scores: Column): Float64Array {
  if (scores instanceof Float64Array) return scores
  throw new MlDataError(`${who} takes scores that are numbers, and there are texts`)
}

/** @throws {MlDataError} when targets are not 0 and 1, and no class is named */
export const rankedOfPairs = kernel(
  'ml.ranked',
  ({ who, positive }: { who: string; positive: Positive }, { actual, predicted, weight }: Pairs): Ranked => {
    requireZeroOrOne(who, actual, positive)
    const own = positive ?? 1
    return rankedBy(who, requireNumbers(who, predicted), (row) => actual[row] === own, weight)
  },
)

/** The scores of each class: a column each. */
export const rankedByClass = kernel(
  'ml.rankedByClass',
  (classes: readonly Label[], { x, y, weight }: Sample): Ranked[] => {
    const who = 'rocAucOneVsRest'
    const { rows, columns, data } = denseOf(x, who)
    if (columns !== classes.length)
      throw new MlDataError(`${who} has ${columns} columns of probabilities for ${classes.length} classes`)
    return classes.map((label, k) => {
      const scores = Float64Array.from({ length: rows }, (_, row) => data[row * columns + k])
      return rankedBy(who, scores, (row) => y[row] === label, weight)
    })
  },
)

export const mergeRanked = kernel('ml.mergeRanked', (a: Ranked, b: Ranked): Ranked => {
  const scores = new Float64Array(new Set([...a.scores, ...b.scores])).sort()
  const negative = new Float64Array(scores.length)
  const positive = new Float64Array(scores.length)
  for (const part of [a, b])
    for (let i = 0, to = 0; i < part.scores.length; i++) {
      while (scores[to] !== part.scores[i]) to++
      negative[to] += part.negative[i]
      positive[to] += part.positive[i]
    }
  return { scores, negative, positive }
})

export const mergeManyRanked = kernel('ml.mergeManyRanked', (a: Ranked[], b: Ranked[]): Ranked[] =>
  a.map((own, i) => mergeRanked(own, b[i])),
)

/** Weighted sum of squared differences, and the weight. */
export const brierOfPairs = kernel(
  'ml.brier',
  (positive: Positive, { actual, predicted, weight }: Pairs): readonly [squares: number, weight: number] => {
    requireZeroOrOne('brierScoreLoss', actual, positive)
    const own = positive ?? 1
    const chances = requireNumbers('brierScoreLoss', predicted)
    let squares = 0
    let all = 0
    chances.forEach((chance, row) => {
      if (!(chance >= 0 && chance <= 1))
        throw new MlDataError(`brierScoreLoss takes probabilities 0 to 1, and row ${row} has ${chance}`)
      const w = weight ? weight[row] : 1
      squares += w * (Number(actual[row] === own) - chance) ** 2
      all += w
    })
    return [squares, all]
  },
)
