// Where blocks begin among all rows: what makes choices of rows the same for any cut.

/** Number of each block's first row among all. */
export function startsOf(lengths: readonly number[]): number[] {
  const starts: number[] = []
  let at = 0
  for (const length of lengths) {
    starts.push(at)
    at += length
  }
  return starts
}
