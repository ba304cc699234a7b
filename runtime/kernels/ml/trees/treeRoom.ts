// The memory in which a block's rows are summed up and follow splits: bins, order and derivatives lie where the loops reach them.

import { type BinnedBlock, GROUP, groupsOf } from './binnedBlock.ts'
import type { Segment } from './histogram.ts'
import { COUNT_BITS, FEATURE_BYTES, newTreeModule, TILE_BYTES, type TreeModule } from './treeWasm.ts'

/** Bins of so many bytes lie in a room at a time, one group of features at least. */
export const BIN_BYTES_MAX = 64 * 1024 * 1024
const PAGE = 65_536
const SIDES_BYTES = 256

/** Blocks of fewer rows are at hand as they are: their bins and derivatives fit into a core's second cache. */
export const REGROUPED_ROWS = 32_768
/** Rows that are put by their nodes at a time. */
const STRIP_ROWS = 16_384

/** A histogram has three numbers a bin: gradient, hessian, count. */
export const PER_BIN = 3

/** Rows whose sums fit beside their count in 64 bits. */
const RUN_MAX = 2 ** COUNT_BITS - 1

/** Rows of a tree: their order, and gradient and hessian of each row of the block, in whole units, hessians ≥ 0 and below 2^24. */
export interface OrderedRows {
  order: Uint32Array
  derivatives: Int32Array
}

/** Groups of features that lie in a room together. */
export interface RoomPart {
  groups: number
  firstFeature: number
  features: number
}

const aligned = (address: number): number => Math.ceil(address / 16) * 16

/** Memory for one block at a time. */
export class TreeRoom {
  readonly #module: TreeModule = newTreeModule()
  readonly #binBytesMax: number
  #shape: Pick<BinnedBlock, 'rows' | 'features'> = { rows: 0, features: 0 }
  /** The block's bins, while somebody works on it. */
  #binned: Uint8Array | null = null
  #offsets: readonly number[] = []
  #groupBytes = 0
  /** How many groups lie in the room at a time, and which is the first. */
  #partGroups = 0
  #firstGroup = -1
  readonly #tile = 0
  readonly #sides = aligned(TILE_BYTES)
  readonly #sums = this.#sides + SIDES_BYTES
  #into = 0
  #order = 0
  #aside = 0
  #derivatives = 0
  #bins = 0
  /** Rows as they came; once they stand by their nodes, their copies: see `regroup`. */
  #rowsAt = { derivatives: 0, bins: 0 }
  #regrouped = { derivatives: 0, bins: 0, ids: 0 }

  /** @param binBytesMax bins of so many bytes lie in it at a time, one group of features at least */
  constructor(binBytesMax = BIN_BYTES_MAX) {
    this.#binBytesMax = binBytesMax
  }

  /** All that it has, in bytes. */
  get bytes(): number {
    return this.#module.memory.buffer.byteLength
  }

  /**
   * Lays it out for a block.
   * @param block one row and one feature at least
   */
  lay(block: BinnedBlock, offsets: readonly number[]): void {
    const { rows, features } = block
    this.#shape = { rows, features }
    this.#binned = block.bytes
    this.#offsets = offsets
    this.#groupBytes = GROUP * rows
    this.#firstGroup = -1
    const groups = groupsOf(features)
    this.#partGroups = Math.min(groups, Math.max(1, Math.floor(this.#binBytesMax / this.#groupBytes)))
    this.#into = this.#sums + this.#partGroups * GROUP * FEATURE_BYTES
    this.#order = aligned(this.#into + 8 * PER_BIN * offsets[features])
    this.#aside = aligned(this.#order + 4 * rows)
    this.#derivatives = aligned(this.#aside + 4 * rows)
    this.#bins = aligned(this.#derivatives + 8 * rows)
    const { memory } = this.#module
    const ends = this.#layCopies(this.#bins + this.#partGroups * this.#groupBytes)
    const missing = ends - memory.buffer.byteLength
    if (missing > 0) memory.grow(Math.ceil(missing / PAGE))
    this.ungroup()
    new Uint8Array(memory.buffer, this.#sums, this.#into - this.#sums).fill(0)
  }

  /** The block that it was laid out for comes again: bins that do not lie in the room are read from there. */
  see({ bytes }: BinnedBlock): void {
    this.#binned = bytes
  }

  /** Holds nothing of the block but copies of its own until it is seen again: a worker may use its memory for others. */
  leave(): void {
    this.#binned = null
  }

  /** Room for rows that stand by their nodes; tells where it ends. */
  #layCopies(from: number): number {
    const { rows } = this.#shape
    if (!this.canRegroup) return from
    const derivatives = aligned(from)
    const ids = aligned(derivatives + 8 * rows)
    const bins = aligned(ids + 4 * rows)
    this.#regrouped = { derivatives, ids, bins }
    return bins + this.#partGroups * this.#groupBytes
  }

  /** Whether rows can be put by their nodes: all features lie in the room, and rows are too many to be at hand anyway. */
  get canRegroup(): boolean {
    const { rows, features } = this.#shape
    return rows >= REGROUPED_ROWS && this.#partGroups === groupsOf(features)
  }

