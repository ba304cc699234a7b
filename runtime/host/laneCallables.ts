// The functions that a lane has made: those used last, made again from their encoding when another one is needed.

import type { CallableLoader } from '../functions/callableLoader.ts'

export type Callable = (...args: unknown[]) => unknown

/** Functions with what they captured that a thread keeps, unless `HEDDLE_FUNCTIONS_KEPT` says otherwise. */
const KEPT = 1000

export class LaneCallables {
  readonly #loader: CallableLoader
  readonly #max: number
  /** Those used last stand last. */
  readonly #made = new Map<number, Callable>()
  readonly #encoded = new Map<number, { bytes: Uint8Array; modules: string[] }>()
  readonly #forgotten = new Set<number>()
  #latest: Callable | undefined
  #latestNumber = -1

  constructor(loader: CallableLoader, max = Number(process.env.HEDDLE_FUNCTIONS_KEPT) || KEPT) {
    this.#loader = loader
    this.#max = max
  }

  /** Forgets functions once nothing runs that may name them. */
  forget(numbers: Iterable<number>): void {
    for (const number of numbers) this.#forgotten.add(number)
  }

  /** Nothing runs now. */
  rest(): void {
    for (const number of this.#forgotten) {
      this.#made.delete(number)
      this.#encoded.delete(number)
      if (this.#latestNumber === number) this.#dropLatest()
    }
    this.#forgotten.clear()
  }

  #dropLatest(): void {
    this.#latest = undefined
    this.#latestNumber = -1
  }

  /** How many functions are made. */
  get size(): number {
    return this.#made.size
  }

  /** After a new connection a number may mean another function. */
  add(number: number, bytes: Uint8Array, modules: string[]): void {
    this.#made.delete(number)
    this.#forgotten.delete(number)
    if (this.#latestNumber === number) this.#dropLatest()
    this.#encoded.set(number, { bytes, modules })
  }

  /** The function, where it is made. */
  get(number: number): Callable | undefined {
    if (number === this.#latestNumber) return this.#latest
    const callable = this.#made.get(number)
    if (callable) this.#use(number, callable)
    return callable
  }

  /** A function as it came, with the names of its modules. */
  encoded(number: number): { bytes: Uint8Array; modules: string[] } | undefined {
    return this.#encoded.get(number)
  }

  async load(number: number): Promise<Callable> {
    const encoded = this.#encoded.get(number)
    if (!encoded) throw new Error(`the worker was not sent callable ${number}: this is a fault in heddle`)
    await this.#loader.loadModules(encoded.modules)
    const callable = await this.#loader.load(encoded.bytes)
    this.#use(number, callable)
    for (const oldest of this.#made.keys()) {
      if (this.#made.size <= this.#max) break
      this.#made.delete(oldest)
    }
    return callable
  }

  #use(number: number, callable: Callable): void {
    this.#made.delete(number)
    this.#made.set(number, callable)
    this.#latest = callable
    this.#latestNumber = number
  }
}
