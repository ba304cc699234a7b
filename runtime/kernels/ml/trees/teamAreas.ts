// The memory that a team works on, as numbers: what lies where says `teamLayout.ts`.

import { recordAt } from './splitRecord.ts'
import type { TeamLayout } from './teamLayout.ts'

export class TeamAreas {
  /** Loss and weight of each block. */
  readonly losses: Float64Array
  readonly #layout: TeamLayout
  readonly #records: Float64Array
  readonly #sums: Float64Array
  readonly #held: Float64Array
  readonly #predictions: Float64Array

  /** @param bytes as many as the layout says */
  constructor(layout: TeamLayout, { buffer, byteOffset }: Uint8Array) {
    const area = (from: number, to: number): Float64Array =>
      new Float64Array(buffer, byteOffset + from, (to - from) / 8)
    this.#layout = layout
    this.losses = area(layout.losses, layout.records)
    this.#records = area(layout.records, layout.sums)
    this.#sums = area(layout.sums, layout.held)
    this.#held = area(layout.held, layout.predictions)
    this.#predictions = area(layout.predictions, layout.bytes)
  }

  /** The best split of a node by a group of features; siblings count too. */
  record(node: number, group: number): Float64Array {
    return recordAt(this.#records, node * this.#layout.groups + group)
  }

  /** What a block's rows of a node sum up to. */
  sumsOf(block: number, node: number): Float64Array {
    const { length, atOnce } = this.#layout
    const from = (block * atOnce + node) * length
    return this.#sums.subarray(from, from + length)
  }

  /** A node's histogram, kept until it is split. */
  heldAt(place: number): Float64Array {
    const { length } = this.#layout
    return this.#held.subarray(place * length, (place + 1) * length)
  }

  /** A block's predictions after a round, until the round after the next. */
  predicted(round: number, block: number, numbers: number): Float64Array {
    const { predicted, blocks } = this.#layout
    const from = predicted * (blocks * (round % 2) + block)
    return this.#predictions.subarray(from, from + numbers)
  }
}
