// Rows of a parquet file that lies elsewhere, read by polars: the bytes that are needed stand in a local file at their own
// places, with holes where the others would be.

import { randomUUID } from 'node:crypto'
import { type FileHandle, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FileMetaData } from 'hyparquet'
import { footerBytes, parsedFooter } from '../../files/parquetFooter.ts'
import { openFile, type SourceFile } from '../../files/sourceFile.ts'
import { fileOf, type RowRange } from '../steps.ts'

/** Bytes `start` to `end` of a file. */
type Span = readonly [start: number, end: number]

/** Asking once more costs about as much as so many bytes that nobody wants. */
const GAP_BYTES = 256 * 1024

/**
 * Calls `use` with the path of a local file that has the footer and the columns of some rows.
 * @throws {FileError} when the file cannot be read, or is another than planned
 */
export async function withLocalImage<R>(
  range: RowRange,
  columns: readonly string[],
  use: (path: string) => Promise<R>,
): Promise<R> {
  const [path, size] = range
  const file = await openFile(fileOf(range))
  try {
    const footer = await footerBytes(file, size)
    const spans = neededSpans(parsedFooter(path, footer, size), range, columns)
    return await withFile(size, async (image, local) => {
      await image.write(footer, 0, footer.length, size - footer.length)
      for (const span of merged(spans)) await copied(file, image, span)
      return use(local)
    })
  } finally {
    await file.close()
  }
}

/** The column chunks of all row groups that have any of the rows. */
function neededSpans(
  { row_groups }: FileMetaData,
  [, , , first, end]: RowRange,
  columns: readonly string[],
): Span[] {
  const spans: Span[] = []
  let row = 0
  for (const group of row_groups) {
    const next = row + Number(group.num_rows)
    const wanted = row < end && next > first
    row = next
    if (!wanted) continue
    for (const { meta_data } of group.columns) {
      if (!meta_data || !columns.includes(meta_data.path_in_schema[0])) continue
      const data = Number(meta_data.data_page_offset)
      // Some writers say that the dictionary stands at 0 where there is none.
      const start = Math.min(data, Number(meta_data.dictionary_page_offset || data))
      spans.push([start, start + Number(meta_data.total_compressed_size)])
    }
  }
  return spans
}

function merged(spans: readonly Span[]): Span[] {
  const all: Span[] = []
  for (const span of spans.toSorted(([a], [b]) => a - b)) {
    const last = all.at(-1)
    if (last && span[0] - last[1] <= GAP_BYTES) all[all.length - 1] = [last[0], Math.max(last[1], span[1])]
    else all.push(span)
  }
  return all
}

async function copied(file: SourceFile, image: FileHandle, [start, end]: Span): Promise<void> {
  const bytes = await file.read(start, end)
  for (let at = 0; at < bytes.length; )
    at += (await image.write(bytes, at, bytes.length - at, start + at)).bytesWritten
}

/** An empty file of a size, gone when `work` is done. */
async function withFile<R>(size: number, work: (file: FileHandle, path: string) => Promise<R>): Promise<R> {
  const path = join(tmpdir(), `heddle-parquet-${randomUUID()}`)
  const file = await open(path, 'wx+', 0o600)
  try {
    // Where open files have paths of their own, nothing is left of it even if this process is killed.
    const reached = process.platform === 'linux' ? `/proc/${process.pid}/fd/${file.fd}` : path
    if (reached !== path) await rm(path)
    await file.truncate(size)
    return await work(file, reached)
  } finally {
    await file.close()
    await rm(path, { force: true })
  }
}
