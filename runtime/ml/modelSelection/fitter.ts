// Fits of whole models inside one task, for the kernels that ask for them.

import type { Block, Column, Sample } from '../../kernels/ml/block.ts'
import type { Fitter, Split } from '../../kernels/ml/fitTask.ts'
import { Blocks } from '../contract/blocks.ts'
import { type Estimator, fromJSON, ParameterError } from '../contract/estimator.ts'
import { groupsThatLearn, learnsTogether } from '../contract/learnsTogether.ts'
import { learnsInParts } from '../contract/partial.ts'
import type { Predictor } from '../contract/predictor.ts'
import { Rows } from '../contract/rows.ts'
import type { Transforms } from '../contract/transformer.ts'
import { scorerNamed } from './scoring.ts'

const rowsHere = (block: Block): Rows =>
  new Rows(
    Blocks.here([block]),
    block.columns,
    [block.rows],
    block.kind === 'table' ? block.names : undefined,
  )

const weightOf = ({ weight }: Pick<Sample, 'weight'>): { sampleWeight?: Blocks<Column> } =>
  weight ? { sampleWeight: Blocks.here<Column>([weight]) } : {}

export const fitter: Fitter = {
  async fitSample(model: unknown, sample: Sample): Promise<unknown> {
    if (sample.x.rows === 0) return null
    const estimator = fromJSON(model) as Predictor
    await estimator.fit(rowsHere(sample.x), Blocks.here([sample.y]), weightOf(sample))
    return estimator.toJSON()
  },

  async partialFit(
    model: unknown,
    sample: Sample,
    classes: readonly (number | string)[] | null,
  ): Promise<unknown> {
    if (sample.x.rows === 0) return model
    const estimator = fromJSON(model) as Predictor
    if (!learnsInParts(estimator))
      throw new ParameterError(`${estimator.kind} does not learn in parts: it has no partialFit`)
    const options = { ...weightOf(sample), ...(classes && { classes }) }
    await estimator.partialFit(rowsHere(sample.x), Blocks.here([sample.y]), options)
    return estimator.toJSON()
  },

  async score(model: unknown, sample: Sample, scoring: string | null): Promise<number> {
    return scorerNamed(scoring)(fromJSON(model) as Predictor, rowsHere(sample.x), Blocks.here([sample.y]))
  },

  async fitTransform(model: unknown, split: Split): Promise<Split> {
    const transformer = fromJSON(model) as Estimator & Transforms
    await transformer.fit(rowsHere(split.train), Blocks.here([split.trainTarget]))
    const transformed = (block: Block): Block => transformer.transformRows(rowsHere(block)).blocks.values[0]
    return { ...split, train: transformed(split.train), test: transformed(split.test) }
  },

  async fitScores(models: readonly unknown[], split: Split, scoring: string | null): Promise<number[]> {
    const estimators = models.map((model) => fromJSON(model) as Predictor)
    const target = Blocks.here([split.trainTarget])
    const weighted = weightOf({ weight: split.trainWeight })
    for (const group of groupsThatLearn(estimators)) {
      const [first] = group
      if (group.length > 1 && learnsTogether(first))
        await first.fitTogether(group as (typeof first)[], rowsHere(split.train), target, weighted)
      else await first.fit(rowsHere(split.train), target, weighted)
    }
    const score = scorerNamed(scoring)
    const scores: number[] = []
    for (const estimator of estimators)
      scores.push(await score(estimator, rowsHere(split.test), Blocks.here([split.testTarget])))
    return scores
  },
}
