// Rows as words of 32 bits, one, two or four a row: entries of a dictionary, and values moved to the rows that have one.

/**
 * Writes the entries that rows name.
 * @param to gets `width` words for each of the first `count` codes, from word `at` on
 * @returns false when a code names no entry
 */
export function lookUp(
  codes: Int32Array,
  count: number,
  entries: Int32Array,
  width: number,
  to: Int32Array,
  at: number,
): boolean {
  const most = Math.floor(entries.length / width)
  if (width === 2) {
    for (let i = 0; i < count; i++) {
      const code = codes[i]
      if (code < 0 || code >= most) return false
      to[at + 2 * i] = entries[2 * code]
      to[at + 2 * i + 1] = entries[2 * code + 1]
    }
    return true
  }
  for (let i = 0; i < count; i++) {
    const code = codes[i]
    if (code < 0 || code >= most) return false
    for (let word = 0; word < width; word++) to[at + width * i + word] = entries[width * code + word]
  }
  return true
}

/**
 * Moves values to the rows that have one; the others become 0.
 * @param present 1 for each of the rows that has a value
 * @param values as many as rows have one
 */
export function spreadTo(
  present: Int32Array,
  rows: number,
  values: Int32Array,
  width: number,
  to: Int32Array,
  at: number,
): void {
  let from = 0
  for (let row = 0; row < rows; row++) {
    const own = at + width * row
    if (present[row] === 1) for (let word = 0; word < width; word++) to[own + word] = values[from++]
    else for (let word = 0; word < width; word++) to[own + word] = 0
  }
}
