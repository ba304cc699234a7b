// Metrics: how good predictions are. Each block gives its share; arguments are as scikit-learn's, targets first.

export {
  type AverageOptions,
  accuracyScore,
  balancedAccuracyScore,
  confusionMatrix,
  f1Score,
  logLoss,
  precisionScore,
  recallScore,
  rocAucScore,
} from './classification.ts'
export {
  adjustedRandScore,
  completenessScore,
  homogeneityScore,
  normalizedMutualInfoScore,
} from './clustering.ts'
export { ndcgScore, type RankingOptions } from './ranking.ts'
export {
  explainedVarianceScore,
  maxError,
  meanAbsoluteError,
  meanSquaredError,
  r2Score,
  rootMeanSquaredError,
} from './regression.ts'
