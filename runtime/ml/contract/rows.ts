// The features that models learn from, whatever they came as: blocks of rows, with the columns' count and names.

import {
  ChunkedArray as Chunked,
  type ChunkedArray,
  isChunked,
} from '../../collections/array/chunkedArray.ts'
import { ArrayNode } from '../../collections/array/expression.ts'
import { NODE } from '../../collections/array/operands.ts'
import { Bag } from '../../collections/bag/bag.ts'
import { callOf, computeAll } from '../../collections/compute.ts'
import { DataFrame } from '../../collections/dataframe/dataframe.ts'
import { FramesNode } from '../../collections/dataframe/node.ts'
import { prepareInputs } from '../../collections/delayed/node.ts'
import { placeOfCall } from '../../graph/callPlace.ts'
import type { Collection } from '../../graph/collection.ts'
import { announceNode, buildNode, type GraphNode } from '../../graph/node.ts'
import type { TaskGraph } from '../../graph/taskGraph.ts'
import { FLOAT64 } from '../../kernels/array/dtype.ts'
import { NdArray } from '../../kernels/array/ndArray.ts'
import type { Block, SparseBlock } from '../../kernels/ml/block.ts'
import { stackRows } from '../../kernels/ml/blockParts.ts'
import {
  arrayFromBlock,
  blockFromArray,
  blockFromFrame,
  blockFromItems,
  frameFromBlock,
  type ItemShape,
  type ItemsAsked,
  shapeOfItems,
} from '../../kernels/ml/convert.ts'
import { MlDataError } from '../../kernels/ml/mlErrors.ts'
import { isNumeric } from '../../kernels/table/dataType.ts'
import { Blocks } from './blocks.ts'

/** A chunked array of any dtype and number of axes: arrays of known axes are not those of any for TypeScript. */
export type AnyArray = Pick<ChunkedArray, 'shape' | 'chunks' | 'numBlocks' | typeof NODE>

/** A block of any dtype and number of axes. */
export type AnyBlock = Pick<NdArray, 'shape' | 'strides' | 'offset' | 'data' | 'dtype'>

/** Features in this process: rows of numbers, of numbers and texts, records by name, or texts. */
export type FeaturesHere =
  | AnyBlock
  | readonly (ArrayLike<number> | readonly (number | string | boolean | null)[])[]
  | readonly Readonly<Record<string, unknown>>[]
  | readonly string[]

/** Features that are computed when they are asked for. */
export type LazyFeatures = AnyArray | DataFrame | Bag<unknown>

/** All that a model takes as features. */
export type Features = FeaturesHere | LazyFeatures | Rows

/** What a transformation of features gives: the same place, here or to come; a table of a table. */
export type Transformed<X> = X extends Rows
  ? Rows
  : X extends DataFrame
    ? DataFrame
    : X extends LazyFeatures
      ? ChunkedArray
      : NdArray

/**
 * Features as blocks of rows: what models work on, and what sparse features are. Computing gives an array, or compressed
 * sparse rows.
 */
export class Rows implements Collection<NdArray | SparseBlock> {
  readonly collectionKind = 'rows'
  readonly blocks: Blocks<Block>
  /** Features; NaN where only the data tells. */
  readonly columns: number
  /** Rows of each block; absent, or NaN, where only computing tells. */
  readonly lengths: readonly number[] | undefined
  /** The features' names, where they have any. */
  readonly names: readonly string[] | undefined

  /** @internal */
  constructor(
    blocks: Blocks<Block>,
    columns: number,
    lengths?: readonly number[],
    names?: readonly string[],
  ) {
    this.blocks = blocks
    this.columns = columns
    this.lengths = lengths
    this.names = names
  }

  /** @internal */
  announce(graph: TaskGraph): void {
    announceNode(graph, this.blocks.node)
  }
  /** @internal */
  prepare(): Promise<void> {
    return prepareInputs(this.blocks.node)
  }
  /** @internal */
  buildTasks(graph: TaskGraph): readonly unknown[] {
    return buildNode(graph, this.blocks.node)
  }
  /** @internal */
  assemble(results: readonly unknown[]): NdArray | SparseBlock {
    const whole = stackRows(results as Block[])
    return whole.kind === 'sparse' ? whole : arrayFromBlock(undefined, whole)
  }
  /** @internal */
  standingOn(references: readonly unknown[]): Rows {
    const held: GraphNode = { inputs: () => [], needs: () => [], build: () => references }
    return new Rows(Blocks.lazy(held, references.length), this.columns, this.lengths, this.names)
  }

  /** The rows in this process: dense ones as an array, sparse ones as compressed sparse rows. */
  async compute(): Promise<NdArray | SparseBlock> {
    if (this.blocks.isHere) return this.assemble(this.blocks.values)
    return (await computeAll([this], callOf('compute')))[0] as NdArray | SparseBlock
  }

  /** The rows as an array of two axes, zeros filled in. */
  toArray(): ChunkedArray {
    if (Number.isNaN(this.columns))
      throw new MlDataError('how many columns these rows have is not known before computing')
    const lengths = this.lengths ?? new Array<number>(this.blocks.count).fill(Number.NaN)
    return new Chunked(new BlocksArray(this.blocks.map(arrayFromBlock, undefined), [lengths, [this.columns]]))
  }
}

