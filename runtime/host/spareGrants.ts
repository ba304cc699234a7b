// Which free buffers each lane is given before its next batch: those of the sizes that its results had lately. Tasks of a shuffle take
// turns, each with another size, so more than the last batch is remembered; what a lane was given and has not used yet counts.

/** Sizes that are remembered for each lane. A lane keeps as many apart. */
export const GRANTED_SIZES_MAX = 8
/** Buffers of one size that a lane has at most. */
const COUNT_MAX = 8

interface Size {
  /** How many of the last results that had it did. */
  made: number
  /** Buffers that the lane was given and has made no result in. */
  given: number
}

export class SpareGrants {
  /** By lane and size in bytes; what was made last stands at the end. */
  readonly #lanes: Map<number, Size>[] = []

  /** A lane's results stand in buffers of these sizes, one entry a buffer. */
  made(lane: number, sizes: readonly number[]): void {
    const known = this.#of(lane)
    const counts = new Map<number, number>()
    for (const size of sizes) counts.set(size, (counts.get(size) ?? 0) + 1)
    for (const [size, count] of counts) {
      const given = Math.max(0, (known.get(size)?.given ?? 0) - count)
      known.delete(size)
      known.set(size, { made: Math.min(COUNT_MAX, count), given })
    }
    for (const size of known.keys()) {
      if (known.size <= GRANTED_SIZES_MAX) break
      known.delete(size)
    }
  }

  /** How many buffers of which sizes a lane is to be given, as far as there are any. */
  wanted(lane: number): [size: number, count: number][] {
    return [...this.#of(lane)].flatMap(([size, { made, given }]): [number, number][] =>
      made > given ? [[size, made - given]] : [],
    )
  }

  /** A lane was given so many of a size. */
  given(lane: number, size: number, count: number): void {
    const own = this.#of(lane).get(size)
    if (own) own.given += count
  }

  /** Lanes have let go of what they were given. */
  letGo(): void {
    for (const lane of this.#lanes) for (const own of lane?.values() ?? []) own.given = 0
  }

  #of(lane: number): Map<number, Size> {
    let known = this.#lanes[lane]
    if (!known) {
      known = new Map()
      this.#lanes[lane] = known
    }
    return known
  }
}
