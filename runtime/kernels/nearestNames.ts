// Names that somebody may have meant by a mistyped one.

/** The names that a mistyped one is nearest to, nearest first; at most three. */
export function nearest(name: string, names: readonly string[]): string[] {
  const wanted = name.toLowerCase()
  return names
    .map((each) => {
      const there = each.toLowerCase()
      const inside =
        wanted.length > 2 && (there.includes(wanted) || wanted.includes(there)) ? 1 : Number.POSITIVE_INFINITY
      return { each, distance: Math.min(editDistance(wanted, there), inside) }
    })
    .filter(({ distance }) => distance <= Math.max(1, Math.floor(name.length / 3)))
    .sort((a, b) => a.distance - b.distance)
    .slice(0, 3)
    .map(({ each }) => each)
}

/** How many letters must be put in, taken out, changed or swapped with a neighbour (Damerau's restricted distance). */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const changed = last[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1)
      row[j] = Math.min(row[j - 1] + 1, last[j] + 1, changed)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        row[j] = Math.min(row[j], beforeLast[j - 2] + 1)
    }
    beforeLast = last
    last = row
  }
  return last[b.length]
}
