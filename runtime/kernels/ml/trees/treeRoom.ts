// The memory in which a block's rows are summed up and follow splits: bins, order and gradients lie where the loops reach them.

import { type BinnedBlock, GROUP, groupsOf } from './binnedBlock.ts'
import { COUNT_BITS, FEATURE_BYTES, TILE_BYTES, type TreeModule, treeModule } from './treeWasm.ts'

/** Bins of so many bytes lie in the room at a time, one group of features at least. */
const BIN_BYTES_MAX = 64 * 1024 * 1024
const PAGE = 65_536
const SIDES_BYTES = 256

/** A histogram has three numbers a bin: gradient, hessian, count. */
export const PER_BIN = 3

/** Rows whose sums fit beside their count in 64 bits. */
const RUN_MAX = 2 ** COUNT_BITS - 1

/** Groups of features that lie in the room together. */
export interface RoomPart {
  groups: number
  firstFeature: number
  features: number
}

const aligned = (address: number): number => Math.ceil(address / 16) * 16

/** The room of this thread, laid out for one block: the next block's takes its place. */
export class TreeRoom {
  readonly #module: TreeModule
  readonly #block: BinnedBlock
  readonly #offsets: readonly number[]
  readonly #groupBytes: number
  readonly #partGroups: number
  /** Which group lies in the room first. */
  #firstGroup = -1
  readonly #tile = 0
  readonly #sides: number
  readonly #sums: number
  readonly #into: number
  readonly #order: number
  readonly #aside: number
  readonly #derivatives: number
  readonly #bins: number

  /** @param block one row and one feature at least */
  constructor(block: BinnedBlock, offsets: readonly number[]) {
    const { rows, features } = block
    this.#module = treeModule()
    this.#block = block
    this.#offsets = offsets
    this.#groupBytes = GROUP * rows
    const groups = groupsOf(features)
    this.#partGroups = Math.min(groups, Math.max(1, Math.floor(BIN_BYTES_MAX / this.#groupBytes)))
    this.#sides = aligned(TILE_BYTES)
    this.#sums = this.#sides + SIDES_BYTES
    this.#into = this.#sums + this.#partGroups * GROUP * FEATURE_BYTES
    this.#order = aligned(this.#into + 8 * PER_BIN * offsets[features])
    this.#aside = aligned(this.#order + 4 * rows)
    this.#derivatives = aligned(this.#aside + 4 * rows)
    this.#bins = aligned(this.#derivatives + 8 * rows)
    const end = this.#bins + this.#partGroups * this.#groupBytes
    const { memory } = this.#module
    const missing = Math.ceil(end / PAGE) - memory.buffer.byteLength / PAGE
    if (missing > 0) memory.grow(missing)
    new Uint8Array(memory.buffer, this.#sums, this.#into - this.#sums).fill(0)
  }

  /** Takes rows in: what they add, and the order in which they stand. */
  take({ order, derivatives }: { order: Uint32Array; derivatives: Int32Array }): void {
    const { buffer } = this.#module.memory
    new Uint32Array(buffer, this.#order, order.length).set(order)
    new Int32Array(buffer, this.#derivatives, derivatives.length).set(derivatives)
  }

  /** Takes in nothing but an order. */
  takeOrder(order: Uint32Array): void {
    new Uint32Array(this.#module.memory.buffer, this.#order, order.length).set(order)
  }

  /** The order as it stands: a view that holds until the room is used for something else. */
  order(length: number): Uint32Array {
    return new Uint32Array(this.#module.memory.buffer, this.#order, length)
  }

  /**
   * Parts the rows of a run, each side in its old order.
   * @param sides for each bin of the feature 1 where rows go left, else 0
   * @returns how many go left
   */
  partition(start: number, count: number, feature: number, sides: Uint8Array): number {
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
      const count = Math.min(features - firstFeature, own * GROUP)
      work({ groups: own, firstFeature, features: count })
    }
  }

  /** What a run of rows comes to, three numbers a bin of the part: a view that holds until the room is used again. */
  sumsOf(part: RoomPart, start: number, count: number): Float64Array {
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
