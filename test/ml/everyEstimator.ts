// Every estimator that learns of numbers, made small, with what sets it apart in the table of bad input.

import { ml } from '../../runtime/index.ts'

/** Rows that any estimator learns from, of two classes. */
export const X = [
  [0, 1],
  [1, 0],
  [2, 1],
  [3, 5],
  [4, 2],
  [5, 1],
]
export const Y = [0, 0, 0, 1, 1, 1]

/** An estimator, and what is to be expected of it. */
export interface Entry {
  make: () => ml.Estimator
  /** What learns targets: classes or numbers. */
  learns?: 'classes' | 'numbers'
  /** Whom errors name, where that is the estimator inside. */
  names?: string
  /** What it takes though others refuse it, and why that is right. */
  takes?: readonly string[]
  /** Whether its fit takes weights. */
  weights?: boolean
  options?: object
}

const scaled = (): ml.Pipeline =>
  new ml.Pipeline({
    steps: [
      ['scale', new ml.StandardScaler()],
      ['model', new ml.LogisticRegression()],
    ],
  })

// Histograms have a bin for what is absent, and order infinite values; scalers leave absent ones out; encoders know them
// as categories; a polynomial looks at numbers when it transforms.
const TREES = ['NaN', 'infinity']
const ONE = ['one class']
// As scikit-learn's: no step is taken, and coefficients stay 0.
const NO_STEP = ['weights that are all 0']

export const ENTRIES: Record<string, Entry> = {
  LogisticRegression: { make: () => new ml.LogisticRegression(), learns: 'classes', weights: true },
  LinearSVC: { make: () => new ml.LinearSVC(), learns: 'classes', weights: true },
  SGDClassifier: { make: () => new ml.SGDClassifier(), learns: 'classes', weights: true, takes: NO_STEP },
  GaussianNB: { make: () => new ml.GaussianNB(), learns: 'classes', weights: true, takes: ONE },
  KNeighborsClassifier: {
    make: () => new ml.KNeighborsClassifier({ nNeighbors: 1 }),
    learns: 'classes',
    takes: ONE,
  },
  GradientBoostingClassifier: {
    make: () => new ml.GradientBoostingClassifier({ maxIter: 2 }),
    learns: 'classes',
    weights: true,
    takes: TREES,
  },
  RandomForestClassifier: {
    make: () => new ml.RandomForestClassifier({ nEstimators: 2 }),
    learns: 'classes',
    weights: true,
    takes: [...TREES, ...ONE],
  },
  BlockwiseVotingClassifier: {
    make: () => new ml.BlockwiseVotingClassifier({ estimator: new ml.LogisticRegression() }),
    learns: 'classes',
    names: 'LogisticRegression|BlockwiseVotingClassifier',
    weights: true,
  },
  ParallelPostFit: {
    make: () => new ml.ParallelPostFit({ estimator: new ml.LogisticRegression() }),
    learns: 'classes',
    names: 'LogisticRegression|ParallelPostFit',
    weights: true,
  },
  Incremental: {
    make: () => new ml.Incremental({ estimator: new ml.SGDClassifier() }),
    learns: 'classes',
    names: 'SGDClassifier|Incremental',
    weights: true,
    takes: NO_STEP,
  },
  Pipeline: {
    make: scaled,
    learns: 'classes',
    names: 'LogisticRegression|StandardScaler|Pipeline',
    weights: true,
  },
  LinearRegression: { make: () => new ml.LinearRegression(), learns: 'numbers', weights: true },
  Ridge: { make: () => new ml.Ridge(), learns: 'numbers', weights: true },
  Lasso: { make: () => new ml.Lasso(), learns: 'numbers', weights: true },
  ElasticNet: { make: () => new ml.ElasticNet(), learns: 'numbers', weights: true },
  PoissonRegressor: { make: () => new ml.PoissonRegressor(), learns: 'numbers', weights: true },
  SGDRegressor: { make: () => new ml.SGDRegressor(), learns: 'numbers', weights: true, takes: NO_STEP },
  KNeighborsRegressor: { make: () => new ml.KNeighborsRegressor({ nNeighbors: 1 }), learns: 'numbers' },
  GradientBoostingRegressor: {
    make: () => new ml.GradientBoostingRegressor({ maxIter: 2 }),
    learns: 'numbers',
    weights: true,
    takes: TREES,
  },
  GradientBoostingRanker: {
    make: () => new ml.GradientBoostingRanker({ maxIter: 2 }),
    learns: 'numbers',
    weights: true,
    takes: TREES,
    options: { query: [1, 1, 1, 2, 2, 2] },
  },
  RandomForestRegressor: {
    make: () => new ml.RandomForestRegressor({ nEstimators: 2 }),
    learns: 'numbers',
    weights: true,
    takes: TREES,
  },
  BlockwiseVotingRegressor: {
    make: () => new ml.BlockwiseVotingRegressor({ estimator: new ml.Ridge() }),
    learns: 'numbers',
    names: 'Ridge|BlockwiseVotingRegressor',
    weights: true,
  },
  StandardScaler: { make: () => new ml.StandardScaler(), weights: true, takes: ['NaN'] },
  MinMaxScaler: { make: () => new ml.MinMaxScaler(), takes: ['NaN'] },
  RobustScaler: { make: () => new ml.RobustScaler(), takes: ['NaN'] },
  QuantileTransformer: { make: () => new ml.QuantileTransformer({ nQuantiles: 3 }), takes: ['NaN'] },
  SimpleImputer: { make: () => new ml.SimpleImputer(), takes: ['NaN'] },
  PolynomialFeatures: { make: () => new ml.PolynomialFeatures(), takes: ['NaN', 'infinity', 'texts'] },
  OneHotEncoder: { make: () => new ml.OneHotEncoder(), takes: ['NaN', 'infinity', 'texts'] },
  OrdinalEncoder: { make: () => new ml.OrdinalEncoder(), takes: ['NaN', 'infinity', 'texts'] },
  ColumnTransformer: {
    make: () => new ml.ColumnTransformer({ transformers: [['all', new ml.StandardScaler(), [0, 1]]] }),
    names: 'StandardScaler|ColumnTransformer',
    weights: true,
    takes: ['NaN'],
  },
  PCA: { make: () => new ml.PCA({ nComponents: 1 }) },
  IncrementalPCA: { make: () => new ml.IncrementalPCA({ nComponents: 1 }) },
  TruncatedSVD: { make: () => new ml.TruncatedSVD({ nComponents: 1 }) },
  KMeans: { make: () => new ml.KMeans({ nClusters: 2 }), weights: true },
  MiniBatchKMeans: { make: () => new ml.MiniBatchKMeans({ nClusters: 2 }), weights: true },
  NearestNeighbors: { make: () => new ml.NearestNeighbors({ nNeighbors: 1 }) },
}
