// From a client's handles to entries of the pool of wants: pages of neighbours, since handles count upwards.

const EMPTY = -1
const PAGE_BITS = 10
const PAGE_ENTRIES = 1 << PAGE_BITS

interface Page {
  entries: Int32Array
  used: number
}

/** Neighbours lie in one page, so that ten million handles cost 4 bytes each and a batch of them walks through memory in order. */
export class HandleTable {
  readonly #pages = new Map<number, Page>()
  /** The page looked at last, which is mostly the next one too. */
  #lastIndex = -1
  #last: Page | undefined
  #used = 0

  get size(): number {
    return this.#used
  }

  get byteLength(): number {
    return this.#pages.size * PAGE_ENTRIES * 4
  }

  /** The entry of a handle, or −1. Entries are never negative. */
  get(handle: number): number {
    const page = this.#pageOf(handle)
    return page === undefined ? EMPTY : page.entries[handle & (PAGE_ENTRIES - 1)]
  }

  /** The handle must be new. */
  add(handle: number, entry: number): void {
    let page = this.#pageOf(handle)
    if (page === undefined) {
      page = { entries: new Int32Array(PAGE_ENTRIES).fill(EMPTY), used: 0 }
      this.#pages.set(handle >>> PAGE_BITS, page)
      this.#last = page
    }
    page.entries[handle & (PAGE_ENTRIES - 1)] = entry
    page.used++
    this.#used++
  }

  delete(handle: number): void {
    const page = this.#pageOf(handle)
    if (page === undefined || page.entries[handle & (PAGE_ENTRIES - 1)] === EMPTY) return
    page.entries[handle & (PAGE_ENTRIES - 1)] = EMPTY
    this.#used--
    if (--page.used > 0) return
    this.#pages.delete(handle >>> PAGE_BITS)
    this.#last = undefined
  }

  *values(): Generator<number> {
    for (const { entries } of this.#pages.values()) for (const entry of entries) if (entry >= 0) yield entry
  }

  #pageOf(handle: number): Page | undefined {
    const index = handle >>> PAGE_BITS
    if (index !== this.#lastIndex) {
      this.#lastIndex = index
      this.#last = this.#pages.get(index)
    }
    return this.#last
  }
}
