// The types of a table's rows, as its methods change them.

import type { DataType, IntegerType } from '../../kernels/table/dataType.ts'
import type { Expr } from './expr.ts'

/** The names of a row's columns. */
export type Col<Row> = keyof Row & string

type NameOfColumn<X> = X extends string ? X : X extends Expr<string, infer N, unknown> ? N : never
type ValueOfColumn<Row, X> = X extends keyof Row
  ? Row[X]
  : X extends Expr<string, infer N, infer V>
    ? unknown extends V
      ? N extends keyof Row
        ? Row[N]
        : unknown
      : V
    : unknown

/** The row of what `select` was given. */
export type Selected<Row, S extends readonly unknown[]> = {
  [X in S[number] as NameOfColumn<X>]: ValueOfColumn<Row, X>
}

/** A row with columns added or replaced. */
export type Added<Row, S extends readonly unknown[]> = Omit<Row, NameOfColumn<S[number]>> & Selected<Row, S>

type Value<T extends DataType> = T extends 'int64' | 'uint64'
  ? bigint
  : T extends IntegerType | 'float32' | 'float64'
    ? number
    : T extends 'string' | 'category' | 'time'
      ? string
      : T extends 'boolean'
        ? boolean
        : T extends 'binary'
          ? Uint8Array
          : T extends 'date' | 'datetime' | { datetime: string }
            ? Date
            : T extends 'duration' | { duration: string }
              ? number
              : T extends { list: infer I extends DataType }
                ? (Value<I> | null)[]
                : T extends { struct: infer F extends Readonly<Record<string, DataType>> }
                  ? RowOf<F>
                  : null

/** Columns by name, with their types. */
export type Types = Readonly<Record<string, DataType>>

/** The row of a schema. Every value may be absent. */
export type RowOf<S extends Types> = {
  -readonly [K in keyof S]: Value<S[K]> | null
}
