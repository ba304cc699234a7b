// Rows of columns by their numbers.

import { type FlatColumn, type FlatTexts, type FlatValues, INLINE_BYTES } from './flatFrame.ts'

/**
 * The cells of some rows, in their order.
 * @param rows numbers of rows; −1 stands for a row that is not there, whose cell is absent
 * @param some whether there are rows that are not there
 */
export function takenRows(column: FlatColumn, rows: Int32Array, some = false): FlatColumn {
  const { name, type } = column
  const { validity, nullCount } = takenValidity(column, rows, some)
  const field = { name, type, nullCount, ...(nullCount > 0 && { validity }) }
  switch (column.form) {
    case 'absent':
      return { ...field, nullCount: rows.length, form: 'absent' }
    case 'bits': {
      const at = some ? notBefore0(rows) : rows
      const bits = new Uint8Array((rows.length + 7) >> 3)
      for (let i = 0; i < rows.length; i++)
        bits[i >> 3] |= ((column.bits[at[i] >> 3] >> (at[i] & 7)) & 1) << (i & 7)
      return { ...field, form: 'bits', bits }
    }
    case 'texts':
      return { ...field, form: 'texts', ...takenTexts(column, rows) }
    case 'values':
      return { ...field, form: 'values', values: takenValues(column.values, some ? notBefore0(rows) : rows) }
  }
}

function takenValidity(
  { form, validity, nullCount }: FlatColumn,
  rows: Int32Array,
  some: boolean,
): { validity: Uint8Array; nullCount: number } {
  if (form === 'absent' || (!some && nullCount === 0)) return { validity: new Uint8Array(0), nullCount: 0 }
  const taken = new Uint8Array((rows.length + 7) >> 3)
  let absent = 0
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]
    if (row >= 0 && (validity === undefined || ((validity[row >> 3] >> (row & 7)) & 1) === 1))
      taken[i >> 3] |= 1 << (i & 7)
    else absent++
  }
  return { validity: taken, nullCount: absent }
}

/** Each kind of array has a loop of its own: one that meets many kinds takes several times as long. */
function takenValues(values: FlatValues['values'], rows: Int32Array): FlatValues['values'] {
  if (values instanceof Float64Array) {
    const taken = new Float64Array(rows.length)
    for (let i = 0; i < rows.length; i++) taken[i] = values[rows[i]]
    return taken
  }
  if (values instanceof Int32Array || values instanceof Uint32Array) {
    const taken = new Int32Array(rows.length)
    const from = new Int32Array(values.buffer, values.byteOffset, values.length)
    for (let i = 0; i < rows.length; i++) taken[i] = from[rows[i]]
    return values instanceof Int32Array ? taken : new Uint32Array(taken.buffer)
  }
  if (values instanceof BigInt64Array || values instanceof BigUint64Array) {
    const taken = new Int32Array(2 * rows.length)
    const from = new Int32Array(values.buffer, values.byteOffset, 2 * values.length)
    for (let i = 0; i < rows.length; i++) {
      const at = 2 * rows[i]
      taken[2 * i] = from[at]
      taken[2 * i + 1] = from[at + 1]
    }
    return values instanceof BigInt64Array
      ? new BigInt64Array(taken.buffer)
      : new BigUint64Array(taken.buffer)
  }
  const taken = new (values.constructor as new (length: number) => typeof values)(rows.length)
  for (let i = 0; i < rows.length; i++) taken[i] = values[rows[i]]
  return taken
}

/** Texts with buffers that hold no others. */
function takenTexts({ views, buffers }: FlatTexts, rows: Int32Array): Pick<FlatTexts, 'views' | 'buffers'> {
  const taken = new Uint32Array(4 * rows.length)
  let bytes = 0
  for (let i = 0; i < rows.length; i++) {
    const at = 4 * rows[i]
    if (at < 0) continue
    for (let word = 0; word < 4; word++) taken[4 * i + word] = views[at + word]
    if (views[at] > INLINE_BYTES) bytes += views[at]
  }
  if (bytes === 0) return { views: taken, buffers: [] }
  const all = new Uint8Array(bytes)
  let end = 0
  for (let at = 0; at < taken.length; at += 4) {
    const length = taken[at]
    if (length <= INLINE_BYTES) continue
    const from = taken[at + 3]
    all.set(buffers[taken[at + 2]].subarray(from, from + length), end)
    taken[at + 2] = 0
    taken[at + 3] = end
    end += length
  }
  return { views: taken, buffers: [all] }
}

/** Numbers of rows that can all be looked at; what stands for one that is not there is absent anyway. */
function notBefore0(rows: Int32Array): Int32Array {
  const all = new Int32Array(rows.length)
  for (let i = 0; i < rows.length; i++) all[i] = rows[i] < 0 ? 0 : rows[i]
  return all
}
