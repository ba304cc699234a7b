// The text of one CSV partition, without the header.

import { openFile } from '../../files/sourceFile.ts'
import { type CsvSource, type FileRange, fileOf } from '../steps.ts'
import { recordBytes } from './byteRange.ts'
import { csvRecords } from './csvRecords.ts'

const NEWLINE = 10

export interface CsvText {
  bytes: Uint8Array
  /** The number of its first line in the file; only asked for when something is wrong, since lines before are counted. */
  firstLine(): Promise<number>
}

export async function csvText(spec: CsvSource, range: FileRange, inQuotes: boolean): Promise<CsvText> {
  const whole = await recordBytes(range, spec.compression, spec.quote, inQuotes)
  const atStart = range[3] <= 0
  const start = atStart ? headerEnd(whole, spec) : 0
  const bytes = whole.subarray(start)
  return {
    bytes,
    firstLine: async () =>
      1 + linesIn(whole.subarray(0, start)) + (atStart ? 0 : await linesBefore(range, bytes)),
  }
}

/** Where the rows begin: behind a byte-order mark, comments and the header. */
function headerEnd(bytes: Uint8Array, spec: CsvSource): number {
  const mark =
    spec.encoding === 'utf-8' && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0
  if (!spec.header) return mark
  if (spec.encoding !== 'utf-8' && spec.encoding !== 'latin1') {
    const text = new TextDecoder(spec.encoding).decode(bytes)
    const first = csvRecords(text, spec, '').next().value
    const lines = first ? first.line - 1 + (first.lines ?? 1) : 0
    let at = 0
    for (let i = 0; i < lines; i++) at = text.indexOf('\n', at) + 1 || text.length
    return at * 2
  }
  let at = mark
  for (;;) {
    const end = bytes.indexOf(NEWLINE, at)
    const stop = end < 0 ? bytes.length : end
    const line = Buffer.from(bytes.buffer, bytes.byteOffset + at, stop - at)
      .toString('latin1')
      .trim()
    const skipped = line === '' || (spec.comment !== undefined && line.startsWith(spec.comment))
    if (!skipped || end < 0) break
    at = end + 1
  }
  let quoted = false
  const quote = spec.quote === '' ? -1 : spec.quote.charCodeAt(0)
  for (; at < bytes.length; at++) {
    if (bytes[at] === quote) quoted = !quoted
    else if (bytes[at] === NEWLINE && !quoted) return at + 1
  }
  return bytes.length
}

const linesIn = (bytes: Uint8Array): number => {
  let count = 0
  for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) count++
  return count
}

/** How many lines of the file stand before the records of a range. */
export async function linesBefore(range: FileRange, bytes: Uint8Array): Promise<number> {
  const [, size, , start, end] = range
  const file = await openFile(fileOf(range))
  try {
    let lines = 0
    for await (const piece of file.chunks(0, start)) lines += linesIn(piece)
    // The rest of the record that began before is skipped too.
    const head = await file.read(start, Math.min(size, end < 0 ? size : end))
    const at = Buffer.from(head.buffer).indexOf(
      Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 200)),
    )
    return lines + linesIn(head.subarray(0, Math.max(0, at)))
  } finally {
    await file.close()
  }
}
