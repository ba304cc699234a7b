// Whole fits as tasks: a model, as plain data, learns from rows that one worker has. Estimators are loaded at the first.

import { keepsNothing, kernel } from '../kernel.ts'
import type { Block, Column, Sample } from './block.ts'
import { selectCells, selectRows, stackCells, stackRows } from './blockParts.ts'
import {
  type Fold,
  type FoldPlaces,
  type FoldRule,
  foldAt,
  foldOfPlaces,
  foldOfRows,
  thinned,
} from './folds.ts'
import { MlDataError } from './mlErrors.ts'

/** All rows as one, with their targets; weights where there are any. */
export interface WholeRows {
  x: Block
  y: Column
  weight: Float64Array | null
}

/** Rows to train with and rows to test with. */
export interface Split {
  train: Block
  trainTarget: Column
  /** What rows weigh in training; scores count all alike, as scikit-learn's. */
  trainWeight: Float64Array | null
  test: Block
  testTarget: Column
}

/** What knows estimators; models are data as `toJSON` gives. */
export interface Fitter {
  /** The model, fitted with some rows; nothing where there are none. */
  fitSample(model: unknown, sample: Sample): Promise<unknown>
  /** The model, having learnt from further rows. */
  partialFit(model: unknown, sample: Sample, classes: readonly (number | string)[] | null): Promise<unknown>
  /** The score of a fitted model. */
  score(model: unknown, sample: Sample, scoring: string | null): Promise<number>
  /** A transformer, fitted with the training rows, on all rows. */
  fitTransform(model: unknown, split: Split): Promise<Split>
  /** The scores on the testing rows, of each model, after fits with the training ones. */
  fitScores(models: readonly unknown[], split: Split, scoring: string | null): Promise<number[]>
}

let provided: (() => Promise<Fitter>) | undefined

/** Says who knows estimators: a worker's thread loads them when the first model is fitted. */
export function provideFitter(load: () => Promise<Fitter>): void {
  provided = load
}

function fitter(): Promise<Fitter> {
  if (!provided) throw new Error('nothing here knows estimators: this is a fault in heddle')
  return provided()
}

/** All blocks as one: those of the features, then those of the targets, then those of the weights. */
export const stackTask = keepsNothing(
  kernel('ml.stack', (count: number, ...parts: unknown[]): WholeRows => {
    const weights = parts.slice(2 * count) as Column[]
    return {
      x: stackRows(parts.slice(0, count) as Block[]),
      y: stackCells(parts.slice(count, 2 * count) as Column[]),
      weight: weights.length === 0 ? null : (stackCells(weights) as Float64Array),
    }
  }),
)

/** What rows are to be learnt as. */
export const targetsOfRows = keepsNothing(kernel('ml.targets', (_: unknown, { y }: WholeRows): Column => y))

/** The fold that each row tests in. */
export const foldsTask = keepsNothing(
  kernel('ml.folds', (rule: FoldRule, { y }: WholeRows): Int32Array => foldOfRows(rule, y)),
)

/** How many rows the first fold of a rule trains with. */
export const rowsToTrain = keepsNothing(
  kernel('ml.rowsToTrain', (rule: FoldRule, { y }: WholeRows): number =>
    foldOfRows(rule, y).reduce((rows, fold) => rows + Math.min(fold, 1), 0),
  ),
)

function splitOf({ train, test }: Fold, { x, y, weight }: WholeRows): Split {
  return {
    train: selectRows(x, train),
    trainTarget: selectCells(y, train),
    trainWeight: weight && (selectCells(weight, train) as Float64Array),
    test: selectRows(x, test),
    testTarget: selectCells(y, test),
  }
}

/** Rows divided by places that came from elsewhere. */
export const splitTask = keepsNothing(
  kernel('ml.split', (places: FoldPlaces, rows: WholeRows): Split => splitOf(foldOfPlaces(places), rows)),
)

/** A fold by its number, and with how many rows it trains; null for all. */
export interface NumberedFold {
  fold: number
  rows: number | null
}

/** Rows divided by the fold that each tests in. */
export const foldedSplitTask = keepsNothing(
  kernel('ml.foldedSplit', ({ fold, rows }: NumberedFold, all: WholeRows, folds: Int32Array): Split => {
    const whole = foldAt(folds, fold)
    return splitOf(rows === null ? whole : thinned(whole, rows), all)
  }),
)

export const fitTransformTask = keepsNothing(
  kernel(
    'ml.fitTransform',
    async (model: unknown, split: Split): Promise<Split> => (await fitter()).fitTransform(model, split),
  ),
)

/** The scores of some models, each fitted with the training rows. */
export const fitScoresTask = keepsNothing(
  kernel(
    'ml.fitScores',
    async (scoring: string | null, models: readonly unknown[], split: Split): Promise<number[]> =>
      (await fitter()).fitScores(models, split, scoring),
  ),
)

export const fitTask = keepsNothing(
  kernel(
    'ml.fit',
    async (model: unknown, sample: WholeRows): Promise<unknown> => (await fitter()).fitSample(model, sample),
  ),
)

/**
 * A model of one block alone.
 * @throws {MlDataError} when the block's rows do not do, though all rows together may
 */
export const fitBlockTask = kernel(
  'ml.fitBlock',
  async ({ who, model }: { who: string; model: unknown }, sample: Sample): Promise<unknown> => {
    try {
      return await (await fitter()).fitSample(model, sample)
    } catch (error) {
      if (!(error instanceof MlDataError)) throw error
      throw new MlDataError(
        `${who} learns each block alone, and one of ${sample.x.rows} rows does not do: ${error.message}; where rows are in order, shuffle them first`,
        { cause: error },
      )
    }
  },
)

/** A model that goes from block to block, and the classes that there will be. */
export interface Learning {
  model: unknown
  classes: readonly (number | string)[] | null
}

export const partialFitTask = kernel(
  'ml.partialFit',
  async ({ model, classes }: Learning, sample: Sample): Promise<Learning> => ({
    model: await (await fitter()).partialFit(model, sample, classes),
    classes,
  }),
)

/** A model on its way, and how it did on the last block before it learnt from it; null where it had learnt nothing. */
export interface ScoredLearning extends Learning {
  hasLearnt: boolean
  score: number | null
}

export const partialFitScoredTask = kernel(
  'ml.partialFitScored',
  async ({ model, classes, hasLearnt }: ScoredLearning, sample: Sample): Promise<ScoredLearning> => {
    const known = await fitter()
    const isEmpty = sample.x.rows === 0
    const score = hasLearnt && !isEmpty ? await known.score(model, sample, null) : null
    return {
      model: await known.partialFit(model, sample, classes),
      classes,
      hasLearnt: hasLearnt || !isEmpty,
      score,
    }
  },
)

export const scoreOfLearning = kernel(
  'ml.scoreOfLearning',
  (_: unknown, { score }: ScoredLearning): number | null => score,
)

/** A model that learnt from some blocks, one after the other, and its score on a held one. */
export const trainScoreTask = kernel(
  'ml.trainScore',
  async (
    scoring: string | null,
    learning: Learning,
    held: Sample,
    ...blocks: Sample[]
  ): Promise<{ model: unknown; score: number }> => {
    const known = await fitter()
    let { model } = learning
    for (const block of blocks) model = await known.partialFit(model, block, learning.classes)
    return { model, score: await known.score(model, held, scoring) }
  },
)
