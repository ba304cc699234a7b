// Memory for large results of kernels: in a worker it comes from the store's pool, and a result in it is handed over without a copy.

/** Buffers at least this large are shared between threads; V8's own memory is quicker for smaller ones. */
export const SHARED_FROM_BYTES = 64 * 1024

/** Where a thread gets memory for results: a worker's threads have the store behind it. */
export interface ResultMemory {
  allocate(byteLength: number): SharedArrayBuffer
  giveBack(buffer: SharedArrayBuffer): void
  /** How many bytes a thread may keep of what it could make again. */
  readonly cacheBytes?: number
}

/** What a thread may keep of what it could make again, where nothing says how much. */
const CACHE_BYTES = 64 * 2 ** 20
const releases: (() => void)[] = []

/** How many bytes a kernel's cache may hold in this thread. */
export const cacheBytesMax = (): number => memory?.cacheBytes ?? CACHE_BYTES

/** Has a cache emptied whenever the worker is short of memory. */
export function releasedWhenShort(release: () => void): void {
  releases.push(release)
}

/** Empties all caches of this thread. */
export function releaseCaches(): void {
  for (const release of releases) release()
}

let memory: ResultMemory | undefined

/** Said once by a worker's thread itself. */
export function provideResultMemory(provided: ResultMemory | undefined): void {
  memory = provided
}

/**
 * A buffer of exactly `byteLength` bytes to make a result in. **Its content is anything**: it may have been used before,
 * and pages that were touched once cost a tenth of fresh ones. A typed array over it that a kernel returns, alone or
 * inside another value, goes to the store as it is; other threads of the worker then read the same bytes, so it must not
 * be written to any more. It is counted, spilled and used again as any other value. A view of a part keeps all of it.
 * @param byteLength bytes, an integer ≥ 0; below 64 KiB the buffer is the thread's own, from V8
 * @example const sums = new Float64Array(resultBuffer(8 * 1_000_000)) // fill it, return it
 */
export function resultBuffer(byteLength: number): ArrayBufferLike {
  if (byteLength < SHARED_FROM_BYTES) return new ArrayBuffer(byteLength)
  return memory?.allocate(byteLength) ?? new ArrayBuffer(byteLength)
}

/**
 * Says that a buffer from `resultBuffer` was for a step in between and that nobody looks at it any more: the next
 * `resultBuffer` of its size gets it at once, where waiting for a garbage collection would need more memory.
 * Never for a buffer of an argument, nor for one that is returned.
 */
export function giveBack(buffer: ArrayBufferLike): void {
  if (buffer instanceof SharedArrayBuffer) memory?.giveBack(buffer)
}

/** Sizes between two powers of two that buffers of `resultBytes` have. */
const SIZES_A_DOUBLING = 16

/**
 * Bytes to make a result in whose length is another each time, such as a file's image: the buffer behind them is up to a
 * sixteenth larger, so that few sizes are in use and memory that was touched before serves again (of 102400 = 25 · 4096 bytes for 100001).
 * @param length in bytes, an integer ≥ 0
 * @example resultBytes(100_001).length // 100001
 */
export function resultBytes(length: number): Uint8Array {
  if (length < SHARED_FROM_BYTES || !memory) return new Uint8Array(length)
  const step = 2 ** Math.floor(Math.log2(length)) / SIZES_A_DOUBLING
  return new Uint8Array(memory.allocate(Math.ceil(length / step) * step), 0, length)
}
