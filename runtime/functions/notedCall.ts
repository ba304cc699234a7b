// Where the call that is just being made stands: noted by instrumented code behind the last argument, taken by what is called.

import type { SourcePlace } from '../protocol/failure.ts'

/** More places than any program has; columns beyond it share what is kept. */
const COLUMNS_MAX = 1 << 20
const PLACES_MAX = 10_000

export class NotedCall {
  #module: string | undefined
  #line = 0
  #column = 0
  /** How many arguments the call has; −1 where that is not known. */
  #count = 0
  #last: unknown
  readonly #places = new Map<string, Map<number, SourcePlace>>()

  /**
   * Says where the call stands that is made next.
   * @param module `file@hash`
   * @param count how many arguments it has, −1 when that is not known
   * @param last the last of them
   */
  note(module: string, line: number, column: number, count: number, last: unknown): void {
    this.#module = module
    this.#line = line
    this.#column = column
    this.#count = count
    this.#last = last
  }

  /** The same where a list is spread as the last arguments. */
  noteSpread(module: string, line: number, column: number, count: number, list: unknown): void {
    // Other iterables run code of their own before the call, and an empty list ends no call.
    if (!Array.isArray(list) || list.length === 0) this.#module = undefined
    else this.note(module, line, column, count < 0 ? -1 : count - 1 + list.length, list[list.length - 1])
  }

  /**
   * Where the call with these arguments stands, when it is the one that was noted: another method of the same name, which
   * takes nothing, may have been called since.
   */
  take(first: unknown, rest: readonly unknown[]): SourcePlace | undefined {
    const module = this.#module
    if (module === undefined) return undefined
    const last = this.#last
    this.#module = undefined
    this.#last = undefined
    const { length } = rest
    if (!Object.is(last, length === 0 ? first : rest[length - 1])) return undefined
    if (this.#count !== length + 1 && this.#count !== -1) return undefined
    return this.#placeIn(module, this.#line, this.#column)
  }

  #placeIn(module: string, line: number, column: number): SourcePlace {
    let places = this.#places.get(module)
    if (!places) {
      places = new Map()
      this.#places.set(module, places)
    }
    const at = line * COLUMNS_MAX + column
    let place = places.get(at)
    if (!place) {
      if (places.size >= PLACES_MAX) places.clear()
      place = { file: module.slice(0, module.lastIndexOf('@')), line, column }
      places.set(at, place)
    }
    return place
  }
}
