// Features with what is to be learnt from them, block by block: targets and weights are cut as the features are.

import { type ChunkedArray, isChunked } from '../../collections/array/chunkedArray.ts'
import { NODE } from '../../collections/array/operands.ts'
import { Bag } from '../../collections/bag/bag.ts'
import { DataFrame } from '../../collections/dataframe/dataframe.ts'
import { FramesNode } from '../../collections/dataframe/node.ts'
import { NdArray } from '../../kernels/array/ndArray.ts'
import type { Column, Sample } from '../../kernels/ml/block.ts'
import { selectCells } from '../../kernels/ml/blockParts.ts'
import { cellsFromValues } from '../../kernels/ml/convert.ts'
import { MlDataError } from '../../kernels/ml/mlErrors.ts'
import { sampleOf, sampleWithWeight } from '../../kernels/ml/sample.ts'
import {
  type Role,
  targetFromArray,
  targetFromFrame,
  targetFromItems,
  targetFromValues,
} from '../../kernels/ml/targets.ts'
import { Blocks } from './blocks.ts'
import { type AnyArray, type AnyBlock, type Features, knownRows, type Rows, rowsOfTable } from './rows.ts'

/** What is to be learnt, one value a row: an array of one axis, a table or list of one column; or a column's name, where the features are a table. */
export type Target =
  | AnyArray
  | DataFrame
  | Bag<unknown>
  | AnyBlock
  | ArrayLike<number>
  | readonly (string | number | boolean | bigint)[]
  | Blocks<Column>
  | string

/** What `fit` and `score` take beside features and targets. */
export interface FitOptions {
  /** One weight a row, ≥ 0. */
  sampleWeight?: Target
}

/** @throws {MlDataError} for weights: what `who` learns counts all rows alike */
export function refuseWeights(who: string, options: FitOptions | undefined): void {
  if (options?.sampleWeight !== undefined)
    throw new MlDataError(`${who} takes no sampleWeight, it counts all rows alike: fit it without`)
}

/** Features and targets, in blocks that belong together. */
export interface Samples {
  x: Rows
  y: Blocks<Column>
  weight: Blocks<Column> | undefined
  /** All of it. */
  blocks: Blocks<Sample>
}

/**
 * Features with their targets. A target that is a column's name is taken out of the table's features.
 * @throws {MlDataError} when features and targets cannot be brought together, or differ in length
 */
export async function samplesOf(
  who: string,
  features: Features,
  target: Target,
  options: FitOptions = {},
): Promise<Samples> {
  const named = [target, options.sampleWeight].filter((each) => typeof each === 'string')
  if (named.length > 0 && !(features instanceof DataFrame))
    throw new MlDataError(
      `the column ${named[0]} can be named as the target only where the features are a data frame`,
    )
  const x =
    features instanceof DataFrame && named.length > 0
      ? rowsOfTable(
          who,
          features,
          features.columns.filter((name) => !named.includes(name)),
        )
      : await knownRows(who, features)
  const y = await columnFor(who, features, x, target, 'y')
  const pairs = x.blocks.map(sampleOf, who, y)
  if (options.sampleWeight === undefined) return { x, y, weight: undefined, blocks: pairs }
  const weight = await columnFor(who, features, x, options.sampleWeight, 'sampleWeight')
  return { x, y, weight, blocks: pairs.map(sampleWithWeight, who, weight) }
}

/** One column, cut as the rows are. */
export async function columnFor(
  who: string,
  features: Features,
  x: Rows,
  target: Target,
  name: string,
): Promise<Blocks<Column>> {
  const role: Role = { who, name }
  if (typeof target === 'string') return tableColumn(features as DataFrame, target, role)
  if (target instanceof Blocks) return target
  if (target instanceof DataFrame) {
    if (target.columns.length !== 1)
      throw new MlDataError(
        `${name} is one column for ${who}, and this table has ${target.columns.length}: select one`,
      )
    await target.prepare()
    return cutAs(x, tableColumn(target, target.columns[0], role), role)
  }
  if (target instanceof Bag) {
    await target.prepare()
    return cutAs(x, Blocks.lazy<unknown[]>(target.node, target.partitions).map(targetFromItems, role), role)
  }
  if (isChunked(target)) return arrayColumn(x, target, role)
  if (x.blocks.isHere || x.lengths?.some(Number.isNaN) === false)
    return heldColumn(x, cellsOfTarget(target, role), role)
  if (target instanceof NdArray || ArrayBuffer.isView(target) || Array.isArray(target))
    throw new MlDataError(
      `${name} is here, and how the features' rows are cut is not known before computing, so that ${who} cannot cut it alike: name a column of the table, or give ${name} as a collection of as many partitions`,
    )
  throw new MlDataError(kindsText(role))
}

