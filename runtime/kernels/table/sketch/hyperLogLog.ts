// How many different values there are, told from their hashes in a few kilobytes: HyperLogLog++ after Heule, Nunkesser
// and Hall, "HyperLogLog in practice" (2013), with 64-bit hashes and an exact-as-can-be form while there are few. The
// large form is read by the estimator of Ertl, "New cardinality estimation algorithms for HyperLogLog sketches" (2017),
// which is unbiased without the tables of measured corrections that the former needs.

/** Registers are 2^14: a standard error of 1.04 / √(2^14) = 0.81 %. */
const PRECISION = 14
const REGISTERS = 2 ** PRECISION
/** While there are few values, so many bits of their hashes are told apart. */
const FINE_BITS = 25
/** More entries than this take as much room as the registers do. */
const FINE_MAX = REGISTERS / 4
/** Bits of a hash that a register's rank is counted in. */
const RANK_BITS = 64 - PRECISION

/** The standard error of `estimate`, as a share. */
export const HYPERLOGLOG_ERROR = 1.04 / Math.sqrt(REGISTERS)

/** What has been seen, as it travels. `fine` holds pairs of a prefix of the hash and the rank behind it. */
export type HyperLogLog =
  | { readonly form: 'fine'; readonly entries: Uint32Array }
  | { readonly form: 'registers'; readonly ranks: Uint8Array }

const CODE_RANK = 64

/** What the fine form knows of a hash, as one number: 25 bits of prefix, and 6 of the rank behind them. */
export const codeOf = (high: number, low: number): number =>
  (high >>> (32 - FINE_BITS)) * CODE_RANK + fineRank(high, low)

/** Bits of a hash that a code's prefix and its rank are made of. */
export const CODE_BITS = { prefix: FINE_BITS, rank: 64 - FINE_BITS, rankPlaces: CODE_RANK } as const

/** Gathers hashes. Adding is `add`, and what comes out is the same whatever the order. */
export class DistinctCounter {
  #fine: Map<number, number> | undefined = new Map()
  #ranks = new Uint8Array(0)

  /** One value's hash, as two words. */
  add(high: number, low: number): void {
    if (this.#fine) this.#addFine(high >>> (32 - FINE_BITS), fineRank(high, low))
    else this.#rank(high >>> (32 - PRECISION), registerRank(high, low))
  }

  /** The code of one value's hash. */
  addCode(code: number): void {
    this.#addPrefix(Math.floor(code / CODE_RANK), code % CODE_RANK)
  }

  merge(other: HyperLogLog): void {
    if (other.form === 'registers') {
      this.#spread()
      other.ranks.forEach((rank, register) => {
        this.#rank(register, rank)
      })
      return
    }
    const { entries } = other
    for (let i = 0; i < entries.length; i += 2) this.#addPrefix(entries[i], entries[i + 1])
  }

  #addPrefix(prefix: number, rank: number): void {
    if (this.#fine) this.#addFine(prefix, rank)
    else this.#addCoarse(prefix, rank)
  }

  state(): HyperLogLog {
    if (!this.#fine) return { form: 'registers', ranks: this.#ranks }
    const sorted = [...this.#fine].sort(([a], [b]) => a - b)
    return { form: 'fine', entries: Uint32Array.from(sorted.flat()) }
  }

  #addFine(prefix: number, rank: number): void {
    const fine = this.#fine as Map<number, number>
    if ((fine.get(prefix) ?? 0) >= rank) return
    fine.set(prefix, rank)
    if (fine.size > FINE_MAX) this.#spread()
  }

  /** From the fine form to registers. */
  #spread(): void {
    const fine = this.#fine
    if (!fine) return
    this.#fine = undefined
    this.#ranks = new Uint8Array(REGISTERS)
    for (const [prefix, rank] of fine) this.#addCoarse(prefix, rank)
  }

  /** A prefix has the register in its first bits, and in the others the beginning of what ranks are counted in. */
  #addCoarse(prefix: number, rank: number): void {
    const between = FINE_BITS - PRECISION
    const rest = prefix & (2 ** between - 1)
    const ranked = rest === 0 ? between + rank : Math.clz32(rest) - (32 - between) + 1
    this.#rank(prefix >>> between, ranked)
  }

  #rank(register: number, rank: number): void {
    if (rank > this.#ranks[register]) this.#ranks[register] = rank
  }
}

/** The place of the first set bit, from 1, behind the first `skipped` bits of a hash. */
function rankBehind(skipped: number, high: number, low: number): number {
  const rest = (high << skipped) >>> 0
  if (rest !== 0) return Math.clz32(rest) + 1
  return 32 - skipped + Math.clz32(low) + 1
}
const fineRank = (high: number, low: number): number => rankBehind(FINE_BITS, high, low)
const registerRank = (high: number, low: number): number => rankBehind(PRECISION, high, low)

/** About how many different values were added. */
export function estimate(sketch: HyperLogLog): number {
  if (sketch.form === 'fine') {
    // Linear counting: of so many cells, as many are empty.
    const cells = 2 ** FINE_BITS
    return Math.round(cells * Math.log(cells / (cells - sketch.entries.length / 2)))
  }
  const counts = new Float64Array(RANK_BITS + 2)
  for (const rank of sketch.ranks) counts[rank]++
  let sum = REGISTERS * tau(1 - counts[RANK_BITS + 1] / REGISTERS)
  for (let rank = RANK_BITS; rank >= 1; rank--) sum = (sum + counts[rank]) / 2
  sum += REGISTERS * sigma(counts[0] / REGISTERS)
  return Math.round(REGISTERS ** 2 / (2 * Math.LN2 * sum))
}

/** Ertl's correction for registers that saw nothing. */
function sigma(share: number): number {
  if (share === 1) return Number.POSITIVE_INFINITY
  let [x, y, z] = [share, 1, share]
  for (let before = Number.NaN; z !== before; ) {
    x *= x
    before = z
    z += x * y
    y += y
  }
  return z
}

/** Ertl's correction for registers that cannot count further. */
function tau(share: number): number {
  if (share === 0 || share === 1) return 0
  let [x, y, z] = [share, 1, 1 - share]
  for (let before = Number.NaN; z !== before; ) {
    x = Math.sqrt(x)
    before = z
    y /= 2
    z -= (1 - x) ** 2 * y
  }
  return z / 3
}
