// Parameters and their defaults, and the names of what a fit leaves, are scikit-learn's, but for what is told apart here.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ml } from '../../runtime/index.ts'
import { SPLIT_DEFAULTS } from '../../runtime/ml/modelSelection/trainTestSplit.ts'
import { answersOf, close } from './kit.ts'

interface Answer {
  params: Record<string, unknown>
  fitted: Record<string, unknown>
}

type Reasons = Readonly<Record<string, string>>

/** What of one class is told apart, each with its reason. */
interface Apart {
  /** scikit-learn's class, where it has another name. */
  name?: string
  /** Defaults of ours that are others. */
  defaults?: Reasons
  /** Parameters that scikit-learn does not have. */
  own?: Reasons
  /** Its parameters that are not here. */
  absent?: Reasons
  /** Its attributes that are not here. */
  unknown?: Reasons
  /** Its attributes that have another name here. */
  renamed?: Readonly<Record<string, string>>
  /** Whether values of attributes depend on chance, or on where iterations end: only their names are held. */
  inexact?: boolean
}

/** Parameters that no class has. */
const ABSENT: Reasons = {
  copy: 'what is given is never changed',
  copy_X: 'what is given is never changed',
  copy_x: 'what is given is never changed',
  dtype: 'numbers are float64',
  memory: 'searches compute shared steps once anyway',
  n_jobs: 'the cluster has as many threads as it has',
  random_state: 'it is called seed, and is always set',
  verbose: 'curves are told as events of the run',
}

/** Attributes of the same meaning by another name, whichever class has them. */
const RENAMED: Readonly<Record<string, string>> = {
  n_features_in_: 'featuresIn',
  n_iter_: 'iterations',
  n_samples_seen_: 'samplesSeen',
  n_samples_fit_: 'samplesFit',
  var_: 'variance',
}

const SEED = { seed: 'results are the same each time, and random_state is None' }
const SOLVER = { solver: 'lbfgs or admm' }
const NET_ABSENT = {
  precompute: 'the Gram matrix is always made of a triangle',
  selection: 'coordinates are gone through in order',
  warm_start: 'a fit is one pass over the data',
}
const NET_UNKNOWN = { dual_gap_: 'it is at most what tol asks', sparse_coef_: 'coefficients are dense' }
const SGD_ABSENT = {
  average: 'not here',
  early_stopping: 'Incremental and partialFit tell scores of rows that were not learnt from',
  validation_fraction: 'as early_stopping',
  warm_start: 'partialFit goes on',
}
const NEIGHBORS_ABSENT = {
  algorithm: 'distances to all rows are computed',
  leaf_size: 'as algorithm',
  metric_params: 'as metric',
  p: 'metric is euclidean, manhattan or chebyshev',
}
const NEIGHBORS_UNKNOWN = {
  effective_metric_: 'it is metric',
  effective_metric_params_: 'as metric_params',
  outputs_2d_: 'targets of several columns are refused',
}
const METRIC = { metric: 'minkowski with p = 2 by its own name' }
const BOOSTING: Apart = {
  inexact: true,
  defaults: {
    categoricalFeatures: 'an empty list stands for None',
    interactionCst: 'an empty list stands for None',
    monotonicCst: 'an empty list stands for None',
    earlyStopping: 'boosting stops early only where it is told to, not from 10,000 rows on',
    maxDepth: 'Infinity stands for None',
  },
  own: {
    ...SEED,
    growth: "XGBoost's choice of leaf by leaf or level by level",
    minChildWeight: "XGBoost's; scikit-learn has 1e-3 fixed",
    minSplitGain: "XGBoost's; scikit-learn has 0 fixed",
  },
  absent: {
    scoring: 'early stopping goes by the loss',
    warm_start: 'not here',
  },
  unknown: {
    do_early_stopping_: 'it is earlyStopping',
    is_categorical_: 'it is categoricalFeatures',
    n_trees_per_iteration_: '1, or one a class where there are more than two',
    train_score_: 'onIteration tells it',
  },
  renamed: { validation_score_: 'validationLoss' },
}
const FOREST: Apart = {
  inexact: true,
  defaults: { maxDepth: 'Infinity stands for None' },
  own: { ...SEED, maxBins: 'trees grow from histograms' },
  absent: {
    ccp_alpha: 'trees are not pruned',
    criterion: 'gini, or squared errors',
    max_leaf_nodes: 'not here',
    max_samples: 'as many rows are drawn as there are',
    min_impurity_decrease: 'not here',
    min_weight_fraction_leaf: 'not here',
    oob_score: 'onIteration tells it',
    warm_start: 'not here',
  },
  unknown: {
    base_estimator_: 'trees are plain data',
    estimator_: 'trees are plain data',
    estimators_: 'trees are plain data',
    n_classes_: 'it is classes.length',
    n_outputs_: 'targets of several columns are refused',
  },
  renamed: { feature_importances_: 'featureImportances' },
}
const PCA: Apart = {
  absent: {
    batch_size: 'blocks are as they are cut, and the result is exact',
    iterated_power: 'components are exact',
    n_oversamples: 'components are exact',
    power_iteration_normalizer: 'components are exact',
    svd_solver: 'components are exact',
    tol: 'components are exact',
  },
  unknown: {
    batch_size_: 'as batch_size',
    n_components_: 'it is components.length',
    n_features_: 'it is featuresIn',
  },
  renamed: { n_samples_: 'samplesSeen' },
}
const TEXT_ABSENT = {
  decode_error: 'texts are texts',
  encoding: 'texts are texts',
  input: 'texts are texts',
  preprocessor: 'map the texts before',
  tokenizer: 'map the texts before',
}

