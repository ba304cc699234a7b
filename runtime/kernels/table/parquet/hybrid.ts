// Parquet's runs of small numbers, repeated or packed bit by bit: levels, and the entries of dictionaries that rows name.
// Source: Apache Parquet, "Encodings", RLE / bit-packing hybrid (https://parquet.apache.org/docs/file-format/data-pages/encodings/).

import { lookUpBits, SPARE_BYTES, unpackBits } from './packedBits.ts'

/** Bytes end before the numbers do that should stand in them. */
export class ShortRunsError extends RangeError {
  override name = 'ShortRunsError'
}

/** Numbers that stand together: packed from a byte on, or one that comes again. */
interface Run {
  readonly isPacked: boolean
  readonly count: number
  /** Where the packed numbers begin. */
  readonly at: number
  readonly value: number
}

/** The runs of the first `count` numbers; the last one is as long as it is wanted. */
function* runsOf(bytes: Uint8Array, width: number, count: number): Generator<Run> {
  let offset = 0
  for (let done = 0; done < count; ) {
    let header = 0
    for (let shift = 0; ; shift += 7) {
      if (offset >= bytes.length || shift > 28) throw new ShortRunsError('a run of numbers is cut short')
      const byte = bytes[offset++]
      header |= (byte & 0x7f) << shift
      if (byte < 0x80) break
    }
    const length = header >>> 1
    const isPacked = (header & 1) === 1
    const own = Math.min(isPacked ? 8 * length : length, count - done)
    const needed = isPacked ? Math.ceil((own * width) / 8) : (width + 7) >> 3
    if (own === 0 || needed > bytes.length - offset) throw new ShortRunsError('a run of numbers is cut short')
    let value = 0
    if (!isPacked) for (let i = 0; i < needed; i++) value |= bytes[offset + i] << (8 * i)
    yield { isPacked, count: own, at: offset, value }
    offset += isPacked ? length * width : needed
    done += own
  }
}

/**
 * Reads `count` numbers of `width` bits.
 * @param bytes nothing but the runs
 * @param width bits of a number, 0 to 32; of 0 bits all are 0
 * @param to where they go, from its beginning on
 * @throws {ShortRunsError} when there are fewer
 */
export function readHybrid(bytes: Uint8Array, width: number, count: number, to: Int32Array): void {
  if (width === 0) {
    to.fill(0, 0, count)
    return
  }
  const view = viewOf(bytes)
  let done = 0
  for (const run of runsOf(bytes, width, count)) {
    if (run.isPacked) unpackBits(view, run.at, width, to, done, done + run.count)
    else to.fill(run.value, done, done + run.count)
    done += run.count
  }
}

/**
 * Looks up the entries that `count` numbers of `width` bits name, one word each.
 * @param width bits of a number, 0 to `ONE_WORD_BITS`
 * @param to gets the entries, from place `at` on
 * @returns false when a number names none; `to` then holds anything
 * @throws {ShortRunsError} when there are fewer
 */
export function lookUpHybrid(
  bytes: Uint8Array,
  width: number,
  count: number,
  entries: Int32Array,
  to: Int32Array,
  at: number,
): boolean {
  if (width === 0) return fillWith(entries, 0, to, at, at + count)
  const view = viewOf(bytes)
  let done = at
  for (const { isPacked, count: own, at: from, value } of runsOf(bytes, width, count)) {
    const end = done + own
    const isKnown = isPacked
      ? lookUpBits(view, from, width, entries, to, done, end)
      : fillWith(entries, value, to, done, end)
    if (!isKnown) return false
    done = end
  }
  return true
}

function fillWith(entries: Int32Array, code: number, to: Int32Array, from: number, end: number): boolean {
  if (from === end) return true
  if (code < 0 || code >= entries.length) return false
  to.fill(entries[code], from, end)
  return true
}

/** Whether `count` numbers of one bit are all 1. */
export function areAllOnes(bytes: Uint8Array, count: number): boolean {
  for (const { isPacked, count: own, at, value } of runsOf(bytes, 1, count)) {
    if (!isPacked) {
      if (value !== 1) return false
      continue
    }
    const whole = at + (own >> 3)
    for (let i = at; i < whole; i++) if (bytes[i] !== 0xff) return false
    const rest = (1 << (own & 7)) - 1
    if ((own & 7) > 0 && (bytes[whole] & rest) !== rest) return false
  }
  return true
}

/** Bytes as they lie, with some to spare behind them; a copy where there is no room for that. */
function viewOf(bytes: Uint8Array): DataView {
  const { buffer, byteOffset, length } = bytes
  if (byteOffset + length + SPARE_BYTES <= buffer.byteLength)
    return new DataView(buffer, byteOffset, length + SPARE_BYTES)
  const copy = new Uint8Array(length + SPARE_BYTES)
  copy.set(bytes)
  return new DataView(copy.buffer)
}
