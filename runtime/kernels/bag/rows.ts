// Row objects of one shape, made quickly: V8 gives objects that one piece of code makes the same hidden class.

import type { CodedColumn } from './parquetColumn.ts'

/** A function that makes `{ name: value, … }` of the values in the order of `names`. */
export function rowFactory(
  names: readonly string[],
): (values: readonly unknown[]) => Record<string, unknown> {
  const fields = names.map((name, i) => `${fieldName(name)}: values[${i}]`)
  return new Function('values', `return { ${fields.join(', ')} }`) as ReturnType<typeof rowFactory>
}

/** A function that makes row `i` of columns. */
export function columnRowFactory(
  names: readonly string[],
  columns: readonly CodedColumn[],
): (row: number) => Record<string, unknown> {
  const parameters = columns.flatMap((_, i) => [`values${i}`, `codes${i}`])
  const value = (i: number): string => (columns[i].codes ? `values${i}[codes${i}[row]]` : `values${i}[row]`)
  const fields = names.map((name, i) => `${fieldName(name)}: ${value(i)}`)
  const body = `return (row) => ({ ${fields.join(', ')} })`
  const given = columns.flatMap(({ values, codes }) => [values, codes])
  return new Function(...parameters, body)(...given) as ReturnType<typeof columnRowFactory>
}

/** A name as it stands in an object's source; `__proto__` must not set the prototype. */
const fieldName = (name: string): string =>
  name === '__proto__'
    ? "['__proto__']"
    : JSON.stringify(name).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029')
