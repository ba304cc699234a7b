// How a text makes a collection, as data: what an editor asks the runtime about without running the text.

/** A step of the making. The same object means the same value: what is used twice is made once. */
export type Recipe =
  | { kind: 'value'; value: string | number | bigint | boolean | null | undefined }
  | { kind: 'list'; items: readonly Recipe[] }
  /** Among the items of a list, the arguments of a call or the entries of a record. */
  | { kind: 'spread'; of: Recipe }
  | { kind: 'record'; entries: readonly ([name: string, Recipe] | Recipe)[] }
  /** One of the program's, which is not called. */
  | { kind: 'function'; parameters: number }
  /** Of the language's own classes, e.g. `Date`. */
  | { kind: 'new'; name: string; args: readonly Recipe[] }
  /** A public name of the package, or `*` for all of them. */
  | { kind: 'heddle'; name: string }
  /** The paths of local files, relative to where runs start. */
  | { kind: 'files'; paths: readonly string[] }
  | { kind: 'member'; of: Recipe; name: string }
  | { kind: 'method'; of: Recipe; name: string; args: readonly Recipe[] }
  | { kind: 'call'; fn: Recipe; args: readonly Recipe[] }

/** What the package says of a collection before it is computed; what it does not know is absent. */
export interface Outline {
  /** Of a data frame, in order; types as they are written. */
  columns?: readonly { name: string; type: string }[]
  /** The column that a data frame is sorted by, after `setIndex`. */
  index?: string
  /** Of a bag or a data frame. */
  partitions?: number
  /** Of an array: elements along each axis, and of its largest block. */
  array?: { shape: readonly number[]; chunks: readonly number[]; dtype: string }
  /** Of a data frame: the step that holds most rows at once, with all their bytes, and what one of its tasks takes and gives, as expected. */
  gathers?: { step: string; bytes: number; taskIn: number; taskOut: number }
  /** Tasks that computing it alone takes; absent where they are very many. */
  tasks?: number
}
