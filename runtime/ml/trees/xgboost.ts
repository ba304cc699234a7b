// Models of XGBoost as ours, and ours as XGBoost's, by its JSON.

import { MlDataError } from '../../kernels/ml/mlErrors.ts'
import { treeFromXGBoost, treeToXGBoost, type XGBoostModel } from '../../kernels/ml/trees/xgboostModel.ts'
import { fromJSON } from '../contract/estimator.ts'
import { plainOf } from '../contract/modelData.ts'
import {
  type BoostedState,
  GradientBoostingClassifier,
  GradientBoostingRegressor,
} from './gradientBoosting.ts'
import { GradientBoostingRanker } from './ranker.ts'

/** A model that trees add up in. */
export type BoostedModel = GradientBoostingRegressor | GradientBoostingClassifier | GradientBoostingRanker

const NUMBERS = ['reg:squarederror', 'reg:absoluteerror', 'reg:pseudohubererror']
const RATES = ['count:poisson']
const TWO_CLASSES = ['binary:logistic']
const CLASSES = ['multi:softprob', 'multi:softmax']
const ORDERS = ['rank:ndcg', 'rank:pairwise', 'rank:map']

/** XGBoost writes NaN and Infinity bare, which JSON does not know. */
const parsed = (text: string): unknown =>
  JSON.parse(
    text
      .replace(/(?<=[[,:\s])NaN(?=[\],}\s])/g, 'null')
      .replace(/(?<=[[,:\s]-?)Infinity(?=[\],}\s])/g, '1e999'),
  )

/**
 * A model that XGBoost saved as JSON (`save_model('model.json')`): a `GradientBoostingRegressor`, `-Classifier` or
 * `-Ranker`, by its objective. It predicts what XGBoost predicts, up to its rounding to 32 bits. Features are numbered in the
 * file's order; classes are 0, 1 and so on.
 * @param model the file's text, or what it holds
 * @throws {MlDataError} when it is no such model, or of an objective or booster that there is not here
 * @example
 * const x = Array.from({ length: 60 }, (_, i) => [i])
 * const model = await new ml.GradientBoostingRegressor({ maxIter: 5 }).fit(x, x.map(([v]) => v % 7))
 * ml.fromXGBoost(ml.toXGBoost(model)).predict([[3]]).toList().length // 1
 */
export function fromXGBoost(model: string | object): BoostedModel {
  const whole = (typeof model === 'string' ? parsed(model) : model) as Partial<XGBoostModel>
  const { learner } = whole
  if (!learner?.gradient_booster)
    throw new MlDataError("this is no model of XGBoost's: save_model('model.json') writes one")
  const { gradient_booster: booster, learner_model_param: param, objective } = learner
  if (booster.name !== 'gbtree')
    throw new MlDataError(`this model of XGBoost's is a ${booster.name}, and only gbtree can be read`)
  const { trees, tree_info: classOf } = booster.model
  const classes = Number(param.num_class ?? 0)
  const outputs = Math.max(1, classes)
  const known = [...NUMBERS, ...RATES, ...TWO_CLASSES, ...CLASSES, ...ORDERS]
  if (!known.includes(objective.name))
    throw new MlDataError(
      `this model of XGBoost's learnt ${objective.name}, and these can be read: ${known.join(', ')}`,
    )
  // Round after round, one tree an output: as ours, whatever the order was.
  const byOutput = Array.from({ length: outputs }, (_, k) => trees.filter((_tree, i) => classOf[i] === k))
  const rounds = byOutput[0].length
  if (byOutput.some((own) => own.length !== rounds))
    throw new MlDataError("the classes of this model of XGBoost's have different numbers of trees")
  const columns = Number(param.num_feature)
  const state: BoostedState = {
    who: '',
    columns,
    outputs,
    baseline: baselineFrom(param.base_score, objective.name, outputs),
    trees: Array.from({ length: rounds * outputs }, (_, i) =>
      treeFromXGBoost(byOutput[i % outputs][Math.floor(i / outputs)]),
    ),
    // Categories that a set does not name go the other way: nothing counts as missing but what is.
    categories: new Array(columns).fill(null),
    validationLoss: [],
  }
  if (NUMBERS.includes(objective.name)) return made(new GradientBoostingRegressor(), state)
  if (RATES.includes(objective.name))
    return made(new GradientBoostingRegressor({ loss: 'poisson' }), { ...state, link: 'log' })
  if (ORDERS.includes(objective.name)) return made(new GradientBoostingRanker(), state)
  const labels = Array.from({ length: Math.max(2, classes) }, (_, k) => k)
  return made(new GradientBoostingClassifier(), { ...state, classes: labels })
}

