// Arrays as tables: a row for each along the first axis, a column for each along the second.

import { placeOfCall } from '../../graph/callPlace.ts'
import type { GraphNode } from '../../graph/node.ts'
import type { TaskGraph } from '../../graph/taskGraph.ts'
import { type DTypeName, dtypeOf } from '../../kernels/array/dtype.ts'
import { type OptionNames, requireOptions } from '../../kernels/optionNames.ts'
import { columnTypeOf, frameOfBlock } from '../../kernels/table/arrayFrame.ts'
import type { DataType } from '../../kernels/table/dataType.ts'
import { type Schema, schemaOf } from '../../kernels/table/schema.ts'
import type { SourcePlace } from '../../protocol/failure.ts'
import { type ChunkedArray, isChunked } from '../array/chunkedArray.ts'
import type { ArrayNode } from '../array/expression.ts'
import { castNode, NODE } from '../array/operands.ts'
import { rechunkNode } from '../array/rechunking.ts'
import { TableArgumentError } from './build.ts'
import { DataFrame } from './dataframe.ts'
import type { ScanPlan } from './plan.ts'
import { ROWS_A_PARTITION } from './sources.ts'
import type { Value } from './types.ts'

export interface FromArrayOptions<Names extends readonly string[] = readonly string[]> {
  /** The names of its columns, as many as there are: `'0'`, `'1'`, … by default. */
  columns?: Names
}

const OPTIONS: OptionNames<FromArrayOptions> = { columns: true }

/** The type of a column that holds elements of a dtype. */
type ColumnOf<D extends DTypeName> = D extends 'bool'
  ? 'boolean'
  : D extends DataType
    ? D
    : D extends `datetime64[${string}]`
      ? 'datetime'
      : 'duration'

/**
 * A table of an array of one or two axes, with a partition for each of its chunks along the first: nothing comes to this program.
 * Columns have the array's dtype; days become dates, times coarser than milliseconds those, and what is not a time becomes null.
 * @throws {TableArgumentError} for other axes, another number of names, complex numbers, and columns whose number is not known
 * @example
 * const x = array.random.normal({ shape: [1000, 2], chunks: [250, 2], seed: 1 })
 * dataframe.fromArray(x, { columns: ['height', 'width'] }).partitions // 4
 */
export function fromArray<D extends DTypeName, const Names extends readonly string[] = readonly string[]>(
  array:
    | ChunkedArray<D>
    | Pick<ChunkedArray<D, 1>, typeof NODE | 'dtype'>
    | Pick<ChunkedArray<D, 2>, typeof NODE | 'dtype'>,
  options: FromArrayOptions<Names> = {},
): DataFrame<Record<Names[number], Value<ColumnOf<D>> | null>> {
  requireOptions('fromArray', options, OPTIONS)
  if (!isChunked(array))
    throw new TableArgumentError(
      'fromArray takes an array: array.fromArray(…) makes one of lists and typed arrays',
    )
  const node = array[NODE]
  const schema = schemaFor(node, options.columns)
  const place = placeOfCall()
  return new DataFrame({ ...framesScan(new BlockFramesNode(rowChunks(node), schema, place)), schema, place })
}

function schemaFor({ shape, dtype }: ArrayNode, names: readonly string[] | undefined): Schema {
  if (shape.length !== 1 && shape.length !== 2)
    throw new TableArgumentError(
      `fromArray takes an array of one or two axes, not of ${shape.length}: reshape it to rows and columns first`,
    )
  const type = columnTypeOf(dtype)
  if (!type)
    throw new TableArgumentError(
      `fromArray: tables have no columns of ${dtype.name}: take real(), imag() or abs() of the array`,
    )
  const count = shape.length === 1 ? 1 : shape[1]
  if (!(count > 0))
    throw new TableArgumentError(
      Number.isNaN(count)
        ? 'fromArray must know how many columns the array has: computeChunkSizes() finds out'
        : 'fromArray takes an array with columns: this one has none',
    )
  const known = names ?? Array.from({ length: count }, (_, i) => String(i))
  if (!Array.isArray(known) || known.length !== count)
    throw new TableArgumentError(
      `fromArray: the array has ${count} columns, and columns has ${Array.isArray(known) ? `${known.length} names` : 'no list of names'}`,
    )
  if (new Set(known).size !== count)
    throw new TableArgumentError('fromArray: two columns have the same name: each needs its own')
  return schemaOf(Object.fromEntries(known.map((name) => [name, type])))
}

/** The same elements with whole rows in each block, in a dtype that columns have. */
function rowChunks(node: ArrayNode): ArrayNode {
  const { kind, unit } = node.dtype
  const isCoarse =
    (kind === 'M' || kind === 'm') &&
    !['ms', 'us', 'ns'].includes(unit ?? '') &&
    columnTypeOf(node.dtype) !== 'date'
  const cast = isCoarse ? castNode(node, dtypeOf(kind === 'M' ? 'datetime64[ms]' : 'timedelta64[ms]')) : node
  return cast.chunks.length === 1 ? cast : rechunkNode(cast, [cast.chunks[0], [cast.shape[1]]])
}

/** A frame of each block. */
class BlockFramesNode implements GraphNode {
  readonly blocks: ArrayNode
  readonly #schema: Schema
  readonly #place: SourcePlace | undefined

  constructor(blocks: ArrayNode, schema: Schema, place: SourcePlace | undefined) {
    this.blocks = blocks
    this.#schema = schema
    this.#place = place
  }

  inputs(): readonly GraphNode[] {
    return [this.blocks]
  }

  needs(): readonly GraphNode[] {
    return [this.blocks]
  }

  build(graph: TaskGraph): readonly unknown[] {
    const group = graph.addGroup({
      fn: frameOfBlock,
      bound: [this.#schema],
      name: 'fromArray',
      kind: 'table.fromArray',
      ...(this.#place && { place: this.#place }),
    })
    return graph.built(this.blocks)!.map((block) => graph.addTask(group, [block]))
  }
}

/** Only the columns that are needed of each frame are opened. */
function framesScan(frames: BlockFramesNode, columns?: readonly string[]): ScanPlan {
  const [rows] = frames.blocks.shape
  const partitions = frames.blocks.chunks[0].length
  return {
    kind: 'scan',
    label: 'fromArray',
    source: { source: 'frame', ...(columns && { columns }) },
    partitions,
    argument: (i, graph) => graph.built(frames)?.[i],
    inputs: [frames],
    rows: Number.isNaN(rows) ? partitions * ROWS_A_PARTITION : rows,
    isGuess: Number.isNaN(rows),
    narrowed: (wanted) => framesScan(frames, wanted),
  }
}
