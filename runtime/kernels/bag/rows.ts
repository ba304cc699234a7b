// Row objects of one shape, made quickly: V8 gives objects that one piece of code makes the same hidden class.

import type { CodedColumn } from './parquetColumn.ts'

/** A function that makes `{ name: value, … }` of the values in the order of `names`. */
export function rowFactory(
  names: readonly string[],
): (values: readonly unknown[]) => Record<string, unknown> {
  const fields = names.map((name, i) => `${fieldName(name)}: values[${i}]`)
  return new Function('values', `return { ${fields.join(', ')} }`) as ReturnType<typeof rowFactory>
}

type RowMaker = (row: number) => Record<string, unknown>

/** By what they were made from: V8 optimises the code of one function once, and not anew for every row group. */
const makers = new Map<string, (...columns: unknown[]) => RowMaker>()
const MAKERS_MAX = 64

/** A function that makes row `i` of columns. */
export function columnRowFactory(names: readonly string[], columns: readonly CodedColumn[]): RowMaker {
  const value = (i: number): string => (columns[i].codes ? `values${i}[codes${i}[row]]` : `values${i}[row]`)
  const fields = names.map((name, i) => `${fieldName(name)}: ${value(i)}`)
  const body = `return (row) => ({ ${fields.join(', ')} })`
  let maker = makers.get(body)
  if (!maker) {
    const parameters = columns.flatMap((_, i) => [`values${i}`, `codes${i}`])
    maker = new Function(...parameters, body) as (...columns: unknown[]) => RowMaker
    if (makers.size >= MAKERS_MAX) makers.clear()
    makers.set(body, maker)
  }
  return maker(...columns.flatMap(({ values, codes }) => [values, codes]))
}

/** A name as it stands in an object's source; `__proto__` must not set the prototype. */
const fieldName = (name: string): string =>
  name === '__proto__'
    ? "['__proto__']"
    : JSON.stringify(name).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029')
