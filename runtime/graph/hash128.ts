// A fast 128-bit hash of bytes (MurmurHash3_x86_128): what task keys are made of. Not for secrets.

/** The four 32-bit words that a hash starts from. */
export type HashSeed = readonly [number, number, number, number]

const C1 = 0x239b961b
const C2 = 0xab0e9789
const C3 = 0x38b34ae5
const C4 = 0xa1e38b93

/** A digest's 16 bytes as the words that another hash starts from: chains hashes without copying bytes. */
export function seedOf(digest: Uint8Array, at = 0): HashSeed {
  return [word(digest, at), word(digest, at + 4), word(digest, at + 8), word(digest, at + 12)]
}

/**
 * Hashes `bytes[start … end]` and writes 16 bytes to `out` at `outAt`.
 * @param seed where the hash starts from; a number stands for four times itself, as published
 * @example hash128(new TextEncoder().encode('a'), 0, 1, 0, out, 0)
 */
export function hash128(
  bytes: Uint8Array,
  start: number,
  end: number,
  seed: number | HashSeed,
  out: Uint8Array,
  outAt: number,
): void {
  let h1: number
  let h2: number
  let h3: number
  let h4: number
  if (typeof seed === 'number') h1 = h2 = h3 = h4 = seed | 0
  else {
    h1 = seed[0] | 0
    h2 = seed[1] | 0
    h3 = seed[2] | 0
    h4 = seed[3] | 0
  }
  const length = end - start
  const blocksEnd = start + (length & ~15)
  let at = start
  // Whole blocks of 16 bytes. Each word is put together from bytes, since arguments stand at any alignment.
  for (; at < blocksEnd; at += 16) {
    let k1 = bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24)
    let k2 = bytes[at + 4] | (bytes[at + 5] << 8) | (bytes[at + 6] << 16) | (bytes[at + 7] << 24)
    let k3 = bytes[at + 8] | (bytes[at + 9] << 8) | (bytes[at + 10] << 16) | (bytes[at + 11] << 24)
    let k4 = bytes[at + 12] | (bytes[at + 13] << 8) | (bytes[at + 14] << 16) | (bytes[at + 15] << 24)
    k1 = Math.imul(k1, C1)
    k1 = Math.imul((k1 << 15) | (k1 >>> 17), C2)
    h1 ^= k1
    h1 = (h1 << 19) | (h1 >>> 13)
    h1 = (Math.imul((h1 + h2) | 0, 5) + 0x561ccd1b) | 0
    k2 = Math.imul(k2, C2)
    k2 = Math.imul((k2 << 16) | (k2 >>> 16), C3)
    h2 ^= k2
    h2 = (h2 << 17) | (h2 >>> 15)
    h2 = (Math.imul((h2 + h3) | 0, 5) + 0x0bcaa747) | 0
    k3 = Math.imul(k3, C3)
    k3 = Math.imul((k3 << 17) | (k3 >>> 15), C4)
    h3 ^= k3
    h3 = (h3 << 15) | (h3 >>> 17)
    h3 = (Math.imul((h3 + h4) | 0, 5) + 0x96cd1c35) | 0
    k4 = Math.imul(k4, C4)
    k4 = Math.imul((k4 << 18) | (k4 >>> 14), C1)
    h4 ^= k4
    h4 = (h4 << 13) | (h4 >>> 19)
    h4 = (Math.imul((h4 + h1) | 0, 5) + 0x32ac3b17) | 0
  }
  // The last 1 to 15 bytes.
  const rest = end - at
  if (rest > 12) {
    const k4 = Math.imul(tail(bytes, at + 12, rest - 12), C4)
    h4 ^= Math.imul((k4 << 18) | (k4 >>> 14), C1)
  }
  if (rest > 8) {
    const k3 = Math.imul(tail(bytes, at + 8, rest - 8), C3)
    h3 ^= Math.imul((k3 << 17) | (k3 >>> 15), C4)
  }
  if (rest > 4) {
    const k2 = Math.imul(tail(bytes, at + 4, rest - 4), C2)
    h2 ^= Math.imul((k2 << 16) | (k2 >>> 16), C3)
  }
  if (rest > 0) {
    const k1 = Math.imul(tail(bytes, at, rest), C1)
    h1 ^= Math.imul((k1 << 15) | (k1 >>> 17), C2)
  }
  h1 ^= length
  h2 ^= length
  h3 ^= length
  h4 ^= length
  h1 = (h1 + h2 + h3 + h4) | 0
  h2 = (h2 + h1) | 0
  h3 = (h3 + h1) | 0
  h4 = (h4 + h1) | 0
  h1 = mixed(h1)
  h2 = mixed(h2)
  h3 = mixed(h3)
  h4 = mixed(h4)
  h1 = (h1 + h2 + h3 + h4) | 0
  writeWord(out, outAt, h1)
  writeWord(out, outAt + 4, h2 + h1)
  writeWord(out, outAt + 8, h3 + h1)
  writeWord(out, outAt + 12, h4 + h1)
}

/** The digest of a text's UTF-8 bytes: the key of a name that a user chose. */
export function hashText(text: string): Uint8Array {
  const bytes = utf8.encode(text)
  const out = new Uint8Array(16)
  hash128(bytes, 0, bytes.length, 0, out, 0)
  return out
}

const utf8 = new TextEncoder()

const word = (bytes: Uint8Array, at: number): number =>
  bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24)

/** Up to four bytes as one little-endian word; more than four count as four. */
function tail(bytes: Uint8Array, at: number, count: number): number {
  let value = bytes[at]
  if (count > 1) value |= bytes[at + 1] << 8
  if (count > 2) value |= bytes[at + 2] << 16
  if (count > 3) value |= bytes[at + 3] << 24
  return value
}

function mixed(value: number): number {
  let h = value
  h ^= h >>> 16
  h = Math.imul(h, 0x85ebca6b)
  h ^= h >>> 13
  h = Math.imul(h, 0xc2b2ae35)
  return h ^ (h >>> 16)
}

function writeWord(out: Uint8Array, at: number, value: number): void {
  out[at] = value
  out[at + 1] = value >>> 8
  out[at + 2] = value >>> 16
  out[at + 3] = value >>> 24
}
