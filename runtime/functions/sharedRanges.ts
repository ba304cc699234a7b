// Several views of one buffer in a value: what of the buffer they cover together, so that it travels once and they share it.

/** From `start` (a multiple of 8, so that views keep their alignment) to before `end`, in bytes of the buffer. */
export interface SharedRange {
  start: number
  end: number
}

interface Noted extends SharedRange {
  views: number
  /** Bytes of all views together, those in several of them counted as often. */
  bytes: number
}

/** Apart from each other, views share no memory: a gap larger than they themselves is not sent for the sake of it. */
const GAP_MAX = 1

/** The views that one pass over a value met. */
export class NotedViews {
  readonly #noted = new Map<ArrayBufferLike, Noted>()

  note(buffer: ArrayBufferLike, start: number, byteLength: number): void {
    const known = this.#noted.get(buffer)
    if (!known) {
      this.#noted.set(buffer, { start, end: start + byteLength, views: 1, bytes: byteLength })
      return
    }
    known.start = Math.min(known.start, start)
    known.end = Math.max(known.end, start + byteLength)
    known.views++
    known.bytes += byteLength
  }

  /** A buffer that stands in the value itself is shared whole with the views of it that were met before. */
  noteWhole(buffer: ArrayBufferLike): void {
    if (this.#noted.has(buffer)) this.note(buffer, 0, buffer.byteLength)
  }

  /** What is to be written once; nothing where no buffer has two views. */
  shared(): SharedRanges | undefined {
    const found = new Map<ArrayBufferLike, SharedRange>()
    for (const [buffer, { start, end, views, bytes }] of this.#noted)
      if (views > 1 && end - start <= (1 + GAP_MAX) * bytes)
        found.set(buffer, { start: start - (start % 8), end })
    return found.size > 0 ? new SharedRanges(found) : undefined
  }
}

/** What the second pass writes once for several views. */
export class SharedRanges {
  /** Copies in memory that threads share. */
  readonly copies = new Map<ArrayBufferLike, SharedArrayBuffer>()
  /** Buffers of which a range was written, and not the whole. */
  readonly begun = new Set<ArrayBufferLike>()
  readonly #ranges: ReadonlyMap<ArrayBufferLike, SharedRange>

  constructor(ranges: ReadonlyMap<ArrayBufferLike, SharedRange>) {
    this.#ranges = ranges
  }

  of(buffer: ArrayBufferLike): SharedRange | undefined {
    return this.#ranges.get(buffer)
  }
}
