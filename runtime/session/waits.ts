// Waiting for handles of a future table: one at a time, many at once, or as they come.

import type { Handle } from '../protocol/ids.ts'
import { WaitTimeoutError } from './errors.ts'
import { ERRED, FINISHED, type FutureTable, PENDING } from './futureTable.ts'

/** How long to wait, and for what. */
export interface WaitLimits {
  timeoutMs?: number
  signal?: AbortSignal
}

/** Something that is told after every change and says whether it is done. */
interface Watch {
  check(): boolean
}

/** Timers count in 31 bits: 24.8 days. */
const TIMER_MS_MAX = 2 ** 31 - 1

export class Waits {
  readonly #table: FutureTable
  /** Waits for single handles, looked up by handle, so that a thousand of them cost a message nothing. */
  readonly #singles = new Map<Handle, (() => void)[]>()
  readonly #watches = new Set<Watch>()
  /** Told before the watches are asked. */
  readonly #collectors = new Set<(handles: ArrayLike<number>) => void>()
  readonly #hold: () => () => void

  /** @param hold called when a wait begins, its answer when it ends: the process must live meanwhile */
  constructor(table: FutureTable, hold: () => () => void) {
    this.#table = table
    this.#hold = hold
    table.onSettled((handles) => this.#settled(handles))
  }

  #settled(handles: ArrayLike<number>): void {
    if (this.#singles.size > 0)
      for (let i = 0; i < handles.length; i++) {
        const waiting = this.#singles.get(handles[i])
        if (!waiting) continue
        this.#singles.delete(handles[i])
        for (const resolve of waiting) resolve()
      }
    for (const collect of this.#collectors) collect(handles)
    for (const watch of this.#watches) if (watch.check()) this.#watches.delete(watch)
  }

  /** Resolves when the handle is not pending. */
  one(handle: Handle): Promise<void> {
    this.#table.ask([handle])
    if (this.#table.status(handle) !== PENDING) return Promise.resolve()
    return new Promise((resolve) => {
      const letGo = this.#hold()
      const settled = (): void => {
        letGo()
        resolve()
      }
      const waiting = this.#singles.get(handle)
      if (waiting) waiting.push(settled)
      else this.#singles.set(handle, [settled])
    })
  }

  /**
   * Resolves when no handle is pending, or when one has failed and `stopAtError` is set, or, for `first`, when any is done.
   * @throws {WaitTimeoutError} after `timeoutMs`
   */
  many(
    handles: ArrayLike<Handle>,
    what: string,
    until: 'all' | 'first' | 'all-or-error',
    limits: WaitLimits = {},
  ): Promise<void> {
    const table = this.#table
    table.ask(handles)
    // Everything before the cursor is done, so that a wait for n handles looks at each about once.
    let cursor = 0
    let changes = 0
    const check = (): boolean => {
      if (until === 'first') {
        for (let i = 0; i < handles.length; i++) if (table.status(handles[i]) !== PENDING) return true
        return handles.length === 0
      }
      while (cursor < handles.length && table.status(handles[cursor]) !== PENDING) {
        if (until === 'all-or-error' && table.status(handles[cursor]) >= ERRED) return true
        cursor++
      }
      if (cursor === handles.length) return true
      // A failure further on is looked for when there was one at all.
      if (until !== 'all-or-error' || table.endings === changes) return false
      changes = table.endings
      for (let i = cursor; i < handles.length; i++) if (table.status(handles[i]) > FINISHED) return true
      return false
    }
    return this.#until(check, limits, () => {
      let pending = 0
      for (let i = 0; i < handles.length; i++) if (table.status(handles[i]) === PENDING) pending++
      return new WaitTimeoutError(what, limits.timeoutMs ?? 0, pending)
    })
  }

  /** Resolves when `check` says so, which is asked after every change. */
  #until(check: () => boolean, limits: WaitLimits, late: () => Error): Promise<void> {
    const { timeoutMs, signal } = limits
    if (check()) return Promise.resolve()
    if (signal?.aborted) return Promise.reject(signal.reason)
    return new Promise((resolve, reject) => {
      const letGo = this.#hold()
      let timer: NodeJS.Timeout | undefined
      const end = (): void => {
        this.#watches.delete(watch)
        clearTimeout(timer)
        signal?.removeEventListener('abort', onAbort)
        letGo()
      }
      const onAbort = (): void => {
        end()
        reject(signal?.reason)
      }
      const watch: Watch = {
        check: () => {
          if (!check()) return false
          end()
          resolve()
          return true
        },
      }
      this.#watches.add(watch)
      signal?.addEventListener('abort', onAbort, { once: true })
      // Beyond what a timer can count nobody waits.
      if (timeoutMs !== undefined && timeoutMs <= TIMER_MS_MAX)
        timer = setTimeout(() => {
          end()
          reject(late())
        }, timeoutMs)
    })
  }

  /**
   * Gives handles in the order in which they are done, those done already first.
   * @throws {WaitTimeoutError} when not all were done `timeoutMs` after the first was asked for
   */
  async *asDone(handles: Iterable<Handle>, what: string, limits: WaitLimits = {}): AsyncGenerator<Handle> {
    const table = this.#table
    const waiting = new Set<Handle>()
    const done: Handle[] = []
    for (const handle of handles) {
      table.ask([handle])
      if (table.status(handle) === PENDING) waiting.add(handle)
      else done.push(handle)
    }
    const deadline = limits.timeoutMs === undefined ? undefined : performance.now() + limits.timeoutMs
    const collect = (settled: ArrayLike<number>): void => {
      for (let i = 0; i < settled.length; i++)
        if (table.status(settled[i]) !== PENDING && waiting.delete(settled[i])) done.push(settled[i])
    }
    this.#collectors.add(collect)
    let given = 0
    try {
      while (true) {
        while (given < done.length) yield done[given++]
        if (waiting.size === 0) return
        const left = deadline === undefined ? undefined : Math.max(0, deadline - performance.now())
        await this.#until(
          () => done.length > given,
          { timeoutMs: left, signal: limits.signal },
          () => new WaitTimeoutError(what, limits.timeoutMs ?? 0, waiting.size),
        )
      }
    } finally {
      this.#collectors.delete(collect)
    }
  }
}
