// The memory in which a block's rows are summed up and follow splits: bins, order and derivatives lie where the loops reach them.

import { type BinnedBlock, GROUP, groupsOf } from './binnedBlock.ts'
import type { Segment } from './histogram.ts'
import { COUNT_BITS, FEATURE_BYTES, newTreeModule, TILE_BYTES, type TreeModule } from './treeWasm.ts'

/** Bins of so many bytes lie in a room at a time, one group of features at least. */
const BIN_BYTES_MAX = 64 * 1024 * 1024
const PAGE = 65_536
const SIDES_BYTES = 256

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
  #block: BinnedBlock = { rows: 0, features: 0, bytes: new Uint8Array(0) }
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
    this.#block = block
    this.#offsets = offsets
    this.#groupBytes = GROUP * rows
    this.#firstGroup = -1
    const groups = groupsOf(features)
    this.#partGroups = Math.min(groups, Math.max(1, Math.floor(BIN_BYTES_MAX / this.#groupBytes)))
    this.#into = this.#sums + this.#partGroups * GROUP * FEATURE_BYTES
    this.#order = aligned(this.#into + 8 * PER_BIN * offsets[features])
    this.#aside = aligned(this.#order + 4 * rows)
    this.#derivatives = aligned(this.#aside + 4 * rows)
    this.#bins = aligned(this.#derivatives + 8 * rows)
    const { memory } = this.#module
    const missing = this.#bins + this.#partGroups * this.#groupBytes - memory.buffer.byteLength
    if (missing > 0) memory.grow(Math.ceil(missing / PAGE))
    new Uint8Array(memory.buffer, this.#sums, this.#into - this.#sums).fill(0)
  }

  /** Memory of the room for an order, up to the block's rows; good until it is laid out anew. */
  orderOf(count: number): Uint32Array {
    return new Uint32Array(this.#module.memory.buffer, this.#order, count)
  }

  /** Memory of the room for derivatives of all rows; good until it is laid out anew. */
  derivativesOf(): Int32Array {
    return new Int32Array(this.#module.memory.buffer, this.#derivatives, 2 * this.#block.rows)
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
    const bins = this.#bins + (group - this.#firstGroup) * this.#groupBytes + (feature % GROUP)
    return this.#module.partition(this.#order + 4 * start, count, bins, this.#sides, this.#aside)
  }

  /** Goes through all features, as many at a time as have room. */
  inParts(work: (part: RoomPart) => void): void {
    const { features } = this.#block
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
      const [derivatives, bins, bytes] = [this.#derivatives, this.#bins, this.#groupBytes]
      module.accumulate(order, run, derivatives, bins, groups, bytes, this.#sums, this.#tile)
      for (let i = 0; i < features; i++) {
        const at = this.#offsets[firstFeature + i]
        const own = this.#offsets[firstFeature + i + 1] - at
        module.drain(this.#sums + FEATURE_BYTES * i, own, this.#into + 8 * PER_BIN * (at - first))
      }
    }
    return made
  }

  #load(firstGroup: number): void {
    if (firstGroup === this.#firstGroup) return
    this.#firstGroup = firstGroup
    const from = firstGroup * this.#groupBytes
    const bytes = this.#block.bytes.subarray(from, from + this.#partGroups * this.#groupBytes)
    new Uint8Array(this.#module.memory.buffer, this.#bins, bytes.length).set(bytes)
  }
}
