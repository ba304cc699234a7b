// Columns of a parquet file's rows as the library gives them: in pieces, by name.

import type { FileMetaData } from 'hyparquet'
import { parquetCodecs, parquetLibrary } from './parquetLibrary.ts'
import type { SourceFile } from './sourceFile.ts'

/** Values of a column, and the row of the file that the first of them is of: pieces may begin before the rows asked for. */
export interface ParquetPiece {
  rowStart: number
  data: ArrayLike<unknown>
}

/**
 * Reads some columns of the rows from `rowStart` up to `rowEnd`.
 * @param range.utf8 false: texts stay bytes
 */
export async function readParquetPieces(
  file: SourceFile,
  metadata: FileMetaData,
  names: readonly string[],
  range: { size: number; rowStart: number; rowEnd: number; utf8?: boolean },
): Promise<Map<string, ParquetPiece[]>> {
  const { size, rowStart, rowEnd, utf8 = true } = range
  const pieces = new Map<string, ParquetPiece[]>(names.map((name) => [name, []]))
  await parquetLibrary().parquetRead({
    file: { byteLength: size, slice: async (from, to) => (await file.read(from, to ?? size)).buffer },
    metadata,
    columns: [...names],
    rowStart,
    rowEnd,
    utf8,
    compressors: parquetCodecs(),
    onChunk: ({ columnName, columnData, rowStart }) => {
      pieces.get(columnName)?.push({ rowStart, data: columnData })
    },
  })
  return pieces
}
