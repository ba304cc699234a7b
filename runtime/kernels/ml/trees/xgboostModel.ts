// XGBoost's JSON model, as its documentation describes it ("Introduction to Model IO"), from our trees and back.
//
// XGBoost compares numbers of 32 bits: x < c goes left, where ours is x ≤ t of 64 bits. A threshold is chosen so that every
// number of 64 bits goes where XGBoost, which rounds it first, would send it. Categories of a node's set go right there, and
// everything else left.

import { MlDataError } from '../mlErrors.ts'
import type { Tree } from './tree.ts'

/** One tree, a list entry a node. */
export interface XGBoostTree {
  base_weights: number[]
  categories: number[]
  categories_nodes: number[]
  categories_segments: number[]
  categories_sizes: number[]
  default_left: (number | boolean)[]
  id: number
  left_children: number[]
  loss_changes: number[]
  parents: number[]
  right_children: number[]
  split_conditions: (number | null)[]
  split_indices: number[]
  split_type: number[]
  sum_hessian: number[]
  tree_param: Record<string, string>
}

/** What a file of XGBoost's holds, as far as it is read. */
export interface XGBoostModel {
  learner: {
    attributes: Record<string, string>
    feature_names: string[]
    feature_types: string[]
    gradient_booster: {
      model: {
        gbtree_model_param: Record<string, string>
        tree_info: number[]
        trees: XGBoostTree[]
        [more: string]: unknown
      }
      name: string
      [more: string]: unknown
    }
    learner_model_param: Record<string, string>
    objective: { name: string; [more: string]: unknown }
  }
  version: number[]
}

const single = new Float32Array(1)
const bits = new Int32Array(single.buffer)
const double = new Float64Array(1)
const longBits = new BigInt64Array(double.buffer)

/** The next number of 32 bits above or below, for numbers that are not at the ends. */
function beside(value: number, up: boolean): number {
  if (value === 0) return up ? 2 ** -149 : -(2 ** -149)
  single[0] = value
  bits[0] += value > 0 === up ? 1 : -1
  return single[0]
}

/** The next number of 64 bits below. */
function justBelow(value: number): number {
  if (value === 0) return -Number.MIN_VALUE
  double[0] = value
  longBits[0] += value > 0 ? -1n : 1n
  return double[0]
}

/**
 * The largest number of 64 bits that, rounded to 32, is below `condition`.
 * @param condition of 32 bits
 */
export function thresholdBelow(condition: number): number {
  if (!Number.isFinite(condition)) return condition
  const middle = (beside(condition, false) + condition) / 2
  return Math.fround(middle) < condition ? middle : justBelow(middle)
}

/** The least number of 32 bits above a threshold. */
export function conditionAbove(threshold: number): number {
  const near = Math.fround(threshold)
  if (near === Number.POSITIVE_INFINITY) return LARGEST
  return near > threshold ? near : Math.min(LARGEST, beside(near, true)) + 0
}

/** The largest number of 32 bits: everything present is below it. */
const LARGEST = 3.4028234663852886e38

/** XGBoost's marks for no node. */
const NO_CHILD = -1
const NO_PARENT = 2147483647

