// What a field of a message may be. Message tables are built from these, and their TypeScript types follow.

/** Column kinds travel as raw bytes behind the header; the others go through the small-object encoder. */
export type ColumnKind = 'u8' | 'u16' | 'i32' | 'u32' | 'f32' | 'f64'
export type FieldKind = ColumnKind | 'number' | 'text' | 'flag' | 'texts' | 'plain' | 'bytes'

/** A field's kind, and (at compile time alone) the type of its values. */
export interface Field<T> {
  readonly kind: FieldKind
  readonly optional?: boolean
  readonly type?: T
}

const make = <T>(kind: FieldKind): Field<T> => ({ kind })

export const number = make<number>('number')
export const text = make<string>('text')
export const flag = make<boolean>('flag')
export const texts = make<string[]>('texts')
/** A small byte string that is not a column, e.g. one digest. */
export const bytes = make<Uint8Array>('bytes')
export const u8 = make<Uint8Array>('u8')
export const u16 = make<Uint16Array>('u16')
export const i32 = make<Int32Array>('i32')
export const u32 = make<Uint32Array>('u32')
export const f32 = make<Float32Array>('f32')
export const f64 = make<Float64Array>('f64')
/** Plain data: objects, lists, texts, numbers, booleans, null. */
export const plain = <T>(): Field<T> => make<T>('plain')
export const optional = <T>(field: Field<T>): Field<T | undefined> => ({ kind: field.kind, optional: true })

export type Fields = Readonly<Record<string, Field<unknown>>>
export type MessageTable = Readonly<Record<string, Fields>>

type OptionalNames<F extends Fields> = {
  [N in keyof F]: F[N] extends Field<infer T> ? (undefined extends T ? N : never) : never
}[keyof F]
type ValueOf<F> = F extends Field<infer T> ? T : never

/** The message type that a table's row stands for. */
export type MessageOf<Table extends MessageTable, Type extends keyof Table> = { type: Type } & {
  [N in Exclude<keyof Table[Type], OptionalNames<Table[Type]>>]: ValueOf<Table[Type][N]>
} & { [N in OptionalNames<Table[Type]>]?: ValueOf<Table[Type][N]> }

/** Any message of a table. */
export type AnyMessageOf<Table extends MessageTable> = {
  [Type in keyof Table]: MessageOf<Table, Type>
}[keyof Table]
