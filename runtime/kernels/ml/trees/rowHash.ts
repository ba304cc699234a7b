// A number of each row that looks random and depends on nothing but a seed and the row's number: choices made by it are
// the same for rows cut into blocks in any way.

/**
 * A fraction ≥ 0 and < 1, even over rows: two rounds of MurmurHash3's finalizer (Appleby).
 * @param seed whole number
 * @param row number of the row among all, whole, below 2^53
 */
export function hashedFraction(seed: number, row: number): number {
  let hash = mix((row >>> 0) ^ mix(seed | 0))
  hash = mix(hash ^ Math.imul(Math.floor(row / 2 ** 32) + 0x9e3779b9, 0x85ebca6b))
  return (hash >>> 0) / 2 ** 32
}

function mix(bits: number): number {
  let hash = bits
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return hash ^ (hash >>> 16)
}