/** Rows as a table of numbers. */
export function tableOf(rows: Rows, names: readonly string[]): DataFrame {
  const { node } = rows.blocks.map(frameFromBlock, names)
  const partitions = rows.blocks.count
  return new DataFrame({
    kind: 'scan',
    label: 'transform',
    source: { source: 'frame' },
    partitions,
    argument: (i, graph) => graph.built(node)?.[i],
    inputs: [node],
    // How many there will be is guessed as for a bag's: half a million a partition.
    rows: partitions * 500_000,
    schema: names.map((name) => ({ name, type: 'float64' as const })),
    place: placeOfCall(),
  })
}

/** An array whose blocks the tasks of models give. */
export class BlocksArray extends ArrayNode {
  readonly #blocks: Blocks<NdArray>

  constructor(blocks: Blocks<NdArray>, chunks: readonly (readonly number[])[]) {
    const shape = chunks.map((lengths) => lengths.reduce((sum, each) => sum + each, 0))
    super('ml', FLOAT64, shape, chunks)
    this.#blocks = blocks
  }

  inputs(): readonly GraphNode[] {
    return [this.#blocks.node]
  }

  needs(): readonly GraphNode[] {
    return [this.#blocks.node]
  }

  build(graph: TaskGraph): readonly unknown[] {
    return graph.built(this.#blocks.node)!
  }
}

/**
 * Features as blocks. An array is cut by rows alone; what is in this process is one block.
 * @param who named in errors, e.g. `StandardScaler`
 * @throws {MlDataError} when the value holds no features
 */
export function rowsOf(features: Features, who = 'a model'): Rows {
  if (features instanceof Rows) return features
  if (isChunked(features)) {
    requireTwoAxes(who, features.shape)
    const [lengths, widths] = features.chunks
    const cut = widths.length === 1 ? features : features.rechunk([lengths, -1])
    const blocks = Blocks.lazy<NdArray>(cut[NODE], lengths.length)
    return new Rows(blocks.map(blockFromArray, undefined), features.shape[1], lengths)
  }
  if (features instanceof DataFrame) return rowsOfTable(who, features, features.columns)
  if (features instanceof Bag) return bagRows(features, { who, items: 'any' })
  if (features instanceof NdArray) {
    requireTwoAxes(who, features.shape)
    return new Rows(Blocks.here<Block>([blockFromArray(undefined, features)]), features.shape[1], [
      features.shape[0],
    ])
  }
  if (!Array.isArray(features))
    throw new MlDataError(
      `features for ${who} are an array of two axes, a data frame, a bag, lists of rows, records or texts`,
    )
  return rowsOfItems(who, features as readonly unknown[])
}

function rowsOfItems(who: string, items: readonly unknown[]): Rows {
  if (items.length === 0) throw new MlDataError(`there are no rows: ${who} needs at least one`)
  const shape = shapeOfItems(items, who)
  const block = blockFromItems({ ...shape, who }, items)
  return new Rows(Blocks.here([block]), block.columns, [items.length], namesOfItems(shape))
}

const namesOfItems = (shape: ItemShape): readonly string[] | undefined =>
  shape.items === 'records' ? shape.names : undefined

/** Some columns of a table. */
export function rowsOfTable(who: string, table: DataFrame, names: readonly string[]): Rows {
  const { schema } = table
  const dense = names.every((name) => isNumeric(schema[name]) || schema[name] === 'boolean')
  const blocks = Blocks.lazy<never>(new FramesNode(table.plan, table.options), table.partitions)
  return new Rows(blocks.map(blockFromFrame, { who, names, dense }), names.length, undefined, names)
}

/**
 * Rows whose columns are known: of a bag, the first item tells, so something is computed.
 * @throws {MlDataError} when it is known that there are no rows
 */
export async function knownRows(who: string, features: Features): Promise<Rows> {
  if (features instanceof DataFrame || features instanceof Bag) await features.prepare()
  if (!(features instanceof Bag)) {
    const rows = rowsOf(features, who)
    if (rows.lengths?.every((length) => length === 0))
      throw new MlDataError(`there are no rows: ${who} needs at least one`)
    return rows
  }
  const first = await features.take(1).compute()
  if (first.length === 0) throw new MlDataError(`the bag is empty: ${who} needs at least one row`)
  return bagRows(features, { ...shapeOfItems(first, who), who })
}

/** A bag's rows, whose items are known to look so. */
export function bagRows(bag: Bag<unknown>, shape: ItemsAsked): Rows {
  const blocks = Blocks.lazy<readonly unknown[]>(bag.node, bag.partitions)
  const columns =
    shape.items === 'any'
      ? Number.NaN
      : shape.items === 'texts'
        ? 1
        : shape.items === 'records'
          ? shape.names.length
          : shape.columns
  return new Rows(blocks.map(blockFromItems, shape), columns, undefined, namesOfItems(shape))
}

function requireTwoAxes(who: string, shape: readonly number[]): void {
  if (shape.length !== 2)
    throw new MlDataError(
      `features for ${who} have two axes, rows and columns, and this array has shape (${shape.join(', ')}): reshape([-1, 1]) makes one column of it${shape.length > 2 ? `, reshape([${shape[0]}, -1]) one row of each of its ${shape[0]}` : ''}`,
    )
}