const CLASSES: Record<string, Apart> = {
  LinearRegression: { absent: { positive: 'Lasso and ElasticNet have it' } },
  Ridge: {
    absent: {
      max_iter: 'the solution is direct',
      positive: 'Lasso and ElasticNet have it',
      solver: 'the solution is direct',
      tol: 'the solution is direct',
    },
  },
  Lasso: { absent: NET_ABSENT, unknown: NET_UNKNOWN },
  ElasticNet: { absent: NET_ABSENT, unknown: NET_UNKNOWN },
  PoissonRegressor: { inexact: true, absent: { warm_start: 'not here' } },
  LogisticRegression: {
    inexact: true,
    absent: {
      dual: 'the primal problem is solved',
      intercept_scaling: 'intercepts are not penalised',
      l1_ratio: 'as penalty',
      multi_class: 'multinomial from three classes on, which auto says too',
      penalty: 'l2; C: Infinity for none',
    },
  },
  LinearSVC: {
    inexact: true,
    own: { ...SOLVER, warmStart: 'as of LogisticRegression' },
    absent: {
      dual: 'the primal problem is solved',
      intercept_scaling: '1',
      loss: 'the squared hinge, as its default',
      multi_class: 'each against the rest, as its default',
      penalty: 'l2, as its default',
    },
  },
  SGDRegressor: { inexact: true, own: SEED, absent: SGD_ABSENT },
  SGDClassifier: {
    inexact: true,
    defaults: { eta0: "scikit-learn's 0 is refused by its own schedules that use it" },
    own: SEED,
    absent: SGD_ABSENT,
    unknown: { loss_function_: 'it is loss' },
  },
  GaussianNB: { renamed: { theta_: 'means', var_: 'variances', class_prior_: 'classPriors' } },
  NearestNeighbors: {
    defaults: METRIC,
    absent: { ...NEIGHBORS_ABSENT, radius: 'neighbours are found by their number' },
    unknown: NEIGHBORS_UNKNOWN,
  },
  KNeighborsRegressor: { defaults: METRIC, absent: NEIGHBORS_ABSENT, unknown: NEIGHBORS_UNKNOWN },
  KNeighborsClassifier: { defaults: METRIC, absent: NEIGHBORS_ABSENT, unknown: NEIGHBORS_UNKNOWN },
  GradientBoostingRegressor: {
    ...BOOSTING,
    name: 'HistGradientBoostingRegressor',
    absent: { ...BOOSTING.absent, quantile: "of loss: 'quantile', which is not here" },
  },
  GradientBoostingClassifier: {
    ...BOOSTING,
    name: 'HistGradientBoostingClassifier',
    absent: { ...BOOSTING.absent, loss: 'the logarithm of probabilities, as its default' },
  },
  RandomForestRegressor: {
    ...FOREST,
    defaults: { ...FOREST.defaults, maxFeatures: 'null stands for all of them, as 1.0 does' },
  },
  RandomForestClassifier: FOREST,
  KMeans: {
    inexact: true,
    defaults: {
      init: 'k-means|| goes through blocks a few times, k-means++ once a cluster',
      nInit: 'k-means|| begins well; scikit-learn 1.2 warns that its 10 will be auto',
    },
    own: {
      ...SEED,
      initMaxIter: "dask-ml's, of k-means||",
      oversamplingFactor: "dask-ml's, of k-means||",
    },
    absent: { algorithm: 'lloyd, as its default' },
    unknown: { labels_: 'one a row: predict gives them where the rows are' },
  },
  MiniBatchKMeans: {
    inexact: true,
    defaults: { initSize: '0 stands for None' },
    own: SEED,
    absent: {
      compute_labels: 'as labels_',
      n_init: 'it begins once',
      tol: '0, as its default: it ends by maxNoImprovement',
    },
    unknown: { labels_: 'one a row: predict gives them where the rows are' },
    // Passes over all rows are not told: a fit ends within one.
    renamed: { n_iter_: 'iterations', n_steps_: 'iterations' },
  },
  PCA,
  IncrementalPCA: PCA,
  TruncatedSVD: {
    defaults: { algorithm: 'auto is exact up to 256 columns, and randomized beyond' },
    own: SEED,
    absent: {
      power_iteration_normalizer: 'directions are made orthogonal each round',
      tol: 'of arpack, which is not here',
    },
  },
  // A number a column, since columns may lack values.
  StandardScaler: { renamed: { n_samples_seen_: 'samplesSeen.0' } },
  MinMaxScaler: {
    absent: { clip: 'not here' },
    unknown: { n_samples_seen_: 'extremes do not depend on it' },
  },
  RobustScaler: { absent: { unit_variance: 'not here' } },
  QuantileTransformer: {
    absent: {
      ignore_implicit_zeros: 'sparse rows become dense',
      subsample: 'all rows are taken',
    },
    renamed: { n_quantiles_: 'references.length' },
  },
  PolynomialFeatures: {
    absent: { order: 'rows stand one behind the other' },
    renamed: { n_output_features_: 'powers.length' },
  },
  OneHotEncoder: {
    defaults: {
      drop: 'none stands for None',
      sparse: 'sparse_output by its name before 1.2; columns are dense unless it is set',
    },
    absent: {
      categories: 'categories are learnt',
      max_categories: 'not here',
      min_frequency: 'not here',
      sparse_output: 'it is sparse',
    },
    unknown: { drop_idx_: 'None where nothing is dropped; here a list of nulls' },
  },
  OrdinalEncoder: {
    defaults: { unknownValue: '-1 needs not be given; scikit-learn wants it said' },
    absent: { categories: 'categories are learnt', encoded_missing_value: 'NaN, as its default' },
  },
  SimpleImputer: {
    defaults: { fillValue: 'None stands for 0' },
    absent: {
      add_indicator: 'not here',
      keep_empty_features: 'columns without values are left out, as its default',
      missing_values: 'NaN and null',
    },
    unknown: { indicator_: 'as add_indicator' },
  },
  HashingVectorizer: { absent: TEXT_ABSENT },
  TfidfVectorizer: {
    defaults: { maxFeatures: 'Infinity stands for None' },
    absent: TEXT_ABSENT,
    unknown: {
      fixed_vocabulary_: 'whether vocabulary is given',
      stop_words_: 'words that were left out are not kept',
      vocabulary_: 'a list of words in the order of columns, not a dictionary; preprocessing.test.ts',
    },
  },
  ColumnTransformer: {
    absent: {
      sparse_threshold: 'columns are dense',
      transformer_weights: 'not here',
      verbose_feature_names_out: 'names begin with the part, as its default',
    },
    unknown: {
      named_transformers_: 'part(name) gives one',
      output_indices_: 'namesOut tells whose a column is',
      sparse_output_: 'columns are dense',
      transformers_: 'part(name) gives one',
    },
  },
  Pipeline: {},
}

