// `ml`: estimators that learn where the data is, with scikit-learn's names.

export { MlDataError } from '../kernels/ml/mlErrors.ts'
export { Estimator, fromJSON, NotFittedError, ParameterError } from './contract/estimator.ts'
export { type ModelData, ModelFormatError } from './contract/modelData.ts'
export {
  Classifier,
  type Label,
  type Predicted,
  Predictor,
  type Probabilities,
  Regressor,
} from './contract/predictor.ts'
export {
  type Features,
  type FeaturesHere,
  type LazyFeatures,
  Rows,
  type Transformed,
} from './contract/rows.ts'
export type { FitOptions, Target } from './contract/samples.ts'
export { Transformer } from './contract/transformer.ts'
export {
  ElasticNet,
  type ElasticNetParams,
  Lasso,
  type LassoParams,
  LinearRegression,
  type LinearRegressionParams,
  Ridge,
  type RidgeParams,
} from './linear/leastSquaresModels.ts'
export {
  type IterativeFitOptions,
  type LinearClassifierParams,
  LinearSVC,
  LogisticRegression,
} from './linear/linearClassifiers.ts'
export { PoissonRegressor, type PoissonRegressorParams } from './linear/poissonRegressor.ts'
export { StandardScaler, type StandardScalerParams } from './preprocessing/standardScaler.ts'
export {
  type BoostedState,
  type BoostingFitOptions,
  GradientBoostingClassifier,
  type GradientBoostingParams,
  GradientBoostingRegressor,
} from './trees/gradientBoosting.ts'