function made<M extends BoostedModel>(model: M, state: object): M {
  const data = { ...model.toJSON(), fitted: plainOf({ ...state, who: model.kind }) }
  return fromJSON(data) as unknown as M
}

/** Where raw predictions begin: one number for all outputs, or, since 3.1, a list. */
function baselineFrom(text: string, objective: string, outputs: number): Float64Array {
  const numbers = text
    .replace(/[[\]\s]/g, '')
    .split(',')
    .map(Number)
  const raw = TWO_CLASSES.includes(objective)
    ? numbers.map((p) => Math.log(p / (1 - p)))
    : RATES.includes(objective)
      ? numbers.map(Math.log)
      : numbers
  return Float64Array.from({ length: outputs }, (_, k) => raw[Math.min(k, raw.length - 1)])
}

/**
 * The model as the text of XGBoost's JSON, for `Booster(model_file=…)` of 1.7 or newer: it predicts the same for features of 32 bits, up
 * to its rounding. Categories that were not seen go with what is missing here and left there.
 * @throws {NotFittedError} before `fit`
 * @throws {MlDataError} when categories are not whole numbers ≥ 0
 */
export function toXGBoost(model: BoostedModel): string {
  const { columns, outputs, trees, baseline, categories, link }: BoostedState = model.fitted
  const isClassifier = model instanceof GradientBoostingClassifier
  const objective = isClassifier
    ? outputs === 1
      ? 'binary:logistic'
      : 'multi:softprob'
    : model instanceof GradientBoostingRanker
      ? 'rank:ndcg'
      : link === 'log'
        ? 'count:poisson'
        : 'reg:squarederror'
  const responseOf = isClassifier
    ? (raw: number) => 1 / (1 + Math.exp(-raw))
    : link === 'log'
      ? Math.exp
      : (raw: number) => raw
  const base = outputs > 1 ? 0 : responseOf(baseline[0])
  const written = trees.map((tree, i) =>
    // XGBoost begins with one number for all classes: ours go into the first trees.
    treeToXGBoost(tree, i, columns, outputs > 1 && i < outputs ? baseline[i] : 0),
  )
  const extra =
    objective === 'multi:softprob'
      ? { softmax_multiclass_param: { num_class: String(outputs) } }
      : objective === 'rank:ndcg'
        ? { lambda_rank_param: { fix_list_weight: '0', num_pairsample: '1' } }
        : objective === 'count:poisson'
          ? { poisson_regression_param: { max_delta_step: '0.7' } }
          : { reg_loss_param: { scale_pos_weight: '1' } }
  return textOf({
    learner: {
      attributes: {},
      feature_names: [],
      feature_types: categories.some((each) => each) ? categories.map((each) => (each ? 'c' : 'float')) : [],
      gradient_booster: {
        model: {
          gbtree_model_param: {
            num_parallel_tree: '1',
            num_trees: String(trees.length),
            size_leaf_vector: '0',
          },
          tree_info: trees.map((_, i) => i % outputs),
          trees: written,
        },
        name: 'gbtree',
      },
      learner_model_param: {
        // Nine digits are all of 32 bits, and XGBoost takes no more.
        base_score: base.toExponential(8).toUpperCase().replace('E+', 'E'),
        boost_from_average: '1',
        num_class: outputs > 1 ? String(outputs) : '0',
        num_feature: String(columns),
        num_target: '1',
      },
      objective: { name: objective, ...extra },
    },
    version: [1, 7, 4],
  })
}

const FRACTIONS = new Set(['base_weights', 'loss_changes', 'split_conditions', 'sum_hessian'])

/** XGBoost tells whole numbers from others by how they are written: 2 is not 2.0. */
function textOf(model: XGBoostModel): string {
  const fraction = (value: number): string => (Number.isInteger(value) ? `~${value.toFixed(1)}` : `~${value}`)
  const marked = JSON.stringify(model, (key, value) =>
    FRACTIONS.has(key) ? (value as number[]).map(fraction) : (value as unknown),
  )
  return marked.replace(/"~([^"]*)"/g, '$1')
}