const SEARCH: Apart = {
  absent: {
    error_score: 'a fit that fails ends the search, with its error',
    pre_dispatch: 'the scheduler knows all fits at once',
    return_train_score: 'scores are of rows that were not learnt from',
  },
}
const CV = { cv: 'None stands for 5' }

/** What chooses: searches, folds and splits, with the options that need not be given. */
const CHOOSING: Record<string, Apart & { options: () => object }> = {
  GridSearchCV: {
    ...SEARCH,
    options: () => new ml.GridSearchCV(new ml.Ridge(), {}).options,
    defaults: CV,
  },
  RandomizedSearchCV: {
    ...SEARCH,
    options: () => new ml.RandomizedSearchCV(new ml.Ridge(), {}).options,
    defaults: CV,
    own: SEED,
  },
  SuccessiveHalvingSearchCV: {
    name: 'HalvingGridSearchCV',
    options: () => new ml.SuccessiveHalvingSearchCV(new ml.Ridge(), {}).options,
    own: { minRows: "min_resources of rows; null stands for 'exhaust'" },
    absent: {
      ...SEARCH.absent,
      aggressive_elimination: 'not here',
      max_resources: 'all rows, as its default',
      min_resources: 'it is minRows',
      resource: 'rows, as its default',
    },
  },
  KFold: { options: () => ({ ...new ml.KFold() }), own: { ...SEED, by: 'which of both it is' } },
  StratifiedKFold: {
    options: () => ({ ...new ml.StratifiedKFold() }),
    own: { ...SEED, by: 'which of both it is' },
  },
  trainTestSplit: { name: 'train_test_split', options: () => SPLIT_DEFAULTS, own: SEED },
}

