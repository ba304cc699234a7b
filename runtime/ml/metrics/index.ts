// Metrics: how good predictions are. Each block gives its share; arguments are as scikit-learn's, targets first.

export {
  cohenKappaScore,
  type KappaOptions,
  matthewsCorrcoef,
  zeroOneLoss,
} from './agreement.ts'
export {
  type AverageOptions,
  accuracyScore,
  balancedAccuracyScore,
  confusionMatrix,
  f1Score,
  fbetaScore,
  jaccardScore,
  logLoss,
  precisionScore,
  recallScore,
} from './classification.ts'
export {
  adjustedMutualInfoScore,
  adjustedRandScore,
  completenessScore,
  fowlkesMallowsScore,
  homogeneityScore,
  mutualInfoScore,
  normalizedMutualInfoScore,
  randScore,
  vMeasureScore,
} from './clustering.ts'
export {
  calinskiHarabaszScore,
  daviesBouldinScore,
  type SilhouetteOptions,
  silhouetteSamples,
  silhouetteScore,
} from './clusterShapes.ts'
export {
  d2TweedieScore,
  meanAbsolutePercentageError,
  meanGammaDeviance,
  meanPinballLoss,
  meanPoissonDeviance,
  meanSquaredLogError,
  meanTweedieDeviance,
  medianAbsoluteError,
  type TweedieOptions,
} from './deviances.ts'
export {
  averagePrecisionScore,
  brierScoreLoss,
  type PositiveOptions,
  type PrecisionRecallCurve,
  precisionRecallCurve,
  type RocCurve,
  rocAucOneVsRest,
  rocAucScore,
  rocCurve,
} from './ranked.ts'
export { ndcgScore, type RankingOptions } from './ranking.ts'
export {
  explainedVarianceScore,
  maxError,
  meanAbsoluteError,
  meanSquaredError,
  r2Score,
  rootMeanSquaredError,
} from './regression.ts'
export { type ClassificationReport, classificationReport, type ReportedScores } from './report.ts'
export { rocAucOneVsOne, topKAccuracyScore } from './severalClasses.ts'