const kindsText = ({ who, name }: Role): string =>
  `${name} for ${who} is an array, a list, a column's name or a collection of one column`

/** One column of a table, a block a partition. */
export const tableColumn = (table: DataFrame, name: string, role: Role): Blocks<Column> =>
  Blocks.lazy<never>(new FramesNode(table.select(name).plan, table.options), table.partitions).map(
    targetFromFrame,
    { role, column: name },
  )

function cellsOfTarget(target: unknown, role: Role): Column {
  if (target instanceof NdArray) {
    requireOneColumn(target.shape, role)
    return targetFromArray(role, target)
  }
  if (target instanceof Float64Array) return target
  if (Array.isArray(target) || ArrayBuffer.isView(target))
    return targetFromValues(role, Array.from(target as unknown as ArrayLike<unknown>))
  throw new MlDataError(kindsText(role))
}

function requireOneColumn(shape: readonly number[], role: Role): void {
  if (shape.length === 1 || (shape.length === 2 && shape[1] === 1)) return
  throw new MlDataError(
    `${role.name} for ${role.who} has one value a row, and this array has shape (${shape.join(', ')}): take one column of it`,
  )
}

/** A column that is here, cut to the rows' lengths. */
function heldColumn(x: Rows, cells: Column, role: Role): Blocks<Column> {
  const lengths = x.lengths ?? []
  const rows = lengths.reduce((sum, each) => sum + each, 0)
  if (rows !== cells.length) throw new MlDataError(lengthsText(rows, cells.length, role))
  let at = 0
  return Blocks.here(
    lengths.map((length) => {
      at += length
      if (length === cells.length) return cells
      return selectCells(
        cells,
        Array.from({ length }, (_, i) => at - length + i),
      )
    }),
  )
}

async function arrayColumn(x: Rows, target: ChunkedArray, role: Role): Promise<Blocks<Column>> {
  requireOneColumn(target.shape, role)
  const flat = target.ndim === 2 ? (target.slice(':', 0) as ChunkedArray) : target
  const { lengths } = x
  if (x.blocks.isHere) return heldColumn(x, targetFromArray(role, (await flat.compute()) as NdArray), role)
  if (lengths?.some(Number.isNaN) === false && !Number.isNaN(flat.shape[0])) {
    const rows = lengths.reduce((sum, each) => sum + each, 0)
    if (rows !== flat.shape[0]) throw new MlDataError(lengthsText(rows, flat.shape[0], role))
    const cut = flat.rechunk([lengths as number[]])
    return Blocks.lazy<NdArray>(cut[NODE], lengths.length).map(targetFromArray, role)
  }
  return cutAs(x, Blocks.lazy<NdArray>(flat[NODE], flat.chunks[0].length).map(targetFromArray, role), role)
}

/** Columns whose blocks are believed to be cut as the rows; each task checks that they are. */
async function cutAs(x: Rows, column: Blocks<Column>, role: Role): Promise<Blocks<Column>> {
  if (x.blocks.isHere) {
    const parts = await column.gather()
    return heldColumn(x, cellsFromValues(parts.flatMap((part) => Array.from<unknown>(part))), role)
  }
  if (column.count !== x.blocks.count)
    throw new MlDataError(
      `${role.name} has ${column.count} partitions, and the features have ${x.blocks.count}: ${role.who} needs them cut alike`,
    )
  return column
}

const lengthsText = (rows: number, cells: number, role: Role): string =>
  `the features have ${rows} rows, and ${role.name} has ${cells} values: ${role.who} needs one a row`