/** Classes that scikit-learn does not have: dask-ml's wrappers, and a ranker. */
const OTHERS = [
  'BlockwiseVotingClassifier',
  'BlockwiseVotingRegressor',
  'GradientBoostingRanker',
  'Incremental',
  'ParallelPostFit',
]

const { 'scikit-learn': _, choosing, ...ANSWERS } = answersOf<Answer>('defaults')
const CHOSEN = choosing as unknown as Record<string, Answer['params']>

type Made = ml.Estimator & { fit(x: unknown, y?: unknown): Promise<ml.Estimator> }
type Maker = new (params?: object) => Made
const maker = (name: string): Maker => (ml as unknown as Record<string, Maker>)[name]

const camel = (name: string): string =>
  name.replace(/_$/, '').replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())

/** Words that stand for choices are in camel case too. */
const wordOf = (value: unknown): unknown => (typeof value === 'string' ? camel(value) : value)

/** Sizes of numbers, at any depth. */
const sizesOf = (value: unknown): unknown =>
  typeof value === 'number' ? Math.abs(value) : Array.from(value as ArrayLike<unknown>, sizesOf)

const ROWS = Array.from({ length: 40 }, (_, i) => [(7 * i * i + 3) % 23, (5 * i) % 11, i ** 3 % 17])
const TARGETS = ROWS.map(([first], i) => (first + (i % 5) * 3 > 14 ? 1 : 0))
const TEXTS = ['the warp and the weft', 'a heddle lifts the warp', 'the weft goes through']

async function fittedOf(name: string): Promise<ml.Estimator> {
  const Class = maker(name)
  if (name === 'Pipeline')
    return new Class({
      steps: [
        ['scale', new ml.StandardScaler()],
        ['line', new ml.LinearRegression()],
      ],
    }).fit(ROWS, TARGETS)
  if (name === 'ColumnTransformer')
    return new Class({ transformers: [['scale', new ml.StandardScaler(), [0]]] }).fit(ROWS)
  if (name.endsWith('Vectorizer')) return new Class().fit(TEXTS)
  return new Class().fit(ROWS, TARGETS)
}

test('every estimator is held against scikit-learn, or has no peer there', () => {
  const bases = ['Classifier', 'Estimator', 'Predictor', 'Regressor', 'Transformer']
  const made = Object.entries(ml)
    .filter(([, value]) => typeof value === 'function' && value.prototype instanceof ml.Estimator)
    .map(([name]) => name)
    .filter((name) => !bases.includes(name))
  assert.deepEqual(made.sort(), [...Object.keys(CLASSES), ...OTHERS].sort())
  assert.deepEqual(
    Object.entries(CLASSES)
      .map(([name, apart]) => apart.name ?? name)
      .sort(),
    Object.keys(ANSWERS).sort(),
  )
})

/** Holds parameters and their defaults to scikit-learn's, but for what is told apart. */
function heldParams(name: string, ours: object, params: Answer['params'], apart: Apart): void {
  const { defaults = {}, own = {}, absent = {} } = apart
  const theirs = new Map(Object.entries(params).map(([each, value]) => [camel(each), value]))
  const others: string[] = []
  for (const [each, value] of Object.entries(ours)) {
    if (own[each] !== undefined) continue
    if (!theirs.has(each)) assert.fail(`${name} has ${each}, which scikit-learn does not, without a reason`)
    const wanted = theirs.get(each)
    if (wanted === 'required') continue
    if (JSON.stringify(wordOf(wanted)) !== JSON.stringify(value) || value === Number.POSITIVE_INFINITY)
      others.push(each)
  }
  assert.deepEqual(others.sort(), Object.keys(defaults).sort())
  const missing = Object.keys(params).filter((each) => !Object.hasOwn(ours, camel(each)))
  const withoutReason = missing.filter((each) => !absent[each] && !ABSENT[each])
  assert.deepEqual(withoutReason, [], `${name} has them not, without a reason`)
}

