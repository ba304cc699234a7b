// A value that was given in the place of another, as an error calls it.

/** Texts, numbers and the like as they are written, of others what they are: `"a"`, `3`, `a list`. */
export function givenText(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(shortened(value))
  if (typeof value === 'bigint') return `${value}n`
  if (typeof value === 'function') return /^class\b/.test(String(value)) ? 'a class' : 'a function'
  if (typeof value === 'symbol') return 'a symbol'
  if (typeof value !== 'object' || value === null) return String(value)
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list'
  const prototype = Object.getPrototypeOf(value) as { constructor?: { name?: unknown } } | null
  const name = prototype?.constructor?.name
  if (typeof name !== 'string' || name === '' || name === 'Object') return 'an object'
  return `a value of class ${name}`
}

const LENGTH_MAX = 60

const shortened = (text: string): string =>
  text.length <= LENGTH_MAX ? text : `${text.slice(0, LENGTH_MAX)}…`
