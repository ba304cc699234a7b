// A block of an array as a partition of a table: its elements, column by column, in an Arrow IPC file.

import { type DType, NAT } from '../array/dtype.ts'
import type { NdArray } from '../array/ndArray.ts'
import { keepsNothing, kernel } from '../kernel.ts'
import { resultBytes } from '../resultMemory.ts'
import { frameName } from './closeFrame.ts'
import type { DataType } from './dataType.ts'
import { packBits } from './flat/bitmap.ts'
import { flatLayout } from './flat/flatFile.ts'
import type { FlatColumn } from './flat/flatFrame.ts'
import type { Frame } from './frame.ts'
import type { Schema } from './schema.ts'

/**
 * The type of a column that holds elements of a dtype; nothing where tables have none, which is so of complex numbers. Days
 * are dates, and times coarser than milliseconds become those.
 */
export function columnTypeOf({ name, kind, unit }: DType): DataType | undefined {
  if (kind === 'c') return undefined
  if (kind === 'b') return 'boolean'
  if (kind !== 'M' && kind !== 'm') return name as DataType
  if (kind === 'M' && unit === 'D') return 'date'
  const fine = unit === 'us' || unit === 'ns' ? unit : 'ms'
  return kind === 'M' ? { datetime: fine } : { duration: fine }
}

/**
 * The rows of a block as a frame.
 * @param schema its columns, all of the type that goes with the block's dtype; of an array of one axis there is one
 */
export const frameOfBlock = keepsNothing(
  kernel('table.frameOfBlock', (schema: Schema, block: NdArray): Frame => {
    const [rows] = block.shape
    const places = schema.map((_, column) => block.offset + column * (block.strides[1] ?? 0))
    const absent = places.map((first) => absentIn(block, first, rows))
    const layout = flatLayout(
      schema.map(({ name, type }, i) => ({ name, type, nullCount: absent[i]?.count ?? 0 })),
      rows,
    )
    const ipc = resultBytes(layout.length)
    layout.write(ipc).forEach((column, i) => {
      if (column.validity) packBits(absent[i]!.there, undefined, column.validity)
      writeColumn(block, places[i], column)
    })
    const bytes = rows * schema.length * block.type.bytes
    return { ipc, rows, bytes, ...frameName(bytes) }
  }),
)

/** Which rows of a column of times have one, as a byte each. */
function absentIn(
  block: NdArray,
  first: number,
  rows: number,
): { count: number; there: Uint8Array } | undefined {
  if (block.type.kind !== 'M' && block.type.kind !== 'm') return undefined
  const there = new Uint8Array(rows)
  let count = rows
  for (let row = 0; row < rows; row++)
    if (block.data[first + row * block.strides[0]] !== NAT) {
      there[row] = 1
      count--
    }
  return count > 0 ? { count, there } : undefined
}

function writeColumn({ data, shape, strides: [stride] }: NdArray, first: number, column: FlatColumn): void {
  if (column.form === 'bits') {
    const truths = Uint8Array.from({ length: shape[0] }, (_, row) => Number(data[first + row * stride]))
    packBits(truths, undefined, column.bits)
  } else if (column.form === 'values') {
    const { values } = column
    // Days stand in 32 bits, and are BigInts in an array.
    if (column.type === 'date')
      for (let row = 0; row < values.length; row++)
        values[row] = Number(BigInt.asIntN(32, data[first + row * stride] as bigint))
    else if (stride === 1) values.set(data.subarray(first, first + values.length) as never)
    else for (let row = 0; row < values.length; row++) values[row] = data[first + row * stride] as never
  }
}
