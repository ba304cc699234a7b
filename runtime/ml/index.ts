// `ml`: estimators that learn where the data is, with scikit-learn's names.

export { MlDataError } from '../kernels/ml/mlErrors.ts'
export { ColumnTransformer, type ColumnTransformerParams } from './compose/columnTransformer.ts'
export { Pipeline, type PipelineParams } from './compose/pipeline.ts'
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
  rowsOf,
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
export * as metrics from './metrics/index.ts'
export {
  type Fold,
  KFold,
  type KFoldOptions,
  type SplitOptions,
  type Splitter,
  StratifiedKFold,
  trainTestSplit,
} from './modelSelection/folds.ts'
export {
  GridSearchCV,
  gridOf,
  type HalvingOptions,
  type ParamDistributions,
  type ParamGrid,
  type ParamSet,
  RandomizedSearchCV,
  type RandomizedSearchOptions,
  type SearchOptions,
  type SearchResult,
  SuccessiveHalvingSearchCV,
} from './modelSelection/searches.ts'
export {
  OneHotEncoder,
  type OneHotEncoderParams,
  OrdinalEncoder,
  type OrdinalEncoderParams,
} from './preprocessing/encoders.ts'
export { PolynomialFeatures, type PolynomialFeaturesParams } from './preprocessing/polynomialFeatures.ts'
export {
  MinMaxScaler,
  type MinMaxScalerParams,
  QuantileTransformer,
  type QuantileTransformerParams,
  RobustScaler,
  type RobustScalerParams,
} from './preprocessing/scalers.ts'
export { SimpleImputer, type SimpleImputerParams } from './preprocessing/simpleImputer.ts'
export { StandardScaler, type StandardScalerParams } from './preprocessing/standardScaler.ts'
export {
  HashingVectorizer,
  type HashingVectorizerParams,
  TfidfVectorizer,
  type TfidfVectorizerParams,
} from './preprocessing/vectorizers.ts'
export {
  type BoostedState,
  type BoostingFitOptions,
  GradientBoostingClassifier,
  type GradientBoostingParams,
  GradientBoostingRegressor,
} from './trees/gradientBoosting.ts'
