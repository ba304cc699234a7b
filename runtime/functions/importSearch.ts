// Finds a value among what modules import from packages.

/** A specifier, the imported name (`*` for all of it), and what it gave. */
export type ImportEntry = readonly [specifier: string, imported: string, value: unknown]

export interface ImportFound {
  specifier: string
  path: string[]
  /** `file@hash` of the module that imported it. */
  from: string
  /** Where this thread loaded it from, when it came with a value. */
  url?: string
}

export function findIn(thunk: () => ImportEntry[], value: object, from: string): ImportFound | undefined {
  let entries: ImportEntry[]
  try {
    entries = thunk()
  } catch {
    return undefined // An import cycle that is still being evaluated.
  }
  for (const [specifier, imported, held] of entries) {
    const path = held === value ? [imported] : memberPath(imported, held, value)
    if (path) return { specifier, path, from }
  }
  return undefined
}

export function memberPath(imported: string, held: unknown, value: object): string[] | undefined {
  if (held === null || (typeof held !== 'object' && typeof held !== 'function')) return undefined
  for (const key of Object.keys(held)) {
    // A getter is not called: it may load something large, or throw.
    if (Object.getOwnPropertyDescriptor(held, key)?.value === value) return [imported, key]
  }
  return undefined
}
