// What a client knows of each of its handles: columns in pages, so that a million futures cost no million objects.
//
// Handles count up and are never used again; a page of them is dropped when all of its handles were released.

import type { SourcePlace, TaskFailure } from '../protocol/failure.ts'
import { DIGEST_BYTES, type Handle, keyText } from '../protocol/ids.ts'

/** What `Future.status` says. */
export type FutureStatus = 'pending' | 'finished' | 'error' | 'cancelled' | 'lost'

const STATUS_NAMES: readonly FutureStatus[] = ['pending', 'finished', 'error', 'cancelled', 'lost']
export const PENDING = 0
export const FINISHED = 1
export const ERRED = 2
export const CANCELLED = 3
export const LOST = 4

const PAGE_BITS = 10
const PAGE_SIZE = 1 << PAGE_BITS
const NO_INLINE = 0xffffffff

class Page {
  readonly status = new Uint8Array(PAGE_SIZE)
  /** 1 while somebody may still ask for the handle. */
  readonly held = new Uint8Array(PAGE_SIZE)
  /** 1 once somebody has asked how it ends. */
  readonly asked = new Uint8Array(PAGE_SIZE)
  /** Where an inline result stands in its block; `NO_INLINE` when workers hold it. */
  readonly inlineAt = new Uint32Array(PAGE_SIZE).fill(NO_INLINE)
  readonly inlineEnd = new Uint32Array(PAGE_SIZE)
  readonly blocks: (Uint8Array | undefined)[] = new Array(PAGE_SIZE)
  readonly digests = new Uint8Array(PAGE_SIZE * DIGEST_BYTES)
  readonly labels = new Uint32Array(PAGE_SIZE)
  /** Why a handle has no result: a failure of its task, or the reason it was cancelled or lost for. */
  readonly reasons = new Map<number, TaskFailure | string>()
  readonly customKeys = new Map<number, string>()
  heldCount = 0
}

/** What a row of calls is called, and where in the user's code it stands. */
interface Label {
  name: string
  place: SourcePlace | undefined
}

/** Tasks of one call that failed without anybody asking. */
export interface UnaskedFailure extends Label {
  reason: TaskFailure | string
  count: number
}

const isSamePlace = (a: SourcePlace | undefined, b: SourcePlace | undefined): boolean =>
  a === b || (!!a && !!b && a.line === b.line && a.column === b.column && a.file === b.file)

/** Hears which handles were settled by one message. */
export type SettledListener = (handles: ArrayLike<number>) => void

export class FutureTable {
  readonly #pages = new Map<number, Page>()
  readonly #labels: Label[] = []
  readonly #labelNumbers = new Map<string, number>()
  /** A loop of calls asks for one label again and again. */
  #lastLabel = 0
  readonly #listeners = new Set<SettledListener>()
  /** Failures of futures that are gone, by label. */
  readonly #releasedUnasked = new Map<number, UnaskedFailure>()
  #next = 1
  /** How many handles are pending: while there are some, the cluster owes this client something. */
  pendingCount = 0
  /** How many handles ended without a result so far. */
  endings = 0

  /** The handle that `allocate` gives next. */
  get next(): Handle {
    return this.#next
  }

  /**
   * Makes `count` pending handles in a row; returns the first. All carry `label`, the name in their keys.
   * @param place where in the user's code they were asked for
   */
  allocate(count: number, label: string, place?: SourcePlace): Handle {
    const first = this.#next
    const labelNumber = this.#numberOf(label, place)
    for (let handle = first; handle < first + count; handle++) {
      const row = handle & (PAGE_SIZE - 1)
      let page = this.#pages.get(handle >>> PAGE_BITS)
      if (!page) {
        page = new Page()
        this.#pages.set(handle >>> PAGE_BITS, page)
      }
      page.held[row] = 1
      page.heldCount++
      page.labels[row] = labelNumber
    }
    this.#next += count
    this.pendingCount += count
    return first
  }

