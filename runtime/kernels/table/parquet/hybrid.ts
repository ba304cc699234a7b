// Parquet's runs of small numbers, repeated or packed bit by bit: levels, and the entries of dictionaries that rows name.
// Source: Apache Parquet, "Encodings", RLE / bit-packing hybrid (https://parquet.apache.org/docs/file-format/data-pages/encodings/).

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
  const { words, from } = wordsAround(bytes)
  let done = 0
  for (const run of runsOf(bytes, width, count)) {
    if (run.isPacked) unpackBits(words, from + run.at, width, to, done, done + run.count)
    else to.fill(run.value, done, done + run.count)
    done += run.count
  }
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

/**
 * Reads numbers of `width` bits that stand one behind the other, from the lowest bit on.
 * @param words the memory that they stand in, little end first
 * @param offset where they begin in it, in bytes
 * @param from the first place of `to` that gets one; `end` is behind the last
 */
function unpackBits(
  words: Uint32Array,
  offset: number,
  width: number,
  to: Int32Array,
  from: number,
  end: number,
): void {
  const mask = width === 32 ? -1 : (1 << width) - 1
  let at = offset >>> 2
  let shift = (offset & 3) << 3
  let word = words[at] | 0
  for (let i = from; i < end; i++) {
    let value = word >>> shift
    shift += width
    if (shift >= 32) {
      word = words[++at] | 0
      shift -= 32
      if (shift > 0) value |= word << (width - shift)
    }
    to[i] = value & mask
  }
}

/** Bytes as words of the memory that they stand in, with one word to spare behind them; a copy where there is no room for that. */
function wordsAround(bytes: Uint8Array): { words: Uint32Array; from: number } {
  const { buffer, byteOffset, length } = bytes
  const start = byteOffset & ~3
  const count = ((byteOffset - start + length + 3) >> 2) + 1
  if (start + 4 * count <= buffer.byteLength)
    return { words: new Uint32Array(buffer, start, count), from: byteOffset - start }
  const words = new Uint32Array(count)
  new Uint8Array(words.buffer).set(bytes)
  return { words, from: 0 }
}