/** Our tree of XGBoost's. */
export function treeFromXGBoost(tree: XGBoostTree): Tree {
  const count = tree.left_children.length
  const sets: (number[] | null)[] = new Array(count).fill(null)
  tree.categories_nodes?.forEach((node, i) => {
    const from = tree.categories_segments[i]
    sets[node] = tree.categories.slice(from, from + tree.categories_sizes[i])
  })
  const isLeaf = (node: number): boolean => tree.left_children[node] === NO_CHILD
  // A set goes right there and left here.
  const swapped = (node: number): boolean => sets[node] !== null
  const numbers = <T>(of: (node: number) => T): T[] => Array.from({ length: count }, (_, node) => of(node))
  const child = (node: number, left: boolean): number =>
    (left !== swapped(node) ? tree.left_children : tree.right_children)[node]
  return {
    feature: Int32Array.from(numbers((node) => (isLeaf(node) ? -1 : tree.split_indices[node]))),
    threshold: Float64Array.from(
      numbers((node) =>
        isLeaf(node) || sets[node] ? Number.NaN : thresholdBelow(tree.split_conditions[node] as number),
      ),
    ),
    missingLeft: Uint8Array.from(
      numbers((node) => (!isLeaf(node) && Boolean(tree.default_left[node]) !== swapped(node) ? 1 : 0)),
    ),
    left: Int32Array.from(numbers((node) => child(node, true))),
    right: Int32Array.from(numbers((node) => child(node, false))),
    value: Float64Array.from(
      numbers((node) => (isLeaf(node) ? (tree.split_conditions[node] as number) : tree.base_weights[node])),
    ),
    gain: Float64Array.from(numbers((node) => (isLeaf(node) ? 0 : tree.loss_changes[node]))),
    cover: Float64Array.from(tree.sum_hessian),
    leftCategories: sets.some((each) => each) ? sets : null,
  }
}

/** A number of 32 bits in as few digits as tell it. */
const short = (value: number): number => Number(Math.fround(value).toPrecision(9))

/**
 * Our tree as XGBoost's.
 * @param shift what is added to leaves
 * @throws {MlDataError} when categories are not whole numbers ≥ 0
 */
export function treeToXGBoost(tree: Tree, id: number, features: number, shift: number): XGBoostTree {
  const count = tree.feature.length
  const numbers = <T>(of: (node: number) => T): T[] => Array.from({ length: count }, (_, node) => of(node))
  const isLeaf = (node: number): boolean => tree.feature[node] < 0
  const setOf = (node: number): readonly number[] | null => tree.leftCategories?.[node] ?? null
  const parents = new Array<number>(count).fill(NO_PARENT)
  for (let node = 0; node < count; node++)
    if (!isLeaf(node)) {
      parents[tree.left[node]] = node
      parents[tree.right[node]] = node
    }
  const made: XGBoostTree = {
    base_weights: numbers((node) => short(tree.value[node])),
    categories: [],
    categories_nodes: [],
    categories_segments: [],
    categories_sizes: [],
    default_left: numbers((node) =>
      !isLeaf(node) && (tree.missingLeft[node] === 1) !== (setOf(node) !== null) ? 1 : 0,
    ),
    id,
    left_children: numbers((node) =>
      isLeaf(node) ? NO_CHILD : (setOf(node) ? tree.right : tree.left)[node],
    ),
    loss_changes: numbers((node) => short(tree.gain[node])),
    parents,
    right_children: numbers((node) =>
      isLeaf(node) ? NO_CHILD : (setOf(node) ? tree.left : tree.right)[node],
    ),
    split_conditions: numbers((node) => {
      if (isLeaf(node)) return short(tree.value[node] + shift)
      return setOf(node) ? 0 : short(conditionAbove(tree.threshold[node]))
    }),
    split_indices: numbers((node) => Math.max(0, tree.feature[node])),
    split_type: numbers((node) => (setOf(node) ? 1 : 0)),
    sum_hessian: numbers((node) => short(tree.cover[node])),
    tree_param: {
      num_deleted: '0',
      num_feature: String(features),
      num_nodes: String(count),
      size_leaf_vector: '0',
    },
  }
  for (let node = 0; node < count; node++) {
    const set = setOf(node)
    if (!set) continue
    const strange = set.find((each) => !Number.isInteger(each) || each < 0 || each >= 2 ** 24)
    if (strange !== undefined)
      throw new MlDataError(
        `XGBoost's categories are whole numbers ≥ 0 and below 2^24, and there is ${strange}`,
      )
    made.categories_nodes.push(node)
    made.categories_segments.push(made.categories.length)
    made.categories_sizes.push(set.length)
    made.categories.push(...set)
  }
  return made
}
