// SHAP values of trees: how much each feature moved a row's prediction from what is predicted on average.
//
// Lundberg and others, "Consistent individualized feature attribution for tree ensembles" (2018), algorithm 2: features that
// are not known follow both sides of a split by their cover. A path's entries hold, for each feature on it, the share of
// rows that would follow were it unknown, whether the row follows, and the weights of subsets of each size.

import { kernel } from '../../kernel.ts'
import { type Block, denseBlock, denseOf, requireColumns } from '../block.ts'
import type { Forest } from './forest.ts'
import { type Ensemble, rowsFor } from './predict.ts'
import type { Tree } from './tree.ts'

/** A path from the root, one entry a feature, in columns. */
interface Path {
  features: Int32Array
  zero: Float64Array
  one: Float64Array
  weights: Float64Array
}

/** What walking one tree for one row needs. */
interface Walk {
  tree: Tree
  values: Float64Array
  /** Numbers of `values` a node, and which of them is explained. */
  stride: number
  output: number
  row: Float64Array
  into: Float64Array
  /** Room for the path of every depth. */
  paths: Path[]
  sets: (Set<number> | null)[] | null
}

const roomFor = (entries: number): Path => ({
  features: new Int32Array(entries),
  zero: new Float64Array(entries),
  one: new Float64Array(entries),
  weights: new Float64Array(entries),
})

function extend(path: Path, length: number, zero: number, one: number, feature: number): void {
  const { weights } = path
  path.features[length] = feature
  path.zero[length] = zero
  path.one[length] = one
  weights[length] = length === 0 ? 1 : 0
  for (let i = length - 1; i >= 0; i--) {
    weights[i + 1] += (one * weights[i] * (i + 1)) / (length + 1)
    weights[i] = (zero * weights[i] * (length - i)) / (length + 1)
  }
}

/** Takes entry `at` out of a path whose last entry is `last`. */
function unwind(path: Path, last: number, at: number): void {
  const { weights, zero, one, features } = path
  const ownOne = one[at]
  const ownZero = zero[at]
  let next = weights[last]
  for (let i = last - 1; i >= 0; i--) {
    if (ownOne !== 0) {
      const before = weights[i]
      weights[i] = (next * (last + 1)) / ((i + 1) * ownOne)
      next = before - (weights[i] * ownZero * (last - i)) / (last + 1)
    } else weights[i] = (weights[i] * (last + 1)) / (ownZero * (last - i))
  }
  for (let i = at; i < last; i++) {
    features[i] = features[i + 1]
    zero[i] = zero[i + 1]
    one[i] = one[i + 1]
  }
}

/** The sum of a path's weights without entry `at`. */
function unwoundSum({ weights, zero, one }: Path, last: number, at: number): number {
  const ownOne = one[at]
  const ownZero = zero[at]
  let next = weights[last]
  let sum = 0
  for (let i = last - 1; i >= 0; i--) {
    if (ownOne !== 0) {
      const own = (next * (last + 1)) / ((i + 1) * ownOne)
      sum += own
      next = weights[i] - (own * ownZero * (last - i)) / (last + 1)
    } else sum += (weights[i] * (last + 1)) / (ownZero * (last - i))
  }
  return sum
}