test("searches, folds and splits have scikit-learn's options and defaults, but for what has a reason", () => {
  assert.deepEqual(
    Object.entries(CHOOSING)
      .map(([name, { name: theirs = name }]) => theirs)
      .sort(),
    Object.keys(CHOSEN).sort(),
  )
  const all = Object.values(CHOSEN).flatMap(Object.keys)
  for (const [name, { options, ...apart }] of Object.entries(CHOOSING)) {
    const ours = options()
    const theirs = CHOSEN[apart.name ?? name]
    heldParams(name, ours, theirs, apart)
    for (const each of Object.keys(apart.own ?? {})) {
      assert.ok(Object.hasOwn(ours, each), `${name} has no ${each}`)
      assert.ok(!Object.keys(theirs).some((known) => camel(known) === each), `scikit-learn has ${each} too`)
    }
    for (const each of Object.keys(apart.absent ?? {}))
      assert.ok(!Object.hasOwn(ours, camel(each)) && all.includes(each), `${name} has ${each}, or nobody has`)
  }
})

test("options that there are not are refused by name, and so is what is none of an option's values", () => {
  const search = (options: object) => () => new ml.GridSearchCV(new ml.Ridge(), { alpha: [1] }, options)
  const halving = (options: object) => () =>
    new ml.SuccessiveHalvingSearchCV(new ml.Ridge(), { alpha: [1] }, options)
  const refused = (act: () => unknown, message: string): void =>
    assert.throws(act, { name: 'ParameterError', message })
  refused(search({ cvs: 3 }), 'GridSearchCV has no option cvs; it has cv, scoring, refit')
  refused(search({ refit: 1 }), 'refit of GridSearchCV is true or false, not 1')
  refused(
    () => new ml.RandomizedSearchCV(new ml.Ridge(), {}, { nIter: 1.5 }),
    'nIter of RandomizedSearchCV is a whole number ≥ 0, not 1.5',
  )
  refused(halving({ factor: '3' }), 'factor of SuccessiveHalvingSearchCV is a number, not 3')
  refused(halving({ minRows: 0 }), 'minRows is a number ≥ 1, or null, not 0')
  refused(
    () => ml.trainTestSplit([[1, 2]], { test_size: 1 } as object),
    'trainTestSplit has no option test_size; it has testSize, trainSize, shuffle, stratify, seed',
  )
  assert.deepEqual(
    ml.trainTestSplit([[1, 2, 3, 4]], { testSize: null, stratify: null, trainSize: undefined, seed: 3 }),
    ml.trainTestSplit([[1, 2, 3, 4]], { seed: 3 }),
  )
})

for (const [name, apart] of Object.entries(CLASSES)) {
  const answer = ANSWERS[apart.name ?? name]
  const { unknown = {}, renamed = {} } = apart

  test(`${name} has scikit-learn's parameters and defaults, but for what has a reason`, () => {
    heldParams(name, new (maker(name))().getParams(), answer.params, apart)
  })

  test(`${name} names what it learnt as scikit-learn does, but for what has a reason`, async () => {
    const model = await fittedOf(name)
    for (const [each, value] of Object.entries(answer.fitted)) {
      if (unknown[each] !== undefined) continue
      const path = renamed[each] ?? RENAMED[each] ?? camel(each)
      const found = path
        .split('.')
        .reduce<unknown>((from, part) => (from as Record<string, unknown>)[part], model)
      assert.notEqual(found, undefined, `${name} has no ${path}, which is ${each} in scikit-learn`)
      const isHeld = !apart.inexact || path === 'classes' || path === 'featuresIn'
      if (!isHeld || value === null || path === 'iterations') continue
      // A direction's sign is nobody's: scikit-learn has another rule since 1.5.
      const sized = path === 'components' ? sizesOf : (same: unknown) => same
      close(sized(found), sized(value), 1e-6, `${path} of ${name}`)
    }
  })
}

test('what stands apart is there to stand apart', () => {
  const all = Object.values(ANSWERS)
  for (const [name, { name: theirs = name, ...apart }] of Object.entries(CLASSES)) {
    const ours = new (maker(name))().getParams()
    for (const each of Object.keys(apart.own ?? {})) {
      assert.ok(Object.hasOwn(ours, each), `${name} has no ${each}`)
      assert.ok(
        !Object.keys(ANSWERS[theirs].params).some((known) => camel(known) === each),
        `scikit-learn has ${each} of ${name} too`,
      )
    }
    for (const each of Object.keys(apart.absent ?? {})) {
      assert.ok(!Object.hasOwn(ours, camel(each)), `${name} has ${each}`)
      assert.ok(
        all.some(({ params }) => Object.hasOwn(params, each)),
        `nobody has ${each}`,
      )
    }
    for (const each of Object.keys({ ...apart.unknown, ...apart.renamed }))
      assert.ok(
        all.some(({ fitted }) => Object.hasOwn(fitted, each)),
        `nobody has learnt ${each}`,
      )
  }
})