  /**
   * Puts copies of the rows side by side, run by run: nodes of few rows read what they need from few places then. The order
   * of the room becomes 0, 1, 2, … over the runs. Rows stay so until `ungroup`.
   * @param runs of the room's order, which rises in each
   * @returns the row at each place: memory of the room
   */
  regroup(runs: readonly Segment[]): Uint32Array {
    const { rows, features } = this.#shape
    const { derivatives, ids, bins } = this.#regrouped
    const [module, order, groupBytes] = [this.#module, this.orderOf(rows), this.#groupBytes]
    this.#load(0)
    const next = runs.map(({ start }) => start)
    // Some rows of all runs at a time: what is read of them is at hand for the next run.
    for (let until = STRIP_ROWS; until < rows + STRIP_ROWS; until += STRIP_ROWS)
      runs.forEach(({ start, count }, i) => {
        const at = next[i]
        const end = firstFrom(order, until, at, start + count)
        next[i] = end
        if (end === at) return
        const from = this.#order + 4 * at
        for (let group = 0; group < groupsOf(features); group++) {
          const shift = group * groupBytes
          module.gather32(from, end - at, this.#bins + shift, bins + shift + 4 * at)
        }
        module.gather64(from, end - at, this.#derivatives, derivatives + 8 * at)
      })
    for (const { start, count } of runs)
      if (count > 0) module.settle(this.#order + 4 * start, count, start, ids + 4 * start)
    this.#rowsAt = { derivatives, bins }
    return new Uint32Array(module.memory.buffer, ids, rows)
  }

  /** Rows stand as they came. */
  ungroup(): void {
    this.#rowsAt = { derivatives: this.#derivatives, bins: this.#bins }
  }

  /** Memory of the room for an order, up to the block's rows; good until it is laid out anew. */
  orderOf(count: number): Uint32Array {
    return new Uint32Array(this.#module.memory.buffer, this.#order, count)
  }

  /** Memory of the room for derivatives of all rows; good until it is laid out anew. */
  derivativesOf(): Int32Array {
    return new Int32Array(this.#module.memory.buffer, this.#derivatives, 2 * this.#shape.rows)
  }

  /** Takes rows in, if they do not lie in it. */
  take({ order, derivatives }: OrderedRows): void {
    this.takeOrder(order)
    const { buffer } = this.#module.memory
    if (derivatives.buffer !== buffer) this.derivativesOf().set(derivatives)
  }

  /** Takes in nothing but an order. */
  takeOrder(order: Uint32Array): void {
    if (order.buffer !== this.#module.memory.buffer) this.orderOf(order.length).set(order)
  }

  /** Writes the order as it stands, if it is to be elsewhere. */
  giveOrder(into: Uint32Array): void {
    if (into.buffer !== this.#module.memory.buffer) into.set(this.orderOf(into.length))
  }

  /**
   * Parts the rows of a run, each side in its old order.
   * @param sides for each bin of the feature 1 where rows go left, else 0
   * @returns how many go left
   */
  partition({ start, count }: Segment, feature: number, sides: Uint8Array): number {
    if (count === 0) return 0
    const group = Math.floor(feature / GROUP)
    if (this.#firstGroup < 0 || group < this.#firstGroup || group >= this.#firstGroup + this.#partGroups)
      this.#load(Math.floor(group / this.#partGroups) * this.#partGroups)
    new Uint8Array(this.#module.memory.buffer, this.#sides, sides.length).set(sides)
    const bins = this.#rowsAt.bins + (group - this.#firstGroup) * this.#groupBytes + (feature % GROUP)
    return this.#module.partition(this.#order + 4 * start, count, bins, this.#sides, this.#aside)
  }

  /** Goes through all features, as many at a time as have room. */
  inParts(work: (part: RoomPart) => void): void {
    const { features } = this.#shape
    const groups = groupsOf(features)
    for (let firstGroup = 0; firstGroup < groups; firstGroup += this.#partGroups) {
      this.#load(firstGroup)
      const firstFeature = firstGroup * GROUP
      const own = Math.min(this.#partGroups, groups - firstGroup)
      work({ groups: own, firstFeature, features: Math.min(features - firstFeature, own * GROUP) })
    }
  }

  /** What a run of rows comes to, three numbers a bin of the part: a view that holds until the room is used again. */
  sumsOf(part: RoomPart, { start, count }: Segment): Float64Array {
    const { firstFeature, features, groups } = part
    const module = this.#module
    const first = this.#offsets[firstFeature]
    const numbers = PER_BIN * (this.#offsets[firstFeature + features] - first)
    const made = new Float64Array(module.memory.buffer, this.#into, numbers).fill(0)
    for (let from = start; from < start + count; from += RUN_MAX) {
      const run = Math.min(RUN_MAX, start + count - from)
      const order = this.#order + 4 * from
      const { derivatives, bins } = this.#rowsAt
      module.accumulate(order, run, derivatives, bins, groups, this.#groupBytes, this.#sums, this.#tile)
      for (let i = 0; i < features; i++) {
        const at = this.#offsets[firstFeature + i]
        const own = this.#offsets[firstFeature + i + 1] - at
        module.drain(this.#sums + FEATURE_BYTES * i, own, this.#into + 8 * PER_BIN * (at - first))
      }
      // What fills the last group up was counted too: another part's features come to the same places.
      const filled = FEATURE_BYTES * (groups * GROUP - features)
      new Uint8Array(module.memory.buffer, this.#sums + FEATURE_BYTES * features, filled).fill(0)
    }
    return made
  }

  #load(firstGroup: number): void {
    if (firstGroup === this.#firstGroup) return
    if (!this.#binned) throw new Error('this block was left: this is a fault in heddle')
    this.#firstGroup = firstGroup
    const from = firstGroup * this.#groupBytes
    const bytes = this.#binned.subarray(from, from + this.#partGroups * this.#groupBytes)
    new Uint8Array(this.#module.memory.buffer, this.#bins, bytes.length).set(bytes)
  }
}

/** The first place from `from` to `until` where rising numbers are not below `least`; `until` where all are. */
function firstFrom(rising: Uint32Array, least: number, from: number, until: number): number {
  let [low, high] = [from, until]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (rising[middle] < least) low = middle + 1
    else high = middle
  }
  return low
}
