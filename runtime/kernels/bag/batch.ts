// Items on their way through a partition: batches small enough to stream, that know where their items came from.

/** Says where an item came from, for errors: `data/log.txt, line 1,234`. Only asked for once something failed. */
export interface Origin {
  place(row: number): string | Promise<string>
}

/** A run of items of one partition. */
export interface Batch {
  readonly items: readonly unknown[]
  readonly origin?: Origin
  /** Per item: its row in `origin`; absent where item `i` is row `i`. */
  readonly rows?: readonly number[]
  /** The same items made anew, where they are objects; without it they are values that nobody can change. */
  readonly again?: () => Batch
}

/** A batch of objects that can be made again. */
export function renewable(make: () => unknown[], facts: Omit<Batch, 'items' | 'again'>): Batch {
  return { ...facts, items: make(), again: () => ({ ...facts, items: make() }) }
}

export type Batches = AsyncIterable<Batch>

/** How many items a batch holds where nothing else decides: large enough that a batch's own cost vanishes. */
export const BATCH_ITEMS = 1024

/** Cuts a list into batches, without copying lists that are small already. */
export async function* batchesOf(items: readonly unknown[]): AsyncGenerator<Batch> {
  if (items.length <= BATCH_ITEMS) {
    if (items.length > 0) yield { items }
    return
  }
  for (let at = 0; at < items.length; at += BATCH_ITEMS) yield { items: items.slice(at, at + BATCH_ITEMS) }
}

/** Everything that is left, as one list. */
export async function listOf(batches: Batches): Promise<unknown[]> {
  const all: unknown[] = []
  for await (const { items } of batches) for (let i = 0; i < items.length; i++) all.push(items[i])
  return all
}

/** The row of item `index` in its origin. */
export const rowOf = (batch: Batch, index: number): number => batch.rows?.[index] ?? index

/** Adds to an error where the item came from that it was thrown for. The error stays of its own class. */
export async function located(error: unknown, batch: Batch, index: number): Promise<unknown> {
  if (!(error instanceof Error) || index >= batch.items.length) return error
  noteItem(error, batch.items[index])
  if (!batch.origin) return error
  const place = await batch.origin.place(rowOf(batch, index))
  // The stack is made when it is first asked for: before the message changes, or it would say the place twice.
  const { message: before, stack } = error
  try {
    error.message = before ? `${before} (at ${place})` : `at ${place}`
    if (before && stack?.includes(before)) error.stack = stack.replace(before, () => error.message)
  } catch {
    // A frozen error keeps its text: what it says matters more than where.
  }
  return error
}

/** Whoever tells of the failure looks for the item under this symbol; it does not travel with the error. */
const FAILED_ITEM = Symbol.for('heddle.failedItem')

function noteItem(error: Error, item: unknown): void {
  if (Object.isExtensible(error) && !(FAILED_ITEM in error))
    Object.defineProperty(error, FAILED_ITEM, { value: [item], enumerable: false, configurable: true })
}

export const isPromise = (value: unknown): value is PromiseLike<unknown> =>
  typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function'
