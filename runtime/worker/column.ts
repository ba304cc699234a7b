// A typed column that grows by doubling: what reports and books are made of.

type AnyColumn = Uint8Array | Uint16Array | Int32Array | Uint32Array | Float64Array

/** The same column with room for at least `length` entries; what it held is kept. */
export function withRoom<C extends AnyColumn>(column: C, length: number): C {
  if (length <= column.length) return column
  const Kind = column.constructor as new (length: number) => C
  const grown = new Kind(Math.max(length, 2 * column.length))
  grown.set(column)
  return grown
}

/** Numbers appended one by one and taken all at once. */
export class Column<C extends AnyColumn> {
  #values: C
  length = 0

  constructor(empty: C) {
    this.#values = empty
  }

  push(value: number): void {
    if (this.length === this.#values.length) this.#values = withRoom(this.#values, this.length + 64)
    this.#values[this.length++] = value
  }

  /** Appends `source` from `from` to `to`. */
  append(source: ArrayLike<number>, from: number, to: number): void {
    const length = this.length + to - from
    this.#values = withRoom(this.#values, length)
    for (let at = this.length, i = from; i < to; at++, i++) this.#values[at] = source[i]
    this.length = length
  }

  /** A copy of what was appended since the last `take`. */
  take(): C {
    const taken = this.#values.slice(0, this.length) as C
    this.length = 0
    return taken
  }
}