  #numberOf(name: string, place: SourcePlace | undefined): number {
    const last = this.#labels[this.#lastLabel]
    if (last && last.name === name && isSamePlace(last.place, place)) return this.#lastLabel
    const id = place ? `${name}\n${place.file}:${place.line}:${place.column}` : name
    let number = this.#labelNumbers.get(id)
    if (number === undefined) {
      number = this.#labels.push({ name, place }) - 1
      this.#labelNumbers.set(id, number)
    }
    this.#lastLabel = number
    return number
  }

  /** Somebody wants to know how these end: a failure among them is told to them. */
  ask(handles: ArrayLike<number>): void {
    for (let i = 0; i < handles.length; i++) {
      const page = this.#pages.get(handles[i] >>> PAGE_BITS)
      if (page) page.asked[handles[i] & (PAGE_SIZE - 1)] = 1
    }
  }

  /** Failures that nobody has asked for, by the place of the call: the first of each, and how many there are. */
  *unasked(): Iterable<UnaskedFailure> {
    const found = new Map<number, UnaskedFailure>(this.#releasedUnasked)
    for (const page of this.#pages.values())
      for (const [row, reason] of page.reasons)
        if (page.status[row] === ERRED && page.asked[row] === 0) this.#note(found, page.labels[row], reason)
    yield* found.values()
  }

  #note(found: Map<number, UnaskedFailure>, label: number, reason: TaskFailure | string): void {
    const known = found.get(label)
    if (known) found.set(label, { ...known, count: known.count + 1 })
    else found.set(label, { ...this.#labels[label], reason, count: 1 })
  }

  isHeld(handle: Handle): boolean {
    return this.#pages.get(handle >>> PAGE_BITS)?.held[handle & (PAGE_SIZE - 1)] === 1
  }

  /** One of the status numbers; a released handle counts as cancelled. */
  status(handle: Handle): number {
    const page = this.#pages.get(handle >>> PAGE_BITS)
    const row = handle & (PAGE_SIZE - 1)
    return page?.held[row] ? page.status[row] : CANCELLED
  }

  statusName(handle: Handle): FutureStatus {
    return STATUS_NAMES[this.status(handle)]
  }

  /** The key as text; its digest must have been set. */
  key(handle: Handle): string {
    const page = this.#pages.get(handle >>> PAGE_BITS)
    if (!page) return 'released'
    const row = handle & (PAGE_SIZE - 1)
    const name = page.customKeys.get(row)
    if (name !== undefined) return name
    return keyText(this.#labels[page.labels[row]].name, page.digests.subarray(row * DIGEST_BYTES))
  }

  setCustomKey(handle: Handle, name: string): void {
    this.#pages.get(handle >>> PAGE_BITS)?.customKeys.set(handle & (PAGE_SIZE - 1), name)
  }

  /** Why it has no result, where it has none. */
  reason(handle: Handle): TaskFailure | string | undefined {
    return this.#pages.get(handle >>> PAGE_BITS)?.reasons.get(handle & (PAGE_SIZE - 1))
  }

  setDigest(handle: Handle, digests: Uint8Array, at: number): void {
    const page = this.#pages.get(handle >>> PAGE_BITS)
    if (!page) return
    const to = (handle & (PAGE_SIZE - 1)) * DIGEST_BYTES
    for (let i = 0; i < DIGEST_BYTES; i++) page.digests[to + i] = digests[at + i]
  }

  /** The same for `count` handles in a row, whose digests stand in a row too. */
  setDigests(first: Handle, digests: Uint8Array, at: number, count: number): void {
    for (let done = 0; done < count; ) {
      const row = (first + done) & (PAGE_SIZE - 1)
      const here = Math.min(count - done, PAGE_SIZE - row)
      const from = at + done * DIGEST_BYTES
      this.#pages
        .get((first + done) >>> PAGE_BITS)
        ?.digests.set(digests.subarray(from, from + here * DIGEST_BYTES), row * DIGEST_BYTES)
      done += here
    }
  }

  /** The digest of a held handle, as a view. */
  digest(handle: Handle): Uint8Array {
    const page = this.#pages.get(handle >>> PAGE_BITS)
    if (!page) throw new RangeError(`handle ${handle} is not held`)
    const at = (handle & (PAGE_SIZE - 1)) * DIGEST_BYTES
    return page.digests.subarray(at, at + DIGEST_BYTES)
  }

  /** The encoded result where it came inside a message, else nothing. */
  inline(handle: Handle): Uint8Array | undefined {
    const page = this.#pages.get(handle >>> PAGE_BITS)
    const row = handle & (PAGE_SIZE - 1)
    if (!page || page.inlineAt[row] === NO_INLINE) return undefined
    return page.blocks[row]?.subarray(page.inlineAt[row], page.inlineEnd[row])
  }

  /** Results are there; an empty slice of `inline` means that workers hold the value. */
  finished(handles: Uint32Array, inline: Uint8Array, offsets: Uint32Array): void {
    for (let i = 0; i < handles.length; i++) {
      const handle = handles[i]
      const page = this.#pages.get(handle >>> PAGE_BITS)
      const row = handle & (PAGE_SIZE - 1)
      // What was cancelled here may have been finished there before it heard of that.
      if (!page?.held[row] || page.status[row] > FINISHED) continue
      if (page.status[row] === PENDING) this.pendingCount--
      page.status[row] = FINISHED
      if (offsets[i + 1] > offsets[i]) {
        page.inlineAt[row] = offsets[i]
        page.inlineEnd[row] = offsets[i + 1]
        page.blocks[row] = inline
      }
    }
    this.#tell(handles)
  }

  /** Each handle's task failed: `failures[failure[i]]` says why. */
  erred(handles: Uint32Array, failures: readonly TaskFailure[], failure: Uint32Array): void {
    for (let i = 0; i < handles.length; i++) this.#end(handles[i], ERRED, failures[failure[i]])
    this.#tell(handles)
  }

  /** The scheduler took nothing of these handles' graph in. */
  refused(handles: ArrayLike<number>, reason: string): void {
    for (let i = 0; i < handles.length; i++) this.#end(handles[i], ERRED, reason)
    this.#tell(handles)
  }

  /** Nobody computes these any more, for `reason`. */
  cancelled(handles: ArrayLike<number>, reason: string): void {
    for (let i = 0; i < handles.length; i++) this.#end(handles[i], CANCELLED, reason)
    this.#tell(handles)
  }

  /** Everything that has no result in this process is gone, since the cluster is. */
  allLost(reason: string): void {
    const lost: number[] = []
    for (const [number, page] of this.#pages)
      for (let row = 0; row < PAGE_SIZE; row++) {
        if (!page.held[row] || page.status[row] > FINISHED || page.inlineAt[row] !== NO_INLINE) continue
        const handle = number * PAGE_SIZE + row
        this.#end(handle, LOST, reason)
        lost.push(handle)
      }
    this.#tell(lost)
  }

  #end(handle: Handle, status: number, reason: TaskFailure | string): void {
    const page = this.#pages.get(handle >>> PAGE_BITS)
    const row = handle & (PAGE_SIZE - 1)
    if (!page?.held[row] || page.status[row] > FINISHED) return
    if (page.status[row] === PENDING) this.pendingCount--
    page.status[row] = status
    page.reasons.set(row, reason)
    this.endings++
  }

  /** Results that are being computed again, or tasks that were asked to run again. Those whose value is here stay finished. */
  pendingAgain(handles: ArrayLike<number>): void {
    for (let i = 0; i < handles.length; i++) {
      const page = this.#pages.get(handles[i] >>> PAGE_BITS)
      const row = handles[i] & (PAGE_SIZE - 1)
      if (!page?.held[row] || page.status[row] === PENDING) continue
      if (page.status[row] === FINISHED && page.inlineAt[row] !== NO_INLINE) continue
      page.status[row] = PENDING
      page.reasons.delete(row)
      this.pendingCount++
    }
  }

  /** Forgets a handle; returns whether it was still held. */
  release(handle: Handle): boolean {
    const page = this.#pages.get(handle >>> PAGE_BITS)
    const row = handle & (PAGE_SIZE - 1)
    if (!page?.held[row]) return false
    const wasPending = page.status[row] === PENDING
    const reason = page.reasons.get(row)
    if (reason !== undefined && page.status[row] === ERRED && page.asked[row] === 0)
      this.#note(this.#releasedUnasked, page.labels[row], reason)
    page.held[row] = 0
    page.blocks[row] = undefined
    page.inlineAt[row] = NO_INLINE
    page.reasons.delete(row)
    page.customKeys.delete(row)
    // The page that handles are being taken from stays, since more of its rows are to come.
    if (--page.heldCount === 0 && handle >>> PAGE_BITS !== this.#next >>> PAGE_BITS)
      this.#pages.delete(handle >>> PAGE_BITS)
    if (wasPending) {
      this.pendingCount--
      this.#tell([handle])
    }
    return true
  }

  /** Calls back after every message that settled handles; returns how to stop. */
  onSettled(listener: SettledListener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  #tell(handles: ArrayLike<number>): void {
    for (const listener of this.#listeners) listener(handles)
  }

  /** How many pages are in use: for tests of release. */
  get pageCount(): number {
    return this.#pages.size
  }
}
