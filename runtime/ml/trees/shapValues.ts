// SHAP values of models of trees, for features wherever they are.

import { MlDataError } from '../../kernels/ml/mlErrors.ts'
import type { Forest } from '../../kernels/ml/trees/forest.ts'
import type { Ensemble } from '../../kernels/ml/trees/predict.ts'
import { shapOfEnsemble, shapOfForest } from '../../kernels/ml/trees/shap.ts'
import type { Probabilities } from '../contract/predictor.ts'
import { type Features, Rows, rowsOf } from '../contract/rows.ts'
import { requireFeatures, resultFor } from '../contract/transformer.ts'

/**
 * A row of contributions for each row of features, and behind them what is predicted on average.
 * @param output which class is explained, where there are several
 */
export function shapValuesOf<X extends Features>(
  model: Ensemble | Forest,
  x: X,
  output: number,
): Probabilities<X> {
  if (!Number.isInteger(output) || output < 0 || output >= model.outputs)
    throw new MlDataError(`${model.who} has outputs 0 to ${model.outputs - 1}, and not ${output}`)
  const rows = rowsOf(x, model.who)
  requireFeatures(rows, model.columns, model.who)
  const blocks =
    'baseline' in model
      ? rows.blocks.map(shapOfEnsemble, { model, output })
      : rows.blocks.map(shapOfForest, { model, output })
  const made = new Rows(blocks, model.columns + 1, rows.lengths)
  return (x instanceof Rows ? made.toArray() : resultFor(x, made)) as Probabilities<X>
}
