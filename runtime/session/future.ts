// A future: a task's result that a client holds on the cluster, whether it is there yet or not.

import type { Handle } from '../protocol/ids.ts'
import { callPlace } from './callPlace.ts'
import { sitesAreObserved } from './computeSites.ts'
import type { FutureStatus } from './futureTable.ts'
import { atLine } from './resultSites.ts'

/** What a future asks of the client that it belongs to. */
export interface FutureHolder {
  status(handle: Handle): FutureStatus
  key(handle: Handle): string
  result(future: Future): Promise<unknown>
  exception(future: Future): Promise<Error | undefined>
  cancel(handles: readonly Handle[], reason: string): void
  retry(handles: readonly Handle[]): void
  release(handles: readonly Handle[]): void
  /** The same for `count` handles from `first` on. */
  releaseRange(first: Handle, count: number): void
}

/**
 * The futures of one call. A future points at its batch, and the batch alone is watched for collection: when no future
 * of the call can be reached any more, all of them are released. One registration serves a hundred thousand futures.
 */
export class FutureBatch {
  readonly holder: FutureHolder

  constructor(holder: FutureHolder, first: Handle, count: number) {
    this.holder = holder
    abandoned.register(this, { holder: weakly(holder), first, count })
  }
}

const abandoned = new FinalizationRegistry<{ holder: WeakRef<FutureHolder>; first: Handle; count: number }>(
  ({ holder, first, count }) => {
    holder.deref()?.releaseRange(first, count)
  },
)

/** One reference serves all futures of a client. */
function weakly(holder: FutureHolder): WeakRef<FutureHolder> {
  let reference = weakHolders.get(holder)
  if (!reference) {
    reference = new WeakRef(holder)
    weakHolders.set(holder, reference)
  }
  return reference
}

const weakHolders = new WeakMap<FutureHolder, WeakRef<FutureHolder>>()

/** The handle of a future, for this room alone. */
export let handleOf: (future: Future<unknown>) => Handle
/** The client that a future belongs to, for this room alone. */
export let holderOf: (future: Future<unknown>) => FutureHolder

/**
 * A task's result, held on the cluster for as long as the future is: until `release()`, the end of its `using` block,
 * or garbage collection. It is no promise, so that a future can be returned from an async function and passed as an
 * argument without being waited for: `await future.result()` waits.
 * @example
 * const total = client.submit(sum, [1, 2, 3])
 * await total.result() // 6
 */
export class Future<T = unknown> {
  readonly #batch: FutureBatch
  readonly #handle: Handle

  /** Futures are made by `client.submit` and its siblings. */
  constructor(batch: FutureBatch, handle: Handle) {
    this.#batch = batch
    this.#handle = handle
  }

  static {
    handleOf = (future) => future.#handle
    holderOf = (future) => future.#batch.holder
  }

  /** The task's key: `name-digest`, or the name that was chosen for it. */
  get key(): string {
    return this.#batch.holder.key(this.#handle)
  }

  /** `lost` says that the cluster is gone; a released future is `cancelled`. */
  get status(): FutureStatus {
    return this.#batch.holder.status(this.#handle)
  }

  /** Whether nothing more will happen to it. */
  get done(): boolean {
    return this.status !== 'pending'
  }

  /**
   * The result, fetched from the worker that holds it. Each call gives a value of its own.
   * @throws what the task threw, with the task's key and its place in your code
   * @throws {CancelledError} when it was cancelled or released
   * @throws {LostError} when the cluster is gone
   */
  result(): Promise<T> {
    const result = this.#batch.holder.result(this) as Promise<T>
    return sitesAreObserved() ? atLine(callPlace(Future.prototype.result), result) : result
  }

  /** The error that the task ended with, once it has ended; nothing when it has a result. */
  exception(): Promise<Error | undefined> {
    return this.#batch.holder.exception(this)
  }

  /** Stops the task, and those that need it, if it still runs. `reason` is shown to whoever waits for it. */
  cancel(reason = 'it was cancelled'): void {
    this.#batch.holder.cancel([this.#handle], reason)
  }

  /** Runs a task again that failed or was cancelled, with whatever it needs. */
  retry(): void {
    this.#batch.holder.retry([this.#handle])
  }

  /** Says that nobody here needs the result any more. */
  release(): void {
    this.#batch.holder.release([this.#handle])
  }

  [Symbol.dispose](): void {
    this.release()
  }

  toString(): string {
    return `Future(${this.key}: ${this.status})`
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString()
  }
}

// biome-ignore lint/complexity/noBannedTypes: a function of any shape is a leaf.
type Leaf = string | number | bigint | boolean | symbol | null | undefined | Function
type Opaque =
  | Date
  | RegExp
  | Error
  | ArrayBufferLike
  | ArrayBufferView
  | ReadonlyMap<unknown, unknown>
  | ReadonlySet<unknown>

/** A `T`, or a future of one, or plain lists and objects with futures somewhere inside. */
export type Argument<T> =
  | T
  | Future<T>
  | (T extends Leaf | Opaque | Future<unknown>
      ? never
      : T extends object
        ? { [K in keyof T]: Argument<T[K]> }
        : never)

/** A function's arguments, each as an `Argument`. */
export type Arguments<A extends readonly unknown[]> = { [K in keyof A]: Argument<A[K]> }
