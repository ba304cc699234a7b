// Row objects of one shape, made quickly: V8 gives objects that one piece of code makes the same hidden class.

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
  columns: readonly ArrayLike<unknown>[],
): (row: number) => Record<string, unknown> {
  const parameters = columns.map((_, i) => `column${i}`)
  const fields = names.map((name, i) => `${fieldName(name)}: column${i}[row]`)
  const body = `return (row) => ({ ${fields.join(', ')} })`
  return new Function(...parameters, body)(...columns) as ReturnType<typeof columnRowFactory>
}

/** A name as it stands in an object's source; `__proto__` must not set the prototype. */
const fieldName = (name: string): string =>
  name === '__proto__'
    ? "['__proto__']"
    : JSON.stringify(name).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029')