function visit(
  walk: Walk,
  node: number,
  depth: number,
  length: number,
  zero: number,
  one: number,
  by: number,
): void {
  const { tree, paths, row } = walk
  const path = paths[depth]
  if (depth > 0) {
    const parent = paths[depth - 1]
    path.features.set(parent.features.subarray(0, length))
    path.zero.set(parent.zero.subarray(0, length))
    path.one.set(parent.one.subarray(0, length))
    path.weights.set(parent.weights.subarray(0, length))
  }
  extend(path, length, zero, one, by)
  const split = tree.feature[node]
  if (split < 0) {
    const value = walk.values[node * walk.stride + walk.output]
    for (let i = 1; i <= length; i++)
      walk.into[path.features[i]] += unwoundSum(path, length, i) * (path.one[i] - path.zero[i]) * value
    return
  }
  const x = row[split]
  const set = walk.sets?.[node]
  const isMissing = tree.missingLeft[node] === 1 && Number.isNaN(x)
  const goesLeft = isMissing || (set ? set.has(x) : x <= tree.threshold[node])
  const hot = goesLeft ? tree.left[node] : tree.right[node]
  const cold = goesLeft ? tree.right[node] : tree.left[node]
  let last = length
  let zeroBefore = 1
  let oneBefore = 1
  for (let i = 1; i <= length; i++)
    if (path.features[i] === split) {
      zeroBefore = path.zero[i]
      oneBefore = path.one[i]
      unwind(path, length, i)
      last--
      break
    }
  const cover = tree.cover[node]
  visit(walk, hot, depth + 1, last + 1, (zeroBefore * tree.cover[hot]) / cover, oneBefore, split)
  visit(walk, cold, depth + 1, last + 1, (zeroBefore * tree.cover[cold]) / cover, 0, split)
}

/** The mean of a tree over the rows that it was grown on. */
function meanOf(tree: Tree, values: Float64Array, stride: number, output: number, node = 0): number {
  if (tree.feature[node] < 0) return values[node * stride + output]
  const side = (child: number): number => tree.cover[child] * meanOf(tree, values, stride, output, child)
  return (side(tree.left[node]) + side(tree.right[node])) / tree.cover[node]
}

function depthOf(tree: Tree, node = 0): number {
  if (tree.feature[node] < 0) return 0
  return 1 + Math.max(depthOf(tree, tree.left[node]), depthOf(tree, tree.right[node]))
}

/** Trees with the values that are explained, and what the sum over them is multiplied by and begins with. */
interface Explained {
  trees: readonly { tree: Tree; values: Float64Array; stride: number; output: number }[]
  factor: number
  base: number
}

/** rows × (columns + 1): what each feature did, and at the end what is predicted on average. They sum to the prediction. */
function shapOf(
  { trees, factor, base }: Explained,
  data: Float64Array,
  rows: number,
  columns: number,
): Block {
  const width = columns + 1
  const made = denseBlock(rows, width)
  let bias = 0
  for (const { tree, values, stride, output } of trees) {
    bias += meanOf(tree, values, stride, output)
    const depth = depthOf(tree)
    const paths = Array.from({ length: depth + 1 }, (_, i) => roomFor(i + 2))
    const sets = tree.leftCategories?.map((each) => each && new Set(each)) ?? null
    for (let row = 0; row < rows; row++)
      visit(
        {
          tree,
          values,
          stride,
          output,
          sets,
          paths,
          row: data.subarray(row * columns, (row + 1) * columns),
          into: made.data.subarray(row * width, row * width + columns),
        },
        0,
        0,
        0,
        1,
        1,
        -1,
      )
  }
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < columns; i++) made.data[row * width + i] *= factor
    made.data[row * width + columns] = bias * factor + base
  }
  return made
}

/** Of a boosted ensemble, one of its outputs: they sum to the raw prediction. */
export const shapOfEnsemble = kernel(
  'ml.shap.ensemble',
  ({ model, output }: { model: Ensemble; output: number }, block: Block): Block => {
    const { data, rows, columns } = rowsFor(model, block)
    const trees = model.trees
      .filter((_, i) => i % model.outputs === output)
      .map((tree) => ({ tree, values: tree.value, stride: 1, output: 0 }))
    return shapOf({ trees, factor: 1, base: model.baseline[output] }, data, rows, columns)
  },
)

/** Of a forest, one of its outputs: they sum to the mean of the trees. */
export const shapOfForest = kernel(
  'ml.shap.forest',
  ({ model, output }: { model: Forest; output: number }, block: Block): Block => {
    requireColumns(block, model.columns, model.who)
    const { data, rows, columns } = denseOf(block, model.who)
    const trees = model.trees.map(({ tree, values }) => ({ tree, values, stride: model.outputs, output }))
    return shapOf({ trees, factor: 1 / model.trees.length, base: 0 }, data, rows, columns)
  },
)
