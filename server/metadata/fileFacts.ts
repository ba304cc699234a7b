// What files on this disk say of themselves: how many there are, their bytes, their columns or dimensions. Contents are not read.

import { open, readdir, readFile, stat } from 'node:fs/promises'
import { basename, dirname, isAbsolute, join } from 'node:path'
import { parquetMetadata } from 'hyparquet'
import type { SourceFormat } from '../knowledge/sources.ts'

export interface Column {
  name: string
  /** As the file names it, e.g. `INT64`; nothing where it does not say. */
  type?: string
}

export interface FileFacts {
  files: number
  bytes: number
  /** Of the largest of them. */
  largestBytes: number
  columns?: Column[]
  rows?: number
  /** How many times more bytes its contents are than the file, before compression. */
  inflation?: number
  /** Of an array: its shape, chunks and type, and names of its dimensions where it has them. */
  array?: { shape: number[]; chunks?: number[]; dtype: string; dimensions?: string[] }
}

/** More files than these are counted, and not looked at. */
const FILES_MAX = 5000
const HEADER_BYTES = 64 * 1024
const FOOTER_BYTES_MAX = 4_000_000

/** Remembers by path and modification time. */
export class FileMetadata {
  readonly #known = new Map<string, { stamp: string; facts: FileFacts }>()

  /**
   * @param folder what relative paths are relative to
   * @returns nothing when there is no such file, or it cannot be read
   */
  async of(paths: readonly string[], format: SourceFormat, folder: string): Promise<FileFacts | undefined> {
    const local = paths.filter((path) => !/^[a-z][a-z0-9+.-]+:\/\//i.test(path))
    if (local.length === 0) return undefined
    try {
      const found = (
        await Promise.all(local.map((path) => expand(isAbsolute(path) ? path : join(folder, path))))
      ).flat()
      if (found.length === 0) return undefined
      const stats = await Promise.all(found.slice(0, FILES_MAX).map((file) => stat(file)))
      const bytes = stats.reduce((sum, { size }) => sum + size, 0)
      const stamp = `${found.length} ${bytes} ${Math.max(...stats.map(({ mtimeMs }) => mtimeMs))}`
      const id = `${format} ${found.length} ${found[0]}`
      const known = this.#known.get(id)
      if (known?.stamp === stamp) return known.facts
      const largestBytes = Math.max(...stats.map(({ size }) => size))
      const facts = {
        files: found.length,
        bytes,
        largestBytes,
        ...(await contents(found[0], stats[0].size, format)),
      }
      this.#known.set(id, { stamp, facts })
      return facts
    } catch {
      return undefined
    }
  }
}

async function contents(file: string, size: number, format: SourceFormat): Promise<Partial<FileFacts>> {
  switch (format) {
    case 'csv':
      return /\.(gz|zst|br|bz2)$/.test(file)
        ? {}
        : { columns: headerOf(await readPart(file, 0, HEADER_BYTES)) }
    case 'parquet': {
      const { columns, ...others } = await parquetFacts(file, size)
      // Folders named `year=2024` give their rows a column more.
      return /[^/=]+=[^/]*\//.test(file) ? others : { ...others, ...(columns && { columns }) }
    }
    case 'zarr':
      return await zarrFacts(file)
    case 'text':
      return {}
    default:
      return format satisfies never
  }
}

/** A path, or what a pattern with `*` in its last part matches. */
async function expand(path: string): Promise<string[]> {
  const name = basename(path)
  if (!/[*?]/.test(name)) return [path]
  const pattern = new RegExp(
    `^${name
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '[^/]*')
      .replaceAll('?', '[^/]')}$`,
  )
  const folder = dirname(path)
  return (await readdir(folder))
    .filter((each) => pattern.test(each))
    .sort()
    .map((each) => join(folder, each))
}

async function readPart(file: string, start: number, length: number): Promise<Buffer> {
  const handle = await open(file, 'r')
  try {
    const buffer = Buffer.alloc(length)
    const { bytesRead } = await handle.read(buffer, 0, length, start)
    return buffer.subarray(0, bytesRead)
  } finally {
    await handle.close()
  }
}

/** The names in the first line of a CSV file, whichever of `,` `;` tab and `|` parts them. */
export function headerOf(bytes: Buffer): Column[] {
  const text = bytes.toString('utf8').replace(/^\ufeff/, '')
  const names: string[] = []
  const line = /^(?:"(?:[^"]|"")*"|[^"\r\n])*/.exec(text)?.[0] ?? ''
  const separator = [',', '\t', ';', '|'].reduce((best, each) =>
    line.split(each).length > line.split(best).length ? each : best,
  )
  for (let at = 0; at <= line.length; at++) {
    if (line[at] === '"') {
      const end = /^"((?:[^"]|"")*)"/.exec(line.slice(at))
      names.push((end?.[1] ?? '').replaceAll('""', '"'))
      at += end?.[0].length ?? line.length
    } else {
      const end = line.indexOf(separator, at)
      names.push(line.slice(at, end < 0 ? line.length : end))
      at = end < 0 ? line.length : end
    }
  }
  return names.filter((name) => name !== '').map((name) => ({ name }))
}

async function parquetFacts(file: string, size: number): Promise<Partial<FileFacts>> {
  const tail = await readPart(file, Math.max(0, size - 8), 8)
  const length = tail.readUInt32LE(0) + 8
  if (tail.toString('latin1', 4) !== 'PAR1' || length > Math.min(size, FOOTER_BYTES_MAX)) return {}
  const footer = await readPart(file, size - length, length)
  const { schema, num_rows, row_groups } = parquetMetadata(
    footer.buffer.slice(footer.byteOffset, footer.byteOffset + footer.length) as ArrayBuffer,
  )
  const columns: Column[] = []
  // The root comes first; members of nested columns follow their parent.
  for (let at = 1; at < schema.length; at++) {
    const { name, type, converted_type, logical_type, num_children } = schema[at]
    columns.push({ name, type: logical_type?.type ?? converted_type ?? type ?? 'nested' })
    at += num_children ?? 0
  }
  const unpacked = row_groups.reduce((sum, { total_byte_size }) => sum + Number(total_byte_size), 0)
  return { columns, rows: Number(num_rows), ...(unpacked > size && { inflation: unpacked / size }) }
}

async function zarrFacts(folder: string): Promise<Partial<FileFacts>> {
  const json = async (name: string): Promise<Record<string, unknown> | undefined> => {
    try {
      return JSON.parse(await readFile(join(folder, name), 'utf8')) as Record<string, unknown>
    } catch {
      return undefined
    }
  }
  const numbers = (value: unknown): number[] | undefined =>
    Array.isArray(value) ? value.map(Number) : undefined
  /** An axis may have no name. */
  const names = (value: unknown): string[] | undefined =>
    Array.isArray(value) && value.some((each) => each) ? value.map((each) => String(each ?? '')) : undefined
  const third = await json('zarr.json')
  if (third) {
    const grid = third.chunk_grid as { configuration?: { chunk_shape?: unknown } } | undefined
    const shape = numbers(third.shape)
    if (!shape) return {}
    return {
      array: {
        shape,
        chunks: numbers(grid?.configuration?.chunk_shape),
        dtype: String(third.data_type),
        dimensions: names(third.dimension_names),
      },
    }
  }
  const second = await json('.zarray')
  const shape = numbers(second?.shape)
  if (!second || !shape) return {}
  const attributes = await json('.zattrs')
  return {
    array: {
      shape,
      chunks: numbers(second.chunks),
      dtype: String(second.dtype),
      dimensions: names(attributes?._ARRAY_DIMENSIONS),
    },
  }
}
