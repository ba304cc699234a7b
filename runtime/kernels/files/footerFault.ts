// What is wrong with a parquet footer whose bytes could be read: what it says of rows, columns and places must agree.

import type { ColumnMetaData, FileMetaData, RowGroup, SchemaElement } from 'hyparquet'

/** Columns of columns nest less deep. */
const MAX_DEPTH = 100

/** A column that has values, and where it belongs. */
interface Leaf {
  readonly element: SchemaElement
  /** The name of the column at the top that it is a part of. */
  readonly top: string
  /** Whether rows have any number of its values. */
  readonly isRepeated: boolean
}

/**
 * Looks for what does not agree.
 * @param size of the whole file in bytes; without it places are not looked at
 * @returns what is wrong in a few words, e.g. `row groups have 3 rows together, and the file 4`; nothing when all agrees
 */
export function faultIn(metadata: FileMetaData, size?: number): string | undefined {
  // Columns end before the footer, which has its length and four letters behind it.
  const end = size === undefined ? undefined : size - metadata.metadata_length - 8
  try {
    const leaves = leavesOf(metadata.schema)
    let rows = 0n
    for (const [at, group] of metadata.row_groups.entries()) {
      requireCount(group.num_rows, `the rows of row group ${at}`)
      rows += group.num_rows
      if (group.columns.length !== leaves.length)
        throw new Fault(
          `row group ${at} has ${group.columns.length} columns, and the schema ${leaves.length}`,
        )
      for (const [i, leaf] of leaves.entries()) requireChunk(group, i, leaf, at, end)
    }
    requireCount(metadata.num_rows, 'the number of rows')
    if (rows !== metadata.num_rows)
      throw new Fault(`row groups have ${rows} rows together, and the file ${metadata.num_rows}`)
    return undefined
  } catch (error) {
    if (error instanceof Fault) return error.message
    throw error
  }
}

class Fault extends Error {}

function leavesOf(schema: readonly SchemaElement[]): Leaf[] {
  const leaves: Leaf[] = []
  const isTyped = new Set(['string', 'undefined'])
  /** Walks over one element; gives the place behind it and its children. */
  const walk = (at: number, depth: number, top: string, isRepeated: boolean): number => {
    const element = schema[at]
    if (!element) throw new Fault('its schema is cut short')
    if (depth > MAX_DEPTH) throw new Fault(`its columns nest more than ${MAX_DEPTH} deep`)
    const { name, num_children: children = 0, type } = element
    if (typeof name !== 'string') throw new Fault(`column ${at} has no name`)
    if (!Number.isInteger(children) || children < 0 || !isTyped.has(typeof type))
      throw new Fault(`column ${name} has no type`)
    if (children === 0 && depth > 0) {
      if (type === undefined) throw new Fault(`column ${name} has no type`)
      requireInteger(element)
      leaves.push({ element, top: depth === 1 ? name : top, isRepeated: isRepeated || repeats(element) })
      return at + 1
    }
    let next = at + 1
    for (let child = 0; child < children; child++)
      next = walk(next, depth + 1, depth === 1 ? name : top, depth > 0 && (isRepeated || repeats(element)))
    return next
  }
  if (walk(0, 0, '', false) !== schema.length) throw new Fault('its schema has more columns than it says')
  return leaves
}

/** Whole numbers of 64 bits stand in such, all others in 32. */
function requireInteger({ name, type, logical_type: logical }: SchemaElement): void {
  if (logical?.type !== 'INTEGER') return
  const { bitWidth } = logical
  if (![8, 16, 32, 64].includes(bitWidth) || type !== (bitWidth === 64 ? 'INT64' : 'INT32'))
    throw new Fault(`column ${name} has integers of ${bitWidth} bits in ${type}`)
}

const repeats = ({ repetition_type }: SchemaElement): boolean => repetition_type === 'REPEATED'

function requireChunk(
  { columns, num_rows }: RowGroup,
  i: number,
  { element, top, isRepeated }: Leaf,
  group: number,
  end: number | undefined,
): void {
  const { meta_data: meta, file_path } = columns[i]
  const column = `column ${top} of row group ${group}`
  if (!meta) throw new Fault(`nothing is said of ${column}: is the file encrypted?`)
  if (meta.path_in_schema[0] !== top) throw new Fault(`${column} has another name there`)
  if (meta.type !== element.type) throw new Fault(`${column} is of another type there`)
  if (meta.codec === undefined) throw new Fault(`${column} is packed by a codec that is not known`)
  requireCount(meta.num_values, `the values of ${column}`)
  if (!isRepeated && meta.num_values !== num_rows)
    throw new Fault(`${column} has ${meta.num_values} values for ${num_rows} rows`)
  requirePlace(meta, column, file_path === undefined ? end : undefined)
}

function requirePlace(meta: ColumnMetaData, column: string, end: number | undefined): void {
  requireCount(meta.total_compressed_size, `the bytes of ${column}`)
  requireCount(meta.total_uncompressed_size, `the unpacked bytes of ${column}`)
  requireCount(meta.data_page_offset, `the place of ${column}`)
  if (meta.dictionary_page_offset !== undefined)
    requireCount(meta.dictionary_page_offset, `the place of ${column}`)
  const start = meta.dictionary_page_offset || meta.data_page_offset
  if (end !== undefined && start + meta.total_compressed_size > BigInt(end))
    throw new Fault(
      `${column} should end at byte ${start + meta.total_compressed_size}, and the file's columns end at ${end}`,
    )
}

function requireCount(value: unknown, what: string): void {
  if (typeof value !== 'bigint' || value < 0n || value > BigInt(Number.MAX_SAFE_INTEGER))
    throw new Fault(`${what} are no number`)
}
