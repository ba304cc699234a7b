// What several models say of the same rows, as one.

import { kernel } from '../kernel.ts'
import { type Block, type Column, type DenseBlock, denseBlock } from './block.ts'
import { classPlaces } from './classes.ts'

/** The class that most models say, the first of equals; as its place. */
export const majorityVote = kernel(
  'ml.majorityVote',
  (classes: readonly (number | string)[], ...votes: Column[]): Column => {
    const places = votes.map((each) => classPlaces(classes, each))
    const counts = new Int32Array(classes.length)
    return Float64Array.from({ length: votes[0].length }, (_, row) => {
      counts.fill(0)
      for (const own of places) counts[own[row]]++
      return counts.indexOf(Math.max(...counts))
    })
  },
)

/** The mean of what models say. */
export const meanVote = kernel(
  'ml.meanVote',
  (_: unknown, ...votes: Column[]): Column =>
    Float64Array.from(
      { length: votes[0].length },
      (_each, row) => votes.reduce((sum, own) => sum + (own as Float64Array)[row], 0) / votes.length,
    ),
)

/** The mean of models' probabilities: `columns` tells for each model where its classes stand among all. */
export const meanShares = kernel(
  'ml.meanShares',
  (
    { columns, classes }: { columns: readonly (readonly number[])[]; classes: number },
    ...votes: Block[]
  ): Block => {
    const made = denseBlock(votes[0].rows, classes)
    votes.forEach((vote, model) => {
      const { data, columns: own } = vote as DenseBlock
      for (let row = 0; row < vote.rows; row++)
        for (let k = 0; k < own; k++)
          made.data[row * classes + columns[model][k]] += data[row * own + k] / votes.length
    })
    return made
  },
)

/** The place of the greatest share, the first of equals. */
export const greatestShare = kernel('ml.greatestShare', (_: unknown, block: Block): Column => {
  const { data, rows, columns } = block as DenseBlock
  return Float64Array.from({ length: rows }, (_each, row) => {
    let best = 0
    for (let k = 1; k < columns; k++) if (data[row * columns + k] > data[row * columns + best]) best = k
    return best
  })
})
