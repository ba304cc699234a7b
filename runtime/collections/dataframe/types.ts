// The types of a table's rows, as its methods change them.

import type { DataType, IntegerType } from '../../kernels/table/dataType.ts'
import type { Expr } from './expr.ts'

/** The names of a row's columns. */
export type Col<Row> = keyof Row & string

type NameOfColumn<X> = X extends string ? X : X extends Expr<string, infer N, unknown> ? N : never
/** What is said of any column holds for all rows: tables of narrower rows are then tables of wider ones, too. */
type ValueOfColumn<Row, X> = 0 extends 1 & X
  ? unknown
  : X extends keyof Row
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

export type Value<T extends DataType> = T extends 'int64' | 'uint64'
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

/** One object type instead of several that are put together. */
type Flat<T> = { [K in keyof T]: T[K] }

/** The names among a key or a list of keys; expressions have none that columns could merge by. */
type KeyNames<K> = K extends readonly (infer E)[] ? Extract<E, string> : Extract<K, string>

/** Right columns that the left ones stand for. */
type MergedNames<O> = O extends { how: 'cross' }
  ? never
  : O extends { on: infer K }
    ? KeyNames<K> | (O extends { by: infer B } ? KeyNames<B> : never)
    : O extends { rightOn: infer K; leftOn: infer L }
      ? O extends { by: infer B }
        ? KeyNames<B> | Extract<K, L>
        : L extends string | readonly string[]
          ? KeyNames<K>
          : never
      : never

type SuffixOf<O> = O extends { suffix: infer S extends string } ? S : '_right'

type Absent<Row, May> = May extends true ? { [K in keyof Row]: Row[K] | null } : Row

type RightPart<Left, Right, O, May> = {
  [K in Exclude<Col<Right>, MergedNames<O>> as K extends keyof Left
    ? `${K}${SuffixOf<O>}`
    : K]: May extends true ? Right[K] | null : Right[K]
}

/** The row of a join with these options; what one side may lack can be absent. */
export type Joined<Left, Right, O> = O extends { how: 'semi' | 'anti' }
  ? Left
  : Flat<
      Absent<Left, O extends { how: 'outer' } ? true : false> &
        RightPart<Left, Right, O, O extends { how: 'left' | 'outer' } ? true : false>
    >

/** The row of a join with the nearest row. */
export type JoinedAsof<Left, Right, O> = Flat<Left & RightPart<Left, Right, O, true>>

/** A row whose columns have other names. */
export type Renamed<Row, M> = {
  [K in keyof Row as K extends keyof M ? (M[K] extends string ? M[K] : K) : K]: Row[K]
}

/** A row with columns of other types. */
export type CastTo<Row, T> = {
  [K in keyof Row]: K extends keyof T ? (T[K] extends DataType ? Value<T[K]> | null : Row[K]) : Row[K]
}

/** A row for each of several columns. */
export type Melted<
  Row,
  Id extends keyof Row,
  On extends keyof Row,
  Name extends string,
  V extends string,
> = Flat<Pick<Row, Id> & { [K in Name]: string } & { [K in V]: Row[On] | null }>

/** A row for each item of lists. */
export type Exploded<Row, N> = {
  [K in keyof Row]: K extends N
    ? NonNullable<Row[K]> extends readonly (infer I)[]
      ? I | null
      : unknown
    : Row[K]
}
