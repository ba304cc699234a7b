// Numbers of a few bits each that stand one behind the other, from the lowest bit on: unpacked, or looked up on the way.

/** Words are read where the last number begins: so many bytes must be there behind what is packed. */
export const SPARE_BYTES = 4

/** Numbers of up to so many bits stand whole in the word that begins at their first byte. */
export const ONE_WORD_BITS = 25

/** Eight numbers take as many bytes as one has bits: where each of them begins is the same in all eights. */
const EIGHT = 8

/**
 * Unpacks numbers of `width` bits, 1 to 32.
 * @param view with `SPARE_BYTES` behind the last number
 * @param offset where they begin in it, in bytes
 * @param from the first place of `to` that gets one; `end` is behind the last
 */
export function unpackBits(
  view: DataView,
  offset: number,
  width: number,
  to: Int32Array,
  from: number,
  end: number,
): void {
  if (width > ONE_WORD_BITS) {
    unpackWide(view, offset, width, to, from, end)
    return
  }
  const mask = (1 << width) - 1
  const whole = end - ((end - from) % EIGHT)
  const [at1, shift1] = [(1 * width) >> 3, (1 * width) & 7]
  const [at2, shift2] = [(2 * width) >> 3, (2 * width) & 7]
  const [at3, shift3] = [(3 * width) >> 3, (3 * width) & 7]
  const [at4, shift4] = [(4 * width) >> 3, (4 * width) & 7]
  const [at5, shift5] = [(5 * width) >> 3, (5 * width) & 7]
  const [at6, shift6] = [(6 * width) >> 3, (6 * width) & 7]
  const [at7, shift7] = [(7 * width) >> 3, (7 * width) & 7]
  let at = offset
  for (let i = from; i < whole; i += EIGHT) {
    to[i] = view.getInt32(at, true) & mask
    to[i + 1] = (view.getInt32(at + at1, true) >>> shift1) & mask
    to[i + 2] = (view.getInt32(at + at2, true) >>> shift2) & mask
    to[i + 3] = (view.getInt32(at + at3, true) >>> shift3) & mask
    to[i + 4] = (view.getInt32(at + at4, true) >>> shift4) & mask
    to[i + 5] = (view.getInt32(at + at5, true) >>> shift5) & mask
    to[i + 6] = (view.getInt32(at + at6, true) >>> shift6) & mask
    to[i + 7] = (view.getInt32(at + at7, true) >>> shift7) & mask
    at += width
  }
  for (let i = whole, bit = 0; i < end; i++, bit += width)
    to[i] = (view.getInt32(at + (bit >> 3), true) >>> (bit & 7)) & mask
}

/**
 * Looks up what numbers of `width` bits, 1 to `ONE_WORD_BITS`, name: each place of `to` gets its entry.
 * @returns false when a number names none; `to` then holds anything
 */
export function lookUpBits(
  view: DataView,
  offset: number,
  width: number,
  entries: Int32Array,
  to: Int32Array,
  from: number,
  end: number,
): boolean {
  const mask = (1 << width) - 1
  const last = entries.length - 1
  const whole = end - ((end - from) % EIGHT)
  const [at1, shift1] = [(1 * width) >> 3, (1 * width) & 7]
  const [at2, shift2] = [(2 * width) >> 3, (2 * width) & 7]
  const [at3, shift3] = [(3 * width) >> 3, (3 * width) & 7]
  const [at4, shift4] = [(4 * width) >> 3, (4 * width) & 7]
  const [at5, shift5] = [(5 * width) >> 3, (5 * width) & 7]
  const [at6, shift6] = [(6 * width) >> 3, (6 * width) & 7]
  const [at7, shift7] = [(7 * width) >> 3, (7 * width) & 7]
  let at = offset
  // Below 0 once a number was too large: nobody waits for an answer at each of them.
  let left = 0
  for (let i = from; i < whole; i += EIGHT) {
    const a = view.getInt32(at, true) & mask
    const b = (view.getInt32(at + at1, true) >>> shift1) & mask
    const c = (view.getInt32(at + at2, true) >>> shift2) & mask
    const d = (view.getInt32(at + at3, true) >>> shift3) & mask
    const e = (view.getInt32(at + at4, true) >>> shift4) & mask
    const f = (view.getInt32(at + at5, true) >>> shift5) & mask
    const g = (view.getInt32(at + at6, true) >>> shift6) & mask
    const h = (view.getInt32(at + at7, true) >>> shift7) & mask
    at += width
    left |=
      (last - a) | (last - b) | (last - c) | (last - d) | (last - e) | (last - f) | (last - g) | (last - h)
    to[i] = entries[a]
    to[i + 1] = entries[b]
    to[i + 2] = entries[c]
    to[i + 3] = entries[d]
    to[i + 4] = entries[e]
    to[i + 5] = entries[f]
    to[i + 6] = entries[g]
    to[i + 7] = entries[h]
  }
  for (let i = whole, bit = 0; i < end; i++, bit += width) {
    const code = (view.getInt32(at + (bit >> 3), true) >>> (bit & 7)) & mask
    left |= last - code
    to[i] = entries[code]
  }
  return left >= 0
}

/** Numbers that reach into a second word. */
function unpackWide(
  view: DataView,
  offset: number,
  width: number,
  to: Int32Array,
  from: number,
  end: number,
): void {
  const mask = width === 32 ? -1 : (1 << width) - 1
  for (let i = from, bit = 0; i < end; i++, bit += width) {
    const at = offset + Math.floor(bit / 8)
    const shift = bit & 7
    const low = view.getInt32(at, true) >>> shift
    const high = shift > 0 ? view.getUint8(at + 4) << (32 - shift) : 0
    to[i] = (low | high) & mask
  }
}
