// Fits of whole models inside one task, for the kernels that ask for them.

import type { Block, Column } from '../../kernels/ml/block.ts'
import type { Fitter, Split } from '../../kernels/ml/fitTask.ts'
import { Blocks } from '../contract/blocks.ts'
import { fromJSON } from '../contract/estimator.ts'
import type { Predictor } from '../contract/predictor.ts'
import { Rows } from '../contract/rows.ts'
import type { Transformer } from '../contract/transformer.ts'
import { scorerNamed } from './scoring.ts'

const rowsHere = (block: Block): Rows =>
  new Rows(
    Blocks.here([block]),
    block.columns,
    [block.rows],
    block.kind === 'table' ? block.names : undefined,
  )

export const fitter: Fitter = {
  async fit(model: unknown, x: Block, y: Column): Promise<unknown> {
    const estimator = fromJSON(model) as Predictor
    await estimator.fit(rowsHere(x), Blocks.here([y]))
    return estimator.toJSON()
  },

  async fitTransform(model: unknown, split: Split): Promise<Split> {
    const transformer = fromJSON(model) as Transformer
    await transformer.fit(rowsHere(split.train), Blocks.here([split.trainTarget]))
    const transformed = (block: Block): Block => transformer.transformRows(rowsHere(block)).blocks.values[0]
    return { ...split, train: transformed(split.train), test: transformed(split.test) }
  },

  async fitScore(model: unknown, split: Split, scoring: string | null): Promise<number> {
    const estimator = fromJSON(model) as Predictor
    await estimator.fit(rowsHere(split.train), Blocks.here([split.trainTarget]))
    return scorerNamed(scoring)(estimator, rowsHere(split.test), Blocks.here([split.testTarget]))
  },
}
