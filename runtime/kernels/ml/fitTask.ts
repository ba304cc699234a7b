// Whole fits as tasks: a model, as plain data, learns from rows that one worker has. Estimators are loaded at the first.

import { kernel } from '../kernel.ts'
import { type Block, type Column, selectCells, selectRows, stackCells, stackRows } from './block.ts'

/** Rows to train with and rows to test with. */
export interface Split {
  train: Block
  trainTarget: Column
  test: Block
  testTarget: Column
}

/** What knows estimators; models are data as `toJSON` gives. */
export interface Fitter {
  /** The model, fitted. */
  fit(model: unknown, x: Block, y: Column): Promise<unknown>
  /** A transformer, fitted with the training rows, on all rows. */
  fitTransform(model: unknown, split: Split): Promise<Split>
  /** The score on the testing rows after a fit with the training ones. */
  fitScore(model: unknown, split: Split, scoring: string | null): Promise<number>
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

/** All blocks as one. */
export const stackTask = kernel(
  'ml.stack',
  (count: number, ...parts: unknown[]): { x: Block; y: Column } => ({
    x: stackRows(parts.slice(0, count) as Block[]),
    y: stackCells(parts.slice(count) as Column[]),
  }),
)

export const splitTask = kernel(
  'ml.split',
  ({ train, test }: { train: Int32Array; test: Int32Array }, { x, y }: { x: Block; y: Column }): Split => ({
    train: selectRows(x, train),
    trainTarget: selectCells(y, train),
    test: selectRows(x, test),
    testTarget: selectCells(y, test),
  }),
)

export const fitTransformTask = kernel(
  'ml.fitTransform',
  async (model: unknown, split: Split): Promise<Split> => (await fitter()).fitTransform(model, split),
)

/** @returns the score; NaN, and why, where the fit failed */
export const fitScoreTask = kernel(
  'ml.fitScore',
  async (scoring: string | null, model: unknown, split: Split): Promise<number> =>
    (await fitter()).fitScore(model, split, scoring),
)

export const fitTask = kernel(
  'ml.fit',
  async (model: unknown, { x, y }: { x: Block; y: Column }): Promise<unknown> =>
    (await fitter()).fit(model, x, y),
)
