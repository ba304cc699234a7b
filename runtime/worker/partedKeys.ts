// Which values a worker has in parts, and into how many they came.

interface PartedKey {
  readonly task: number
  readonly run: number
  readonly parts: number
  /** How many of them reached the disk. */
  written: number
}

export class PartedKeys {
  readonly #keys = new Map<string, PartedKey>()

  get size(): number {
    return this.#keys.size
  }

  /** Returns false where it was known. */
  add(task: number, run: number, parts: number): boolean {
    const name = nameOf(task, run)
    if (this.#keys.has(name)) return false
    this.#keys.set(name, { task, run, parts, written: 0 })
    return true
  }

  /** Into how many parts a value came; 0 where it is not here in parts. */
  partsOf(task: number, run: number): number {
    return this.#keys.size === 0 ? 0 : (this.#keys.get(nameOf(task, run))?.parts ?? 0)
  }

  /** Returns how many parts there were. */
  remove(task: number, run: number): number {
    if (this.#keys.size === 0) return 0
    const name = nameOf(task, run)
    const parts = this.#keys.get(name)?.parts ?? 0
    this.#keys.delete(name)
    return parts
  }

  /** One part more is on disk for the first time; returns whether all are now. */
  wrote(task: number, run: number): boolean {
    const key = this.#keys.get(nameOf(task, run))
    return key !== undefined && ++key.written === key.parts
  }

  /** All of them, e.g. to tell a scheduler. */
  all(): Iterable<PartedKey> {
    return this.#keys.values()
  }
}

const nameOf = (task: number, run: number): string => `${task}/${run}`
