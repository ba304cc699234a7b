// How much each feature contributed to an ensemble of trees.

import type { Ensemble } from '../../kernels/ml/trees/predict.ts'

/** Shares of the total gain, or of the number of splits; all 0 where nothing was split. */
export function importanceOf(model: Pick<Ensemble, 'columns' | 'trees'>, by: 'gain' | 'split'): Float64Array {
  const sums = new Float64Array(model.columns)
  for (const { feature, gain } of model.trees)
    for (let node = 0; node < feature.length; node++)
      if (feature[node] >= 0) sums[feature[node]] += by === 'gain' ? gain[node] : 1
  const all = sums.reduce((sum, each) => sum + each, 0)
  return all === 0 ? sums : sums.map((each) => each / all)
}
