// What metrics of several classes keep of one block's scores: ranks for every two classes, and hits among the best.

import { kernel } from '../../kernel.ts'
import { type DenseBlock, denseOf, type Sample } from '../block.ts'
import { MlDataError } from '../mlErrors.ts'
import { type Ranked, rankedBy } from './ranked.ts'

type Label = number | string

function scoresFor(who: string, classes: readonly Label[], { x }: Sample): DenseBlock {
  const scores = denseOf(x, who)
  if (scores.rows > 0 && scores.columns !== classes.length)
    throw new MlDataError(`${who} has ${scores.columns} columns of scores for ${classes.length} classes`)
  return scores
}

/** For every ordered two of the classes, the first's scores of the rows that are of either: positive for the first. */
export const rankedByPair = kernel(
  'ml.rankedByPair',
  ({ who, classes }: { who: string; classes: readonly Label[] }, sample: Sample): Ranked[] => {
    const { rows, columns, data } = scoresFor(who, classes, sample)
    const ofClass = classes.map((): number[] => [])
    const places = new Map(classes.map((label, place) => [label, place]))
    for (let row = 0; row < rows; row++) ofClass[places.get(sample.y[row] as Label) ?? -1]?.push(row)
    return classes.flatMap((_, own) =>
      classes.flatMap((_, other) => {
        if (own === other) return []
        const chosen = [...ofClass[own], ...ofClass[other]]
        const scores = chosen.map((row) => data[row * columns + own])
        return [rankedBy(who, scores, (at) => at < ofClass[own].length, null)]
      }),
    )
  },
)

/** Weight of the rows whose class is among those with the `k` best scores, of equal ones the last; and of all rows. */
export const hitsOfBlock = kernel(
  'ml.topK',
  (
    { classes, k }: { classes: readonly Label[]; k: number },
    sample: Sample,
  ): readonly [hits: number, weight: number] => {
    const who = 'topKAccuracyScore'
    const { rows, columns, data } = scoresFor(who, classes, sample)
    const places = new Map(classes.map((label, place) => [label, place]))
    let hits = 0
    let all = 0
    for (let row = 0; row < rows; row++) {
      const place = places.get(sample.y[row] as Label)
      if (place === undefined)
        throw new MlDataError(`${who} has no column for the class ${JSON.stringify(sample.y[row])}`)
      const own = data[row * columns + place]
      let better = 0
      for (let i = 0; i < columns; i++) {
        const other = data[row * columns + i]
        if (other > own || (other === own && i > place)) better++
      }
      const weight = sample.weight ? sample.weight[row] : 1
      if (better < k) hits += weight
      all += weight
    }
    return [hits, all]
  },
)
