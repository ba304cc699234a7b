// `ml`: estimators that learn where the data is, with scikit-learn's names.

export { MlDataError } from '../kernels/ml/mlErrors.ts'
export { GaussianNB, type GaussianNBParams, type PartialClassesOptions } from './bayes/gaussianNB.ts'
export { KMeans, type KMeansFitOptions, type KMeansParams } from './clusters/kMeans.ts'
export { MiniBatchKMeans, type MiniBatchKMeansParams } from './clusters/miniBatchKMeans.ts'
export { IncrementalPCA, PCA, type PCAParams } from './components/pca.ts'
export { TruncatedSVD, type TruncatedSVDParams } from './components/truncatedSVD.ts'
export { ColumnTransformer, type ColumnTransformerParams } from './compose/columnTransformer.ts'
export { Pipeline, type PipelineParams } from './compose/pipeline.ts'
export type { ClassWeight, ClassWeightParams, WeightsByLabel } from './contract/classWeights.ts'
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
export type { SGDParams } from './linear/sgdDescent.ts'
export { SGDClassifier, type SGDClassifierParams, SGDRegressor } from './linear/sgdModels.ts'
export {
  BlockwiseVotingClassifier,
  type BlockwiseVotingClassifierParams,
  type BlockwiseVotingParams,
  BlockwiseVotingRegressor,
} from './meta/blockwiseVoting.ts'
export { Incremental, type IncrementalOptions } from './meta/incremental.ts'
export { ParallelPostFit } from './meta/parallelPostFit.ts'
export type { WrapperParams } from './meta/wrapped.ts'
export * as metrics from './metrics/index.ts'
export { type CrossValidationOptions, crossValScore } from './modelSelection/crossValidation.ts'
export type { ParamDistributions, ParamSet } from './modelSelection/distributions.ts'
export {
  type Fold,
  KFold,
  type KFoldOptions,
  type Splitter,
  StratifiedKFold,
} from './modelSelection/folds.ts'
export {
  bracketsOf,
  type HyperbandBracket,
  type HyperbandOptions,
  type HyperbandResult,
  HyperbandSearchCV,
} from './modelSelection/hyperband.ts'
export {
  GridSearchCV,
  gridOf,
  type HalvingOptions,
  type ParamGrid,
  RandomizedSearchCV,
  type RandomizedSearchOptions,
  type SearchOptions,
  type SearchResult,
  SuccessiveHalvingSearchCV,
} from './modelSelection/searches.ts'
export { type SplitOptions, trainTestSplit } from './modelSelection/trainTestSplit.ts'
export type { NeighborsParams, VotingParams } from './neighbors/knownRows.ts'
export { NearestNeighbors, type NeighborTable } from './neighbors/nearestNeighbors.ts'
export { KNeighborsClassifier, KNeighborsRegressor } from './neighbors/neighborModels.ts'
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
  type BoostingRegressorParams,
  GradientBoostingClassifier,
  type GradientBoostingClassifierParams,
  type GradientBoostingParams,
  GradientBoostingRegressor,
} from './trees/gradientBoosting.ts'
export {
  type ForestFitOptions,
  RandomForestClassifier,
  type RandomForestClassifierParams,
  type RandomForestParams,
  RandomForestRegressor,
} from './trees/randomForest.ts'
export { GradientBoostingRanker, type RankerFitOptions, type RankerParams } from './trees/ranker.ts'
export { type BoostedModel, fromXGBoost, toXGBoost } from './trees/xgboost.ts'
