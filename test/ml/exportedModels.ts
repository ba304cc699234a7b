// Our models as XGBoost's, and the rows that they are asked about: its answers to them stand in answers/xgboost.json.

import { ml } from '../../runtime/index.ts'
import { split } from './kit.ts'

/** Every third number of a column is missing. */
export const withHoles = (rows: readonly (readonly number[])[]): number[][] =>
  rows.map((row, i) => row.map((value, c) => (i % 3 === 0 && c === 2 ? Number.NaN : value)))

/** Models, each with features of 32 bits, as XGBoost rounds them. */
export async function exportedModels() {
  const rounded = (rows: readonly (readonly number[])[]): number[][] =>
    rows.map((row) => row.map(Math.fround))
  const params = { maxIter: 4, maxLeafNodes: 6 }
  const diabetes = split('diabetes')
  const rows = rounded(withHoles(diabetes.x))
  const regression = await new ml.GradientBoostingRegressor(params).fit(rows, diabetes.y)
  const cancer = split('cancer')
  const two = await new ml.GradientBoostingClassifier(params).fit(rounded(cancer.x), cancer.y)
  const iris = split('iris')
  const three = await new ml.GradientBoostingClassifier(params).fit(rounded(iris.x), iris.y)
  const kinds = diabetes.x.map((row, i) => [i % 7, Math.fround(row[2])])
  const target = diabetes.y.map((value, i) => [5, 1, 9, 2, 8, 3, 0][i % 7] * 20 + value / 10)
  const categories = await new ml.GradientBoostingRegressor({ ...params, categoricalFeatures: [0] }).fit(
    kinds,
    target,
  )
  const query = diabetes.y.map((_, i) => Math.floor(i / 10))
  const orders = await new ml.GradientBoostingRanker(params).fit(
    rows,
    diabetes.y.map((value) => Math.floor(value / 100)),
    { query },
  )
  return {
    regression: { model: regression, x: rounded(withHoles(diabetes.xTest)) },
    two: { model: two, x: rounded(cancer.xTest) },
    three: { model: three, x: rounded(iris.xTest) },
    categories: { model: categories, x: kinds.slice(0, 40) },
    orders: { model: orders, x: rounded(withHoles(diabetes.xTest)) },
  }
}
