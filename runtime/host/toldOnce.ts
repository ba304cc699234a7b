// Why writing fails, told once and not for each value that finds no room. Pure.

export class ToldOnce {
  #message: string | undefined
  /** The least that found no room. */
  #bytes = Number.POSITIVE_INFINITY

  /** @returns whether it is to be told */
  failed(message: string, bytes: number): boolean {
    const isNew = message !== this.#message
    this.#bytes = isNew ? bytes : Math.min(this.#bytes, bytes)
    this.#message = message
    return isNew
  }

  /** What is smaller may have fitted between: there is room again when as much is written as found none. */
  wrote(bytes: number): void {
    if (bytes < this.#bytes) return
    this.#message = undefined
    this.#bytes = Number.POSITIVE_INFINITY
  }
}
